"""Outcomes and gaps of 45 and 5,000 criteria by each way of forming a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from competency.assessments.gaps import gaps
from competency.assessments.nodes import to_data
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged
from competency.frameworks.outcome_schema import FrameworkRule, OutcomeRules, PartRule, UnitRule
from competency.frameworks.schema import Criterion, Framework, Level, Scale, Unit

HEADS = ("criteria", "rule", "outcome ms", "and gaps ms", "us a criterion", "times the floor")
SIZES = {45: 60, 5_000: 5}
"""Criteria, and how often each is measured; the least counts."""
PER_UNIT = 10
CODES = ("G", "F", "E")
STEPS = Scale(levels=tuple(Level(code=c, label=c) for c in CODES), below_label="Under G")
VALUES = {"G": "1", "F": "3", "E": "6"}


def rules(size: int) -> Mapping[str, OutcomeRules]:
    """Return the ways that are measured."""
    core = PartRule(id="core", title="Core", rule="all", tagged="core", at_least="G")
    more = PartRule(id="more", title="More", rule="n_of", count=size // 4, tagged="more")
    points = {"rule": "points", "over": "criteria", "values": VALUES, "pass_from": str(size)}
    return {
        "all": OutcomeRules(unit=UnitRule(rule="all"), framework=FrameworkRule(rule="all")),
        "minimum": OutcomeRules(
            unit=UnitRule(rule="minimum"), framework=FrameworkRule(rule="minimum")
        ),
        "points": OutcomeRules(
            unit=UnitRule(rule="none"), framework=FrameworkRule.model_validate(points)
        ),
        "two rules inside": OutcomeRules(
            unit=UnitRule(rule="none"), framework=FrameworkRule(rule="all", rules=(core, more))
        ),
    }


def framework(size: int, formed: OutcomeRules) -> Framework:
    """Return a framework of ``size`` criteria, ten a unit."""
    criteria = [
        Criterion(id=f"c{n}", title="C", scale="steps", tags=("core" if n % 2 else "more",))
        for n in range(size)
    ]
    units = tuple(
        Unit(id=f"u{n}", title="U", criteria=tuple(criteria[n : n + PER_UNIT]))
        for n in range(0, size, PER_UNIT)
    )
    return Framework(
        id="measured",
        version="1.0.0",
        title="Measured",
        language="en",
        scales={"steps": STEPS},
        units=units,
        outcome=formed,
    )


def least(work: Callable[[], object], turns: int) -> float:
    """Return the least time of a call in milliseconds of processor."""
    found = []
    for _ in range(turns):
        begin = time.process_time()
        work()
        found.append((time.process_time() - begin) * 1000)
    return min(found)


def measure() -> list[tuple[object, ...]]:
    """Return a row for each size and rule; the floor is one look at each answer."""
    rows: list[tuple[object, ...]] = []
    for size, turns in SIZES.items():
        for name, formed in rules(size).items():
            made = framework(size, formed)
            facts = Facts({c.id: Judged(CODES[n % 3]) for n, c in enumerate(made.criteria())})
            floor = least(lambda made=made, facts=facts: _floor(made, facts), turns * 5)  # type: ignore[misc]
            alone = least(lambda made=made, facts=facts: to_data(outcome(made, facts)), turns)  # type: ignore[misc]
            both = least(lambda made=made, facts=facts: gaps(made, outcome(made, facts)), turns)  # type: ignore[misc]
            each = f"{alone * 1000 / size:.1f}"
            rows.append((size, name, f"{alone:.2f}", f"{both:.2f}", each, f"{alone / floor:.0f}"))
    return rows


def _floor(made: Framework, facts: Facts) -> int:
    """Return how many are at the lowest level or above: what no rule can do without."""
    return sum(facts.judgements[c.id].level in CODES for c in made.criteria())
