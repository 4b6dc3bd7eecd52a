"""How far assessors agree, as coefficients with intervals; pure.

Categories are positions on a scale: 0 for below the lowest level, then 1, 2 and so on.
Who did not judge takes no part: a missing value is no category. Where a coefficient is
not defined it is ``None`` with the reason, never 0.

Sources:

- Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and
  Psychological Measurement 20, 37-46.
- Cohen, J. (1968), Weighted kappa, Psychological Bulletin 70, 213-220.
- Fleiss, J. L., Cohen, J., Everitt, B. S. (1969), Large sample standard errors of kappa
  and weighted kappa, Psychological Bulletin 72, 323-327.
- Fleiss, J. L., Cohen, J. (1973), The equivalence of weighted kappa and the intraclass
  correlation coefficient, Educational and Psychological Measurement 33, 613-619.
- Krippendorff, K. (2011), Computing Krippendorff's alpha-reliability.
- Efron, B., Tibshirani, R. (1993), An introduction to the bootstrap, chapter 11.
- Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals are of 95 %."""
NO_ERROR = 1e-9
"""A standard error below this is none."""

Pair = tuple[int, int]
Weight = Callable[[int, int], float]
"""How far two categories agree, from 0 to 1, which is the same category."""
Unit = tuple[int, ...]
"""The values that one unit got, of as many observers as judged it, in any order."""


class Undefined(StrEnum):
    """Why a coefficient has no value, or no interval."""

    NO_PAIRS = "no_pairs"
    ONE_LEVEL = "one_level"
    """All judgements are the same level, so chance alone would agree on everything."""


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Coefficient:
    """A coefficient over ``pairs`` pairs of judgements, or why it has none.

    ``interval`` is ``None`` too where nothing is left to estimate it from: a single unit
    tells nothing of chance, nor does perfect agreement.
    """

    value: float | None
    interval: Interval | None
    pairs: int
    why: Undefined | None = None


def percent_agreement(counts: Mapping[Pair, int]) -> Coefficient:
    """Return the share of pairs with the same category, with Wilson's interval (1927)."""
    total = _checked(counts)
    if total == 0:
        return Coefficient(None, None, 0, Undefined.NO_PAIRS)
    same = sum(number for (one, other), number in counts.items() if one == other)
    return Coefficient(same / total, wilson(same, total), total)


def wilson(count: int, total: int) -> Interval:
    """Return Wilson's score interval of a share of ``total`` greater than 0."""
    share = count / total
    centre = share + Z * Z / (2 * total)
    spread = Z * math.sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    scale = 1 + Z * Z / total
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def identity(one: int, other: int) -> float:
    """Weigh as Cohen (1960) does: only the same category agrees."""
    return 1.0 if one == other else 0.0


def quadratic(highest: int) -> Weight:
    """Return the weights of Fleiss and Cohen (1973), for categories from 0 to ``highest``.

    They are 1 - (i - j)² / ``highest``²; with two categories they are Cohen's of 1960.
    """
    if highest < 1:
        raise ValueError(highest)
    return lambda one, other: 1 - (one - other) ** 2 / highest**2


def kappa(counts: Mapping[Pair, int], weight: Weight = identity) -> Coefficient:
    """Return Cohen's kappa of pairs (first, second observer), weighted or not.

    κ = (p_o - p_e) / (1 - p_e) with p_o = Σ w_ij p_ij and p_e = Σ w_ij p_i. p_.j (Cohen
    1960, 1968). The interval is κ ± 1.96 SE, cut at -1 and 1, with the large-sample
    variance for a kappa that is not 0 of Fleiss, Cohen and Everitt (1969):

    n (1 - p_e)⁴ var = Σ p_ij [w_ij (1 - p_e) - (w_i. + w_.j)(1 - p_o)]²
                       - (p_o p_e - 2 p_e + p_o)²

    where w_i. = Σ_j p_.j w_ij and w_.j = Σ_i p_i. w_ij.
    """
    total = _checked(counts)
    if total == 0:
        return Coefficient(None, None, 0, Undefined.NO_PAIRS)
    cells = {pair: number / total for pair, number in counts.items() if number}
    first, second = _margin(cells, 0), _margin(cells, 1)
    observed = sum(weight(i, j) * p for (i, j), p in cells.items())
    expected = sum(weight(i, j) * p * q for i, p in first.items() for j, q in second.items())
    if math.isclose(expected, 1.0, abs_tol=1e-12):
        return Coefficient(None, None, total, Undefined.ONE_LEVEL)
    value = (observed - expected) / (1 - expected)
    of_first = {i: sum(weight(i, j) * q for j, q in second.items()) for i in first}
    of_second = {j: sum(weight(i, j) * p for i, p in first.items()) for j in second}
    squares = sum(
        p * (weight(i, j) * (1 - expected) - (of_first[i] + of_second[j]) * (1 - observed)) ** 2
        for (i, j), p in cells.items()
    )
    rest = (observed * expected - 2 * expected + observed) ** 2
    variance = max(0.0, squares - rest) / (total * (1 - expected) ** 4)
    return Coefficient(value, _around(value, math.sqrt(variance)), total)


def alpha(
    units: Iterable[Sequence[int | None]], difference: Callable[[Totals], Distance]
) -> Coefficient:
    """Return Krippendorff's alpha (2011) over any number of observers, some of them missing.

    Each unit holds a value an observer, ``None`` where one did not judge; a unit with
    fewer than two values can't be paired and is left out. α = 1 - D_o / D_e over the
    coincidences: each unit of m values adds 1 / (m - 1) for each ordered pair of them.
    ``pairs`` counts the pairs of values within units, each once.

    The interval is α ± 1.96 SE, cut at -1 and 1, with the jackknife's standard error
    over units (Efron and Tibshirani 1993, 11.5). It needs no random numbers and depends
    on how often each unit's values occur, not on how many units there are.
    """
    judged = (tuple(sorted(v for v in unit if v is not None)) for unit in units)
    return alpha_of(Counter(unit for unit in judged if len(unit) > 1), difference)


Totals = Mapping[int, float]
"""How many pairable values each category has."""
Distance = Callable[[int, int], float]
"""The squared difference δ² of two categories."""


def nominal(_totals: Totals) -> Distance:
    """Return δ² of nominal data: any two categories differ alike."""
    return lambda one, other: 0.0 if one == other else 1.0


def interval(_totals: Totals) -> Distance:
    """Return δ² of interval data."""
    return lambda one, other: float((one - other) ** 2)


def ordinal(totals: Totals) -> Distance:
    """Return δ² of ordinal data: how many values lie from one category to the other.

    δ² = (Σ_{g=c..k} n_g - (n_c + n_k) / 2)² (Krippendorff 2011).
    """

    def distance(one: int, other: int) -> float:
        low, high = min(one, other), max(one, other)
        between = sum(n for value, n in totals.items() if low <= value <= high)
        return float((between - (totals.get(low, 0) + totals.get(high, 0)) / 2) ** 2)

    return distance


def alpha_of(
    units: Mapping[Unit, int], difference: Callable[[Totals], Distance] = ordinal
) -> Coefficient:
    """Return alpha of units that are counted by their values; see ``alpha``."""
    kept = {unit: number for unit, number in units.items() if number and len(unit) > 1}
    pairs = sum(number * len(unit) * (len(unit) - 1) // 2 for unit, number in kept.items())
    if not kept:
        return Coefficient(None, None, 0, Undefined.NO_PAIRS)
    whole = _Coincidences()
    for unit, number in kept.items():
        whole.add(unit, number)
    value = whole.alpha(difference)
    if value is None:
        return Coefficient(None, None, pairs, Undefined.ONE_LEVEL)
    return Coefficient(value, _jackknifed(whole, kept, value, difference), pairs)


class _Coincidences:
    """How often two values stand together in a unit, and how often each value stands."""

    def __init__(self) -> None:
        """Begin without any."""
        self.cells: Counter[Pair] = Counter()
        self.totals: Counter[int] = Counter()

    def add(self, unit: Unit, number: int) -> None:
        """Add a unit ``number`` times; a negative number takes it away."""
        values = Counter(unit)
        share = number / (len(unit) - 1)
        for one, of_one in values.items():
            self.totals[one] += number * of_one
            for other, of_other in values.items():
                together = of_one * (of_other - (one == other))
                if together:
                    self.cells[one, other] += share * together  # type: ignore[assignment]

    def alpha(self, difference: Callable[[Totals], Distance]) -> float | None:
        """Return alpha, or ``None`` where there is only one value."""
        totals = {value: number for value, number in self.totals.items() if number}
        if len(totals) < 2:  # noqa: PLR2004 - two values can differ, one can't
            return None
        distance, size = difference(totals), sum(totals.values())
        found = sum(number * distance(c, k) for (c, k), number in self.cells.items())
        by_chance = sum(
            n * m * distance(c, k) for c, n in totals.items() for k, m in totals.items()
        )
        return 1 - (size - 1) * found / by_chance


def _jackknifed(
    whole: _Coincidences,
    units: Mapping[Unit, int],
    value: float,
    difference: Callable[[Totals], Distance],
) -> Interval | None:
    """Return the interval from alpha without each unit; ``None`` where that is undefined."""
    size = sum(units.values())
    without: list[tuple[float, int]] = []
    for unit, number in units.items():
        whole.add(unit, -1)
        left = whole.alpha(difference)
        whole.add(unit, 1)
        if left is None:
            return None
        without.append((left, number))
    mean = sum(left * number for left, number in without) / size
    squares = sum(number * (left - mean) ** 2 for left, number in without)
    return _around(value, math.sqrt((size - 1) / size * squares))


def _around(value: float, error: float) -> Interval | None:
    """Return value ± 1.96 SE, cut at -1 and 1; ``None`` where the SE is 0.

    Perfect agreement gives that: both approximations see no error where they see none.
    """
    if error < NO_ERROR:
        return None
    return Interval(max(-1.0, value - Z * error), min(1.0, value + Z * error))


def _margin(cells: Mapping[Pair, float], place: int) -> dict[int, float]:
    """Return one observer's shares of each category."""
    found: dict[int, float] = {}
    for pair, share in cells.items():
        found[pair[place]] = found.get(pair[place], 0.0) + share
    return found


def _checked(counts: Mapping[Pair, int]) -> int:
    """Return how many pairs there are; raise ``ValueError`` for a count below 0."""
    if any(number < 0 for number in counts.values()):
        raise ValueError(counts)
    return sum(counts.values())
