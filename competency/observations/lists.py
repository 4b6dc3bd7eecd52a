"""Lists of observations, and of the people whom somebody may observe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.models import Appraisal
from competency.database.text import search_pattern
from competency.observations.models import (
    Observation,
    ObservationForm,
    ObservationScore,
    ObservationStep,
)
from competency.observations.permissions import READERS
from competency.observations.queries import sources_by_employer
from competency.observations.schema import StepKind
from competency.people.models import Employee, ReportingLine
from competency.people.queries import employees_in_scope, on
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

STATES = ("all", "draft", "handed_in", "disputed")
PEOPLE_SHOWN = 200


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to."""

    search: str = ""
    state: str = "all"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ObservationLine:
    """An observation as lists show it; without a score where it is a draft."""

    row: Observation
    name: str
    number: str
    observer: str
    form: ObservationForm
    score: ObservationScore | None
    disputed: bool


def _reports_of(employee_id: int | None, today: date) -> sa.Select[int]:
    """Return who reports to an employee today."""
    return sa.select(ReportingLine.employee_id).where(
        ReportingLine.supervisor_id == employee_id, on(ReportingLine, today)
    )


def _step_of(*kinds: StepKind) -> sa.ColumnElement[bool]:
    """Return the condition that an observation has a step of one of these kinds."""
    return sa.exists().where(
        ObservationStep.observation_id == Observation.id, ObservationStep.kind.in_(kinds)
    )


DISPUTED = sa.and_(_step_of(StepKind.DISPUTE), ~_step_of(StepKind.UPHOLD, StepKind.CHANGE))
"""That a dispute waits for its answer, of which there is one at most."""


def readable(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_read`` as a condition on ``Observation`` and ``Employee``."""
    me = actor.employee_id
    assigned = sa.select(Appraisal.subject_id).where(
        sa.or_(Appraisal.lead_id == me, Appraisal.reviewer_id == me)
    )
    return sa.or_(
        sa.and_(Observation.handed_in_at.is_(None), Observation.observer_id == me),
        sa.and_(
            Observation.handed_in_at.is_not(None),
            sa.or_(
                Observation.subject_id == me,
                Observation.subject_id.in_(_reports_of(me, today)),
                Observation.subject_id.in_(assigned),
                employees_in_scope(actor, today, READERS),
                sa.and_(
                    _step_of(StepKind.DISPUTE), Observation.observer_id.in_(_reports_of(me, today))
                ),
            ),
        ),
    )


def observations(
    session: AnySession,
    actor: Actor,
    now: datetime,
    filters: Filters,
    *,
    page: int = 1,
    page_size: int | None = 25,
) -> tuple[list[ObservationLine], int]:
    """Return one page of what the actor may read, the newest contact first, and how many.

    Without a ``page_size`` all are returned.
    """
    today = actor.today(now)
    condition = sa.and_(
        readable(actor, today), Employee.employer_id.in_(set(sources_by_employer(session, now)))
    )
    condition = sa.and_(condition, *_narrowed(filters))
    of_person = Employee.id == Observation.subject_id
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(Observation)
        .join(Employee, of_person)
        .where(condition)
    )
    observer = aliased(Employee)
    newest = (
        sa.select(sa.func.max(ObservationScore.number))
        .where(ObservationScore.observation_id == Observation.id)
        .correlate(Observation)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Observation,
            Employee.printed_name,
            Employee.employee_number,
            observer.printed_name,
            ObservationForm,
            ObservationScore,
            DISPUTED.label("disputed"),
        )
        .join(Employee, of_person)
        .join(observer, observer.id == Observation.observer_id)
        .join(ObservationForm, ObservationForm.id == Observation.form_id)
        .outerjoin(
            ObservationScore,
            sa.and_(
                ObservationScore.observation_id == Observation.id, ObservationScore.number == newest
            ),
        )
        .where(condition)
        .order_by(Observation.contact_on.desc(), Observation.id.desc())
    )
    if page_size is not None:
        query = query.offset((page - 1) * page_size).limit(page_size)
    return [ObservationLine(*row) for row in session.execute(query)], total or 0


def _narrowed(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that filters come to."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.search.strip():
        found.append(_found(filters.search))
    if filters.state == "draft":
        found.append(Observation.handed_in_at.is_(None))
    if filters.state == "handed_in":
        found.append(Observation.handed_in_at.is_not(None))
    if filters.state == "disputed":
        found.append(DISPUTED)
    if filters.since is not None:
        found.append(Observation.contact_on >= filters.since)
    if filters.until is not None:
        found.append(Observation.contact_on <= filters.until)
    return found


def _found(search: str) -> sa.ColumnElement[bool]:
    """Return the condition that the person's name or number has these letters."""
    return Employee.search_key.like(search_pattern(search), escape="\\")


@dataclass(frozen=True)
class ToObserve:
    """The people whom somebody may observe, and how many more nothing allows to observe."""

    people: tuple[Employee, ...]
    refused: int


def observable(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_observe`` as a condition on ``Employee``."""
    return sa.and_(
        Employee.id != actor.employee_id,
        sa.or_(
            Employee.id.in_(_reports_of(actor.employee_id, today)),
            employees_in_scope(actor, today, [Role.QUALITY_ANALYST]),
        ),
    )


def _here_and_observable(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that somebody works here and that the actor may observe them."""
    return sa.and_(
        observable(actor, today),
        Employee.search_key != "",
        sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
    )


def observes_anybody(session: AnySession, actor: Actor, now: datetime) -> bool:
    """Return whether there is somebody whom the actor may observe today."""
    allowed = Employee.employer_id.in_(set(sources_by_employer(session, now)))
    query = sa.select(sa.exists().where(_here_and_observable(actor, actor.today(now)), allowed))
    return bool(session.scalar(query))


def people_to_observe(
    session: AnySession, actor: Actor, now: datetime, search: str = ""
) -> ToObserve:
    """Return whom the actor may observe today, by name."""
    condition = _here_and_observable(actor, actor.today(now))
    if search.strip():
        condition &= _found(search)
    allowed = Employee.employer_id.in_(set(sources_by_employer(session, now)))
    refused = session.scalar(
        sa.select(sa.func.count()).select_from(Employee).where(condition, ~allowed)
    )
    found = session.scalars(
        sa.select(Employee)
        .where(condition, allowed)
        .order_by(Employee.sort_key, Employee.id)
        .limit(PEOPLE_SHOWN)
    )
    return ToObserve(tuple(found), refused or 0)
