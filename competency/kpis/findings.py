"""What the measurements of a window say about the levels of a criterion; pure.

A finding proposes and never decides (design: evidence, KPIs, observations). Of each level it
says ``met`` where the whole interval is on the good side of its threshold, ``not_met`` where
it is wholly on the other, else ``inconclusive``; with too little measured it says
``insufficient`` of everything. The levels that the interval is compatible with, and the one
that the value itself points to, keep those with few contacts from being held down: ``met``
alone asks for more contacts than a part-timer has.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from competency.frameworks.schema import BELOW
from competency.kpis.intervals import (
    CONFIDENCE,
    FEWEST_DAYS,
    Interval,
    Moments,
    fewest,
    interval,
    quantile,
)
from competency.kpis.schema import Kpi


class Verdict(StrEnum):
    """What a finding says of one level."""

    MET = "met"
    NOT_MET = "not_met"
    INCONCLUSIVE = "inconclusive"
    INSUFFICIENT = "insufficient"


class Trend(StrEnum):
    """How the second half of a window differs from the first, beyond chance."""

    ROSE = "rose"
    FELL = "fell"
    STEADY = "steady"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Threshold:
    """A comparison with one number, as a file writes it: ``>= 0.85``."""

    text: str

    @property
    def is_lower_bound(self) -> bool:
        """Return whether more is better: the value must be at least the number."""
        return self.text.startswith(">=")

    @property
    def number(self) -> Decimal:
        """Return the number."""
        return Decimal(self.text[2:].strip())

    def holds(self, value: float) -> bool:
        """Return whether a value is on the good side."""
        number = float(self.number)
        return value >= number if self.is_lower_bound else value <= number

    def verdict(self, between: Interval) -> Verdict:
        """Return what an interval says of the threshold."""
        low, high = self.holds(between.low), self.holds(between.high)
        if low == high:
            return Verdict.MET if low else Verdict.NOT_MET
        return Verdict.INCONCLUSIVE


@dataclass(frozen=True)
class Asked:
    """What a finding is asked: thresholds by level, and how much must have been measured."""

    levels: Mapping[str, Threshold]
    """By the level's code, the lowest level first."""
    minimum_days: int = 0
    minimum_divisor: int = 0
    """The least that the value is divided by, in units."""
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Finding:
    """What was measured, how sure it is, and what it says of each level."""

    value: float | None
    """ΣN/ΣD in the indicator's unit; of a plain sum, the sum."""
    between: Interval | None
    days: int
    numerator: float
    divisor: float
    """Both in units; the divisor of a plain sum is 0."""
    verdicts: Mapping[str, Verdict]
    """By the level's code, the lowest level first."""
    lowest: str | None
    highest: str | None
    likeliest: str | None
    """The levels that the interval is compatible with, and the one of the value; else ``None``."""
    trend: Trend


def find(
    kpi: Kpi, asked: Asked, sums: Moments, scale: int, steps: Sequence[Moments] = ()
) -> Finding:
    """Return what a window's sums say; ``steps`` are the same sums by step, oldest first."""
    value = sums.ratio
    enough = sums.days >= max(FEWEST_DAYS, asked.minimum_days) and sums.d >= scale * max(
        fewest(kpi.unit), asked.minimum_divisor
    )
    between = interval(sums, kpi.unit, scale, asked.confidence) if enough else None
    lowest = highest = likeliest = None
    if between is not None and value is not None and asked.levels:
        ends = (level_at(asked.levels, between.low), level_at(asked.levels, between.high))
        order = [BELOW, *asked.levels]
        lowest, highest = sorted(ends, key=order.index)
        likeliest = level_at(asked.levels, value)
    return Finding(
        value=sums.n / scale if kpi.denominator is None else value,
        between=between,
        days=sums.days,
        numerator=sums.n / scale,
        divisor=sums.d / scale,
        verdicts={
            level: Verdict.INSUFFICIENT if between is None else threshold.verdict(between)
            for level, threshold in asked.levels.items()
        },
        lowest=lowest,
        highest=highest,
        likeliest=likeliest,
        trend=trend(steps) if enough else Trend.UNKNOWN,
    )


def level_at(levels: Mapping[str, Threshold], value: float) -> str:
    """Return the highest level whose threshold, and each one under it, a value reaches."""
    reached = BELOW
    for level, threshold in levels.items():
        if not threshold.holds(value):
            break
        reached = level
    return reached


def trend(steps: Sequence[Moments]) -> Trend:
    """Return whether the later half differs from the earlier one by more than chance.

    The difference of the two ratios is held against its standard error over days, with the
    fewer degrees of freedom of both halves.
    """
    middle = len(steps) // 2
    early, late = sum(steps[:middle], Moments()), sum(steps[middle:], Moments())
    if min(early.days, late.days) < FEWEST_DAYS:
        return Trend.UNKNOWN
    first, second = early.ratio, late.ratio
    spread = (early.variance, late.variance)
    if first is None or second is None or spread[0] is None or spread[1] is None:
        return Trend.UNKNOWN
    error = math.sqrt(spread[0] + spread[1])
    reach = quantile(min(early.days, late.days) - 1, CONFIDENCE) * error
    if abs(second - first) <= reach:
        return Trend.STEADY
    return Trend.ROSE if second > first else Trend.FELL


def contradicts(
    lowest: str | None,
    highest: str | None,
    asked: Collection[str],
    level: str,
    order: Sequence[str],
) -> bool:
    """Return whether a judged level lies outside the levels that a finding allows.

    ``asked`` are the levels with a threshold, ``order`` all of the scale, the lowest first;
    ``below`` is under them all. Of levels without a threshold a finding can't tell, so it
    allows them up to the next that has one.
    """
    if lowest is None or highest is None:
        return False
    places = {code: place for place, code in enumerate([BELOW, *order])}
    if level not in places:
        return False
    above = [places[code] for code in asked if code in places and places[code] > places[highest]]
    return not places[lowest] <= places[level] < min(above, default=len(places))
