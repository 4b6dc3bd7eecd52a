"""Agreement: against published worked examples, and what must hold for any judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.agreement import (
    Coefficient,
    Distance,
    Totals,
    Undefined,
    alpha,
    alpha_of,
    interval,
    kappa,
    nominal,
    ordinal,
    percent_agreement,
    quadratic,
    wilson,
)

HIGHEST = 4
PAIRS = st.lists(st.tuples(st.integers(0, HIGHEST), st.integers(0, HIGHEST)), max_size=40)
UNITS = st.lists(st.lists(st.none() | st.integers(0, HIGHEST), min_size=2, max_size=4), max_size=20)


def table(rows: Sequence[Sequence[int]]) -> dict[tuple[int, int], int]:
    """Return a contingency table as counts of pairs."""
    return {(i, j): n for i, row in enumerate(rows) for j, n in enumerate(row)}


COHEN_1960 = table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
"""Two judges, 200 cases, three categories: κ = .492."""
COHEN_1968 = ((0, 1, 3), (1, 0, 6), (3, 6, 0))
"""The disagreement weights of the same 200 cases: κ_w = .348."""
FLEISS = table([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
"""Fleiss, Statistical methods for rates and proportions, 100 diagnoses: κ = .68, SE .087."""
FOUR_OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Krippendorff (2011): four observers, twelve units."""


def value_of(found: Coefficient) -> float:
    """Return the value of a coefficient that has one."""
    assert found.value is not None, found
    return found.value


def test_kappa_is_that_of_cohens_example_of_1960() -> None:
    found = kappa(COHEN_1960)
    assert round(value_of(found), 3) == 0.492
    assert found.pairs == 200
    assert round(value_of(percent_agreement(COHEN_1960)), 2) == 0.70


def test_weighted_kappa_is_that_of_cohens_example_of_1968() -> None:
    found = kappa(COHEN_1960, lambda i, j: 1 - COHEN_1968[i][j] / 6)
    assert round(value_of(found), 3) == 0.348


def test_the_standard_error_of_kappa_is_that_of_fleiss() -> None:
    found = kappa(FLEISS)
    assert round(value_of(found), 2) == 0.68
    assert found.interval is not None
    error = (found.interval.high - found.interval.low) / 2 / 1.959963984540054
    assert abs(error - 0.087) < 0.001
    assert (round(found.interval.low, 2), round(found.interval.high, 2)) == (0.50, 0.85)


@pytest.mark.parametrize(
    ("difference", "expected"), [(nominal, 0.743), (ordinal, 0.815), (interval, 0.849)]
)
def test_alpha_is_that_of_krippendorffs_example(
    difference: Callable[[Totals], Distance], expected: float
) -> None:
    found = alpha(zip(*FOUR_OBSERVERS, strict=True), difference)
    assert round(value_of(found), 3) == expected
    assert found.pairs == sum(
        n * (n - 1) // 2
        for unit in zip(*FOUR_OBSERVERS, strict=True)
        for n in [sum(v is not None for v in unit)]
    )


def test_alpha_of_two_observers_and_two_values_is_krippendorffs() -> None:
    meg, owen = (0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)
    assert round(value_of(alpha(zip(meg, owen, strict=True), nominal)), 3) == 0.095


def test_alpha_of_two_observers_and_five_values_is_krippendorffs() -> None:
    ben, gerry = (1, 1, 2, 2, 4, 3, 3, 3, 5, 4, 4, 1), (2, 1, 2, 2, 2, 3, 3, 3, 5, 4, 4, 4)
    assert round(value_of(alpha(zip(ben, gerry, strict=True), nominal)), 3) == 0.692


def test_wilsons_interval_is_the_one_of_its_formula() -> None:
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@given(PAIRS)
def test_quadratic_kappa_is_one_minus_the_ratio_of_squared_differences(
    pairs: list[tuple[int, int]],
) -> None:
    found = kappa(Counter(pairs), quadratic(HIGHEST))
    if found.value is None:
        return
    n = len(pairs)
    seen = sum((a - b) ** 2 for a, b in pairs) / n
    by_chance = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / n**2
    assert found.value == pytest.approx(1 - seen / by_chance)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=30))
def test_with_two_categories_the_weights_make_no_difference(pairs: list[tuple[int, int]]) -> None:
    one, other = kappa(Counter(pairs)), kappa(Counter(pairs), quadratic(1))
    assert one.why == other.why
    assert one.value == (None if other.value is None else pytest.approx(other.value))


@given(st.lists(st.integers(0, HIGHEST), min_size=1))
def test_perfect_agreement_is_one_or_undefined_where_all_is_one_level(levels: list[int]) -> None:
    counts = Counter((level, level) for level in levels)
    assert percent_agreement(counts).value == 1
    several = len(set(levels)) > 1
    for found in (
        kappa(counts),
        kappa(counts, quadratic(HIGHEST)),
        *(alpha(list(counts.elements()), each) for each in (nominal, ordinal, interval)),
    ):
        if several:
            assert found.value == pytest.approx(1)
        else:
            assert found.value is None
            assert found.why is Undefined.ONE_LEVEL
            assert found.interval is None


def test_nothing_is_undefined_and_never_zero() -> None:
    empty: Mapping[tuple[int, int], int] = {}
    alone = alpha([[1, None]], ordinal)
    for found in (percent_agreement(empty), kappa(empty), alpha_of({}), alone):
        assert (found.value, found.interval, found.pairs) == (None, None, 0)
        assert found.why is Undefined.NO_PAIRS


@given(PAIRS)
def test_who_comes_first_makes_no_difference(pairs: list[tuple[int, int]]) -> None:
    turned = [(b, a) for a, b in pairs]
    for coefficient in (kappa, percent_agreement):
        assert _close(coefficient(Counter(pairs)), coefficient(Counter(turned)))
    weight = quadratic(HIGHEST)
    assert _close(kappa(Counter(pairs), weight), kappa(Counter(turned), weight))
    assert _close(alpha(pairs, ordinal), alpha(turned, ordinal))


@given(UNITS, st.randoms())
def test_the_order_of_units_and_observers_makes_no_difference(
    units: list[list[int | None]], chance: Random
) -> None:
    mixed = [list(unit) for unit in units]
    chance.shuffle(mixed)
    for unit in mixed:
        chance.shuffle(unit)
    for difference in (nominal, ordinal, interval):
        assert _close(alpha(units, difference), alpha(mixed, difference))


@given(UNITS, st.permutations(range(HIGHEST + 1)))
def test_new_names_for_the_categories_keep_what_is_nominal(
    units: list[list[int | None]], names: list[int]
) -> None:
    renamed = [[None if v is None else names[v] for v in unit] for unit in units]
    assert _close(alpha(units, nominal), alpha(renamed, nominal))
    pairs = [(u[0], u[1]) for u in units if u[0] is not None and u[1] is not None]
    new = [(names[a], names[b]) for a, b in pairs]
    assert _close(kappa(Counter(pairs)), kappa(Counter(new)))


@given(UNITS)
def test_a_unit_that_one_observer_judged_takes_no_part(units: list[list[int | None]]) -> None:
    assert _close(alpha(units, ordinal), alpha([*units, [2, None, None]], ordinal))


@given(PAIRS)
def test_a_coefficient_lies_in_its_interval_and_none_leaves_its_bounds(
    pairs: list[tuple[int, int]],
) -> None:
    counts = Counter(pairs)
    for found in (
        percent_agreement(counts),
        kappa(counts),
        kappa(counts, quadratic(HIGHEST)),
        alpha(pairs, ordinal),
    ):
        if found.value is not None and found.interval is not None:
            assert -1 <= found.interval.low <= found.interval.high <= 1
            assert found.interval.low - 1e-9 <= max(found.value, -1) <= found.interval.high + 1e-9


def test_more_judgements_of_the_same_kind_narrow_the_interval() -> None:
    few, many = (Counter({(0, 0): 8 * n, (1, 1): 7 * n, (0, 1): 2 * n}) for n in (1, 10))
    for coefficient in (
        percent_agreement,
        kappa,
        lambda counts: alpha_of(counts, ordinal),
    ):
        narrow, wide = coefficient(many).interval, coefficient(few).interval
        assert narrow is not None
        assert wide is not None
        assert narrow.high - narrow.low < wide.high - wide.low


def _close(one: Coefficient, other: Coefficient) -> bool:
    """Return whether two coefficients are the same but for the last digits."""
    if one.value is None or other.value is None:
        return (one.value, one.why, one.pairs) == (other.value, other.why, other.pairs)
    assert (one.interval is None) == (other.interval is None)
    if one.interval is not None and other.interval is not None:
        assert one.interval.low == pytest.approx(other.interval.low, abs=1e-6)
        assert one.interval.high == pytest.approx(other.interval.high, abs=1e-6)
    return one.value == pytest.approx(other.value) and one.pairs == other.pairs
