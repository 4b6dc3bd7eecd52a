"""How sure a measured value is: intervals around a ratio of sums over days; pure.

A value is r = ΣN/ΣD over the days of a window. Contacts of one day share what the day was
like, so days and not contacts are what varies: the variance is the ratio estimator's,
s² = n/(n−1) · Σ(Nᵢ − r·Dᵢ)² / (ΣD)², from sums over the n days alone, with n − 1 degrees of
freedom (Cochran 1977, Sampling Techniques, chapter 6).

How the interval is drawn from it depends on what the value is:

- a share has Wilson's interval (1927) for the number of contacts that days so unlike each other
  are worth: ΣD divided by the design effect s² / (r(1−r)/ΣD), never less than 1 (Kish 1965;
  Korn and Graubard 1998);
- seconds lean to the right, so theirs is drawn around log r, with the standard error s/r;
- any other value has r ± t·s.

Coverage is simulated in ``tests/prove/test_coverage.py``, by which the floors were chosen
(ADR 0033).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from competency.kpis.schema import MeasureUnit

FEWEST_DAYS = 7
"""Below so many days, days can't be told from each other."""
FEWEST = {MeasureUnit.SHARE: 15}
"""The least that a value is divided by, in units, before an interval is drawn."""
FEWEST_OF_OTHERS = 100
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Moments:
    """Sums over the days of a window, in thousandths and their squares; exact integers.

    ``days`` counts the days with something to divide by, ``n`` and ``d`` are ΣN and ΣD,
    ``nn``, ``nd`` and ``dd`` the sums of N², N·D and D² of each day.
    """

    days: int = 0
    n: int = 0
    d: int = 0
    nn: int = 0
    nd: int = 0
    dd: int = 0

    def __add__(self, other: Moments) -> Moments:
        """Return the sums over the days of both, of which none is the same."""
        return Moments(
            self.days + other.days,
            self.n + other.n,
            self.d + other.d,
            self.nn + other.nn,
            self.nd + other.nd,
            self.dd + other.dd,
        )

    @property
    def ratio(self) -> float | None:
        """Return ΣN/ΣD; ``None`` where there is nothing to divide by."""
        return self.n / self.d if self.d else None

    @property
    def variance(self) -> float | None:
        """Return the variance of the ratio over days; ``None`` from fewer than two."""
        if self.days < 2 or not self.d:  # noqa: PLR2004 - one day varies from nothing
            return None
        # Σ(N − rD)² with r = n/d, times d², as one exact integer
        spread = self.nn * self.d**2 - 2 * self.n * self.nd * self.d + self.n**2 * self.dd
        return self.days / (self.days - 1) * (spread / self.d**4)


@dataclass(frozen=True)
class Interval:
    """Between which values the true one lies, as sure as was asked."""

    low: float
    high: float


def fewest(unit: MeasureUnit) -> int:
    """Return the least that a value of a unit is divided by, before it says anything."""
    return FEWEST.get(unit, FEWEST_OF_OTHERS)


def interval(
    moments: Moments, unit: MeasureUnit, scale: int, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return the interval around the ratio; ``None`` where days can't tell.

    ``scale`` is how many parts of the stored sums make one unit.
    """
    ratio, variance = moments.ratio, moments.variance
    if ratio is None or variance is None:
        return None
    if unit is MeasureUnit.SHARE:
        return _of_share(ratio, variance, moments.d / scale, moments.days, confidence)
    half = quantile(moments.days - 1, confidence) * math.sqrt(variance)
    if unit is MeasureUnit.SECONDS and ratio > 0:
        return Interval(ratio * math.exp(-half / ratio), ratio * math.exp(half / ratio))
    return Interval(ratio - half, ratio + half)


def _of_share(
    share: float, variance: float, number: float, days: int, confidence: float
) -> Interval:
    """Return Wilson's interval for as many contacts as the days are worth."""
    binomial = share * (1 - share) / number
    effect = variance / binomial if binomial > 0 else 1.0
    if effect > 1:
        number /= effect
        z = quantile(days - 1, confidence)
    else:
        z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = share + z * z / (2 * number)
    half = z * math.sqrt(max(share * (1 - share), 0) / number + z * z / (4 * number * number))
    below = 1 + z * z / number
    return Interval(max(0.0, (middle - half) / below), min(1.0, (middle + half) / below))


@lru_cache(maxsize=4096)
def quantile(freedom: int, confidence: float) -> float:
    """Return how many standard errors an interval reaches to each side, by Student's t."""
    from scipy.special import stdtrit  # noqa: PLC0415 - half a second that few pages need

    return float(stdtrit(freedom, (1 + confidence) / 2))
