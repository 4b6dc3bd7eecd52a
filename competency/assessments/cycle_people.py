"""Who comes into a cycle while it is open, and whose work goes to another lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.batches import Batch, take_each
from competency.assessments.candidates import Candidate, Population, candidates
from competency.assessments.certification_models import CycleCertification
from competency.assessments.cycles import include
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import cancel, reassign_lead
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotFound
from competency.people.models import Employee, ReportingLine
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def candidates_for(
    session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle, population: Population
) -> list[Candidate]:
    """Return who of a population can be added to a cycle, and why others can't."""
    kept = session.get(CycleCertification, cycle.id)
    number = session.get_one(Employee, kept.assessor_id).employee_number if kept else None
    return candidates(
        session,
        actor=actor,
        now=now,
        framework_version_id=cycle.framework_version_id,
        population=population,
        assessor=number,
        by_position=cycle.scope_by_position,
        cycle_id=cycle.id,
    )


def add_people(
    session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle, population: Population
) -> int:
    """Add everybody of a population who can be to an open cycle; return how many.

    Raises ``IllegalTransition`` for a closed cycle, and ``Invalid`` where nobody is left
    or nobody was named.
    """
    if population == Population():
        raise Invalid("Choose whom the cycle is for.", "numbers")
    found = candidates_for(session, actor=actor, now=now, cycle=cycle, population=population)
    if cycle.closed_at is not None:
        raise IllegalTransition("This cycle is closed already.")
    included = [candidate for candidate in found if candidate.obstacle is None]
    if not included:
        raise Invalid("Nobody can be included: choose other people or mend what stands in the way.")
    kept = session.get(CycleCertification, cycle.id)
    units = tuple(kept.unit_ids or ()) if kept else ()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.people_added",
        subject_kind="cycle",
        subject=cycle.public_id,
        data={"appraisals": len(included)},
    )
    include(session, actor=actor, now=now, cycle=cycle, people=included, units=units)
    return len(included)


def withdraw(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    public_ids: Sequence[str],
    reason: str,
) -> Batch:
    """Cancel some appraisals of a cycle, each by itself; raise ``Invalid`` without a reason."""
    if not reason.strip():
        raise Invalid("Say why the appraisal is cancelled.", "comment")

    def step(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
        cancel(session, actor=actor, now=now, public_id=public_id, reason=reason)

    return take_each(session, step, _of(session, cycle, public_ids), actor=actor, now=now)


def hand_over_to(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    public_ids: Sequence[str],
    lead: Employee | None,
) -> Batch:
    """Hand some appraisals of a cycle to a lead, or each to today's supervisor without one."""
    found = _of(session, cycle, public_ids)
    leads = _supervisors(session, found, actor, now) if lead is None else None

    def step(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
        to = leads.get(public_id) if leads is not None else lead.id if lead else None
        if to is None:
            raise Invalid("This person has no supervisor today.", "lead")
        appraisal = session.scalars(
            sa.select(Appraisal).where(Appraisal.public_id == public_id)
        ).one()
        if appraisal.lead_id == to:
            raise IllegalTransition("This person leads it already.")
        reassign_lead(session, actor=actor, now=now, appraisal=appraisal, lead_id=to)

    taken: Callable[..., None] = step
    return take_each(session, taken, found, actor=actor, now=now)


def _of(session: AnySession, cycle: Cycle, public_ids: Sequence[str]) -> list[str]:
    """Return which of the ids are appraisals of the cycle; ``NotFound`` for any other."""
    wanted = list(dict.fromkeys(public_ids))
    query = sa.select(Appraisal.public_id).where(
        Appraisal.cycle_id == cycle.id, Appraisal.public_id.in_(wanted)
    )
    found = list(session.scalars(query.order_by(Appraisal.id)))
    if len(found) != len(wanted):
        raise NotFound
    return found


def _supervisors(
    session: AnySession, public_ids: Sequence[str], actor: Actor, now: datetime
) -> dict[str, int]:
    """Return who supervises the subject of each appraisal today."""
    rows = session.execute(
        sa.select(Appraisal.public_id, ReportingLine.supervisor_id)
        .join(ReportingLine, ReportingLine.employee_id == Appraisal.subject_id)
        .where(Appraisal.public_id.in_(public_ids), on(ReportingLine, actor.today(now)))
    )
    return dict(rows.all())
