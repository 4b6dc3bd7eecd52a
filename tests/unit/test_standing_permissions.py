"""Who stands how to an appraisal after a contest, while suspended, and to what hangs on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from competency.assessments.permissions import (
    can_add_evidence,
    can_answer_request,
    can_choose_lead,
    can_judge,
    can_plan_session,
    can_read_earlier_rounds,
    can_read_evidence,
    can_read_marks,
    can_read_report,
    can_read_result,
    can_read_self_assessment,
    can_record_session,
    can_see_appraisal,
    can_see_request,
    can_take,
    is_hr,
    is_lead,
    is_new_to,
    is_subject,
    is_taking_reviewer,
    may_read_to_review,
    may_review,
    stands,
)
from competency.assessments.schema import Action, AppraisalFacts, AssessorKind, By, Mode, State
from competency.people.schema import Grant, Role, Standing
from tests.unit.test_permissions import FACTS, LEAD, REVIEWER, STANDING, SUBJECT, WHO, somebody

OTHER = somebody(40, Grant(Role.REVIEWER))
CONTESTED = replace(FACTS, state=State.CONTESTED, reviewer_id=REVIEWER)


def names(allowed: dict[str, bool]) -> set[str]:
    """Return who is allowed."""
    return {name for name, may in allowed.items() if may}


def test_whoever_had_a_part_upholds_nothing_and_goes_on_reading_what_they_reviewed() -> None:
    facts = replace(CONTESTED, involved=frozenset({LEAD, REVIEWER}))
    assert can_take(OTHER, Action.UPHOLD, facts, STANDING)
    assert not can_take(WHO["reviewer"], Action.UPHOLD, facts, STANDING)
    assert may_read_to_review(WHO["reviewer"], facts, STANDING)
    assert can_read_result(OTHER, facts, STANDING)
    involved = replace(facts, involved=frozenset({40}))
    assert not can_see_appraisal(OTHER, involved, STANDING)
    assert not is_new_to(OTHER, involved)
    assert is_new_to(OTHER, facts)


def test_nobody_of_an_earlier_round_takes_the_next() -> None:
    facts = replace(FACTS, state=State.SUBMITTED, round=2, involved=frozenset({REVIEWER}))
    assert can_take(OTHER, Action.TAKE, facts, STANDING)
    assert not can_take(WHO["reviewer"], Action.TAKE, facts, STANDING)
    assert not can_see_appraisal(WHO["reviewer"], facts, STANDING)


def test_an_account_of_nobody_stands_in_no_relation_but_a_role() -> None:
    nobody = somebody(None, Grant(Role.REVIEWER), Grant(Role.HR))
    facts = AppraisalFacts(State.SUBMITTED, SUBJECT, None)
    assert not is_subject(nobody, facts)
    assert not is_lead(nobody, facts)
    assert not may_review(nobody, facts, STANDING)
    assert not is_taking_reviewer(nobody, facts, STANDING)
    assert not can_add_evidence(nobody, Standing(SUBJECT), leads=False)
    assert is_hr(nobody, facts, STANDING)


@pytest.mark.parametrize("state", State)
def test_what_is_suspended_is_read_as_far_as_it_had_come(state: State) -> None:
    facts = replace(FACTS, state=State.SUSPENDED, resumes_to=state)
    assert facts.reached is state
    assert FACTS.reached is FACTS.state
    read = state not in {State.PLANNED, State.OPEN}
    assert can_read_result(WHO["hr"], facts, STANDING) is read


def test_earlier_rounds_are_read_by_all_who_see_it_but_the_lead_who_judges_anew() -> None:
    for state in State:
        facts = replace(FACTS, state=state, round=2)
        readers = names({n: can_read_earlier_rounds(a, facts, STANDING) for n, a in WHO.items()})
        seers = names({n: can_see_appraisal(a, facts, STANDING) for n, a in WHO.items()})
        blind = {"lead"} if state in {State.PLANNED, State.OPEN} else set()
        assert readers == seers - blind
        first = replace(facts, round=1)
        assert not any(can_read_earlier_rounds(a, first, STANDING) for a in WHO.values())


def test_a_report_is_of_what_is_decided_and_for_who_reads_the_result() -> None:
    decided = {State.APPROVED, State.RELEASED, State.CONTESTED, State.CLOSED}
    for state in State:
        facts = replace(FACTS, state=state)
        readers = names({n: can_read_report(a, facts, STANDING) for n, a in WHO.items()})
        expected = names({n: can_read_result(a, facts, STANDING) for n, a in WHO.items()})
        assert readers == (expected if state in decided else set())


def test_the_certifier_sees_what_is_closed_unless_it_is_their_own() -> None:
    closed = replace(FACTS, state=State.CLOSED)
    certifier = Grant(Role.CERTIFIER)
    assert can_see_appraisal(somebody(50, certifier), closed, STANDING)
    assert not can_see_appraisal(somebody(50, certifier), CONTESTED, STANDING)
    assert not can_see_appraisal(somebody(50), closed, STANDING)


def test_second_assessors_and_peers_write_nothing_here() -> None:
    for kind in (AssessorKind.SECOND, AssessorKind.PEER):
        assert not any(can_judge(a, kind, FACTS, STANDING) for a in WHO.values())


def test_the_review_writes_while_it_is_in_review_only() -> None:
    for state in State:
        facts = replace(FACTS, state=state, reviewer_id=REVIEWER)
        can = can_judge(WHO["reviewer"], AssessorKind.REVIEW, facts, STANDING)
        assert can is (state is State.IN_REVIEW)


def test_a_self_assessment_is_read_by_those_who_see_the_appraisal() -> None:
    handed_in = replace(FACTS, self_submitted=True, blind=False)
    readers = names({n: can_read_self_assessment(a, handed_in, STANDING) for n, a in WHO.items()})
    assert readers == names({n: can_see_appraisal(a, handed_in, STANDING) for n, a in WHO.items()})
    for state in (State.PLANNED, State.OPEN):
        facts = replace(handed_in, blind=True, state=state)
        assert not can_read_self_assessment(WHO["hr"], facts, STANDING)


def test_evidence_that_awaits_review_is_read_by_reviewers_in_scope() -> None:
    waits = names(
        {
            n: can_read_evidence(a, STANDING, assigned=False, awaits_review=True)
            for n, a in WHO.items()
        }
    )
    assert waits == {"subject", "above", "hr", "reviewer"}
    assert not can_read_evidence(WHO["reviewer"], STANDING, assigned=False)


def test_requests_are_answered_by_those_above_and_never_by_oneself() -> None:
    answerers = names({n: can_answer_request(a, STANDING) for n, a in WHO.items()})
    assert answerers == {"above", "hr"}
    own = somebody(SUBJECT, Grant(Role.HR))
    assert not can_answer_request(own, STANDING)
    seers = names({n: can_see_request(a, STANDING) for n, a in WHO.items()})
    assert seers == {"above", "hr", "subject", "auditor"}
    assert names({n: can_choose_lead(a, STANDING) for n, a in WHO.items()}) == {"hr"}


def test_tests_are_planned_by_hr_and_lead_and_recorded_by_those_who_examine() -> None:
    planners = names({n: can_plan_session(a, FACTS, STANDING) for n, a in WHO.items()})
    assert planners == {"hr", "lead"}
    assert can_record_session(WHO["stranger"], FACTS, examines=True)
    assert not can_record_session(WHO["stranger"], FACTS, examines=False)
    assert not can_record_session(WHO["subject"], FACTS, examines=True)
    marks = names({n: can_read_marks(a, FACTS, STANDING, examines=False) for n, a in WHO.items()})
    assert marks == {"hr", "lead"}
    assert can_read_marks(WHO["stranger"], FACTS, STANDING, examines=True)
    closed = replace(FACTS, state=State.CLOSED)
    assert can_read_marks(WHO["subject"], closed, STANDING, examines=False)


def test_each_relation_is_of_one_person_only() -> None:
    facts = replace(FACTS, reviewer_id=REVIEWER)
    found = {by: names({n: stands(a, by, facts, STANDING) for n, a in WHO.items()}) for by in By}
    assert found == {
        By.HR: {"hr"},
        By.LEAD: {"lead"},
        By.REVIEWER: {"reviewer"},
        By.TAKING_REVIEWER: {"reviewer"},
        By.SUBJECT: {"subject"},
        By.CANDIDATE: set(),
        By.SYSTEM: {"system"},
    }
    certified = replace(facts, mode=Mode.CERTIFICATION)
    candidates = names({n: stands(a, By.CANDIDATE, certified, STANDING) for n, a in WHO.items()})
    assert candidates == {"subject"}
