"""Reads of observations: who may read which, what allows them, what they came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_access import leads
from competency.clock import local_date
from competency.errors import NotAllowed, NotFound
from competency.kpis.models import DataSource, SourceBasis
from competency.kpis.schema import SourceKind
from competency.observations.form_queries import Form, load_form
from competency.observations.models import (
    ContactDraw,
    Observation,
    ObservationMark,
    ObservationScore,
    ObservationStep,
)
from competency.observations.permissions import can_read
from competency.observations.rules import is_disputed
from competency.observations.schema import Facts, Mark, Sheet, StepKind
from competency.people.models import CampaignAssignment, Employee, Employer
from competency.people.queries import on, standing
from competency.people.schema import Actor, Standing

AnySession = Session | scoped_session[Session]


def sources_by_employer(
    session: AnySession, now: datetime, *, employer_id: int | None = None
) -> dict[int, DataSource]:
    """Return the employers at which observing one person is allowed today, with its source.

    Today is the day at the employer; ``employer_id`` asks about one alone.
    """
    query = (
        sa.select(Employer.id, Employer.time_zone, SourceBasis, DataSource)
        .join(SourceBasis, SourceBasis.employer_id == Employer.id)
        .join(DataSource, DataSource.id == SourceBasis.source_id)
        .where(DataSource.kind == SourceKind.OBSERVATIONS)
        .order_by(DataSource.id.desc())
    )
    if employer_id is not None:
        query = query.where(Employer.id == employer_id)
    return {
        employer: source
        for employer, zone, basis, source in session.execute(query)
        if basis.holds_on(local_date(now, zone))
    }


def require_basis(session: AnySession, employee: Employee, now: datetime) -> DataSource:
    """Return the source; raise ``NotAllowed`` where nothing allows observing the person today."""
    employer_id = employee.employer_id
    source = sources_by_employer(session, now, employer_id=employer_id).get(employer_id)
    if source is None:
        raise NotAllowed(
            "Observations of one person are refused here: nothing is recorded that allows them "
            "at this person's employer today. Human resources can record the legal basis and "
            "the notice."
        )
    return source


def campaign_on(session: AnySession, employee_id: int, day: date) -> int | None:
    """Return the campaign that somebody worked on that day; ``None`` for none or several."""
    found = session.scalars(
        sa.select(CampaignAssignment.campaign_id).where(
            CampaignAssignment.employee_id == employee_id, on(CampaignAssignment, day)
        )
    ).all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Loaded:
    """An observation with the person, where they stand, and the form that it rests on."""

    row: Observation
    subject: Employee
    standing: Standing
    facts: Facts
    steps: tuple[ObservationStep, ...]
    form: Form


def load(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> Loaded:
    """Return an observation that the actor may read; ``NotFound`` otherwise.

    ``NotAllowed`` where nothing allows reading about this person today. ``lock`` keeps
    others from changing it until the transaction ends.
    """
    query = (
        sa.select(Observation, Employee)
        .join(Employee, Employee.id == Observation.subject_id)
        .where(Observation.public_id == public_id)
    )
    if lock:
        query = query.with_for_update(of=Observation).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    row, subject = found
    place = standing(session, row.subject_id, actor.today(now))
    steps = steps_of(session, row.id)
    facts = _facts(session, row, steps, actor.today(now))
    if not can_read(actor, facts, place, assigned=False):
        assigned = facts.handed_in and leads(session, actor, row.subject_id, only_open=False)
        if not can_read(actor, facts, place, assigned=assigned):
            raise NotFound
    require_basis(session, subject, now)
    return Loaded(row, subject, place, facts, steps, load_form(session, row.form_id))


def _facts(
    session: AnySession, row: Observation, steps: tuple[ObservationStep, ...], today: date
) -> Facts:
    """Return what permission is decided on, beside where the person stands."""
    kinds = [step.kind for step in steps]
    was_disputed = StepKind.DISPUTE in kinds
    above = standing(session, row.observer_id, today).supervisor_id if was_disputed else None
    return Facts(
        row.observer_id,
        handed_in=row.handed_in_at is not None,
        observer_supervisor_id=above,
        disputed=is_disputed(kinds),
        was_disputed=was_disputed,
    )


def steps_of(session: AnySession, observation_id: int) -> tuple[ObservationStep, ...]:
    """Return what followed an observation, in its order."""
    return tuple(
        session.scalars(
            sa.select(ObservationStep)
            .where(ObservationStep.observation_id == observation_id)
            .order_by(ObservationStep.id)
        )
    )


def scores_of(session: AnySession, observation_id: int) -> tuple[ObservationScore, ...]:
    """Return every score of an observation, the first one first."""
    return tuple(
        session.scalars(
            sa.select(ObservationScore)
            .where(ObservationScore.observation_id == observation_id)
            .order_by(ObservationScore.number)
        )
    )


def draw_of(session: AnySession, observation_id: int) -> ContactDraw | None:
    """Return the draw that an observation was begun from; ``None`` where it was chosen."""
    return session.scalar(
        sa.select(ContactDraw).where(ContactDraw.observation_id == observation_id)
    )


def sheet_of(session: AnySession, row: Observation) -> Sheet:
    """Return what is written on the sheet of an observation."""
    marks = session.scalars(
        sa.select(ObservationMark)
        .where(ObservationMark.observation_id == row.id)
        .order_by(ObservationMark.criterion_id)
    ).all()
    return Sheet(
        {one.criterion_id: one.mark for one in marks if one.mark is not None},
        {one.criterion_id: one.note for one in marks if one.note},
        row.note or "",
    )


def marks_in(score: ObservationScore) -> dict[str, Mark]:
    """Return the marks that a score was made of."""
    return {criterion_id: Mark(mark) for criterion_id, mark in score.marks.items()}
