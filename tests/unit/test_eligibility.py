"""Who lacks what to be certified: every condition by itself, and none where all is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from competency.assessments.eligibility import (
    BINDING,
    Condition,
    EligibilityFacts,
    Unmet,
    unmet,
)

TODAY = date(2026, 3, 10)
FACTS = EligibilityFacts(TODAY, hired_on=date(2025, 9, 10))
UNITS = ("a", "b")


def lacks(**changes: object) -> tuple[Unmet, ...]:
    return unmet(replace(FACTS, **changes), UNITS)  # type: ignore[arg-type]  # its fields


def test_who_meets_everything_lacks_nothing() -> None:
    assert lacks() == ()
    assert lacks(months_least=6, days_least=30, left_on=date(2026, 3, 11)) == ()


@pytest.mark.parametrize("changes", [{"left_on": TODAY}, {"hired_on": date(2026, 3, 11)}])
def test_only_who_is_employed_today_is_certified(changes: dict[str, date]) -> None:
    assert Condition.EMPLOYED in {one.condition for one in lacks(**changes)}


def test_what_is_under_way_stands_in_the_way_of_every_unit() -> None:
    assert lacks(is_under_way=True) == (Unmet(Condition.UNDER_WAY),)


def test_only_units_that_are_applied_for_count() -> None:
    assert lacks(open_units=frozenset({"c"}), attested={"c": None}) == ()
    assert lacks(open_units=frozenset({"b", "c"})) == (Unmet(Condition.CERTIFICATION_OPEN, ("b",)),)


@pytest.mark.parametrize(
    ("attested", "until"),
    [
        ({"a": date(2026, 5, 1), "c": date(2027, 5, 1)}, date(2026, 5, 1)),
        ({"a": date(2026, 5, 1), "b": date(2026, 7, 1)}, date(2026, 7, 1)),
        ({"a": date(2026, 5, 1), "b": None}, None),
    ],
)
def test_what_is_attested_says_until_when(
    attested: dict[str, date | None], until: date | None
) -> None:
    units = tuple(unit for unit in UNITS if unit in attested)
    assert lacks(attested=attested) == (Unmet(Condition.ATTESTED, units, until=until),)


@pytest.mark.parametrize(("hired_on", "short"), [("2025-09-10", False), ("2025-09-11", True)])
def test_months_of_employment_are_counted_to_the_day(hired_on: str, *, short: bool) -> None:
    found = lacks(hired_on=date.fromisoformat(hired_on), months_least=6)
    assert [one.condition for one in found] == [Condition.MONTHS_EMPLOYED] * short


@pytest.mark.parametrize(("on", "early"), [("2026-02-08", False), ("2026-02-09", True)])
def test_days_since_what_was_not_reached_are_counted_to_the_day(on: str, *, early: bool) -> None:
    found = lacks(not_reached_on=date.fromisoformat(on), days_least=30)
    assert [one.condition for one in found] == [Condition.DAYS_SINCE] * early
    assert all(one.until == date(2026, 3, 10) for one in found)


def test_no_exception_is_made_to_what_the_opening_needs() -> None:
    assert {Condition.EMPLOYED, Condition.UNDER_WAY} == BINDING
    assert [one.is_binding for one in lacks(is_under_way=True, attested={"a": None})] == [
        True,
        False,
    ]
