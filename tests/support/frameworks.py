"""Frameworks of any shape, for properties and benchmarks."""

from __future__ import annotations

from hypothesis import strategies as st

from competency.assessments.schema import Judged
from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.parts import Statement
from competency.frameworks.schema import (
    Criterion,
    Descriptor,
    EvidenceKind,
    EvidenceRule,
    Framework,
    Level,
    Scale,
    Scope,
    Script,
    Slot,
    Unit,
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
def whole_frameworks(draw: st.DrawFn) -> Framework:
    """Give frameworks that pass every rule, with most of what a file can hold."""

    def criterion(bare: Criterion) -> Criterion:
        described = draw(st.sets(st.sampled_from(SCALES[bare.scale].codes())))
        pieces = draw(st.integers(1, 3))
        rule = EvidenceRule(
            minimum=pieces,
            kinds=tuple(draw(st.sets(st.sampled_from(EvidenceKind), max_size=2))),
            distinct_sources=draw(st.none() | st.integers(1, pieces)),
        )
        levels = {code: Descriptor(text=f"What {code} looks like") for code in sorted(described)}
        return bare.model_copy(
            update={"levels": levels, "evidence": draw(st.none() | st.just(rule))}
        )

    def unit(bare: Unit) -> Unit:
        reachable = all(c.scale == "steps" for c in bare.criteria)
        return bare.model_copy(
            update={
                "criteria": tuple(map(criterion, bare.criteria)),
                "units": tuple(map(unit, bare.units)),
                "outcome": bare.outcome if reachable else None,
            }
        )

    bare = draw(frameworks())
    first = bare.criteria()[0].id
    scope = Scope(id="narrow", title="Narrow", leaves_out=(first,), reason="Not done there")
    script = Script(
        id="hello",
        title="Hello",
        text="Hello, {name} speaking",
        slots=(Slot(id="name", meaning="A name"),),
    )
    return bare.model_copy(
        update={
            "units": tuple(map(unit, bare.units)),
            "knowledge": draw(st.none() | st.just((Statement(id="prices", text="Prices"),))),
            "scripts": draw(st.sampled_from([(), (script,)])),
            "scopes": (scope,) if len(bare.criteria()) > 1 and draw(st.booleans()) else (),
        }
    )


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


@st.composite
def improved(
    draw: st.DrawFn, of: Framework, answers: dict[str, Judged]
) -> dict[str, Judged] | None:
    """Give the answers with one level raised or kept; ``None`` where there is no level."""
    levels = [i for i, answer in answers.items() if answer.level is not None]
    if not levels:
        return None
    changed = draw(st.sampled_from(levels))
    order = [BELOW, *of.scale_of(changed).codes()]
    at = order.index(str(answers[changed].level))
    return {**answers, changed: Judged(level=draw(st.sampled_from(order[at:])))}
