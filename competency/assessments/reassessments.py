"""Single criteria assessed anew outside a cycle: beside the earlier result, never over it.

The appraisal that opens is narrowed to the criteria that were named. Its outcome follows
from them and from what the earlier outcome says of all others (``carrying``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.carrying import carried_from
from competency.assessments.cycles import CyclePlan, open_for_one
from competency.assessments.models import Appraisal
from competency.assessments.permissions import can_answer_request
from competency.assessments.queries import load
from competency.assessments.reassessment_models import Reassessment
from competency.assessments.schema import Mode, State
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 2000


@dataclass(frozen=True)
class ReassessmentPlan:
    """Which criteria are assessed anew, why, and by when the lead judges them."""

    criteria: Sequence[str]
    reason: str
    title: str
    due_on: date


def last_closed(session: AnySession, subject_id: int, framework_slug: str) -> Appraisal | None:
    """Return the appraisal of a framework that was decided last, where it is closed."""
    return session.scalar(
        sa.select(Appraisal)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id == subject_id,
            Appraisal.state == State.CLOSED,
            FrameworkVersion.slug == framework_slug,
        )
        .order_by(Appraisal.decided_at.desc(), Appraisal.id.desc())
        .limit(1)
    )


def reassess(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, plan: ReassessmentPlan
) -> Appraisal:
    """Open an appraisal of some criteria of a closed one; today's supervisor leads it.

    For today's supervisor and human resources, never for oneself. Raises ``NotAllowed``,
    ``IllegalTransition`` where the result is not the last one, not closed or not an
    appraisal's, and ``Invalid`` for the criteria and the reason.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_answer_request(actor, loaded.standing):
        raise NotAllowed("Today's supervisor and human resources have criteria assessed anew.")
    base = loaded.appraisal
    check_base(session, base, loaded.framework.id)
    check_criteria(session, base, plan.criteria)
    reason = plan.reason.strip()
    if not reason:
        raise Invalid("Say why: the employee reads it.", "reason")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 2,000 characters.", "reason")
    check_printable(reason, "reason")
    if loaded.subject.left_on is not None and loaded.subject.left_on <= actor.today(now):
        raise IllegalTransition("This person has left.")
    if loaded.standing.supervisor_id is None:
        raise Invalid("This person has no supervisor today, who would lead it.", "lead")
    lead = session.get_one(Employee, loaded.standing.supervisor_id)
    return open_reassessment(
        session, actor=actor, now=now, base=base, employee=loaded.subject, lead=lead, plan=plan
    )


def open_reassessment(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    base: Appraisal,
    employee: Employee,
    lead: Employee,
    plan: ReassessmentPlan,
) -> Appraisal:
    """Open it for whoever has checked that ``actor`` may, and what ``check_base`` asks."""
    appraisal = open_for_one(
        session,
        actor=actor,
        now=now,
        plan=CyclePlan(
            title=plan.title,
            framework_version_id=base.framework_version_id,
            submit_due_on=plan.due_on,
        ),
        employee=employee,
        lead=lead,
        only=plan.criteria,
    )
    session.add(
        Reassessment(
            appraisal_id=appraisal.id,
            of_id=base.id,
            subject_id=base.subject_id,
            opened_by_id=actor.account_id,
            opened_at=now,
            reason=plan.reason.strip(),
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="appraisal.reassess_criteria",
        subject_kind="appraisal",
        subject=appraisal.public_id,
        data={"of": base.public_id, "criteria": sorted(plan.criteria)},
    )
    return appraisal


def check_base(session: AnySession, base: Appraisal, framework_slug: str) -> None:
    """Raise ``IllegalTransition`` where nothing can carry over from an appraisal."""
    if base.state is not State.CLOSED:
        raise IllegalTransition("Single criteria are assessed anew once the result is closed.")
    if base.mode is not Mode.APPRAISAL:
        raise IllegalTransition("A certification is not taken up again by single criteria.")
    last = last_closed(session, base.subject_id, framework_slug)
    if last is None or last.id != base.id:
        raise IllegalTransition("There is a newer result of this framework: start from that one.")


def check_criteria(session: AnySession, base: Appraisal, criteria: Sequence[str]) -> None:
    """Raise ``Invalid`` unless some of what the earlier result judged is named, and not all."""
    known = set(carried_from(session, base))
    if not criteria:
        raise Invalid("Choose at least one criterion.", "criteria")
    if not set(criteria) <= known:
        raise Invalid("Choose among the criteria of the earlier result.", "criteria")
    if set(criteria) == known:
        raise Invalid("Where everything is to be judged anew, ask for an appraisal.", "criteria")
