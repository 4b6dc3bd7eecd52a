"""How many contacts a plan asks for of somebody who is there only a part of the month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.observations.plan_rules import (
    Period,
    month,
    month_of,
    months_from,
    next_month,
    planned,
    still_due,
)

NOVEMBER = month(date(2026, 11, 1))
HIRED = Period(date(2020, 1, 1))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def november(first: int, last: int) -> Period:
    """Return days of November, the last one included."""
    return Period(date(2026, 11, first), date(2026, 11, last) + timedelta(days=1))


@pytest.mark.parametrize(
    ("employed", "away", "expected"),
    [
        (HIRED, [], 4),
        (HIRED, [november(1, 30)], 0),
        (HIRED, [Period(date(2026, 10, 1), date(2027, 2, 1))], 0),
        (HIRED, [november(1, 15)], 2),
        (HIRED, [november(1, 10), november(5, 15)], 2),
        (HIRED, [november(1, 3)], 4),
        (HIRED, [november(1, 4)], 3),
        (HIRED, [november(1, 26)], 1),
        (HIRED, [november(1, 27)], 0),
        (HIRED, [Period(date(2026, 10, 1), date(2026, 11, 1))], 4),
        (Period(date(2026, 11, 16)), [], 2),
        (Period(date(2020, 1, 1), date(2026, 11, 16)), [], 2),
        (Period(date(2026, 12, 1)), [], 0),
        (Period(date(2020, 1, 1), date(2026, 11, 1)), [], 0),
    ],
)
def test_days_that_somebody_is_not_there_ask_for_less(
    employed: Period, away: list[Period], expected: int
) -> None:
    assert planned(4, NOVEMBER, employed, away) == expected


def test_halves_are_rounded_up() -> None:
    assert planned(1, NOVEMBER, HIRED, [november(1, 15)]) == 1
    assert planned(3, NOVEMBER, HIRED, [november(1, 15)]) == 2


@given(st.integers(1, 100), DAYS, st.integers(0, 60), DAYS, st.integers(0, 60))
def test_leave_never_asks_for_more_and_never_for_less_than_nothing(
    contacts: int, day: date, length: int, other: date, further: int
) -> None:
    of = month(month_of(day))
    one = Period(other, other + timedelta(days=length))
    two = Period(day, day + timedelta(days=further))
    with_one = planned(contacts, of, HIRED, [one])
    assert 0 <= planned(contacts, of, HIRED, [one, two]) <= with_one <= contacts
    assert planned(contacts, of, Period(date(2019, 1, 1)), []) == contacts


@given(DAYS)
def test_months_follow_each_other_without_a_gap(day: date) -> None:
    first = month_of(day)
    assert first <= day < next_month(first)
    assert next_month(first).day == 1
    twelve = months_from(first, 13)
    assert twelve[12] == first.replace(year=first.year + 1)


def test_more_than_planned_owes_nothing() -> None:
    assert [still_due(4, done) for done in (0, 3, 4, 9)] == [4, 1, 0, 0]
