"""What observations become in the figures: the quality score of their day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.kpis.importing import on_reversal
from competency.kpis.models import DataSource, KpiImport, KpiName, Measurement
from competency.kpis.names import number_of
from competency.kpis.schema import SourceKind
from competency.observations.models import Observation, ObservationScore, ObservedDay
from competency.observations.schema import KPI
from competency.people.models import Employee

AnySession = Session | scoped_session[Session]


def measurement_of(session: AnySession, row: Observation) -> Measurement | None:
    """Return the quality score of an observation's day and campaign, whatever it is of."""
    return session.scalar(
        sa.select(Measurement)
        .join(KpiName, KpiName.id == Measurement.kpi_id)
        .where(
            KpiName.slug == KPI,
            Measurement.employee_id == row.subject_id,
            Measurement.day == row.contact_on,
            sa.func.coalesce(Measurement.campaign_id, 0) == (row.campaign_id or 0),
        )
    )


def day_sums(session: AnySession, row: Observation) -> tuple[int, int]:
    """Return the points reached and possible in all observations of the same day, as they stand.

    Of each the newest score counts.
    """
    newest = (
        sa.select(sa.func.max(ObservationScore.number))
        .where(ObservationScore.observation_id == Observation.id)
        .correlate(Observation)
        .scalar_subquery()
    )
    reached, possible = session.execute(
        sa.select(sa.func.sum(ObservationScore.reached), sa.func.sum(ObservationScore.possible))
        .join(Observation, Observation.id == ObservationScore.observation_id)
        .where(
            ObservationScore.number == newest,
            Observation.subject_id == row.subject_id,
            Observation.contact_on == row.contact_on,
            sa.func.coalesce(Observation.campaign_id, 0) == (row.campaign_id or 0),
        )
    ).one()
    return int(reached or 0), int(possible or 0)


def measure_day(
    session: AnySession, row: Observation, score_number: int, source: DataSource, now: datetime
) -> None:
    """Make the day's quality score what its observations come to; keep what it was before.

    Where an import brought the figure of that day, it stands until the import is reversed.
    The person's row is locked already.
    """
    current = measurement_of(session, row)
    if current is not None and current.import_id is not None:
        return
    numerator, denominator = day_sums(session, row)
    session.add(
        ObservedDay(
            observation_id=row.id,
            score_number=score_number,
            subject_id=row.subject_id,
            campaign_id=row.campaign_id,
            day=row.contact_on,
            numerator_before=None if current is None else current.numerator,
            denominator_before=None if current is None else current.denominator,
            numerator=numerator,
            denominator=denominator,
            changed_at=now,
        )
    )
    if current is None:
        current = Measurement(
            employee_id=row.subject_id,
            kpi_id=number_of(session, KPI),
            campaign_id=row.campaign_id,
            day=row.contact_on,
            source_id=source.id,
        )
        session.add(current)
    current.numerator, current.denominator = numerator, denominator
    session.flush()


@on_reversal
@contextmanager
def observed_again(session: AnySession, brought: KpiImport, now: datetime) -> Iterator[None]:
    """Make the days whose figure an import brought what was observed, once it is taken back.

    Whoever hands a sheet of one of these people in comes before all of it, or after.
    """
    measured = (
        sa.select(Measurement.employee_id)
        .join(KpiName, KpiName.id == Measurement.kpi_id)
        .where(KpiName.slug == KPI, Measurement.import_id == brought.id)
    )
    people = sa.select(Employee.id).where(Employee.id.in_(measured)).order_by(Employee.id)
    session.execute(people.with_for_update(key_share=True)).all()
    held = sa.select(sa.func.max(Observation.id)).where(
        ObservationScore.observation_id == Observation.id,
        KpiName.slug == KPI,
        Measurement.kpi_id == KpiName.id,
        Measurement.import_id == brought.id,
        Measurement.employee_id == Observation.subject_id,
        Measurement.day == Observation.contact_on,
        sa.func.coalesce(Measurement.campaign_id, 0)
        == sa.func.coalesce(Observation.campaign_id, 0),
    )
    days = (Observation.subject_id, Observation.campaign_id, Observation.contact_on)
    ids = list(session.scalars(held.group_by(*days)))
    yield
    if not ids:
        return
    newest = (
        sa.select(Observation, sa.func.max(ObservationScore.number))
        .join(ObservationScore, ObservationScore.observation_id == Observation.id)
        .where(Observation.id.in_(ids))
        .group_by(Observation.id)
        .order_by(Observation.id)
    )
    scored = session.execute(newest).all()
    source = session.scalars(sa.select(DataSource).filter_by(kind=SourceKind.OBSERVATIONS)).one()
    for row, number in scored:
        measure_day(session, row, number, source, now)
