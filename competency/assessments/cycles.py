"""Cycles: who can be included and why not, opening one, releasing and closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.certification_models import ATTEMPTS, CycleCertification
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.models import Appraisal, Assessor, Cycle
from competency.assessments.operations import open_appraisal
from competency.assessments.permissions import can_open_cycle
from competency.assessments.position_scopes import scopes_of_positions
from competency.assessments.rules import UNFINISHED, kept_criteria, scope_named
from competency.assessments.schema import AssessorKind, Mode, Review, State
from competency.assessments.session_queries import people_under
from competency.assessments.telling import tell_leads
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import Framework
from competency.people.models import (
    CampaignAssignment,
    Employee,
    Placement,
    Position,
    PositionAssignment,
    ReportingLine,
)
from competency.people.queries import actor_of, employees_in_scope, on, system_account
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

ATTEMPTS_HIGHEST = 10


class Obstacle(StrEnum):
    """Why somebody can't be included in a cycle."""

    ONESELF = "oneself"
    NO_LEAD = "no_lead"
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


@dataclass(frozen=True)
class Candidate:
    """One person of a population, with who would lead, or why it can't be."""

    employee: Employee
    position: Position | None
    lead: Employee | None
    obstacle: Obstacle | None


@dataclass(frozen=True)
class CertificationPlan:
    """Who assesses (an employee number), which units (none for all), how many attempts."""

    assessor: str
    units: tuple[str, ...] = ()
    attempts_maximum: int = ATTEMPTS


@dataclass(frozen=True)
class CyclePlan:
    """What HR decides when a cycle is opened."""

    title: str
    framework_version_id: int
    submit_due_on: date
    releases_on: date | None = None
    review: Review = Review.ALL
    self_assessment: bool = True
    blind: bool = True
    contest_days: int = 10
    scope_id: str | None = None
    """One of the framework's scopes; without one the whole framework is appraised."""
    scope_by_position: bool = False
    """Whether each person has the scope that their position asks for, else ``scope_id``."""
    certification: CertificationPlan | None = None
    """What a certification needs beside; without it the supervisors appraise."""


@dataclass(frozen=True)
class Narrow:
    """What an appraisal is narrowed to: a scope's id and the criteria that are left."""

    scope_id: str | None = None
    criteria: list[str] | None = None


def candidates(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    framework_version_id: int,
    population: Population,
    assessor: str | None = None,
) -> list[Candidate]:
    """Return everybody of the population whom the actor may include, by name.

    Those with an obstacle are in the list, each with the reason. ``assessor`` is the
    employee number of who assesses a certification; without it everybody's supervisor
    appraises. Raises ``Invalid`` for an assessor who can't be.
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
    busy = _already_open(session, framework_version_id)
    found = []
    for employee, position, supervisor in session.execute(query):
        leading = one or supervisor
        obstacle = _obstacle(actor, today, employee, leading, busy)
        if obstacle is None and one is not None:
            obstacle = _obstacle_of(one, employee, under)
        found.append(Candidate(employee, position, leading, obstacle))
    return found


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
    if population.employee_numbers:
        numbers = [number.strip().upper() for number in population.employee_numbers]
        conditions.append(sa.func.upper(Employee.employee_number).in_(numbers))
    return sa.and_(*conditions)


def _already_open(session: AnySession, framework_version_id: int) -> frozenset[int]:
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


def open_cycle(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    plan: CyclePlan,
    population: Population,
) -> Cycle:
    """Open a cycle for everybody of the population who can be included.

    Raises ``Invalid`` for a scope that the framework hasn't got, and where nobody is
    left, so that no empty cycle comes about. Of two who include the same person at once
    the database refuses the second.
    """
    framework = _check(session, plan, actor.today(now))
    scope = scope_named(framework, plan.scope_id)
    units = plan.certification.units if plan.certification else ()
    own = Narrow(plan.scope_id or None, kept_criteria(framework, scope, units))
    included = [
        candidate
        for candidate in candidates(
            session,
            actor=actor,
            now=now,
            framework_version_id=plan.framework_version_id,
            population=population,
            assessor=plan.certification.assessor if plan.certification else None,
        )
        if candidate.obstacle is None
    ]
    if not included:
        raise Invalid("Nobody can be included: choose other people or mend what stands in the way.")
    cycle = _add_cycle(session, actor, now, plan, len(included))
    if plan.certification is not None:
        _add_certification(session, cycle, plan.certification, included[0])
    by_position = scopes_of_positions(session, framework) if plan.scope_by_position else {}
    for candidate in included:
        asked = by_position.get(candidate.position.code) if candidate.position else None
        narrowed = Narrow(asked, kept_criteria(framework, framework.scope(asked))) if asked else own
        _plan_appraisal(session, actor, now, cycle, candidate, narrowed)
    tell_leads(session, cycle, (c.lead.id for c in included if c.lead is not None), now)
    return cycle


def open_for_one(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    plan: CyclePlan,
    employee: Employee,
    lead: Employee,
    unit_id: str | None = None,
) -> Appraisal:
    """Open a cycle of one person, for the plan's scope and one unit or all; return the appraisal.

    For whoever has checked that ``actor`` may: a request that was accepted. The cycle is
    the actor's; the appraisal is opened by the system, as the workflow's table asks.
    """
    framework = _check(session, plan, actor.today(now))
    scope = scope_named(framework, plan.scope_id)
    criteria = kept_criteria(framework, scope, (unit_id,) if unit_id else ())
    if employee.id in _already_open(session, plan.framework_version_id):
        raise IllegalTransition("This person has an unfinished appraisal of this framework.")
    cycle = _add_cycle(session, actor, now, plan, 1)
    system = actor_of(session, system_account(session))
    candidate = Candidate(employee, None, lead, None)
    narrow = Narrow(plan.scope_id or None, criteria)
    appraisal = _plan_appraisal(session, system, now, cycle, candidate, narrow)
    tell_leads(session, cycle, [lead.id], now)
    return appraisal


def _check(session: AnySession, plan: CyclePlan, today: date) -> Framework:
    """Return the framework of a plan; raise ``Invalid`` for what no cycle can have."""
    if not plan.title.strip():
        raise Invalid("A cycle needs a title.", "title")
    if plan.submit_due_on < today:
        raise Invalid("The due date has passed already.", "submit_due_on")
    if session.get(FrameworkVersion, plan.framework_version_id) is None:
        raise Invalid("Choose a published framework.", "framework")
    return framework_of(session, plan.framework_version_id)


def _add_cycle(
    session: AnySession, actor: Actor, now: datetime, plan: CyclePlan, included: int
) -> Cycle:
    """Add a cycle of ``included`` appraisals, and record it."""
    cycle = Cycle(
        title=plan.title.strip(),
        framework_version_id=plan.framework_version_id,
        scope_id=plan.scope_id or None,
        scope_by_position=plan.scope_by_position,
        mode=Mode.CERTIFICATION if plan.certification else Mode.APPRAISAL,
        review=plan.review,
        self_assessment=plan.self_assessment,
        blind=plan.blind,
        opened_on=actor.today(now),
        submit_due_on=plan.submit_due_on,
        releases_on=plan.releases_on,
        contest_days=plan.contest_days,
        opened_by_id=actor.account_id,
        made_at=now,
    )
    session.add(cycle)
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.opened",
        subject_kind="cycle",
        subject=cycle.public_id,
        data={
            "appraisals": included,
            "scope": cycle.scope_id,
            "mode": cycle.mode.value,
            "units": list(plan.certification.units) if plan.certification else None,
        },
    )
    return cycle


def _add_certification(
    session: AnySession, cycle: Cycle, plan: CertificationPlan, candidate: Candidate
) -> None:
    """Keep what a cycle of certifications has beside; its assessor leads them all."""
    if not 1 <= plan.attempts_maximum <= ATTEMPTS_HIGHEST:
        raise Invalid("A test can be taken once to ten times.", "attempts")
    if candidate.lead is None:
        raise Invalid("An appraisal needs a lead assessor.")
    session.add(
        CycleCertification(
            cycle_id=cycle.id,
            assessor_id=candidate.lead.id,
            unit_ids=list(plan.units) or None,
            attempts_maximum=plan.attempts_maximum,
        )
    )
    session.flush()


def _plan_appraisal(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    candidate: Candidate,
    narrow: Narrow,
) -> Appraisal:
    """Create one appraisal, narrowed or whole, with its assessors and open it."""
    if candidate.lead is None:
        raise Invalid("An appraisal needs a lead assessor.")
    appraisal = Appraisal(
        cycle_id=cycle.id,
        mode=cycle.mode,
        subject_id=candidate.employee.id,
        framework_version_id=cycle.framework_version_id,
        scope_id=narrow.scope_id,
        scope=narrow.criteria,
        lead_id=candidate.lead.id,
    )
    session.add(appraisal)
    session.flush()
    kinds = [(AssessorKind.LEAD, candidate.lead.id)]
    if cycle.self_assessment:
        kinds.append((AssessorKind.SELF, candidate.employee.id))
    session.add_all(
        Assessor(
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            kind=kind,
            employee_id=employee_id,
        )
        for kind, employee_id in kinds
    )
    session.flush()
    open_appraisal(session, actor=actor, now=now, public_id=appraisal.public_id)
    return appraisal


def close_cycle(session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle) -> None:
    """Close a cycle in which nothing is unfinished."""
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources can close a cycle.")
    if cycle.closed_at is not None:
        raise IllegalTransition("This cycle is closed already.")
    left = session.scalar(
        sa.select(sa.func.count()).where(
            Appraisal.cycle_id == cycle.id, Appraisal.state.not_in([State.CLOSED, State.CANCELLED])
        )
    )
    if left:
        raise IllegalTransition(
            "%(count)s appraisals of this cycle are not finished; finish or cancel them first.",
            count=left,
        )
    cycle.closed_at = now
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.closed",
        subject_kind="cycle",
        subject=cycle.public_id,
    )
