"""Quarantine: human resources set evidence aside, with a reason, and give it back.

While it is set aside nobody else reads it, and it counts for nothing. What a submission
relied on before stays fixed; its pages say that it was set aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_access import (
    IS_QUARANTINED,
    evidence_and_reach,
)
from competency.assessments.evidence_links import record_event
from competency.assessments.evidence_models import EvidenceQuarantine
from competency.assessments.models import Evidence
from competency.assessments.permissions import can_quarantine
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.people.models import Account, Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 1000


@dataclass(frozen=True)
class QuarantineStep:
    """One step: whether it set aside or gave back, by whom, when and why."""

    sets_aside: bool
    who: str
    at: datetime
    reason: str


def set_aside(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Set an evidence aside; ``IllegalTransition`` where it is already."""
    _step(session, actor, now, public_id, reason, sets_aside=True)


def give_back(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Give an evidence back to its readers; ``IllegalTransition`` where it is not set aside."""
    _step(session, actor, now, public_id, reason, sets_aside=False)


def _step(
    session: AnySession,
    actor: Actor,
    now: datetime,
    public_id: str,
    reason: str,
    *,
    sets_aside: bool,
) -> None:
    """Append a step under the lock of the evidence, which submissions take too."""
    reach = evidence_and_reach(session, actor=actor, now=now, public_id=public_id)
    evidence = reach.evidence
    if not can_quarantine(actor, reach.place):
        raise NotAllowed("Only human resources set evidence aside or give it back.")
    session.refresh(evidence, with_for_update=True)
    taken = session.scalar(
        sa.select(sa.func.count()).where(EvidenceQuarantine.evidence_id == evidence.id)
    )
    number = (taken or 0) + 1
    if (number % 2 == 1) is not sets_aside:
        raise IllegalTransition("Somebody did this meanwhile. Reload the page to see it.")
    if not reason.strip():
        raise Invalid("Say why.", "reason")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 1,000 characters.", "reason")
    session.add(
        EvidenceQuarantine(
            evidence_id=evidence.id,
            subject_id=evidence.subject_id,
            number=number,
            reason=reason.strip(),
            actor_id=actor.account_id,
            taken_at=now,
        )
    )
    session.flush()
    action = "evidence.set_aside" if sets_aside else "evidence.given_back"
    record_event(session, actor, now, action, evidence, {"number": number})


def quarantined(session: AnySession, evidence_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these evidence ids are set aside."""
    wanted = sorted(set(evidence_ids))
    if not wanted:
        return frozenset()
    return frozenset(
        session.scalars(sa.select(Evidence.id).where(Evidence.id.in_(wanted), IS_QUARANTINED))
    )


def quarantine_steps(session: AnySession, evidence: Evidence) -> list[QuarantineStep]:
    """Return the steps of an evidence, the first one first, for human resources."""
    rows = session.execute(
        sa.select(EvidenceQuarantine, Employee.printed_name)
        .join(Account, Account.id == EvidenceQuarantine.actor_id)
        .outerjoin(Employee, Employee.id == Account.employee_id)
        .where(EvidenceQuarantine.evidence_id == evidence.id)
        .order_by(EvidenceQuarantine.number)
    )
    return [
        QuarantineStep(row.number % 2 == 1, name or "", row.taken_at, row.reason or "")
        for row, name in rows
    ]
