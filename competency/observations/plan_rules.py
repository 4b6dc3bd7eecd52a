"""How many contacts a plan asks for in a month of which somebody is there only a part; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_OFFERED = 13
CONTACTS_MAXIMUM = 100
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days from the first one to before ``ends_on``; without an end where that is ``None``."""

    starts_on: date
    ends_on: date | None = None

    def days(self) -> Iterable[date]:
        """Yield the days of a period that has an end."""
        day = self.starts_on
        while self.ends_on is not None and day < self.ends_on:
            yield day
            day += DAY

    @property
    def last_day(self) -> date:
        """Return the last day of a period that has an end."""
        return max(self.days())

    def __contains__(self, day: date) -> bool:
        """Return whether a day is in it."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the month after the one that begins on ``first``."""
    return month_of(first + timedelta(days=31))


def month(first: date) -> Period:
    """Return the month that begins on ``first``."""
    return Period(first, next_month(first))


def months_from(first: date, number: int = MONTHS_OFFERED) -> tuple[date, ...]:
    """Return the first days of so many months, ``first`` being the first of them."""
    found = [first]
    while len(found) < number:
        found.append(next_month(found[-1]))
    return tuple(found)


def planned(contacts: int, of: Period, employed: Period, away: Iterable[Period]) -> int:
    """Return how many contacts of somebody are planned in a month of ``of``'s days.

    The plan's number is for who is there on all days. For anybody else it is in proportion to
    the days that they are employed and not on leave, to the nearest whole, halves up.
    """
    leaves = tuple(away)
    days = tuple(of.days())
    there = sum(day in employed and not any(day in leave for leave in leaves) for day in days)
    return (2 * contacts * there + len(days)) // (2 * len(days))


def still_due(planned_contacts: int, done: int) -> int:
    """Return how many contacts are still to be observed; more than planned owe nothing."""
    return max(0, planned_contacts - done)
