"""How marks become a score: by weight, without what doesn't apply, capped by what is critical."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.observations.permissions import (
    can_answer,
    can_observe,
    can_read,
    can_reply,
    can_write,
)
from competency.observations.rules import (
    form_fault,
    is_disputed,
    may_dispute,
    missing,
    percent_of,
    score,
)
from competency.observations.schema import Facts, Item, Mark, StepKind
from competency.people.schema import AccountKind, Actor, Grant, Role, ScopeKind, Standing

Marked = tuple[tuple[Item, ...], dict[str, Mark], int]


@st.composite
def sheets(draw: st.DrawFn) -> Marked:
    """Give a form's items, a mark for each, and a cap."""
    count = draw(st.integers(1, 12))
    items = tuple(
        Item(f"c{number}", draw(st.integers(1, 20)), draw(st.booleans())) for number in range(count)
    )
    marks = {item.criterion_id: draw(st.sampled_from(list(Mark))) for item in items}
    return items, marks, draw(st.integers(0, 99))


@given(sheets())
def test_a_score_lies_between_nothing_and_what_applied(sheet: Marked) -> None:
    items, marks, cap = sheet
    found = score(items, marks, cap)
    applied = [item for item in items if marks[item.criterion_id] is not Mark.NOT_APPLICABLE]
    assert found.possible == 1000 * sum(item.weight for item in applied)
    assert 0 <= found.reached <= found.before_cap <= found.possible
    assert (found.percent is None) == (not applied)


@given(sheets())
def test_what_does_not_apply_is_as_if_it_were_not_on_the_form(sheet: Marked) -> None:
    items, marks, cap = sheet
    left = tuple(i for i in items if marks[i.criterion_id] is not Mark.NOT_APPLICABLE)
    whole, without = score(items, marks, cap), score(left, marks, cap)
    assert (whole.reached, whole.possible) == (without.reached, without.possible)


@given(sheets(), st.randoms(use_true_random=False))
def test_the_order_of_the_items_changes_nothing(sheet: Marked, random: object) -> None:
    items, marks, cap = sheet
    mixed = list(items)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    one, other = score(items, marks, cap), score(mixed, marks, cap)
    assert (one.reached, one.possible) == (other.reached, other.possible)


@given(sheets())
def test_a_failed_critical_item_holds_the_score_at_the_cap_and_no_other_does(
    sheet: Marked,
) -> None:
    items, marks, cap = sheet
    found = score(items, marks, cap)
    failed = [i for i in items if i.critical and marks[i.criterion_id] is Mark.NOT_MET]
    assert [line.item for line in found.failed_critical] == failed
    if failed:
        assert found.reached * 100 <= found.possible * cap
        assert found.reached == min(found.before_cap, found.possible * cap // 100)
    else:
        assert found.reached == found.before_cap
        assert not found.capped


@given(sheets(), st.data())
def test_meeting_one_more_behaviour_never_lowers_a_score(
    sheet: Marked, data: st.DataObject
) -> None:
    items, marks, cap = sheet
    unmet = [i for i, mark in marks.items() if mark is Mark.NOT_MET]
    if unmet:
        better = {**marks, data.draw(st.sampled_from(unmet)): Mark.MET}
        assert score(items, better, cap).reached >= score(items, marks, cap).reached


def test_a_score_by_hand() -> None:
    items = (Item("a", 3), Item("b", 2), Item("c", 1), Item("d", 2, critical=True))
    marks = {"a": Mark.MET, "b": Mark.NOT_MET, "c": Mark.NOT_APPLICABLE, "d": Mark.MET}
    found = score(items, marks, 50)
    assert (found.reached, found.possible) == (5000, 7000)
    failed = score(items, {**marks, "b": Mark.MET, "d": Mark.NOT_MET}, 50)
    assert (failed.before_cap, failed.reached, failed.possible) == (5000, 3500, 7000)
    assert failed.percent == 50
    assert percent_of(0, 0) is None


def test_what_is_missing_stands_in_the_order_of_the_form() -> None:
    items = (Item("b", 1), Item("a", 1), Item("c", 1))
    assert missing(items, {"a": Mark.MET}) == ("b", "c")


@pytest.mark.parametrize(
    ("items", "cap", "field"),
    [
        ((), 50, "items"),
        ((Item("a", 1), Item("a", 1)), 50, "items"),
        (tuple(Item(f"c{n}", 1) for n in range(31)), 50, "items"),
        ((Item("a", 0),), 50, "weight"),
        ((Item("a", 21),), 50, "weight"),
        ((Item("a", 1),), 100, "cap_percent"),
        ((Item("a", 1),), -1, "cap_percent"),
        ((Item("a", 20),), 99, None),
    ],
)
def test_a_form_that_cannot_stand_names_its_field(
    items: tuple[Item, ...], cap: int, field: str | None
) -> None:
    assert form_fault(items, cap) == field


def test_a_dispute_is_open_until_it_is_answered_and_there_is_one() -> None:
    reply, dispute = StepKind.REPLY, StepKind.DISPUTE
    assert not is_disputed([])
    assert not is_disputed([reply])
    assert is_disputed([reply, dispute, reply])
    assert not is_disputed([dispute, StepKind.UPHOLD])
    assert not is_disputed([dispute, StepKind.CHANGE, reply])
    assert may_dispute([reply])
    assert not may_dispute([dispute, StepKind.UPHOLD])


AGENT, SUPERVISOR, ANALYST, LEAD, HR, OTHER = 1, 2, 3, 4, 5, 6
PLACE = Standing(AGENT, supervisor_id=SUPERVISOR, site_id=7, team_id=8)


def actor(employee_id: int, role: Role | None = None, team: int = 8) -> Actor:
    """Return somebody, perhaps with a role over a team."""
    grants = frozenset() if role is None else frozenset({Grant(role, ScopeKind.TEAM, team)})
    return Actor(employee_id, str(employee_id), AccountKind.PERSON, employee_id, grants)


def test_the_supervisor_and_analysts_in_scope_observe_and_nobody_themselves() -> None:
    assert can_observe(actor(SUPERVISOR), PLACE)
    assert can_observe(actor(ANALYST, Role.QUALITY_ANALYST), PLACE)
    assert not can_observe(actor(ANALYST, Role.QUALITY_ANALYST, team=9), PLACE)
    assert not can_observe(actor(AGENT, Role.QUALITY_ANALYST), PLACE)
    assert not can_observe(actor(HR, Role.HR), PLACE)
    assert not can_observe(actor(OTHER), PLACE)


def test_a_draft_is_its_writers_alone_and_only_while_they_may_observe() -> None:
    draft = Facts(SUPERVISOR, handed_in=False)
    assert can_write(actor(SUPERVISOR), draft, PLACE)
    assert not can_write(actor(SUPERVISOR), draft, replace(PLACE, supervisor_id=OTHER))
    assert not can_write(actor(SUPERVISOR), replace(draft, handed_in=True), PLACE)
    for who in (actor(AGENT), actor(HR, Role.HR), actor(ANALYST, Role.QUALITY_ANALYST)):
        assert not can_read(who, draft, PLACE, assigned=True)
        assert not can_write(who, draft, PLACE)


def test_who_reads_what_was_handed_in() -> None:
    facts = Facts(ANALYST, handed_in=True, observer_supervisor_id=LEAD)
    for who in (
        actor(AGENT),
        actor(SUPERVISOR),
        actor(ANALYST, Role.QUALITY_ANALYST),
        actor(HR, Role.HR),
        actor(OTHER, Role.AUDITOR),
    ):
        assert can_read(who, facts, PLACE, assigned=False)
    assert can_read(actor(OTHER), facts, PLACE, assigned=True)
    assert not can_read(actor(OTHER), facts, PLACE, assigned=False)
    assert not can_read(actor(OTHER, Role.REVIEWER), facts, PLACE, assigned=False)
    assert not can_read(actor(HR, Role.HR, team=9), facts, PLACE, assigned=False)
    assert not can_read(actor(LEAD), facts, PLACE, assigned=False)
    assert can_read(actor(LEAD), replace(facts, was_disputed=True), PLACE, assigned=False)


def test_the_person_replies_and_somebody_else_than_the_observer_answers() -> None:
    facts = Facts(
        ANALYST, handed_in=True, observer_supervisor_id=LEAD, disputed=True, was_disputed=True
    )
    assert can_reply(actor(AGENT), facts, PLACE)
    assert not can_reply(actor(SUPERVISOR), facts, PLACE)
    assert can_answer(actor(HR, Role.HR), facts, PLACE)
    assert can_answer(actor(LEAD), facts, PLACE)
    assert not can_answer(actor(ANALYST, Role.HR), facts, PLACE)
    assert not can_answer(actor(AGENT, Role.HR), facts, PLACE)
    assert not can_answer(actor(SUPERVISOR), facts, PLACE)
    assert not can_answer(actor(HR, Role.HR), replace(facts, disputed=False), PLACE)
