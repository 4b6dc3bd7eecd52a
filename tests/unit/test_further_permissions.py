"""Who judges beside the lead, who approves a gate, and who reads what hangs on an appraisal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from competency.assessments.permissions import (
    awaits,
    can_approve_gate,
    can_choose_assessors,
    can_judge,
    can_move_session,
    can_propose_peers,
    can_quarantine,
    can_read_bank,
    can_read_drawn,
    can_read_evidence,
    can_read_evidence_records,
    can_read_questions,
    can_read_result,
    can_read_self_assessment,
    can_see_assessors,
    can_unlink_evidence,
    is_hr,
    may_review,
    owes_judgement,
    peers_can_answer,
    takes_part_beside,
)
from competency.assessments.schema import AppraisalFacts, AssessorKind, BesidePart, State
from competency.frameworks.outcome_schema import Approver, Gate, GateKind
from competency.kpis.permissions import can_read_team
from competency.people.schema import Actor, Grant, Role
from tests.unit.test_permissions import FACTS, LEAD, REVIEWER, STANDING, SUBJECT, WHO, somebody

BESIDE = 60
SECOND = BesidePart(BESIDE, AssessorKind.SECOND)
PEER = BesidePart(BESIDE, AssessorKind.PEER)
DRAWN = BesidePart(BESIDE, AssessorKind.SECOND, drawn=True)
DECIDED = {State.APPROVED, State.RELEASED, State.CONTESTED, State.CLOSED}
beside = somebody(BESIDE)


def who(may: Callable[[Actor], bool]) -> set[str]:
    """Return who of the cast may."""
    return {name for name, actor in WHO.items() if may(actor)}


def asked(part: BesidePart, **changes: Any) -> AppraisalFacts:  # noqa: ANN401 - fields of facts
    """Return the facts of an appraisal beside whose lead somebody is asked."""
    return replace(FACTS, beside=(part,), **changes)


@pytest.mark.parametrize("state", State)
def test_a_second_judges_until_it_is_decided_and_a_drawn_one_until_the_cycle_closes(
    state: State,
) -> None:
    undecided = state in {State.OPEN, State.SUBMITTED, State.IN_REVIEW}
    assert awaits(SECOND, asked(SECOND, state=state)) is undecided
    assert awaits(SECOND, asked(SECOND, state=state, turn=1, round=2)) is undecided
    assert awaits(DRAWN, asked(DRAWN, state=state)) is (undecided or state in DECIDED)
    assert awaits(DRAWN, asked(DRAWN, state=state, cycle_closed=True)) is undecided


@pytest.mark.parametrize("state", State)
def test_peers_answer_until_the_lead_first_submits(state: State) -> None:
    facts = asked(PEER, state=state)
    assert peers_can_answer(facts) is awaits(PEER, facts) is (state is State.OPEN)
    assert not peers_can_answer(replace(facts, turn=1))
    assert not peers_can_answer(replace(facts, round=2))


@pytest.mark.parametrize("part", [SECOND, PEER])
def test_who_is_asked_beside_writes_their_kind_until_they_hand_it_in(part: BesidePart) -> None:
    other = AssessorKind.PEER if part is SECOND else AssessorKind.SECOND
    facts = asked(part)
    assert takes_part_beside(beside, facts)
    assert owes_judgement(beside, facts)
    assert can_judge(beside, part.kind, facts, STANDING)
    assert not can_judge(beside, other, facts, STANDING)
    assert not can_judge(beside, part.kind, replace(facts, state=State.APPROVED), STANDING)
    assert not who(lambda a: takes_part_beside(a, facts) or owes_judgement(a, facts))
    done = asked(replace(part, handed_in=True))
    assert takes_part_beside(beside, done)
    assert not owes_judgement(beside, done)
    assert not can_judge(beside, part.kind, done, STANDING)


def test_who_owes_a_judgement_reads_nobody_else_s_whatever_their_role() -> None:
    hr = somebody(BESIDE, Grant(Role.HR))
    owing = asked(SECOND, state=State.SUBMITTED, self_submitted=True, blind=False)
    done = replace(owing, beside=(replace(SECOND, handed_in=True),))
    for read in (can_read_result, can_read_self_assessment):
        assert not read(hr, owing, STANDING)
        assert read(hr, done, STANDING)


@pytest.mark.parametrize(
    "barred",
    [
        replace(FACTS, state=State.SUBMITTED, judged_beside=frozenset({REVIEWER})),
        replace(FACTS, state=State.SUBMITTED, led_or_examined=frozenset({REVIEWER})),
    ],
)
def test_who_judged_beside_or_led_or_examined_does_not_review(barred: AppraisalFacts) -> None:
    assert may_review(WHO["reviewer"], replace(FACTS, state=State.SUBMITTED), STANDING)
    assert not may_review(WHO["reviewer"], barred, STANDING)


def gate(role: Approver | None) -> Gate:
    """Return a gate at which such a role approves."""
    return Gate(gate=GateKind.HUMAN_APPROVAL, role=role, id="voto", title="Voto")


def test_a_gate_is_approved_by_its_role_but_never_by_the_lead() -> None:
    def approvers(role: Approver | None, facts: AppraisalFacts = FACTS) -> set[str]:
        return who(lambda a: can_approve_gate(a, gate(role), facts, STANDING))

    assert approvers(Approver.HR) == {"hr"}
    assert approvers(Approver.REVIEWER) == {"reviewer"}
    assert approvers(None) == set()
    lead = somebody(LEAD, Grant(Role.HR), Grant(Role.REVIEWER))
    assert is_hr(lead, FACTS, STANDING)
    assert not can_approve_gate(lead, gate(Approver.HR), FACTS, STANDING)


def test_human_resources_choose_who_judges_beside_and_auditors_read_it_not_of_themselves() -> None:
    assert who(lambda a: can_choose_assessors(a, FACTS, STANDING)) == {"hr"}
    assert who(lambda a: can_propose_peers(a, FACTS)) == {"subject", "lead"}
    assert who(lambda a: can_see_assessors(a, FACTS, STANDING)) == {"hr", "auditor"}
    own = somebody(SUBJECT, Grant(Role.HR), Grant(Role.AUDITOR))
    assert not can_see_assessors(own, FACTS, STANDING)


def test_what_a_drawn_second_said_is_read_by_who_watches_or_reviews_not_by_the_subject() -> None:
    def readers(facts: AppraisalFacts) -> set[str]:
        return who(lambda a: can_read_drawn(a, facts, STANDING))

    assert readers(FACTS) == {"hr", "auditor"}
    assert readers(replace(FACTS, state=State.SUBMITTED)) == {"hr", "auditor", "reviewer"}


def test_evidence_is_read_by_who_scores_it_and_its_record_by_auditors_of_others() -> None:
    assert can_read_evidence(beside, STANDING, assigned=False, scores_it=True)
    assert not can_read_evidence(beside, STANDING, assigned=False)
    assert who(lambda a: can_read_evidence_records(a, STANDING)) == {"auditor"}
    assert who(lambda a: can_quarantine(a, STANDING)) == {"hr"}
    own = somebody(SUBJECT, Grant(Role.AUDITOR), Grant(Role.HR))
    assert not can_read_evidence_records(own, STANDING)
    assert not can_quarantine(own, STANDING)


@pytest.mark.parametrize(
    ("name", "may_add", "is_own", "may"),
    [
        ("above", True, False, True),
        ("above", False, False, False),
        ("stranger", False, True, True),
        ("subject", True, True, True),
        ("subject", True, False, False),
    ],
)
def test_evidence_is_unlinked_by_who_added_it_and_by_who_sees_the_work(
    name: str,
    may_add: bool,  # noqa: FBT001 - a case of the table above
    is_own: bool,  # noqa: FBT001 - the same
    may: bool,  # noqa: FBT001 - the same
) -> None:
    found = can_unlink_evidence(WHO[name], STANDING, may_add=may_add, is_own=is_own)
    assert found is may


def test_a_session_is_moved_by_who_plans_it_and_who_examines() -> None:
    assert who(lambda a: can_move_session(a, FACTS, STANDING, examines=False)) == {"hr", "lead"}
    assert can_move_session(WHO["stranger"], FACTS, STANDING, examines=True)
    assert not can_move_session(WHO["subject"], FACTS, STANDING, examines=True)


def test_questions_are_read_by_who_plans_or_examines_and_by_no_candidate() -> None:
    def readers(*, examines: bool, is_candidate: bool) -> set[str]:
        return who(
            lambda a: can_read_questions(
                a, FACTS, STANDING, examines=examines, is_candidate=is_candidate
            )
        )

    assert readers(examines=False, is_candidate=False) == {"hr", "lead"}
    assert readers(examines=True, is_candidate=False) == set(WHO) - {"subject"}
    assert readers(examines=True, is_candidate=True) == set()
    assert who(lambda a: can_read_bank(a, is_candidate=False)) == {"hr"}
    assert not who(lambda a: can_read_bank(a, is_candidate=True))


def test_a_team_is_read_by_who_leads_it_and_by_hr_and_auditors_over_them() -> None:
    assert who(lambda actor: can_read_team(actor, STANDING)) == {"subject", "hr", "auditor"}
