"""How sure a measured value is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from competency.kpis.intervals import Moments, interval, quantile
from competency.kpis.models import SCALE
from competency.kpis.schema import MeasureUnit

DAYS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=40)


def moments(days: list[tuple[int, int]]) -> Moments:
    pairs = [(n * SCALE, d * SCALE) for n, d in days]
    return Moments(
        len(pairs),
        sum(n for n, _ in pairs),
        sum(d for _, d in pairs),
        sum(n * n for n, _ in pairs),
        sum(n * d for n, d in pairs),
        sum(d * d for _, d in pairs),
    )


@given(DAYS)
def test_the_variance_is_the_ratio_estimators(days: list[tuple[int, int]]) -> None:
    total = sum(d for _, d in days)
    ratio = sum(n for n, _ in days) / total
    spread = sum((n - ratio * d) ** 2 for n, d in days)
    count = len(days)
    expected = count / (count - 1) * spread / total**2
    assert moments(days).variance == pytest.approx(expected, rel=1e-9, abs=1e-15)


@given(DAYS, DAYS)
def test_sums_of_parts_are_the_sums_of_the_whole(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    assert moments(one) + moments(other) == moments(one + other)


@given(st.integers(0, 30), st.integers(1, 30))
def test_days_as_like_as_contacts_give_wilsons_interval(count: int, more: int) -> None:
    # every day the same share: nothing lies between days
    total = count + more
    between = interval(moments([(count, total)] * 5), MeasureUnit.SHARE, SCALE)
    expected = stats.binomtest(count * 5, total * 5).proportion_ci(method="wilson")
    assert between is not None
    assert (between.low, between.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_days_unlike_each_other_count_for_fewer_contacts() -> None:
    alike = interval(moments([(8, 10)] * 10), MeasureUnit.SHARE, SCALE)
    unlike = interval(moments([(10, 10), (6, 10)] * 5), MeasureUnit.SHARE, SCALE)
    assert alike is not None
    assert unlike is not None
    assert unlike.high - unlike.low > 1.2 * (alike.high - alike.low)


@given(DAYS)
def test_a_share_stays_between_none_and_all(days: list[tuple[int, int]]) -> None:
    days = [(min(n, d), d) for n, d in days]
    between = interval(moments(days), MeasureUnit.SHARE, SCALE)
    share = moments(days).ratio
    assert between is not None
    assert share is not None
    assert 0 <= between.low <= share + 1e-9
    assert share - 1e-9 <= between.high <= 1


@given(DAYS)
def test_seconds_have_an_interval_that_leans_to_the_right(days: list[tuple[int, int]]) -> None:
    sums = moments([(n + 1, d) for n, d in days])
    between = interval(sums, MeasureUnit.SECONDS, SCALE)
    assert between is not None
    assert sums.ratio is not None
    assert sums.ratio**2 == pytest.approx(between.low * between.high)


def test_a_score_has_students_interval() -> None:
    days = [(9, 2), (8, 2), (10, 2), (7, 2)]
    ratios = [n / d for n, d in days]
    between = interval(moments(days), MeasureUnit.SCORE, SCALE)
    # all days weigh the same, so it is the interval of a mean
    mean, error = sum(ratios) / 4, stats.sem(ratios)
    expected = stats.t.interval(0.95, 3, loc=mean, scale=error)
    assert between is not None
    assert (between.low, between.high) == pytest.approx(expected)


@pytest.mark.parametrize("days", [[], [(3, 5)]])
def test_a_single_day_has_no_interval(days: list[tuple[int, int]]) -> None:
    assert interval(moments(days), MeasureUnit.SHARE, SCALE) is None


def test_students_quantile_is_the_published_one() -> None:
    # from the usual tables: 4 degrees of freedom 2.776, 9 2.262, 30 2.042
    assert [round(quantile(df, 0.95), 3) for df in (4, 9, 30)] == [2.776, 2.262, 2.042]
    assert math.isclose(quantile(10_000, 0.95), 1.96, abs_tol=1e-3)
