"""Which threshold holds for whom, and which rules are refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from competency.errors import Invalid
from competency.kpis.schema import Direction
from competency.kpis.threshold_rules import Where, check_levels, narrowest, narrowing_of

HERE = Where(frozenset({1}), position_id=2, site_id=3)


@dataclass(frozen=True)
class Row:
    campaign_id: int | None = None
    position_id: int | None = None
    site_id: int | None = None


EVERYWHERE, CAMPAIGN, POSITION, SITE = Row(), Row(1), Row(None, 2), Row(None, None, 3)


@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ([EVERYWHERE], EVERYWHERE),
        ([EVERYWHERE, SITE], SITE),
        ([SITE, POSITION, EVERYWHERE], POSITION),
        ([POSITION, CAMPAIGN, SITE], CAMPAIGN),
        ([CAMPAIGN, Row(None, 2, 3)], Row(None, 2, 3)),
        ([Row(1, None, 3), Row(None, 2, 3), Row(1, 2)], Row(1, 2)),
        ([Row(9), Row(None, 9), Row(None, None, 9)], None),
    ],
)
def test_the_narrowest_holds_and_campaign_goes_before_position_before_site(
    rows: list[Row], held: Row | None
) -> None:
    assert narrowest(rows, HERE) == held
    assert narrowest(rows[::-1], HERE) == held


def test_a_campaigns_row_is_for_who_works_on_that_one_alone() -> None:
    both = Where(frozenset({1, 4}), 2, 3)
    assert narrowest([EVERYWHERE, CAMPAIGN], both) is EVERYWHERE
    assert narrowest([CAMPAIGN], Where()) is None


def test_rows_about_other_things_have_other_narrowings() -> None:
    rows = [EVERYWHERE, CAMPAIGN, POSITION, SITE, Row(None, 1), Row(None, None, 1)]
    written = {narrowing_of(7, about, row) for row in rows for about in (None, ("f", "c"))}
    assert len(written) == 2 * len(rows)
    assert narrowing_of(7, None, EVERYWHERE) == "7|||||"


@pytest.mark.parametrize(
    ("levels", "direction", "said"),
    [
        ({}, Direction.HIGHER, "at least one level"),
        ({"x": ">= 1"}, Direction.HIGHER, "can't be reached"),
        ({"f": "<= 0.5"}, Direction.HIGHER, "More is better"),
        ({"f": ">= 0.5"}, Direction.LOWER, "Less is better"),
        ({"g": ">= 0.5", "f": "<= 0.6"}, Direction.UNSTATED, "same sign"),
        ({"g": ">= 0.5", "f": ">= 0.5"}, Direction.HIGHER, "asks for more"),
        ({"g": "<= 0.05", "f": "<= 0.06"}, Direction.LOWER, "asks for more"),
    ],
)
def test_levels_that_contradict_each_other_are_refused(
    levels: dict[str, str], direction: Direction, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        check_levels(levels, ("g", "f", "e"), direction)


def test_rising_levels_are_taken_gaps_too() -> None:
    check_levels({"g": ">= 0.85", "e": ">= 0.95"}, ("g", "f", "e"), Direction.HIGHER)
    check_levels({"g": "<= 0.1", "f": "<= 0.05"}, ("g", "f", "e"), Direction.LOWER)
