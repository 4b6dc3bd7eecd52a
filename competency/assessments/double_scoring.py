"""Blind double scoring: a sample of a cycle's appraisals, each scored by a second of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.assessors import add_part
from competency.assessments.beside_queries import double_scored
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.models import Appraisal, Assessor, Cycle, EarlierLead
from competency.assessments.permissions import can_choose_assessors, can_open_cycle
from competency.assessments.queries import load
from competency.assessments.sampling import HUNDRED, drawn, number_of, shared_out
from competency.assessments.schema import AssessorKind, State
from competency.assessments.session_queries import superiors_of
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

SAMPLE_HIGHEST = 500
LEFT_OUT = (State.PLANNED, State.SUSPENDED, State.CANCELLED)


@dataclass(frozen=True)
class Sampled:
    """How many were drawn, how many a second was asked for now, and for how many nobody is left."""

    drawn: int
    asked: int
    nobody: int


def draw(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    pool: list[str],
    share: int | None = None,
    number: int | None = None,
) -> Sampled:
    """Draw a share (in a hundred) or a number of a cycle's appraisals to be scored twice.

    ``pool`` are the employee numbers of the second assessors; no appraisal goes to its
    subject, a superior of theirs, or anybody who has a part in it. What was drawn before
    and has its second keeps it, so drawing the same again changes nothing.
    """
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources draw appraisals to be scored twice.")
    if cycle.closed_at is not None:
        raise IllegalTransition("This cycle is closed already.")
    seconds = _pool(session, actor, now, pool)
    rows = _appraisals(session, actor, now, cycle)
    wanted = _wanted(len(rows), share, number)
    sample = drawn(rows, wanted)
    scored = double_scored(session, cycle)
    waiting = [public_id for public_id in sample if rows[public_id].id not in scored]
    barred = _barred(session, actor, now, [rows[public_id] for public_id in waiting])
    chosen, left = shared_out(waiting, list(seconds), barred, _load(session, cycle))
    for public_id, employee_id in chosen.items():
        loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
        if not can_choose_assessors(actor, loaded.facts, loaded.standing):
            raise NotAllowed("Only human resources choose who judges beside the assessor.")
        add_part(session, loaded, now, AssessorKind.SECOND, employee_id, drawn=True)
        record(
            session,
            actor=actor.public_id,
            now=now,
            action="assessor.asked",
            subject_kind="appraisal",
            subject=public_id,
            data={
                "round": loaded.appraisal.round,
                "employee": seconds[employee_id].public_id,
                "kind": "second",
                "drawn": True,
            },
        )
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.sampled",
        subject_kind="cycle",
        subject=cycle.public_id,
        data={"share": share, "number": number, "drawn": len(sample), "asked": len(chosen)},
    )
    return Sampled(len(sample), len(chosen), len(left))


def _wanted(total: int, share: int | None, number: int | None) -> int:
    """Return how many are drawn; raise ``Invalid`` for none, both, or too many."""
    if (share is None) == (number is None):
        raise Invalid("Say a share or a number, one of them.", "number")
    wanted = number_of(share, total) if share is not None else number or 0
    if share is not None and not 1 <= share <= HUNDRED:
        raise Invalid("A share is from 1 to 100 in a hundred.", "share")
    if not 1 <= wanted <= SAMPLE_HIGHEST:
        raise Invalid("Draw at least one appraisal, and at most 500 at a time.", "number")
    return wanted


def _pool(
    session: AnySession, actor: Actor, now: datetime, numbers: list[str]
) -> dict[int, Employee]:
    """Return the second assessors by id, in the order of their numbers."""
    found = {}
    for number in sorted(set(numbers)):
        employee = active_by_number(session, actor, now, number)
        if employee is None:
            raise Invalid(
                "Nobody who works here and is in your scope has the number “%(number)s”.",
                "pool",
                number=number,
            )
        if employee.id == actor.employee_id:
            raise Invalid("You can't name yourself as a second assessor.", "pool")
        found[employee.id] = employee
    if not found:
        raise Invalid("Name the second assessors by their employee numbers.", "pool")
    return found


def _appraisals(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle
) -> dict[str, Appraisal]:
    """Return the cycle's appraisals that can be drawn, by public id: of others, in scope."""
    rows = session.scalars(
        sa.select(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            Appraisal.state.not_in(LEFT_OUT),
            Appraisal.subject_id != (actor.employee_id or 0),
            employees_in_scope(actor, actor.today(now), [Role.HR]),
        )
    )
    return {appraisal.public_id: appraisal for appraisal in rows}


def _barred(
    session: AnySession, actor: Actor, now: datetime, appraisals: list[Appraisal]
) -> dict[str, set[int]]:
    """Return whom each appraisal can't go to: who has a part in it, and superiors."""
    today, ids = actor.today(now), [a.id for a in appraisals]
    taken: dict[int, set[int]] = {}
    for table in (Assessor, EarlierLead):
        rows = session.execute(
            sa.select(table.appraisal_id, table.employee_id).where(table.appraisal_id.in_(ids))
        )
        for appraisal_id, employee_id in rows:
            taken.setdefault(appraisal_id, set()).add(employee_id)
    return {
        a.public_id: {
            a.subject_id,
            a.lead_id,
            *((a.reviewer_id,) if a.reviewer_id else ()),
            *taken.get(a.id, ()),
            *superiors_of(session, a.subject_id, today),
        }
        for a in appraisals
    }


def _load(session: AnySession, cycle: Cycle) -> dict[int, int]:
    """Return how many drawn appraisals of the cycle each second has already."""
    rows = session.execute(
        sa.select(Assessor.employee_id, sa.func.count())
        .join(Appraisal, Appraisal.id == Assessor.appraisal_id)
        .where(Appraisal.cycle_id == cycle.id, Assessor.drawn, Assessor.ended_at.is_(None))
        .group_by(Assessor.employee_id)
    )
    return dict(rows.all())
