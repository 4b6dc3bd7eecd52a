"""Properties of outcomes, over frameworks of any shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.gaps import gaps
from competency.assessments.nodes import (
    from_data,
    to_data,
)
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged, Node
from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    Criterion,
    Framework,
    Unit,
)
from tests.support.frameworks import BELOW, framework, frameworks, improved, judged


def nodes(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for child in node.children:
        yield from nodes(child)


def results(node: Node) -> dict[str, str | None]:
    """Return the result of every node by id."""
    return {n.id: n.result for n in nodes(node)}


def scope_of(data: st.DataObject, framework: Framework) -> frozenset[str] | None:
    """Draw a scope: everything, or some of the criteria."""
    ids = [criterion.id for criterion in framework.criteria()]
    return data.draw(st.none() | st.frozensets(st.sampled_from(ids)))


def expected(framework: Framework, unit: Unit, facts: Facts) -> str | None:
    """Return a unit's result by the definition, written another way.

    ``dropped`` where nothing in it takes part.
    """
    verdicts: list[str | None] = [expected(framework, inner, facts) for inner in unit.units]
    rule = framework.unit_rule(unit)
    for criterion in unit.criteria:
        answer = facts.judgements.get(criterion.id)
        if facts.scope is not None and criterion.id not in facts.scope:
            verdicts.append("dropped")
        elif answer is None:
            verdicts.append(None)
        elif answer.excused:
            verdicts.append("dropped")
        else:
            order = [BELOW, *framework.scale_of(criterion.id).codes()]
            asked = rule.at_least if rule.at_least in order else order[1]
            reached = order.index(str(answer.level)) >= order.index(str(asked))
            verdicts.append(COMPETENT if reached else NOT_YET_COMPETENT)
    taking_part = [verdict for verdict in verdicts if verdict != "dropped"]
    if not taking_part:
        return "dropped"
    if None in taking_part:
        return None
    return NOT_YET_COMPETENT if NOT_YET_COMPETENT in taking_part else COMPETENT


@given(st.data(), frameworks())
def test_every_unit_has_the_result_that_the_rule_all_defines(
    data: st.DataObject, framework: Framework
) -> None:
    facts = Facts(data.draw(judged(framework)), scope_of(data, framework))
    found = results(outcome(framework, facts))

    def compare(unit: Unit) -> None:
        wanted = expected(framework, unit, facts)
        assert found[unit.id] == (None if wanted == "dropped" else wanted)
        for inner in unit.units:
            compare(inner)

    for unit in framework.units:
        compare(unit)


@given(st.data(), frameworks())
def test_the_order_of_judgements_does_not_matter(data: st.DataObject, framework: Framework) -> None:
    answers = data.draw(judged(framework))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert outcome(framework, Facts(answers)) == outcome(framework, Facts(shuffled))


@given(st.data(), frameworks())
def test_a_better_judgement_never_worsens_an_outcome(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    better = data.draw(improved(framework, answers))
    if better is None:
        return
    rank = {NOT_YET_COMPETENT: 0, COMPETENT: 1}
    before = results(outcome(framework, Facts(answers)))
    after = results(outcome(framework, Facts(better)))
    for node, result in before.items():
        if result in rank:
            assert rank[str(after[node])] >= rank[result]
        elif result is None:
            assert after[node] is None


@given(frameworks())
def test_where_nothing_is_judged_nothing_is_decided(framework: Framework) -> None:
    assert set(results(outcome(framework, Facts({}))).values()) == {None}


@given(st.data(), frameworks())
def test_missing_is_never_counted_as_below_nor_below_as_missing(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    root = outcome(framework, Facts(answers))
    for node in nodes(root):
        said: dict[str, Any] = {line.code: line.params.get("ids", []) for line in node.lines}
        for child in node.children:
            if child.kind != "criterion":
                continue
            answer = answers.get(child.id)
            assert (child.id in said.get("undecided", [])) == (answer is None)
            if answer is not None and answer.level == BELOW:
                assert child.id in said["short"]
            if answer is None:
                assert node.result is None
                assert child.id not in said.get("short", [])


@given(st.data(), frameworks())
def test_what_is_out_of_scope_or_excused_is_dropped_whatever_was_judged(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework, complete=True))
    ids = list(answers)
    dropped = data.draw(st.sets(st.sampled_from(ids)))
    scope = frozenset(set(ids) - dropped)
    out = outcome(framework, Facts(answers, scope))
    kept = {i: answer for i, answer in answers.items() if i not in dropped}
    assert results(out) == results(outcome(framework, Facts(kept, scope)))
    excused = {i: Judged(excused=True) if i in dropped else a for i, a in answers.items()}
    assert results(out) == results(outcome(framework, Facts(excused)))


@given(st.data(), frameworks())
def test_an_outcome_is_read_back_as_it_was_written(
    data: st.DataObject, framework: Framework
) -> None:
    node = outcome(framework, Facts(data.draw(judged(framework)), scope_of(data, framework)))
    assert from_data(json.loads(json.dumps(to_data(node)))) == node


RULES = st.builds(
    UnitRule,
    rule=st.just("n_of"),
    at_least=st.sampled_from([None, "G", "F"]),
    count=st.integers(1, 4),
    none_below=st.sampled_from([None, "G", "F"]),
) | st.builds(
    UnitRule,
    rule=st.just("n_of"),
    share=st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal("0.75"), Decimal(1)]),
    none_below=st.sampled_from([None, "G"]),
)


def one_unit(rule: UnitRule, size: int) -> Framework:
    """Return a framework of one unit of ``size`` criteria on the scale G, F, E."""
    criteria = tuple(Criterion(id=f"c{n}", title="C", scale="steps") for n in range(size))
    return framework((Unit(id="u", title="U", criteria=criteria, outcome=rule),))


def enough(rule: UnitRule, answers: list[str | None]) -> str | None:
    """Return the result of ``n_of`` by its definition; an answer ``None`` isn't given yet."""
    order = [BELOW, "G", "F", "E"]
    wanted = sum(
        order.index(answer) >= order.index(rule.at_least or "G") for answer in answers if answer
    )
    if rule.count is not None:
        needed = min(rule.count, len(answers))
    else:
        needed = next(
            n for n in range(1, len(answers) + 1) if n >= (rule.share or 0) * len(answers)
        )
    floor = order.index(rule.none_below) if rule.none_below else 0
    under = any(order.index(answer) < floor for answer in answers if answer)
    if wanted >= needed and not floor:
        return COMPETENT
    if None in answers:
        return None
    return COMPETENT if wanted >= needed and not under else NOT_YET_COMPETENT


@given(RULES, st.lists(st.sampled_from([None, BELOW, "G", "F", "E"]), min_size=1, max_size=5))
def test_n_of_counts_and_lets_nobody_under_its_floor(
    rule: UnitRule, answers: list[str | None]
) -> None:
    made = one_unit(rule, len(answers))
    judgements = {f"c{n}": Judged(level=a) for n, a in enumerate(answers) if a}
    assert results(outcome(made, Facts(judgements)))["u"] == enough(rule, answers)


def test_n_of_explains_itself() -> None:
    made = one_unit(UnitRule(rule="n_of", at_least="F", count=2, none_below="G"), 3)
    judgements = {"c0": Judged(level="F"), "c1": Judged(level="E"), "c2": Judged(level=BELOW)}
    unit = outcome(made, Facts(judgements)).children[0]
    assert unit.result == NOT_YET_COMPETENT
    assert [(line.code, line.params) for line in unit.lines] == [
        ("n_required", {"reached": 2, "of": 3, "needed": 2}),
        ("under", {"ids": ["c2"], "level": "G"}),
        ("short", {"ids": ["c2"]}),
    ]
    assert [
        (gap.criterion_id, gap.required) for gap in gaps(made, outcome(made, Facts(judgements)))
    ] == [("c2", "G")]


def test_gaps_of_n_of_end_where_enough_reach_it() -> None:
    made = one_unit(UnitRule(rule="n_of", at_least="F", count=2), 3)
    one, two = (
        {f"c{n}": Judged(level=level) for n, level in enumerate(levels)}
        for levels in (("F", "G", "G"), ("F", "F", "G"))
    )
    assert [g.criterion_id for g in gaps(made, outcome(made, Facts(one)))] == ["c1", "c2"]
    assert gaps(made, outcome(made, Facts(two))) == ()


def test_what_is_outside_the_scope_is_not_counted() -> None:
    made = one_unit(UnitRule(rule="n_of", count=3), 3)
    facts = Facts({"c0": Judged(level="G"), "c1": Judged(level="G")}, frozenset({"c0", "c1"}))
    assert results(outcome(made, facts))["u"] == COMPETENT


def test_the_whole_can_ask_for_some_of_its_units_and_for_a_floor() -> None:
    units = tuple(
        Unit(id=f"u{n}", title="U", criteria=(Criterion(id=f"c{n}", title="C", scale="steps"),))
        for n in range(3)
    )
    bare = framework(units)
    rule = FrameworkRule(rule="n_of", count=2)

    def whole(rule: FrameworkRule, *levels: str) -> str | None:
        rules = OutcomeRules(unit=UnitRule(rule="all"), framework=rule)
        judgements = {f"c{n}": Judged(level=level) for n, level in enumerate(levels)}
        return outcome(bare.model_copy(update={"outcome": rules}), Facts(judgements)).result

    assert whole(rule, "G", "G", BELOW) == COMPETENT
    assert whole(rule, "G", BELOW, BELOW) == NOT_YET_COMPETENT
    assert whole(rule, "G", "G") == COMPETENT
    floor = FrameworkRule(rule="n_of", count=2, none_below="G")
    assert whole(floor, "G", "G", BELOW) == NOT_YET_COMPETENT
    assert whole(floor, "G", "G") is None
