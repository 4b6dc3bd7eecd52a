"""Rules that score, climb and nest, against their definitions written a second time."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.gaps import gaps
from competency.assessments.nodes import from_data, nodes_by_id, results_by_id, to_data
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged
from competency.frameworks.compiled import compile_framework, load_compiled
from competency.frameworks.schema import BELOW, COMPETENT, NOT_YET_COMPETENT, Framework
from tests.support.composed import DROPPED, composed, defined
from tests.support.frameworks import improved, judged

RANK = {BELOW: 0, "G": 1, "F": 2, "E": 3, NOT_YET_COMPETENT: 0, COMPETENT: 1}


def scope_of(data: st.DataObject, framework: Framework) -> frozenset[str] | None:
    """Draw a scope: everything, or some of the criteria."""
    ids = [criterion.id for criterion in framework.criteria()]
    return data.draw(st.none() | st.frozensets(st.sampled_from(ids)))


@given(st.data(), composed())
def test_every_result_is_what_its_definition_gives(
    data: st.DataObject, framework: Framework
) -> None:
    answers, scope = data.draw(judged(framework)), scope_of(data, framework)
    found = results_by_id(outcome(framework, Facts(answers, scope)))
    level = {i: one.level for i, one in answers.items() if one.level is not None}
    ids = {criterion.id for criterion in framework.criteria()}
    dropped = {i for i, one in answers.items() if one.excused} | (
        frozenset() if scope is None else ids - scope
    )
    kept = {i: code for i, code in level.items() if i not in dropped}
    file = framework.model_dump(mode="json")
    for around in (file, *(unit.model_dump(mode="json") for unit in framework.all_units())):
        rule = file["outcome"]["framework"] if around is file else around["outcome"]
        wanted = defined(rule, around, kept, dropped)
        assert found[around["id"]] == (None if wanted == DROPPED else wanted)


@given(st.data(), composed())
def test_a_better_judgement_never_worsens_a_composed_result(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    better = data.draw(improved(framework, answers))
    if better is None:
        return
    before = results_by_id(outcome(framework, Facts(answers)))
    after = results_by_id(outcome(framework, Facts(better)))
    for i, result in before.items():
        now = after[i]
        if result is not None:
            assert now is not None
            assert RANK[now] >= RANK[result]


@given(st.data(), composed())
def test_the_order_of_judgements_decides_nothing_in_composed_rules(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert outcome(framework, Facts(answers)) == outcome(framework, Facts(shuffled))


@given(composed())
def test_nothing_judged_decides_nothing_in_composed_rules(framework: Framework) -> None:
    assert set(results_by_id(outcome(framework, Facts({}))).values()) == {None}


@given(st.data(), composed())
def test_below_and_missing_stay_apart_in_composed_rules(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    node = outcome(framework, Facts(answers))
    for gap in gaps(framework, node):
        answer = answers.get(gap.criterion_id)
        assert gap.judged == (None if answer is None else answer.level)


@given(st.data(), composed())
def test_closing_every_gap_again_and_again_leads_to_the_top(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework, complete=True))
    answers = {i: Judged(level=BELOW) if one.excused else one for i, one in answers.items()}
    for _ in range(4 * len(answers) + 1):
        found = gaps(framework, outcome(framework, Facts(answers)))
        if not found:
            break
        answers = {**answers, **{g.criterion_id: Judged(level=g.required) for g in found}}
    node = outcome(framework, Facts(answers))
    assert not gaps(framework, node)
    whole = framework.outcome.framework
    every = whole.rule == "none" or any(
        unit.result in {COMPETENT, "E", None} for unit in nodes_by_id(node).values()
    )
    assert every


@given(st.data(), composed())
def test_a_composed_outcome_and_its_framework_are_read_back_as_they_were_written(
    data: st.DataObject, framework: Framework
) -> None:
    node = outcome(framework, Facts(data.draw(judged(framework))))
    assert from_data(json.loads(json.dumps(to_data(node)))) == node
    assert load_compiled(compile_framework(framework)) == framework
