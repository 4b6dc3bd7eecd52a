"""Frameworks whose results are formed by any rule that a file may have."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from competency.frameworks import outcome_rules
from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.schema import (
    Criterion,
    Descriptor,
    Framework,
    Unit,
)
from tests.support.frameworks import frameworks


@st.composite
def counting(draw: st.DrawFn, parts: int) -> dict[str, object]:
    """Give what ``n_of`` counts: a number that can be reached or a share, and a floor."""
    share = draw(st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal("0.75"), Decimal(1)]))
    number = {"count": draw(st.integers(1, parts))} if draw(st.booleans()) else {"share": share}
    return {**number, "none_below": draw(st.sampled_from([None, "G"]))}


@st.composite
def ruled(draw: st.DrawFn) -> Framework:
    """Give frameworks of every sort: verdicts by ``all`` and ``n_of``, or levels, or no whole."""
    bare = draw(frameworks())
    levels = draw(st.booleans())

    def unit_rule(parts: int) -> UnitRule:
        if levels:
            return UnitRule(rule="minimum")
        if draw(st.booleans()):
            return UnitRule(rule="all", at_least=draw(st.sampled_from([None, "F"])))
        at_least = draw(st.sampled_from([None, "G", "F"]))
        return UnitRule.model_validate(
            {"rule": "n_of", "at_least": at_least, **draw(counting(parts))}
        )

    def criterion(one: Criterion) -> Criterion:
        described = draw(st.sets(st.sampled_from(("G", "F", "E"))))
        texts = {code: Descriptor(text=f"What {code} looks like") for code in sorted(described)}
        return one.model_copy(update={"scale": "steps", "levels": texts})

    def unit(one: Unit) -> Unit:
        return one.model_copy(
            update={
                "criteria": tuple(map(criterion, one.criteria)),
                "units": tuple(map(unit, one.units)),
                "outcome": unit_rule(len(one.criteria) + len(one.units)),
            }
        )

    units = tuple(map(unit, bare.units))
    if draw(st.integers(0, 4)) == 0:
        whole = FrameworkRule(rule="none")
    elif levels:
        whole = FrameworkRule(rule="minimum")
    elif draw(st.booleans()):
        whole = FrameworkRule(rule="all")
    else:
        whole = FrameworkRule.model_validate({"rule": "n_of", **draw(counting(len(units)))})
    made = bare.model_copy(
        update={
            "units": units,
            "outcome": OutcomeRules(
                unit=UnitRule(rule="minimum" if levels else "all"), framework=whole
            ),
        }
    )
    data = made.model_dump(mode="json")
    assert not [found for rule in outcome_rules.RULES for found in rule(data)]
    return made
