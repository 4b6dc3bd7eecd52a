"""What the measurements of a window say about levels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.frameworks.schema import BELOW
from competency.kpis.findings import (
    Asked,
    Threshold,
    Trend,
    Verdict,
    contradicts,
    find,
    level_at,
    trend,
)
from competency.kpis.intervals import Moments
from competency.kpis.models import SCALE
from competency.kpis.schema import MeasureUnit
from tests.support.measured import share_kpi
from tests.support.simulated import Case, covered, likeliest

UP = {"G": Threshold(">= 0.7"), "F": Threshold(">= 0.8"), "E": Threshold(">= 0.9")}
DOWN = {"G": Threshold("<= 400"), "F": Threshold("<= 300")}


def even(share: float, contacts: int, days: int) -> Moments:
    """Return days of which each is like the other."""
    n, d = round(share * contacts * SCALE), contacts * SCALE
    return Moments(days, n * days, d * days, n * n * days, n * d * days, d * d * days)


def asked(**more: float) -> Asked:
    return Asked(UP, **more)  # type: ignore[arg-type]


def test_many_contacts_meet_one_level_and_not_the_next() -> None:
    found = find(share_kpi(), asked(), even(0.85, 100, 60), SCALE)
    assert found.verdicts == {"G": Verdict.MET, "F": Verdict.MET, "E": Verdict.NOT_MET}
    assert (found.lowest, found.likeliest, found.highest) == ("F", "F", "F")


def test_few_contacts_are_compatible_with_more_levels_and_as_likely_the_same() -> None:
    few = find(share_kpi(), asked(), even(0.85, 3, 7), SCALE)
    assert few.likeliest == "F"
    assert few.lowest == BELOW
    assert few.highest == "E"
    assert set(few.verdicts.values()) == {Verdict.INCONCLUSIVE}


@pytest.mark.parametrize(
    ("sums", "more"),
    [
        (even(0.85, 100, 6), {}),
        (even(0.8, 2, 7), {}),
        (even(0.85, 100, 20), {"minimum_days": 21}),
        (even(0.85, 10, 20), {"minimum_divisor": 201}),
        (Moments(), {}),
    ],
)
def test_too_little_says_nothing(sums: Moments, more: dict[str, float]) -> None:
    found = find(share_kpi(), asked(**more), sums, SCALE)
    assert found.between is None
    assert set(found.verdicts.values()) == {Verdict.INSUFFICIENT}
    assert (found.lowest, found.likeliest, found.highest) == (None, None, None)
    assert found.trend is Trend.UNKNOWN


def test_where_less_is_better_the_levels_turn_round() -> None:
    seconds = share_kpi().model_copy(update={"unit": MeasureUnit.SECONDS})
    found = find(seconds, Asked(DOWN), even(350, 20, 20), SCALE)
    assert found.verdicts == {"G": Verdict.MET, "F": Verdict.NOT_MET}
    assert found.likeliest == "G"


def test_a_sum_has_a_value_and_no_levels() -> None:
    plain = share_kpi().model_copy(update={"denominator": None})
    found = find(plain, Asked({}), Moments(10, 250 * SCALE, 0, 0, 0, 0), SCALE)
    assert found.value == 250
    assert found.between is None


@given(st.floats(0, 1), st.integers(1, 50), st.integers(7, 60))
def test_met_is_never_said_against_the_value(share: float, contacts: int, days: int) -> None:
    found = find(share_kpi(), asked(), even(share, contacts, days), SCALE)
    order = [BELOW, *UP]
    for level, verdict in found.verdicts.items():
        if verdict is Verdict.MET:
            assert order.index(str(found.likeliest)) >= order.index(level)
        if verdict is Verdict.NOT_MET:
            assert order.index(str(found.likeliest)) < order.index(level)
    if found.lowest is not None:
        ends = [order.index(str(code)) for code in (found.lowest, found.likeliest, found.highest)]
        assert ends == sorted(ends)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_better_value_is_never_a_lower_level(one: float, other: float) -> None:
    order = [BELOW, *UP]
    low, high = sorted((one, other))
    assert order.index(level_at(UP, low)) <= order.index(level_at(UP, high))


ALL = ("G", "F", "E")


@pytest.mark.parametrize(
    ("lowest", "highest", "asked", "level", "expected"),
    [
        ("G", "F", ALL, "G", False),
        ("G", "F", ALL, "F", False),
        ("G", "F", ALL, "E", True),
        ("F", "E", ALL, "G", True),
        ("F", "E", ALL, BELOW, True),
        (BELOW, BELOW, ALL, BELOW, False),
        (BELOW, BELOW, ("F",), "G", False),
        (BELOW, BELOW, ("F",), "F", True),
        ("F", "F", ("F",), "E", False),
        ("F", "F", ("F",), "G", True),
        ("G", "F", ALL, "met", False),
        (None, None, ALL, "E", False),
    ],
)
def test_a_judgement_outside_what_is_compatible_contradicts(
    lowest: str | None,
    highest: str | None,
    asked: tuple[str, ...],
    level: str,
    expected: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    assert contradicts(lowest, highest, asked, level, ALL) is expected


def test_a_change_is_told_only_beyond_chance() -> None:
    def days(*shares: float) -> list[Moments]:
        return [
            Moments(
                7,
                sum(round(s * 20 * SCALE) for s in week),
                7 * 20 * SCALE,
                sum(round(s * 20 * SCALE) ** 2 for s in week),
                sum(round(s * 20 * SCALE) * 20 * SCALE for s in week),
                7 * (20 * SCALE) ** 2,
            )
            for share in shares
            for week in [[share + (0.05 if day % 2 else -0.05) for day in range(7)]]
        ]

    assert trend(days(0.6, 0.6, 0.8, 0.8)) is Trend.ROSE
    assert trend(days(0.8, 0.8, 0.6, 0.6)) is Trend.FELL
    assert trend(days(0.7, 0.71, 0.71, 0.7)) is Trend.STEADY
    assert trend(days(0.7)) is Trend.UNKNOWN
    assert trend([]) is Trend.UNKNOWN


SEED = 20_260
AGENTS = 1500
NOISE = 0.015
"""Two and a half standard errors of a share of 95% among so many agents."""


@pytest.mark.parametrize(
    "case",
    [
        Case(MeasureUnit.SHARE, 0.85, 12, 7, 0.02),
        Case(MeasureUnit.SHARE, 0.95, 3, 20, 0.02),
        Case(MeasureUnit.SHARE, 0.95, 40, 20, 0.05),
        Case(MeasureUnit.SECONDS, 300, 12, 20, 0.1),
    ],
    ids=repr,
)
def test_intervals_hold_the_truth_as_often_as_they_say(case: Case) -> None:
    share, _ = covered(case, AGENTS, SEED)
    assert 0.93 - NOISE <= share <= 0.98 + NOISE


def test_a_part_timer_is_as_likely_at_the_same_level() -> None:
    levels = {"G": ">= 0.7", "F": ">= 0.8", "E": ">= 0.9"}
    few = likeliest(Case(MeasureUnit.SHARE, 0.85, 3, 20, 0), levels, AGENTS, SEED)
    many = likeliest(Case(MeasureUnit.SHARE, 0.85, 12, 20, 0), levels, AGENTS, SEED)
    assert few["F"] > 0.7
    assert many["F"] > 0.95
    # those whom chance moves are moved up about as often as down
    assert few.get("E", 0) > 0.5 * few.get("G", 0)
