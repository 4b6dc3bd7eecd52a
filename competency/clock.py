"""The only reader of the time.

Everything below the edges takes ``now`` (an aware instant in UTC) or ``today`` (a
date in the time zone of a site) as a plain value.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from competency.errors import Invalid

MONTHS = 12


def now() -> datetime:
    """Return this instant, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)


def local_date(instant: datetime, time_zone: str) -> date:
    """Return the calendar date of ``instant`` in the IANA ``time_zone``.

    Raises ``ValueError`` when ``instant`` carries no time zone.
    """
    if instant.tzinfo is None:
        msg = "an instant without a time zone has no local date"
        raise ValueError(msg)
    return instant.astimezone(ZoneInfo(time_zone)).date()


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months before, or that month's last."""
    years, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def instant_of(day: date, at: time, time_zone: str) -> datetime:
    """Return the instant of a time of day in the IANA ``time_zone``; raise ``Invalid``.

    A time that a change of the clocks leaves out does not exist; of one that it repeats
    the first is meant.
    """
    zone = ZoneInfo(time_zone)
    local = datetime.combine(day, at.replace(tzinfo=None), zone)
    try:
        instant = local.astimezone(UTC)
    except OverflowError:
        raise Invalid("There is no such day here.", "day") from None
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid("The clocks change then: there is no such time on that day.", "time")
    return instant
