"""Hours a week: what is written, what is meant, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competency.errors import Invalid
from competency.people.rules import checked_hours, parsed_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [("30", "30"), ("37.5", "37.5"), ("37,5", "37.5"), ("0.25", "0.25"), ("80", "80")],
)
def test_hours_are_written_with_a_point_or_a_comma(text: str, hours: str) -> None:
    assert parsed_hours(text) == Decimal(hours)
    assert checked_hours(Decimal(hours)) == Decimal(hours)


@pytest.mark.parametrize("text", ["", "0", "-8", "80.01", "99", "7.125", "8h", "1e1", "٣٠", "NaN"])
def test_what_is_no_such_number_is_none(text: str) -> None:
    assert parsed_hours(text) is None


@pytest.mark.parametrize("hours", ["0", "-1", "80.5", "30.125", "NaN", "Infinity"])
def test_hours_that_nobody_works_are_refused(hours: str) -> None:
    with pytest.raises(Invalid, match="Hours a week"):
        checked_hours(Decimal(hours))


def test_of_many_people_it_is_not_known() -> None:
    assert checked_hours(None) is None
