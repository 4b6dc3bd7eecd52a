"""Sums over the days of a window, for one person, a team or everybody, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.kpis.intervals import Moments
from competency.kpis.models import KpiName, Measurement

AnySession = Session | scoped_session[Session]

LONGEST = 400
"""Days of the longest window; the squares of so many days fit 64 bits."""
USUAL = 90
"""Days of a window where nobody says how many."""
BUCKET = 7
"""Days of one step of a trend."""


@dataclass(frozen=True)
class Window:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @classmethod
    def until(cls, last: date, days: int) -> Window:
        """Return the window of so many days that ends on a day."""
        return cls(last - timedelta(days=min(days, LONGEST) - 1), last)

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def steps(self) -> int:
        """Return how many steps of a trend it has; the first may be a short one."""
        return -(-self.days // BUCKET)


def kpi_ids(session: AnySession, slugs: Iterable[str]) -> dict[str, int]:
    """Return the number of each indicator that something was measured of."""
    wanted = set(slugs)
    if not wanted:
        return {}
    rows = session.execute(
        sa.select(KpiName.slug, KpiName.id).where(KpiName.slug.in_(sorted(wanted)))
    )
    return {slug: number for slug, number in rows}  # noqa: C416 - of rows, not of pairs


_DIVIDED_BY = sa.func.coalesce(sa.func.sum(Measurement.denominator), 0)
_IS_RATIO = sa.func.count(Measurement.denominator) > 0
"""Whether the indicator is a ratio at all; a plain sum is divided by nothing."""


def _daily(
    window: Window,
    kpis: Collection[int],
    people: Collection[int] | None,
    sources: Collection[int] | None,
) -> sa.Subquery:
    """Return a person's sums of each day over campaigns; a ratio's days of nothing left out."""
    of_day = (
        sa.select(
            Measurement.employee_id,
            Measurement.kpi_id,
            Measurement.day,
            sa.cast(sa.func.sum(Measurement.numerator), sa.BigInteger).label("n"),
            sa.cast(_DIVIDED_BY, sa.BigInteger).label("d"),
        )
        .where(
            Measurement.kpi_id.in_(sorted(kpis)),
            Measurement.day.between(window.first, window.last),
        )
        .group_by(Measurement.employee_id, Measurement.kpi_id, Measurement.day)
    )
    if people is not None:
        of_day = of_day.where(Measurement.employee_id.in_(sorted(people)))
    if sources is not None:
        of_day = of_day.where(Measurement.source_id.in_(sorted(sources)))
    return of_day.having(sa.or_(_DIVIDED_BY > 0, ~_IS_RATIO)).subquery()


def _sums(daily: sa.Subquery) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the columns of ``Moments`` over daily sums."""
    n, d = daily.c.n, daily.c.d
    return (
        sa.func.count(),
        *(sa.func.sum(part) for part in (n, d, n * n, n * d, d * d)),
    )


def moments(
    session: AnySession,
    window: Window,
    kpis: Collection[int],
    *,
    people: Collection[int] | None = None,
    sources: Collection[int] | None = None,
) -> dict[tuple[int, int], Moments]:
    """Return the sums of each person and indicator, by both; ``None`` asks for everyone.

    Who has no measurement in the window isn't there.
    """
    if not kpis or (people is not None and not people) or (sources is not None and not sources):
        return {}
    daily = _daily(window, kpis, people, sources)
    rows = session.execute(
        sa.select(daily.c.employee_id, daily.c.kpi_id, *_sums(daily)).group_by(
            daily.c.employee_id, daily.c.kpi_id
        )
    )
    return {(who, kpi): Moments(*map(int, sums)) for who, kpi, *sums in rows}


def steps(
    session: AnySession,
    window: Window,
    kpis: Collection[int],
    *,
    people: Collection[int] | None = None,
    sources: Collection[int] | None = None,
) -> dict[tuple[int, int], dict[int, Moments]]:
    """Return the same sums for each step of the window, numbered from 0; the last ends it.

    Steps without a measurement aren't there. All steps add up to what ``moments`` returns.
    """
    if not kpis or (people is not None and not people) or (sources is not None and not sources):
        return {}
    daily = _daily(window, kpis, people, sources)
    step = (window.steps - 1 - _days_before(session, daily.c.day, window.last) // BUCKET).label(
        "step"
    )
    rows = session.execute(
        sa.select(daily.c.employee_id, daily.c.kpi_id, step, *_sums(daily)).group_by(
            daily.c.employee_id, daily.c.kpi_id, step
        )
    )
    found: dict[tuple[int, int], dict[int, Moments]] = {}
    for who, kpi, number, *sums in rows:
        found.setdefault((who, kpi), {})[int(number)] = Moments(*map(int, sums))
    return found


def _days_before(
    session: AnySession, day: sa.ColumnElement[date], last: date
) -> sa.ColumnElement[int]:
    """Return how many days a day is before another one, as each database counts them."""
    end = sa.literal(last, sa.Date)
    if session.get_bind().dialect.name == "sqlite":
        return sa.cast(sa.func.julianday(end) - sa.func.julianday(day), sa.Integer)
    return sa.cast(end - day, sa.Integer)
