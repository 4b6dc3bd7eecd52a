"""The rules of an appraisal one by one: scope, what is missing, flags, days, requests."""

from __future__ import annotations

from datetime import date

import pytest

from competency.assessments.rules import (
    DECIDED,
    REQUEST_TARGETS,
    SHOWN_TO_SUBJECT,
    UNFINISHED,
    check_contested,
    deciding,
    flags,
    in_scope,
    is_drawn,
    is_in_time,
    kept_criteria,
    missing_answers,
    missing_reasons,
    next_request_state,
    next_state,
    scope_named,
    sufficiency,
    visible_state,
)
from competency.assessments.schema import (
    Action,
    Answer,
    EvidenceFact,
    Flag,
    Judged,
    RequestAction,
    RequestState,
    State,
    Sufficiency,
    VisibleState,
)
from competency.errors import IllegalTransition, Invalid
from competency.frameworks.schema import Criterion, EvidenceKind, EvidenceRule, Scope, Unit
from tests.support.frameworks import framework

DAY = date(2026, 6, 30)
WHOLE = framework(
    (
        Unit(
            id="u",
            title="U",
            criteria=(
                Criterion(id="a", title="A", scale="judged"),
                Criterion(id="b", title="B", scale="judged", evidence=EvidenceRule(minimum=1)),
            ),
            units=(
                Unit(
                    id="v",
                    title="V",
                    criteria=(Criterion(id="c", title="C", scale="judged"),),
                ),
            ),
        ),
    )
)
NARROWED = WHOLE.model_copy(
    update={"scopes": (Scope(id="few", title="Few", leaves_out=("b",), reason="Because."),)}
)


def test_the_states_of_work_of_decision_and_of_delivery() -> None:
    assert set(UNFINISHED) == {State.PLANNED, State.OPEN, State.SUBMITTED, State.IN_REVIEW}
    assert set(DECIDED) == {State.APPROVED, State.RELEASED, State.CONTESTED, State.CLOSED}
    assert set(SHOWN_TO_SUBJECT) == {State.RELEASED, State.CONTESTED, State.CLOSED}


def test_each_state_is_shown_as_people_know_it() -> None:
    assert {state.value: visible_state(state).value for state in State} == {
        "planned": "to_do",
        "open": "to_do",
        "submitted": "in_review",
        "in_review": "in_review",
        "approved": "ready_to_deliver",
        "released": "delivered",
        "contested": "delivered",
        "closed": "closed",
        "suspended": "suspended",
        "cancelled": "cancelled",
    }
    assert visible_state(State.CONTESTED) is VisibleState.DELIVERED


def test_resuming_leads_back_and_nothing_else_does() -> None:
    assert next_state(State.SUSPENDED, Action.RESUME, State.SUBMITTED) is State.SUBMITTED
    assert next_state(State.SUSPENDED, Action.CANCEL, State.SUBMITTED) is State.CANCELLED
    with pytest.raises(IllegalTransition):
        next_state(State.SUSPENDED, Action.RESUME)


def test_a_request_ends_once_and_as_it_was_answered() -> None:
    ends = {action: next_request_state(RequestState.OPEN, action) for action in RequestAction}
    assert ends == dict(REQUEST_TARGETS)
    assert {action.value: state.value for action, state in ends.items()} == {
        "ask": "open",
        "withdraw": "withdrawn",
        "accept": "accepted",
        "decline": "declined",
    }
    for state in (RequestState.ACCEPTED, RequestState.DECLINED, RequestState.WITHDRAWN):
        with pytest.raises(IllegalTransition):
            next_request_state(state, RequestAction.ACCEPT)


def test_the_last_day_is_in_time_and_the_day_after_is_not() -> None:
    assert is_in_time(DAY, DAY)
    assert is_in_time(DAY, date(2026, 6, 29))
    assert not is_in_time(DAY, date(2026, 7, 1))
    assert not is_in_time(None, DAY)


def test_something_of_the_result_is_contested() -> None:
    check_contested(["a", "b"], {"a", "b", "c"})
    with pytest.raises(Invalid, match="at least one"):
        check_contested([], {"a"})
    with pytest.raises(Invalid, match="of this result"):
        check_contested(["a", "z"], {"a"})


def test_a_drawn_share_is_exact_in_a_known_case() -> None:
    # SHA-256 of "a" begins with ca978112ca1bbdca, which leaves 38 when divided by a hundred.
    rest = int("ca978112ca1bbdca", 16) % 100
    assert not is_drawn("a", rest)
    assert is_drawn("a", rest + 1)


def test_a_scope_is_found_by_its_id_or_named_among_those_that_are() -> None:
    assert scope_named(NARROWED, None) is None
    assert scope_named(NARROWED, "") is None
    found = scope_named(NARROWED, "few")
    assert found is not None
    assert found.id == "few"
    with pytest.raises(Invalid, match="no scopes"):
        scope_named(WHOLE, "few")
    with pytest.raises(Invalid, match="It has: few"):
        scope_named(NARROWED, "many")


def test_scope_and_units_keep_what_both_keep_in_the_frameworks_order() -> None:
    few = NARROWED.scope("few")
    assert kept_criteria(WHOLE, None) is None
    assert kept_criteria(NARROWED, few) == ["a", "c"]
    assert kept_criteria(NARROWED, None, ["v"]) == ["c"]
    assert kept_criteria(NARROWED, None, ["u"]) == ["a", "b", "c"]
    assert kept_criteria(NARROWED, few, ["u"]) == ["a", "c"]
    with pytest.raises(Invalid, match="no unit"):
        kept_criteria(NARROWED, None, ["w"])
    none_left = NARROWED.scope("few").model_copy(update={"leaves_out": ("v",)})
    with pytest.raises(Invalid, match="in common"):
        kept_criteria(NARROWED, none_left, ["v"])


def test_without_a_scope_all_is_judged() -> None:
    assert in_scope(WHOLE, None) == ("a", "b", "c")
    assert in_scope(WHOLE, frozenset({"c", "a"})) == ("a", "c")


def test_an_answer_is_a_level_or_an_excuse() -> None:
    answers = {"a": Answer("a", "met"), "b": Answer("b"), "z": Answer("z", "met")}
    assert missing_answers(WHOLE, None, answers) == ("b", "c")
    assert missing_answers(WHOLE, None, {**answers, "b": Answer("b", excused=True)}) == ("c",)
    assert missing_answers(WHOLE, frozenset({"a"}), answers) == ()


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (Answer("a", "met"), False),
        (Answer("a", "below"), True),
        (Answer("a", "below", note="why"), False),
        (Answer("a", "below", note="  "), True),
        (Answer("a", excused=True), True),
        (Answer("a", excused=True, note="why"), False),
        (Answer("a"), False),
    ],
)
def test_below_and_an_excuse_say_why(answer: Answer, lacks: bool) -> None:  # noqa: FBT001 - a case
    assert missing_reasons(WHOLE, None, {"a": answer}) == (("a",) if lacks else ())
    assert missing_reasons(WHOLE, frozenset({"b"}), {"a": answer}) == ()


def test_evidence_is_counted_with_what_does_not_count_beside() -> None:
    seen = EvidenceFact(EvidenceKind.DIRECT_PERFORMANCE, DAY, 1)
    told = EvidenceFact(EvidenceKind.INTERVIEW, DAY, 2)
    again = EvidenceFact(EvidenceKind.INTERVIEW, DAY, 2)
    found = [seen, told, again]
    assert sufficiency(None, found, DAY) == Sufficiency(3, 2, 0, suffices=True)
    rule = EvidenceRule(kinds=(EvidenceKind.INTERVIEW,), minimum=2)
    assert sufficiency(rule, found, DAY) == Sufficiency(2, 1, 1, suffices=True, other_kind=1)


def flagged(
    lead: dict[str, Answer], own: dict[str, Answer] | None = None, *, asked: bool = True
) -> dict[Flag, tuple[str, ...]]:
    """Return the flags of a submission without evidence."""
    return flags(WHOLE, lead=lead, own=own, evidence={}, as_of=DAY, self_assessment=asked)


def test_each_flag_names_what_it_is_about() -> None:
    met = {i: Answer(i, "met") for i in ("a", "b", "c")}
    short = {Flag.EVIDENCE_SHORTFALL: ("b",)}
    assert flagged(met, met) == short
    assert flagged(met) == {**short, Flag.NO_SELF_ASSESSMENT: ()}
    assert flagged(met, asked=False) == short
    assert flagged({**met, "b": Answer("b", excused=True)}, asked=False) == {}
    assert flagged({"a": Answer("a", "met")}, asked=False) == {}
    differs = {**met, "c": Answer("c", "below")}
    assert flagged(met, differs) == {**short, Flag.SELF_DIFFERS: ("c",)}
    assert flagged(met, {"a": Answer("a", "met")}) == short


def test_the_review_decides_over_the_lead() -> None:
    lead = {"a": Answer("a", "met"), "b": Answer("b", excused=True)}
    assert deciding(lead, {"a": Answer("a", "below")}) == {
        "a": Judged("below"),
        "b": Judged(excused=True),
    }
