"""The approvals that a result can wait for: who may give them, giving one, reading them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.approval_models import OutcomeApproval
from competency.assessments.gates import approvals_asked
from competency.assessments.models import Appraisal
from competency.assessments.permissions import can_approve_gate
from competency.assessments.queries import Loaded, load
from competency.assessments.rules import DECIDED
from competency.assessments.schema import State
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.outcome_schema import Gate
from competency.people.models import Account, Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 4000
WAITS_IN = (State.OPEN, State.SUBMITTED, State.IN_REVIEW)
"""The states in which an approval can still change what is decided."""


@dataclass(frozen=True)
class Approval:
    """One approval that a framework asks for: what, and who gave it, if somebody did."""

    gate: Gate
    given_by: str = ""
    given_at: datetime | None = None
    reason: str = ""
    is_mine_to_give: bool = False
    is_too_late: bool = False
    """Whether it was decided without it; only where the appraisal is reopened can it be given."""


def given(session: AnySession, appraisal: Appraisal) -> frozenset[str]:
    """Return the ids of the approvals that this round has."""
    return frozenset(
        session.scalars(
            sa.select(OutcomeApproval.gate_id).where(
                OutcomeApproval.appraisal_id == appraisal.id,
                OutcomeApproval.round == appraisal.round,
            )
        )
    )


def is_waiting(session: AnySession, loaded: Loaded) -> bool:
    """Return whether an approval is missing that a result of the framework can wait for."""
    asked = approvals_asked(loaded.framework)
    return bool(asked) and not {gate.id for gate in asked} <= given(session, loaded.appraisal)


def approvals_of(session: AnySession, actor: Actor, loaded: Loaded) -> tuple[Approval, ...]:
    """Return the approvals that results of this appraisal's framework can wait for."""
    asked = approvals_asked(loaded.framework)
    if not asked:
        return ()
    rows = session.execute(
        sa.select(OutcomeApproval, Employee.printed_name)
        .join(Account, Account.id == OutcomeApproval.approved_by_id)
        .join(Employee, Employee.id == Account.employee_id, isouter=True)
        .where(
            OutcomeApproval.appraisal_id == loaded.appraisal.id,
            OutcomeApproval.round == loaded.appraisal.round,
        )
    )
    found = {row.gate_id: (row, name or "") for row, name in rows}
    told = []
    for gate in asked:
        if gate.id in found:
            row, name = found[gate.id]
            told.append(Approval(gate, name, row.approved_at, row.reason or ""))
        else:
            can_wait = loaded.appraisal.state in WAITS_IN
            is_mine = can_wait and can_approve_gate(actor, gate, loaded.facts, loaded.standing)
            decided = loaded.appraisal.state in DECIDED
            told.append(Approval(gate, is_mine_to_give=is_mine, is_too_late=decided))
    return tuple(told)


def approve_gate(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    gate_id: str,
    reason: str,
) -> None:
    """Give an approval that a result waits for; it can't be taken back.

    Raises ``NotFound`` where the framework has no such gate, ``NotAllowed`` for whom it
    does not ask, ``IllegalTransition`` once it is decided or the approval is given.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    gate = next((g for g in approvals_asked(loaded.framework) if g.id == gate_id), None)
    if gate is None:
        raise NotFound
    if not can_approve_gate(actor, gate, loaded.facts, loaded.standing):
        raise NotAllowed("You can see this appraisal, but this approval is not yours to give.")
    if loaded.appraisal.state not in WAITS_IN or gate_id in given(session, loaded.appraisal):
        raise IllegalTransition(
            "This appraisal has moved on since the page was opened. Reload the page to see it."
        )
    if not reason.strip():
        raise Invalid("Say why: the reason is kept with the approval.", "reason")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 4,000 characters.", "reason")
    check_printable(reason, "reason")
    session.add(
        OutcomeApproval(
            appraisal_id=loaded.appraisal.id,
            subject_id=loaded.appraisal.subject_id,
            round=loaded.appraisal.round,
            gate_id=gate_id,
            approved_by_id=actor.account_id,
            approved_at=now,
            reason=reason.strip(),
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="approval.given",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"approval": gate_id, "round": loaded.appraisal.round},
    )
