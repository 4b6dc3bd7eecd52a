"""Reads for whoever runs cycles: counts by state, what can be released, who could lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal, Cycle
from competency.assessments.rules import visible_state
from competency.assessments.schema import State, VisibleState
from competency.errors import NotFound
from competency.people.models import Employee, Placement, ReportingLine, Team
from competency.people.permissions import holds
from competency.people.queries import employees_in_scope, on, standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
Selected = TypeVar("Selected", str, int)

SHOWN_STATES = (
    VisibleState.TO_DO,
    VisibleState.IN_REVIEW,
    VisibleState.READY,
    VisibleState.DELIVERED,
    VisibleState.CLOSED,
)
"""The five states that people see; suspended and cancelled are shown when there are any."""


def by_visible_state(counts: Mapping[State, int]) -> dict[VisibleState, int]:
    """Return counts by the states that people see, the five always and in order."""
    found = dict.fromkeys(SHOWN_STATES, 0)
    for state, number in counts.items():
        visible = visible_state(state)
        found[visible] = found.get(visible, 0) + number
    return found


def states_of(visible: str) -> tuple[State, ...]:
    """Return the states behind a visible one; none for a word that is no state."""
    return tuple(state for state in State if visible_state(state).value == visible)


def counts_of(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> dict[State, int]:
    """Return one cycle's counts over the actor's people; ``NotFound`` without any."""
    rows = session.execute(
        sa.select(Appraisal.state, sa.func.count())
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            employees_in_scope(actor, actor.today(now), [Role.HR, Role.AUDITOR]),
        )
        .group_by(Appraisal.state)
    )
    counts = dict(rows.all())
    if not counts:
        raise NotFound
    return counts


def approved_in(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> list[str]:
    """Return the approved appraisals of a cycle that the actor may release."""
    query = _releasable(sa.select(Appraisal.public_id), actor, now, cycle)
    return list(session.scalars(query.order_by(Appraisal.id)))


def approved_count(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> int:
    """Return how many results of a cycle the actor may release."""
    return session.scalar(_releasable(sa.select(sa.func.count()), actor, now, cycle)) or 0


def _releasable(
    query: sa.Select[Selected], actor: Actor, now: datetime, cycle: Cycle
) -> sa.Select[Selected]:
    """Narrow a select to the approved appraisals of a cycle that the actor may release."""
    return (
        query.select_from(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            Appraisal.state == State.APPROVED,
            Appraisal.subject_id != (actor.employee_id or 0),
            employees_in_scope(actor, actor.today(now), [Role.HR]),
        )
    )


def teams_in(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle
) -> list[tuple[str, str]]:
    """Return the teams of today of a cycle's people in the actor's scope, by name."""
    today = actor.today(now)
    rows = session.execute(
        sa.select(Team.id, Team.name)
        .join(Placement, Placement.team_id == Team.id)
        .join(Appraisal, Appraisal.subject_id == Placement.employee_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            on(Placement, today),
            employees_in_scope(actor, today, [Role.HR, Role.AUDITOR]),
        )
        .distinct()
        .order_by(Team.name, Team.id)
    )
    return [(str(i), name) for i, name in rows]


def subject_names(session: AnySession, public_ids: Iterable[str]) -> dict[str, str]:
    """Return whom each appraisal is about, by its public id."""
    rows = session.execute(
        sa.select(Appraisal.public_id, Employee.printed_name)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(Appraisal.public_id.in_(list(public_ids)))
    )
    return dict(rows.all())


def person_for_handover(
    session: AnySession, actor: Actor, now: datetime, public_id: str
) -> Employee:
    """Return an employee whose work HR may hand over; ``NotFound`` otherwise."""
    found = session.scalar(sa.select(Employee).where(Employee.public_id == public_id))
    if found is None:
        raise NotFound
    if not holds(actor, Role.HR, standing(session, found.id, actor.today(now))):
        raise NotFound
    return found


def supervisors_of(
    session: AnySession, employee_ids: Sequence[int], now: datetime, actor: Actor
) -> dict[int, Employee]:
    """Return who supervises each of the employees today, by employee id."""
    rows = session.execute(
        sa.select(ReportingLine.employee_id, Employee)
        .join(Employee, Employee.id == ReportingLine.supervisor_id)
        .where(
            ReportingLine.employee_id.in_(employee_ids),
            on(ReportingLine, actor.today(now)),
        )
    )
    return dict(rows.all())


def possible_leads(
    session: AnySession, actor: Actor, now: datetime, limit: int = 100
) -> list[Employee]:
    """Return people in scope who supervise somebody today, by name."""
    today = actor.today(now)
    supervising = sa.select(ReportingLine.supervisor_id).where(on(ReportingLine, today))
    return list(
        session.scalars(
            sa.select(Employee)
            .where(
                Employee.id.in_(supervising),
                employees_in_scope(actor, today, [Role.HR]),
                sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
            )
            .order_by(Employee.sort_key)
            .limit(limit)
        )
    )


def active_by_number(
    session: AnySession, actor: Actor, now: datetime, number: str
) -> Employee | None:
    """Return somebody in HR's scope who has not left, by employee number."""
    today = actor.today(now)
    return session.scalar(
        sa.select(Employee).where(
            sa.func.upper(Employee.employee_number) == number.strip().upper(),
            employees_in_scope(actor, today, [Role.HR]),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
        )
    )
