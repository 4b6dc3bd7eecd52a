"""Agents whose true value is known, day by day: what intervals and levels are tried on.

Contacts of one day share that day's luck; numpy draws, one generator a run, by its seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competency.kpis.findings import Asked, Threshold, find
from competency.kpis.intervals import Moments, interval
from competency.kpis.models import SCALE
from competency.kpis.schema import Kpi, MeasureUnit
from tests.support.measured import share_kpi

MEAN_SECONDS = 300.0
LEAN = 0.8
"""The standard deviation of the logarithm of a contact's length."""


@dataclass(frozen=True)
class Case:
    """Agents of one kind: what is measured, how often, over how many days, how alike days are.

    ``unlike`` is the share of a share's variance that lies between days, or the standard
    deviation of the logarithm of a day's factor on times.
    """

    unit: MeasureUnit
    truth: float
    contacts: float
    days: int
    unlike: float


def days_of(case: Case, agents: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what was counted and what it is divided by, a row an agent, a column a day."""
    draw = np.random.default_rng([seed, *np.frombuffer(repr(case).encode(), np.uint8)])
    shape = (agents, case.days)
    divisor = draw.poisson(case.contacts, shape)
    if case.unit is MeasureUnit.SHARE:
        rate = np.full(shape, case.truth)
        if case.unlike:
            worth = 1 / case.unlike - 1
            rate = draw.beta(case.truth * worth, (1 - case.truth) * worth, shape)
        return draw.binomial(divisor, rate).astype(float), divisor
    total = np.zeros(shape)
    for number in range(int(divisor.max())):
        length = np.exp(draw.normal(-(LEAN**2) / 2, LEAN, shape))
        total += np.where(divisor > number, length, 0)
    factor = np.exp(draw.normal(0, case.unlike, shape) - case.unlike**2 / 2)
    return total * factor * case.truth, divisor


def moments_of(counted: np.ndarray, divisor: np.ndarray) -> list[Moments]:
    """Return the sums of each agent, in thousandths, days without a contact left out."""
    n = np.rint(counted * SCALE).astype(np.int64)
    d = divisor.astype(np.int64) * SCALE
    return [
        Moments(
            days=int((there > 0).sum()),
            n=int(some.sum()),
            d=int(there.sum()),
            nn=int((some * some).sum()),
            nd=int((some * there).sum()),
            dd=int((there * there).sum()),
        )
        for some, there in zip(n, d, strict=True)
    ]


def covered(case: Case, agents: int, seed: int) -> tuple[float, float]:
    """Return the share of intervals that hold the truth, and of agents that have one.

    Only those count whose finding says something: the rest is insufficient.
    """
    held = [
        between.low <= case.truth <= between.high
        for sums in moments_of(*days_of(case, agents, seed))
        if (between := find(kpi_of(case), Asked({}), sums, SCALE).between) is not None
    ]
    assert interval(Moments(), case.unit, SCALE) is None
    return (sum(held) / len(held) if held else float("nan")), len(held) / agents


def kpi_of(case: Case) -> Kpi:
    """Return an indicator of the case's unit."""
    return share_kpi().model_copy(update={"unit": case.unit})


def likeliest(
    case: Case, levels: dict[str, str], agents: int, seed: int
) -> dict[str | None, float]:
    """Return how the agents' likeliest levels are shared out; ``None`` is insufficient."""
    asked = Asked({code: Threshold(text) for code, text in levels.items()})
    found: dict[str | None, float] = {}
    for sums in moments_of(*days_of(case, agents, seed)):
        level = find(kpi_of(case), asked, sums, SCALE).likeliest
        found[level] = found.get(level, 0) + 1 / agents
    return found
