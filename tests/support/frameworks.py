"""Frameworks of any shape, for properties and benchmarks."""

from __future__ import annotations

from hypothesis import strategies as st

from competency.assessments.schema import Judged
from competency.frameworks.schema import (
    Criterion,
    Framework,
    FrameworkRule,
    Level,
    OutcomeRules,
    Scale,
    Unit,
    UnitRule,
)

SCALES = {
    "judged": Scale(levels=(Level(code="met", label="Met"),), below_label="Not met"),
    "steps": Scale(
        levels=tuple(Level(code=code, label=code) for code in ("G", "F", "E")),
        below_label="Below G",
    ),
}
BELOW = "below"


def framework(units: tuple[Unit, ...]) -> Framework:
    """Return a framework with these units and the rule ``all``."""
    return Framework(
        id="generated",
        version="1.0.0",
        title="Generated",
        language="en",
        scales=SCALES,
        units=units,
        outcome=OutcomeRules(unit=UnitRule(rule="all"), framework=FrameworkRule(rule="all")),
    )


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Give frameworks of up to three levels of units, each with criteria or inner units."""
    numbers = iter(range(10_000))

    def unit(depth: int) -> Unit:
        inner = draw(st.integers(0, 2)) if depth else 0
        criteria = draw(st.integers(0 if inner else 1, 3))
        at_least = draw(st.sampled_from([None, "G", "F", "E"]))
        return Unit(
            id=f"u{next(numbers)}",
            title="A unit",
            criteria=tuple(
                Criterion(
                    id=f"c{next(numbers)}",
                    title="A criterion",
                    scale=draw(st.sampled_from(list(SCALES))),
                )
                for _ in range(criteria)
            ),
            units=tuple(unit(depth - 1) for _ in range(inner)),
            outcome=UnitRule(rule="all", at_least=at_least) if at_least else None,
        )

    return framework(tuple(unit(2) for _ in range(draw(st.integers(1, 3)))))


@st.composite
def judged(draw: st.DrawFn, of: Framework, *, complete: bool = False) -> dict[str, Judged]:
    """Give judgements of a framework's criteria, some missing and some excused."""
    found = {}
    for criterion in of.criteria():
        levels = [BELOW, *of.scale_of(criterion.id).codes()]
        answers = [Judged(level=level) for level in levels] + [Judged(excused=True)]
        answer = draw(st.sampled_from(answers if complete else [*answers, None]))
        if answer is not None:
            found[criterion.id] = answer
    return found
