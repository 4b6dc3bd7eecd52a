"""How often intervals hold the truth, over many kinds of simulated agents; figures are printed."""

from __future__ import annotations

import itertools

import pytest

from competency.kpis.schema import MeasureUnit
from tests.support.simulated import Case, covered, likeliest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

SEED, AGENTS = 33, 10_000
DAYS = (5, 7, 10, 20, 45, 90)
SHARES = [
    Case(MeasureUnit.SHARE, *what)
    for what in itertools.product((0.5, 0.85, 0.95), (3, 12, 40), DAYS, (0, 0.02, 0.05))
]
TIMES = [
    Case(MeasureUnit.SECONDS, 300, *what)
    for what in itertools.product((3, 12, 40), DAYS, (0, 0.1, 0.2))
]
NOISE = 0.005
"""Two standard errors of a share of 94% among so many agents."""
ENOUGH = 0.2
"""The share of agents with a finding, below which those who have one are no sample of all."""
LEVELS = {"G": ">= 0.7", "F": ">= 0.8", "E": ">= 0.9"}


def test_nominal_95_covers_93_to_98_percent() -> None:
    outside = []
    for case in [*SHARES, *TIMES]:
        share, told = covered(case, AGENTS, SEED)
        print(f"{case}: {share:.4f} of the {told:.2f} with a finding, seed {SEED}")  # noqa: T201
        highest = 0.98 if case.days >= 20 else 1.0
        if told >= ENOUGH and not 0.93 - NOISE <= share <= highest + NOISE:
            outside.append((case, share))
    assert outside == []


@pytest.mark.parametrize(
    ("contacts", "least", "most_lower"),
    [(15, 0.45, 0.25), (60, 0.7, 0.16), (120, 0.85, 0.09), (240, 0.95, 0.03)],
)
def test_the_same_rate_gets_the_same_level_however_much_one_works(
    contacts: int, least: float, most_lower: float
) -> None:
    found = likeliest(Case(MeasureUnit.SHARE, 0.85, contacts / 20, 20, 0), LEVELS, AGENTS, SEED)
    told = 1 - found.get(None, 0)
    same, lower = found["F"] / told, (found.get("G", 0) + found.get("below", 0)) / told
    print(f"{contacts} contacts: {found}, seed {SEED}")  # noqa: T201
    assert same >= least
    assert lower <= most_lower
