"""Indicators and measurements for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session, scoped_session

from competency.kpis.models import SCALE, DataSource, KpiName, Measurement
from competency.kpis.schema import (
    Aggregation,
    Direction,
    Kpi,
    KpiScope,
    MeasureUnit,
    Quantity,
    SourceKind,
)

AnySession = Session | scoped_session[Session]
Day = tuple[float, float | None]
"""What was counted and what it is divided by, in units."""


def share_kpi() -> Kpi:
    """Return a share of contacts, about one agent."""
    return Kpi(
        id="resolution",
        title="Resolution",
        unit=MeasureUnit.SHARE,
        direction=Direction.HIGHER,
        numerator=Quantity(words="resolved"),
        denominator=Quantity(words="contacts"),
        aggregation=Aggregation.RATIO_OF_SUMS,
        scope=KpiScope.AGENT,
    )


def source(session: AnySession, code: str = "telephony") -> DataSource:
    """Add a source of measurements."""
    row = DataSource(code=code, name=code.title(), kind=SourceKind.FILES)
    session.add(row)
    session.flush()
    return row


def kpi_name(session: AnySession, slug: str) -> KpiName:
    """Add an indicator's name."""
    row = KpiName(slug=slug)
    session.add(row)
    session.flush()
    return row


def measure(
    session: AnySession,
    *,
    employee_id: int,
    kpi_id: int,
    source_id: int,
    last: date,
    days: Iterable[Day | None],
    campaign_id: int | None = None,
) -> None:
    """Add the measurements of consecutive days that end on ``last``; ``None`` for a day off."""
    listed = list(days)
    for back, one in enumerate(reversed(listed)):
        if one is not None:
            counted, divisor = one
            session.add(
                Measurement(
                    employee_id=employee_id,
                    kpi_id=kpi_id,
                    campaign_id=campaign_id,
                    day=last - timedelta(days=back),
                    source_id=source_id,
                    numerator=round(counted * SCALE),
                    denominator=None if divisor is None else round(divisor * SCALE),
                )
            )
    session.flush()


def plain(days: Mapping[date, Day]) -> tuple[int, int, int, int, int, int]:
    """Return the moments of days, written a second time."""
    pairs = [(round(n * SCALE), round((d or 0) * SCALE)) for n, d in days.values()]
    return (
        len(pairs),
        sum(n for n, _ in pairs),
        sum(d for _, d in pairs),
        sum(n * n for n, _ in pairs),
        sum(n * d for n, d in pairs),
        sum(d * d for _, d in pairs),
    )
