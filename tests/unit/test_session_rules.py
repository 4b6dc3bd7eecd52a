"""An attempt covers only what was not met before, and a test is passed by what was met."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Instrument, Judged, SessionResults
from competency.assessments.session_rules import (
    EXPECTED_RESULT,
    Attempt,
    Part,
    is_passed,
    next_items,
    not_met,
    part_of,
    parts,
    result_of,
    why_no_attempt,
)
from competency.credentials.rules import attested_units
from competency.errors import IllegalTransition, Invalid
from competency.frameworks.schema import COMPETENT, NOT_YET_COMPETENT
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

PROFILE = load_framework(
    FRAMEWORKS / "addetto-gestione-operativa-assistenza-clienti" / "1.0.0.yaml"
)
MET = {criterion.id: Judged("met") for criterion in PROFILE.criteria()}
UC1 = frozenset(c.id for c in PROFILE.units[0].criteria)

items = st.lists(
    st.sampled_from(["a", "b", "c", "d", "e", EXPECTED_RESULT]), min_size=1, unique=True
).map(tuple)


def part_with(ids: tuple[str, ...], *, knowledge: bool = False) -> Part:
    if knowledge:
        return Part(Instrument.KNOWLEDGE_TEST, None, ids)
    return Part(Instrument.PRACTICAL_TEST, "u", ids)


@given(st.data(), items, st.booleans(), st.integers(1, 6))
def test_whatever_is_marked_an_attempt_never_asks_again_for_what_was_met(
    data: st.DataObject,
    ids: tuple[str, ...],
    knowledge: bool,  # noqa: FBT001 - a generated case
    maximum: int,
) -> None:
    part, met = part_with(ids, knowledge=knowledge), set[str]()
    attempts: list[Attempt] = []
    while why_no_attempt(part, attempts, maximum) is None:
        chosen: list[str] = []
        if knowledge:
            chosen = data.draw(st.lists(st.sampled_from(not_met(part, attempts)), unique=True))
        covered = next_items(part, attempts, maximum, chosen)
        assert covered
        assert met.isdisjoint(covered)
        assert set(covered) == (set(chosen) or set(ids) - met)
        assert list(covered) == [i for i in ids if i in covered]
        results = {i: data.draw(st.booleans()) for i in covered}
        assert is_passed(covered, results) == all(results.values())
        met |= {i for i, is_met in results.items() if is_met}
        attempts.append(Attempt(results))
        asked = {i for attempt in attempts for i in attempt.results}
        assert result_of(part, attempts) == ((asked if knowledge else set(ids)) <= met)
    assert len(attempts) == maximum or met == set(ids)
    with pytest.raises(IllegalTransition):
        next_items(part, attempts, maximum)


def test_what_was_met_or_is_not_there_cannot_be_chosen_and_a_practical_test_is_whole() -> None:
    knowledge = part_with(("a", "b"), knowledge=True)
    first = [Attempt({"a": True})]
    assert next_items(knowledge, first, 3, ["b"]) == ("b",)
    for chosen in (["a"], ["a", "b"], ["z"]):
        with pytest.raises(Invalid):
            next_items(knowledge, first, 3, chosen)
    with pytest.raises(Invalid):
        next_items(part_with(("a", "b")), [], 3, ["a"])


def test_no_test_held_is_no_result() -> None:
    assert result_of(part_with(("a",)), []) is None
    assert result_of(part_with(("a",), knowledge=True), []) is None


def test_the_profile_has_a_practical_test_for_each_unit_in_scope_and_its_knowledge() -> None:
    found = parts(PROFILE, UC1)
    assert [(p.instrument, p.unit_id) for p in found] == [
        (Instrument.PRACTICAL_TEST, "uc1"),
        (Instrument.KNOWLEDGE_TEST, None),
    ]
    assert found[0].items == ("uc1.ind1", "uc1.ind2", "uc1.ind3", EXPECTED_RESULT)
    assert len(found[1].items) == 15
    assert len(parts(PROFILE, None)) == 5
    with pytest.raises(Invalid):
        part_of(PROFILE, UC1, Instrument.PRACTICAL_TEST, "uc2")


def outcome_with(tests: SessionResults | None) -> dict[str, str | None]:
    node = outcome(PROFILE, Facts(MET, tests=tests))
    return {i: n.result for i, n in nodes_by_id(node).items()}


def lines(tests: SessionResults | None, node: str) -> list[str]:
    found = nodes_by_id(outcome(PROFILE, Facts(MET, UC1, tests=tests)))[node]
    return [line.code for line in found.lines]


def attested(tests: SessionResults | None) -> list[str]:
    return [n.id for n in attested_units(PROFILE, outcome(PROFILE, Facts(MET, tests=tests)))]


def test_without_a_passed_test_a_unit_is_not_attested_and_says_so() -> None:
    assert attested(SessionResults()) == []
    assert outcome_with(SessionResults())["uc1"] is None
    assert lines(SessionResults(), "uc1")[-1] == "test_missing"
    failed = SessionResults({"uc1": False, "uc2": True})
    assert outcome_with(failed)["uc1"] == NOT_YET_COMPETENT
    assert lines(failed, "uc1")[-1] == "test_not_passed"
    assert attested(failed) == ["uc2"]
    assert lines(SessionResults({"uc1": True}), "uc1")[-1] == "test_passed"


def test_an_appraisal_knows_no_tests() -> None:
    assert attested(None) == ["uc1", "uc2", "uc3", "uc4"]
    assert lines(None, "uc1") == ["all_required"]


def test_a_passed_test_makes_no_unit_competent_that_was_not_judged_so() -> None:
    tests = SessionResults({"uc1": True})
    node = outcome(PROFILE, Facts({**MET, "uc1.cap1": Judged("below")}, UC1, tests=tests))
    assert nodes_by_id(node)["uc1"].result == NOT_YET_COMPETENT
    nothing = outcome(PROFILE, Facts({}, UC1, tests=tests))
    assert nodes_by_id(nothing)["uc1"].result is None


def test_the_knowledge_test_binds_the_whole_and_only_where_it_was_held() -> None:
    units = dict.fromkeys(("uc1", "uc2", "uc3", "uc4"), True)
    for knowledge, result, code in (
        (None, COMPETENT, "knowledge_not_tested"),
        (True, COMPETENT, "knowledge_passed"),
        (False, NOT_YET_COMPETENT, "knowledge_not_passed"),
    ):
        tests = SessionResults(units, knowledge)
        node = outcome(PROFILE, Facts(MET, tests=tests))
        assert node.result == result
        assert node.lines[-1].code == code
        assert attested(tests) == ["uc1", "uc2", "uc3", "uc4"]


def test_what_is_out_of_scope_asks_for_no_test() -> None:
    node = outcome(PROFILE, Facts(MET, UC1, tests=SessionResults({"uc1": True})))
    assert nodes_by_id(node)["uc2"].lines[0].code == "nothing_in_scope"
    assert len(nodes_by_id(node)["uc2"].lines) == 1
    assert node.result == COMPETENT
