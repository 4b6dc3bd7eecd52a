"""The only reader of the time.

Everything below the edges takes ``now`` (an aware instant in UTC) or ``today`` (a
date in the time zone of a site) as a plain value.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


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
