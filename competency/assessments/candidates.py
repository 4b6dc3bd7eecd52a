"""Who can be included in a cycle, with who would lead, and why somebody can't be."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.cycle_queries import active_by_number
from competency.assessments.models import Appraisal
from competency.assessments.permissions import can_open_cycle
from competency.assessments.rules import UNFINISHED
from competency.assessments.session_queries import people_under
from competency.clock import months_before
from competency.errors import Invalid, NotAllowed
from competency.frameworks.models import FrameworkVersion
from competency.people.absences import away_until
from competency.people.models import (
    CampaignAssignment,
    Employee,
    Placement,
    Position,
    PositionAssignment,
    ReportingLine,
)
from competency.people.queries import employees_in_scope, on
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


class Obstacle(StrEnum):
    """Why somebody can't be included in a cycle."""

    ONESELF = "oneself"
    NO_LEAD = "no_lead"
    NO_POSITION = "no_position"
    IN_CYCLE = "in_cycle"
    ALREADY_OPEN = "already_open"
    LEFT = "left"
    IS_ASSESSOR = "is_assessor"
    ASSESSOR_IS_SUPERIOR = "assessor_is_superior"


@dataclass(frozen=True)
class Population:
    """Whom a cycle is for; each part narrows, nothing given means everybody in scope."""

    site_id: int | None = None
    team_id: int | None = None
    campaign_id: int | None = None
    position_id: int | None = None
    employee_numbers: tuple[str, ...] = ()
    employer_id: int | None = None
    hired_by: date | None = None
    """Only who was hired on that day or before."""
    months_here: int | None = None
    """Only who was hired at least so many months ago."""


def kept_population(population: Population) -> dict[str, object]:
    """Return whom a cycle is for as it is kept: no list of numbers, only that there was one."""
    kept = asdict(population)
    kept["listed"] = bool(kept.pop("employee_numbers"))
    if population.hired_by is not None:
        kept["hired_by"] = population.hired_by.isoformat()
    return {name: value for name, value in kept.items() if value not in (None, False)}


@dataclass(frozen=True)
class Candidate:
    """One person of a population, with who would lead, or why it can't be."""

    employee: Employee
    position: Position | None
    lead: Employee | None
    obstacle: Obstacle | None
    away_until: date | None = None
    """The last day of the person's leave, where they are away today."""
    lead_away_until: date | None = None


def candidates(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    framework_version_id: int,
    population: Population,
    assessor: str | None = None,
    by_position: bool = False,
    cycle_id: int | None = None,
) -> list[Candidate]:
    """Return everybody of the population whom the actor may include, by name.

    Those with an obstacle are in the list, each with the reason. ``assessor`` is the
    employee number of who assesses a certification; without it everybody's supervisor
    appraises. With ``by_position`` a position says what is asked, so everybody needs
    one. ``cycle_id`` names the open cycle that they would be added to. Raises
    ``Invalid`` for an assessor who can't be.
    """
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources can open a cycle.")
    today = actor.today(now)
    one = None if assessor is None else _assessor(session, actor, now, assessor)
    under = people_under(session, one.id, today) if one else frozenset()
    lead = aliased(Employee)
    query = (
        sa.select(Employee, Position, lead)
        .outerjoin(
            PositionAssignment,
            sa.and_(PositionAssignment.employee_id == Employee.id, on(PositionAssignment, today)),
        )
        .outerjoin(Position, Position.id == PositionAssignment.position_id)
        .outerjoin(
            ReportingLine,
            sa.and_(ReportingLine.employee_id == Employee.id, on(ReportingLine, today)),
        )
        .outerjoin(lead, lead.id == ReportingLine.supervisor_id)
        .where(_inside(population, today), employees_in_scope(actor, today, [Role.HR]))
        .order_by(Employee.sort_key, Employee.id)
    )
    busy = already_open(session, framework_version_id)
    inside = _subjects_of(session, cycle_id)
    found = []
    for employee, position, supervisor in session.execute(query):
        leading = one or supervisor
        obstacle = _obstacle(actor, today, employee, leading, busy)
        if employee.id in inside:
            obstacle = Obstacle.IN_CYCLE
        if obstacle is None and by_position and position is None:
            obstacle = Obstacle.NO_POSITION
        if obstacle is None and one is not None:
            obstacle = _obstacle_of(one, employee, under)
        found.append(Candidate(employee, position, leading, obstacle))
    return _with_leave(session, found, today)


def _with_leave(session: AnySession, found: list[Candidate], today: date) -> list[Candidate]:
    """Return the candidates with until when they and their leads are on leave today."""
    people = {c.employee.id for c in found} | {c.lead.id for c in found if c.lead}
    away = away_until(session, people, today)
    if not away:
        return found
    return [
        replace(
            c,
            away_until=away.get(c.employee.id),
            lead_away_until=away.get(c.lead.id) if c.lead else None,
        )
        for c in found
    ]


def _assessor(session: AnySession, actor: Actor, now: datetime, number: str) -> Employee:
    """Return who assesses a certification; raise ``Invalid`` where it can't be."""
    found = active_by_number(session, actor, now, number)
    if found is None:
        raise Invalid(
            "Nobody who works here and is in your scope has the number “%(number)s”.",
            "assessor",
            number=number,
        )
    if found.id == actor.employee_id:
        raise Invalid("You can't name yourself as the assessor.", "assessor")
    return found


def _obstacle_of(assessor: Employee, employee: Employee, under: frozenset[int]) -> Obstacle | None:
    """Return why the assessor can't assess the employee, or ``None``."""
    if employee.id == assessor.id:
        return Obstacle.IS_ASSESSOR
    return Obstacle.ASSESSOR_IS_SUPERIOR if employee.id in under else None


def _inside(population: Population, today: date) -> sa.ColumnElement[bool]:
    """Return the condition on ``Employee`` of a population."""
    conditions: list[sa.ColumnElement[bool]] = [Employee.search_key != ""]
    placed = sa.select(Placement.employee_id).where(on(Placement, today))
    if population.site_id is not None:
        conditions.append(Employee.id.in_(placed.where(Placement.site_id == population.site_id)))
    if population.team_id is not None:
        conditions.append(Employee.id.in_(placed.where(Placement.team_id == population.team_id)))
    if population.campaign_id is not None:
        assigned = sa.select(CampaignAssignment.employee_id).where(
            CampaignAssignment.campaign_id == population.campaign_id, on(CampaignAssignment, today)
        )
        conditions.append(Employee.id.in_(assigned))
    if population.position_id is not None:
        holding = sa.select(PositionAssignment.employee_id).where(
            PositionAssignment.position_id == population.position_id, on(PositionAssignment, today)
        )
        conditions.append(Employee.id.in_(holding))
    if population.employer_id is not None:
        conditions.append(Employee.employer_id == population.employer_id)
    if population.hired_by is not None:
        conditions.append(Employee.hired_on <= population.hired_by)
    if population.months_here is not None:
        conditions.append(Employee.hired_on <= months_before(today, population.months_here))
    if population.employee_numbers:
        numbers = [number.strip().upper() for number in population.employee_numbers]
        conditions.append(sa.func.upper(Employee.employee_number).in_(numbers))
    return sa.and_(*conditions)


def _subjects_of(session: AnySession, cycle_id: int | None) -> frozenset[int]:
    """Return whom a cycle has, or had before they were withdrawn."""
    if cycle_id is None:
        return frozenset()
    return frozenset(
        session.scalars(sa.select(Appraisal.subject_id).where(Appraisal.cycle_id == cycle_id))
    )


def already_open(session: AnySession, framework_version_id: int) -> frozenset[int]:
    """Return the employees with an unfinished appraisal against the same framework."""
    slug = sa.select(FrameworkVersion.slug).where(FrameworkVersion.id == framework_version_id)
    versions = sa.select(FrameworkVersion.id).where(FrameworkVersion.slug == slug.scalar_subquery())
    rows = session.scalars(
        sa.select(Appraisal.subject_id).where(
            Appraisal.framework_version_id.in_(versions), Appraisal.state.in_(UNFINISHED)
        )
    )
    return frozenset(rows)


def _obstacle(
    actor: Actor, today: date, employee: Employee, lead: Employee | None, busy: frozenset[int]
) -> Obstacle | None:
    """Return why the employee can't be included, or ``None``."""
    if employee.id == actor.employee_id:
        return Obstacle.ONESELF
    if employee.left_on is not None and employee.left_on <= today:
        return Obstacle.LEFT
    if employee.id in busy:
        return Obstacle.ALREADY_OPEN
    return Obstacle.NO_LEAD if lead is None else None
