"""Figures whose time is over: each is kept as long as people were told, and then deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt, record
from competency.clock import local_date, months_before
from competency.database.transactions import rehearsal, unit_of_work
from competency.errors import NotAllowed
from competency.kpis.import_drafts import drop_waiting
from competency.kpis.import_staging import take_turn
from competency.kpis.models import (
    DataSource,
    Measurement,
    ReplacedMeasurement,
    SetAsideRow,
    SourceBasis,
    SourceRetention,
)
from competency.people.models import Employee, Employer
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
Figures = type[Measurement] | type[ReplacedMeasurement]
PORTION = 100_000
"""Figures that one transaction deletes."""
PAUSE = timedelta(hours=20)
"""How long after a run the next one waits that nobody asked for."""


@dataclass(frozen=True)
class Removed:
    """How much of a source was deleted."""

    source: str
    figures: int = 0
    earlier: int = 0
    """Values that a correction had replaced."""
    rows: int = 0
    """Rows of files that had been set aside."""

    def __bool__(self) -> bool:
        """Return whether anything was."""
        return bool(self.figures or self.earlier or self.rows)


@dataclass(frozen=True)
class Span:
    """Days whose figures of a source are over at an employer: from ``first``, before ``end``."""

    employer_id: int
    first: date
    end: date


def remove_expired(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    only_due: bool = False,
) -> list[Removed]:
    """Delete what is older than its source's notice says it is kept; return what, by source.

    What was frozen as evidence stays, with its numbers. A source without any legal basis
    says nothing of how long, and keeps its figures. Runs transactions of its own, each of
    ``PORTION`` figures; running it again changes nothing. ``only_due`` leaves out sources
    that were looked at within ``PAUSE``.
    """
    if not actor.is_system:
        raise NotAllowed("Only the system deletes figures by their dates.")
    sources = [
        (source.id, source.code)
        for source in session.scalars(sa.select(DataSource).order_by(DataSource.code))
        if not only_due or source.retention is None or source.retention.ran_at <= now - PAUSE
    ]
    session.rollback()
    if dry_run:
        with rehearsal(session):
            return [_portion(session, now, one, code, most=None) for one, code in sources]
    found = [_of_source(session, actor, now, one, code) for one, code in sources]
    if found:
        with unit_of_work(session):
            drop_waiting(session, now)
    return found


def _of_source(
    session: AnySession, actor: Actor, now: datetime, source_id: int, code: str
) -> Removed:
    """Delete what is over of one source, so many figures at a time."""
    total = Removed(code)
    while True:
        with unit_of_work(session):
            take_turn(session)
            part = _portion(session, now, source_id, code, most=PORTION)
            total = replace(
                total,
                figures=total.figures + part.figures,
                earlier=total.earlier + part.earlier,
                rows=total.rows + part.rows,
            )
            _note(session, actor, now, source_id, part, total)
        if part.figures < PORTION:
            return total


def _portion(
    session: AnySession, now: datetime, source_id: int, code: str, *, most: int | None
) -> Removed:
    """Delete at most so many figures that are over, what they replaced, and rows set aside."""
    zones = session.execute(sa.select(Employer.id, Employer.time_zone))
    today = {employer_id: local_date(now, zone) for employer_id, zone in zones}
    ever = sa.select(SourceBasis).where(SourceBasis.source_id == source_id)
    ordered = ever.order_by(SourceBasis.employer_id, SourceBasis.starts_on)
    # what only begins later promises nothing yet
    bases = [one for one in session.scalars(ordered) if one.starts_on <= today[one.employer_id]]
    if not bases:
        return Removed(code)
    spans = list(_spans(bases, today))
    chosen = (
        sa.select(Measurement.id)
        .where(_over(Measurement, source_id, spans))
        .order_by(Measurement.id)
        .limit(most)
    )
    replaced, other = sa.orm.aliased(ReplacedMeasurement), sa.orm.aliased(ReplacedMeasurement)
    # a history goes whole: with the figure, or with the first of it whose time is over
    under = (
        sa.select(replaced.id)
        .join(Measurement, _same(replaced, Measurement))
        .where(Measurement.id.in_(chosen))
    )
    beside = (
        sa.select(replaced.id)
        .join(other, _same(replaced, other))
        .where(_over(other, source_id, spans))
    )
    earlier = _delete(session, ReplacedMeasurement, ReplacedMeasurement.id.in_(under.union(beside)))
    figures = _delete(session, Measurement, Measurement.id.in_(chosen))
    kept = min(basis.retention_months for basis in bases)
    day = months_before(now.date(), kept)
    old = (SetAsideRow.source_id == source_id) & (
        SetAsideRow.set_aside_at < now - (now.date() - day)
    )
    return Removed(code, figures, earlier, _delete(session, SetAsideRow, old))


def _spans(bases: Iterable[SourceBasis], today: dict[int, date]) -> Iterator[Span]:
    """Yield the days that are over, of bases by employer and first day.

    A figure is kept as the notice of its day says; without one that day, as the notice
    before said, and before the first one, as the first one says.
    """
    of: dict[int, list[SourceBasis]] = defaultdict(list)
    for basis in bases:
        of[basis.employer_id].append(basis)
    for employer_id, own in of.items():
        begins = [date.min, *(basis.starts_on for basis in own[1:]), date.max]
        for basis, (first, following) in zip(own, pairwise(begins), strict=True):
            end = min(following, months_before(today[employer_id], basis.retention_months))
            if first < end:
                yield Span(employer_id, first, end)


def _over(table: Figures, source_id: int, spans: Iterable[Span]) -> sa.ColumnElement[bool]:
    """Return the condition that a source's figure is over."""
    conditions = [
        (table.day >= span.first)
        & (table.day < span.end)
        & table.employee_id.in_(
            sa.select(Employee.id).where(Employee.employer_id == span.employer_id)
        )
        for span in spans
    ]
    return (table.source_id == source_id) & sa.or_(sa.false(), *conditions)


def _same(one: Figures, other: Figures) -> sa.ColumnElement[bool]:
    """Return the condition that two rows are of the same person, indicator, day and campaign."""
    return sa.and_(
        one.employee_id == other.employee_id,
        one.kpi_id == other.kpi_id,
        one.day == other.day,
        sa.func.coalesce(one.campaign_id, 0) == sa.func.coalesce(other.campaign_id, 0),
    )


def _delete(
    session: AnySession, table: Figures | type[SetAsideRow], which: sa.ColumnElement[bool]
) -> int:
    """Delete rows; return how many."""
    return session.connection().execute(sa.delete(table).where(which)).rowcount


def _note(
    session: AnySession, actor: Actor, now: datetime, source_id: int, part: Removed, total: Removed
) -> None:
    """Keep when a source was looked at and what this run deleted; record what was."""
    source = session.get_one(DataSource, source_id)
    row = source.retention or SourceRetention(source_id=source_id)
    session.add(row)
    row.ran_at = now
    if not part:
        session.flush()
        exempt(session, "nothing was old enough to delete")
        return
    row.removed_at = now
    row.figures, row.earlier, row.set_aside = total.figures, total.earlier, total.rows
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="measurements.expired",
        subject_kind="data_source",
        subject=source.public_id,
        data={
            "source": source.code,
            "figures": part.figures,
            "earlier": part.earlier,
            "set_aside": part.rows,
        },
    )
