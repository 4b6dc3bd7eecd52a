"""Who may do what to an appraisal: the decisions one by one, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from competency.assessments.permissions import (
    can_add_evidence,
    can_judge,
    can_open_cycle,
    can_read_evidence,
    can_read_result,
    can_read_self_assessment,
    can_see_appraisal,
    can_take,
    can_withdraw,
    may_take,
)
from competency.assessments.rules import TRANSITIONS
from competency.assessments.schema import Action, AppraisalFacts, AssessorKind, Mode, State
from competency.people.schema import AccountKind, Actor, Grant, Role, ScopeKind, Standing

SUBJECT, LEAD, ABOVE, REVIEWER, STRANGER = 1, 2, 3, 4, 5
SITE, TEAM, CAMPAIGN = 70, 80, 90
STANDING = Standing(SUBJECT, ABOVE, SITE, TEAM, frozenset({CAMPAIGN}))
FACTS = AppraisalFacts(State.OPEN, SUBJECT, LEAD)


def somebody(employee_id: int | None, *grants: Grant) -> Actor:
    """Return a person as an actor."""
    return Actor(
        account_id=100 + (employee_id or 0),
        public_id="p",
        kind=AccountKind.PERSON,
        employee_id=employee_id,
        grants=frozenset(grants),
    )


WHO = {
    "subject": somebody(SUBJECT),
    "lead": somebody(LEAD),
    "above": somebody(ABOVE),
    "reviewer": somebody(REVIEWER, Grant(Role.REVIEWER)),
    "hr": somebody(6, Grant(Role.HR)),
    "certifier": somebody(7, Grant(Role.CERTIFIER)),
    "auditor": somebody(8, Grant(Role.AUDITOR)),
    "admin": somebody(9, Grant(Role.ADMIN)),
    "analyst": somebody(10, Grant(Role.QUALITY_ANALYST)),
    "stranger": somebody(STRANGER),
    "hr of another site": somebody(11, Grant(Role.HR, ScopeKind.SITE, SITE + 1)),
    "nobody's account": somebody(None),
    "system": Actor(1, "s", AccountKind.SYSTEM, None),
}
TAKERS = {
    Action.OPEN: {"hr", "system"},
    Action.SUBMIT: {"lead"},
    Action.PASS: {"system"},
    Action.TAKE: {"reviewer"},
    Action.RETURN: {"reviewer"},
    Action.APPROVE: {"reviewer"},
    Action.RELEASE: {"hr", "system"},
    Action.ACKNOWLEDGE: {"subject"},
    Action.LAPSE: {"system"},
    Action.CANCEL: {"hr"},
    Action.CONTEST: {"subject"},
    Action.UPHOLD: {"reviewer"},
    Action.REASSESS: {"hr"},
    Action.REOPEN: {"hr"},
    Action.SUSPEND: {"hr"},
    Action.RESUME: {"hr"},
    Action.WITHDRAW: set(),
}


def test_only_the_candidate_withdraws_and_only_before_anything_was_submitted() -> None:
    facts = replace(FACTS, state=State.OPEN, mode=Mode.CERTIFICATION)
    assert {n for n, a in WHO.items() if can_withdraw(a, facts, STANDING)} == {"subject"}
    for other in ({"turn": 1}, {"round": 2}, {"mode": Mode.APPRAISAL}, {"state": State.SUBMITTED}):
        changed = replace(facts, **other)
        assert not can_withdraw(WHO["subject"], changed, STANDING), other


@pytest.mark.parametrize("action", Action)
def test_each_action_is_taken_by_whom_the_design_names_and_nobody_else(action: Action) -> None:
    facts = replace(FACTS, reviewer_id=REVIEWER)
    assert {name for name, a in WHO.items() if may_take(a, action, facts, STANDING)} == TAKERS[
        action
    ]


@pytest.mark.parametrize("action", Action)
def test_an_action_can_be_taken_in_the_states_of_the_table_only(action: Action) -> None:
    for state in State:
        facts = replace(FACTS, state=state, reviewer_id=REVIEWER)
        able = {name for name, a in WHO.items() if can_take(a, action, facts, STANDING)}
        assert able == (TAKERS[action] if state in TRANSITIONS[action].sources else set())


@pytest.mark.parametrize("role", [Role.HR, Role.REVIEWER])
def test_nobody_acts_on_their_own_appraisal_by_a_role(role: Role) -> None:
    own = somebody(SUBJECT, Grant(role))
    taken = {a for a in Action if may_take(own, a, replace(FACTS, reviewer_id=SUBJECT), STANDING)}
    assert taken == {Action.ACKNOWLEDGE, Action.CONTEST}


def test_who_assessed_does_not_review() -> None:
    lead = somebody(LEAD, Grant(Role.REVIEWER))
    facts = replace(FACTS, state=State.SUBMITTED, reviewer_id=LEAD)
    assert not any(may_take(lead, a, facts, STANDING) for a in (Action.TAKE, Action.APPROVE))


def test_only_the_reviewer_who_took_it_decides() -> None:
    another = somebody(12, Grant(Role.REVIEWER))
    facts = replace(FACTS, state=State.IN_REVIEW, reviewer_id=REVIEWER)
    assert not may_take(another, Action.APPROVE, facts, STANDING)
    assert not can_judge(another, AssessorKind.REVIEW, facts, STANDING)
    assert can_judge(WHO["reviewer"], AssessorKind.REVIEW, facts, STANDING)


@pytest.mark.parametrize(
    ("kind", "scope_id", "covers"),
    [
        (ScopeKind.ALL, None, True),
        (ScopeKind.SITE, SITE, True),
        (ScopeKind.SITE, TEAM, False),
        (ScopeKind.TEAM, TEAM, True),
        (ScopeKind.TEAM, SITE, False),
        (ScopeKind.CAMPAIGN, CAMPAIGN, True),
        (ScopeKind.CAMPAIGN, SITE, False),
    ],
)
def test_a_role_reaches_as_far_as_its_scope(
    kind: ScopeKind,
    scope_id: int | None,
    covers: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    hr = somebody(20, Grant(Role.HR, kind, scope_id))
    assert may_take(hr, Action.CANCEL, FACTS, STANDING) is covers
    assert can_see_appraisal(hr, FACTS, STANDING) is covers
    moved = Standing(SUBJECT, ABOVE, SITE + 1, TEAM + 1, frozenset())
    assert may_take(hr, Action.CANCEL, FACTS, moved) is (kind is ScopeKind.ALL)


def seers(facts: AppraisalFacts) -> set[str]:
    """Return who may know that the appraisal exists."""
    return {name for name, actor in WHO.items() if can_see_appraisal(actor, facts, STANDING)}


def test_an_appraisal_is_seen_by_its_people_and_by_roles_in_scope() -> None:
    always = {"subject", "lead", "above", "hr", "auditor", "system"}
    for state in State:
        more = {"certifier"} if state is State.CLOSED else set()
        if state in {State.SUBMITTED, State.IN_REVIEW, State.CONTESTED}:
            more = {"reviewer"}
        assert seers(replace(FACTS, state=state)) == always | more


def test_a_reviewer_goes_on_reading_what_they_reviewed_and_nobody_else_s() -> None:
    for state in State:
        own = replace(FACTS, state=state, reviewer_id=REVIEWER)
        assert "reviewer" in seers(own)
        waits = state in {State.SUBMITTED, State.IN_REVIEW, State.CONTESTED}
        assert ("reviewer" in seers(replace(own, reviewer_id=12))) == waits
    elsewhere = somebody(REVIEWER, Grant(Role.REVIEWER, ScopeKind.SITE, SITE + 1))
    own = replace(FACTS, state=State.IN_REVIEW, reviewer_id=REVIEWER)
    assert not can_see_appraisal(elsewhere, own, STANDING)


def test_the_subject_reads_the_result_once_released_the_others_once_submitted() -> None:
    shown = {State.RELEASED, State.CONTESTED, State.CLOSED}
    for state in State:
        facts = replace(FACTS, state=state)
        readers = {name for name, a in WHO.items() if can_read_result(a, facts, STANDING)}
        assert ("subject" in readers) == (state in shown)
        expected = set() if state in {State.PLANNED, State.OPEN} else seers(facts) - {"subject"}
        assert readers - {"subject"} == expected


def test_drafts_are_written_by_the_assigned_and_only_while_open() -> None:
    for state in State:
        facts = replace(FACTS, state=state)
        own = {n for n, a in WHO.items() if can_judge(a, AssessorKind.SELF, facts, STANDING)}
        lead = {n for n, a in WHO.items() if can_judge(a, AssessorKind.LEAD, facts, STANDING)}
        assert own == ({"subject"} if state is State.OPEN else set())
        assert lead == ({"lead"} if state is State.OPEN else set())
    handed_in = replace(FACTS, self_submitted=True)
    assert not can_judge(WHO["subject"], AssessorKind.SELF, handed_in, STANDING)
    without = replace(FACTS, self_assessment=False)
    assert not can_judge(WHO["subject"], AssessorKind.SELF, without, STANDING)


def test_self_and_lead_are_blind_to_each_other_until_both_are_in() -> None:
    lead, subject = WHO["lead"], WHO["subject"]
    assert can_read_self_assessment(subject, FACTS, STANDING)
    assert not can_read_self_assessment(lead, FACTS, STANDING)
    handed_in = replace(FACTS, self_submitted=True)
    assert not can_read_self_assessment(lead, handed_in, STANDING)
    assert can_read_self_assessment(lead, replace(handed_in, blind=False), STANDING)
    submitted = replace(handed_in, state=State.SUBMITTED)
    assert can_read_self_assessment(lead, submitted, STANDING)
    for state in (State.CANCELLED, State.SUSPENDED):
        ended = replace(handed_in, state=state)
        assert not can_read_self_assessment(lead, ended, STANDING), state
    assert not can_read_self_assessment(WHO["stranger"], submitted, STANDING)
    never = replace(submitted, self_submitted=False)
    assert not can_read_self_assessment(lead, never, STANDING)


def test_evidence_is_added_by_those_who_see_the_work_and_read_by_hr_too() -> None:
    adders = {n for n, a in WHO.items() if can_add_evidence(a, STANDING, leads=n == "lead")}
    assert adders == {"subject", "above", "lead"}
    readers = {n for n, a in WHO.items() if can_read_evidence(a, STANDING, assigned=n == "lead")}
    assert readers == adders | {"hr"}


def test_only_human_resources_open_cycles() -> None:
    assert {n for n, a in WHO.items() if can_open_cycle(a)} == {"hr", "hr of another site"}
