"""Outcomes and gaps by every rule, against the definitions written down a second time.

``tools.brute_force`` knows nothing of the program; here it checks generated frameworks,
scopes and judgements, and the demonstration's in ``test_demonstration``.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.gaps import gaps
from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts
from competency.frameworks.schema import BELOW, COMPETENT, NOT_YET_COMPETENT, Framework
from tests.support.frameworks import SCALES, improved, judged
from tests.support.rules import ruled
from tools.brute_force import Data, differences


def told(framework: Framework, facts: Facts) -> tuple[Data, Data]:
    """Return an outcome as ``cycles export`` tells it, and the framework as its file does."""
    node = outcome(framework, facts)
    one = {
        "number": "E1",
        "scope": None if facts.scope is None else sorted(facts.scope),
        "judgements": [
            {"criterion": i, "level": answer.level, "excused": answer.excused}
            for i, answer in facts.judgements.items()
        ],
        "results": {i: found.result for i, found in nodes_by_id(node).items()},
        "gaps": [
            {"criterion": gap.criterion_id, "judged": gap.judged, "required": gap.required}
            for gap in gaps(framework, node)
        ],
    }
    file = framework.model_dump(mode="json", exclude_none=True)
    return {"appraisals": [one]}, file


def scoped(data: st.DataObject, framework: Framework) -> frozenset[str] | None:
    """Draw a scope: everything, or some of the criteria."""
    ids = [criterion.id for criterion in framework.criteria()]
    return data.draw(st.none() | st.frozensets(st.sampled_from(ids)))


@given(st.data(), ruled())
def test_every_result_and_gap_is_what_the_definitions_give(
    data: st.DataObject, framework: Framework
) -> None:
    facts = Facts(data.draw(judged(framework)), scoped(data, framework))
    assert differences(*told(framework, facts)) == []


@given(st.data(), ruled())
def test_a_better_judgement_never_worsens_a_result(
    data: st.DataObject, framework: Framework
) -> None:
    answers = data.draw(judged(framework))
    better = data.draw(improved(framework, answers))
    if better is None:
        return
    rank = {
        NOT_YET_COMPETENT: 0,
        COMPETENT: 1,
        **{code: n for n, code in enumerate([BELOW, *SCALES["steps"].codes()])},
    }
    before = nodes_by_id(outcome(framework, Facts(answers)))
    after = nodes_by_id(outcome(framework, Facts(better)))
    for i, node in before.items():
        now = after[i].result
        if node.result is not None:
            assert now is not None
            assert rank[now] >= rank[node.result]
        else:
            assert now in {None, COMPETENT}


@given(st.data(), ruled())
def test_the_order_of_judgements_decides_nothing(data: st.DataObject, framework: Framework) -> None:
    answers = data.draw(judged(framework))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert outcome(framework, Facts(answers)) == outcome(framework, Facts(shuffled))


@given(ruled())
def test_nothing_judged_decides_nothing_by_any_rule(framework: Framework) -> None:
    found = nodes_by_id(outcome(framework, Facts({})))
    assert {node.result for node in found.values()} == {None}
