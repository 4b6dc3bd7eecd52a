"""Who may do what to an appraisal and to evidence; pure.

Each function is one named decision on the actor, the appraisal's facts and where its
subject stands today. ``rules.TRANSITIONS`` names the relations that ``stands`` knows.
"""

from __future__ import annotations

from competency.assessments.rules import DECIDED, SHOWN_TO_SUBJECT, TRANSITIONS
from competency.assessments.schema import (
    Action,
    AppraisalFacts,
    AssessorKind,
    BesidePart,
    By,
    Mode,
    State,
)
from competency.frameworks.outcome_schema import Approver, Gate
from competency.people.permissions import holds, is_self, is_supervisor
from competency.people.schema import Actor, Role, Standing

BEFORE_SUBMISSION = frozenset({State.PLANNED, State.OPEN, State.SUSPENDED, State.CANCELLED})
"""The states in which nothing submitted is known to stand."""

AWAITING_REVIEW = frozenset({State.SUBMITTED, State.IN_REVIEW, State.CONTESTED})
"""The states in which a reviewer has something to decide."""

NOT_SUBMITTED = frozenset({State.PLANNED, State.OPEN})
"""The states in which the lead has submitted nothing that stands."""


def is_subject(actor: Actor, facts: AppraisalFacts) -> bool:
    """Return whether the appraisal is about the actor."""
    return actor.employee_id is not None and actor.employee_id == facts.subject_id


def is_lead(actor: Actor, facts: AppraisalFacts) -> bool:
    """Return whether the actor is its lead assessor."""
    return actor.employee_id is not None and actor.employee_id == facts.lead_id


def is_new_to(actor: Actor, facts: AppraisalFacts) -> bool:
    """Return whether the actor had no part that keeps them from deciding about it now."""
    return actor.employee_id not in facts.involved


def may_review(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Allow a reviewer in scope who is neither the subject nor an assessor of it.

    Who led it before it was handed over, or in an earlier round, was an assessor of it; so
    was who examined in one of its tests.
    """
    return (
        actor.employee_id is not None
        and holds(actor, Role.REVIEWER, standing)
        and not is_subject(actor, facts)
        and not is_lead(actor, facts)
        and actor.employee_id not in facts.judged_beside
        and actor.employee_id not in facts.led_or_examined
    )


def is_taking_reviewer(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether this actor has taken the review and still may."""
    return may_review(actor, facts, standing) and actor.employee_id == facts.reviewer_id


def may_read_to_review(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Whoever may review, while it waits for them or when they reviewed it themselves.

    What is contested waits for a reviewer who is new to it.
    """
    waits = facts.state in AWAITING_REVIEW and is_new_to(actor, facts)
    return may_review(actor, facts, standing) and (waits or actor.employee_id == facts.reviewer_id)


def is_hr(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Human resources in scope, never over themselves."""
    return holds(actor, Role.HR, standing) and not is_subject(actor, facts)


def stands(actor: Actor, by: By, facts: AppraisalFacts, standing: Standing) -> bool:  # noqa: PLR0911 - one a relation
    """Return whether the actor stands in the relation ``by`` to the appraisal."""
    match by:
        case By.HR:
            return is_hr(actor, facts, standing)
        case By.LEAD:
            return is_lead(actor, facts)
        case By.REVIEWER:
            return may_review(actor, facts, standing) and is_new_to(actor, facts)
        case By.TAKING_REVIEWER:
            return is_taking_reviewer(actor, facts, standing)
        case By.SUBJECT:
            return is_subject(actor, facts)
        case By.CANDIDATE:
            return is_subject(actor, facts) and facts.mode is Mode.CERTIFICATION
        case By.SYSTEM:
            return actor.is_system


def may_take(actor: Actor, action: Action, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor may take ``action``, in whatever state."""
    return any(stands(actor, by, facts, standing) for by in TRANSITIONS[action].by)


def can_take(actor: Actor, action: Action, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor may take ``action`` now, in the state that it is in."""
    return facts.state in TRANSITIONS[action].sources and may_take(actor, action, facts, standing)


def can_withdraw(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Allow the candidate of a certification that was never submitted.

    What came back from review, was reopened or is judged anew had a result already.
    """
    submitted = facts.turn > 0 or facts.round > 1
    return can_take(actor, Action.WITHDRAW, facts, standing) and not submitted


def can_approve_gate(actor: Actor, gate: Gate, facts: AppraisalFacts, standing: Standing) -> bool:
    """Whoever holds the role that a gate names, in scope; not the subject, nor the lead."""
    if is_lead(actor, facts):
        return False
    if gate.role is Approver.REVIEWER:
        return may_review(actor, facts, standing)
    return gate.role is Approver.HR and is_hr(actor, facts, standing)


def can_see_appraisal(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor may know that the appraisal exists."""
    return (
        is_subject(actor, facts)
        or is_lead(actor, facts)
        or is_supervisor(actor, standing)
        or may_read_to_review(actor, facts, standing)
        or is_hr(actor, facts, standing)
        or holds(actor, Role.AUDITOR, standing)
        or (holds(actor, Role.CERTIFIER, standing) and facts.state is State.CLOSED)
        or actor.is_system
    )


def can_read_result(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor reads judgements and outcome.

    The subject reads them once released; everybody else who sees the appraisal reads
    them once the lead has submitted, and who is asked to judge not before handing in.
    """
    if owes_judgement(actor, facts):
        return False
    if is_subject(actor, facts):
        return facts.state in SHOWN_TO_SUBJECT
    return facts.reached not in NOT_SUBMITTED and can_see_appraisal(actor, facts, standing)


def can_read_earlier_rounds(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor reads the rounds before this one.

    Whoever sees the appraisal does, the subject too, since those results were released;
    but the new lead only after submitting, so that they judge for themselves.
    """
    judges = is_lead(actor, facts) and facts.reached in NOT_SUBMITTED
    return facts.round > 1 and not judges and can_see_appraisal(actor, facts, standing)


def can_read_report(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Whoever reads the result may keep it as a paper, once it is decided: never a draft."""
    return facts.state in DECIDED and can_read_result(actor, facts, standing)


def can_judge(actor: Actor, kind: AssessorKind, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor may write drafts of ``kind`` now."""
    match kind:
        case AssessorKind.SELF:
            return (
                is_subject(actor, facts)
                and facts.state is State.OPEN
                and facts.self_assessment
                and not facts.self_submitted
            )
        case AssessorKind.LEAD:
            return is_lead(actor, facts) and facts.state is State.OPEN
        case AssessorKind.REVIEW:
            return facts.state is State.IN_REVIEW and is_taking_reviewer(actor, facts, standing)
        case AssessorKind.SECOND | AssessorKind.PEER:
            part = facts.part_beside(actor.employee_id)
            return part is not None and part.kind is kind and awaits(part, facts)


def awaits(part: BesidePart, facts: AppraisalFacts) -> bool:
    """Return whether a second or a peer can judge now.

    Peers until the lead first submits, so that what they said together never changes
    once it can be read. A second until it is decided; one of a drawn appraisal measures
    the assessors and decides nothing, so until the cycle closes.
    """
    if part.handed_in:
        return False
    if part.kind is AssessorKind.PEER:
        return peers_can_answer(facts)
    if part.drawn and facts.state in DECIDED:
        return not facts.cycle_closed
    return facts.state in {State.OPEN, State.SUBMITTED, State.IN_REVIEW}


def peers_can_answer(facts: AppraisalFacts) -> bool:
    """Return whether peers can still be asked and answer: until the lead first submits.

    Never in a later round: they said it once, and it stands beside that round too.
    """
    return facts.state is State.OPEN and facts.turn == 0 and facts.round == 1


def owes_judgement(actor: Actor, facts: AppraisalFacts) -> bool:
    """Return whether the actor is asked as second or peer and still judges.

    Until they have handed in they read nothing of what others judged, whatever else
    they may read.
    """
    part = facts.part_beside(actor.employee_id)
    return part is not None and awaits(part, facts)


def takes_part_beside(actor: Actor, facts: AppraisalFacts) -> bool:
    """Return whether the actor is a second or peer of this round.

    They open their own answers, and nothing else of the appraisal.
    """
    return facts.part_beside(actor.employee_id) is not None


def can_propose_peers(actor: Actor, facts: AppraisalFacts) -> bool:
    """Allow the subject and the lead."""
    return is_subject(actor, facts) or is_lead(actor, facts)


def can_choose_assessors(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Allow human resources in scope, who name seconds and answer for peers, but of others."""
    return is_hr(actor, facts, standing)


def can_see_assessors(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor reads who is asked beside the lead, never what a peer said.

    Human resources, who ask them, and auditors, who watch over that; not the subject.
    """
    return can_choose_assessors(actor, facts, standing) or (
        holds(actor, Role.AUDITOR, standing) and not is_subject(actor, facts)
    )


def can_read_drawn(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor reads what a second of a drawn appraisal said.

    It measures the assessors: the subject's result doesn't show it, nor does the lead's.
    """
    return not is_subject(actor, facts) and (
        can_see_assessors(actor, facts, standing) or may_read_to_review(actor, facts, standing)
    )


def can_read_self_assessment(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Return whether the actor reads the self-assessment.

    The subject always does; the others once it was handed in, and where the cycle is
    blind only after the lead has submitted too.
    """
    if is_subject(actor, facts):
        return True
    if owes_judgement(actor, facts):
        return False
    if not facts.self_submitted or not can_see_appraisal(actor, facts, standing):
        return False
    return not facts.blind or facts.state not in BEFORE_SUBMISSION


def can_add_evidence(actor: Actor, standing: Standing, *, leads: bool) -> bool:
    """Allow the employee, today's supervisor, and the lead of an open appraisal of theirs."""
    own = actor.employee_id is not None and actor.employee_id == standing.employee_id
    return own or leads or is_supervisor(actor, standing)


def can_read_evidence(
    actor: Actor,
    standing: Standing,
    *,
    assigned: bool,
    awaits_review: bool = False,
    scores_it: bool = False,
) -> bool:
    """Who may add it, who is assigned to an appraisal of the person, and HR in scope.

    And reviewers in scope, where a submission that awaits their review relies on it, and
    seconds, while they score an appraisal that it speaks to. Peers never do.
    """
    return (
        scores_it
        or can_add_evidence(actor, standing, leads=assigned)
        or holds(actor, Role.HR, standing)
        or (awaits_review and holds(actor, Role.REVIEWER, standing))
    )


def can_read_evidence_records(actor: Actor, standing: Standing) -> bool:
    """Allow auditors in scope who recorded what kind when, with hashes and links; of others.

    They read no words of it and no file.
    """
    return holds(actor, Role.AUDITOR, standing) and not is_self(actor, standing)


def can_quarantine(actor: Actor, standing: Standing) -> bool:
    """Human resources in scope set evidence aside and give it back, never their own."""
    return holds(actor, Role.HR, standing) and not is_self(actor, standing)


def can_unlink_evidence(actor: Actor, standing: Standing, *, may_add: bool, is_own: bool) -> bool:
    """Who added it, today's supervisor, and the lead of an open appraisal of theirs."""
    return is_own or (may_add and not is_self(actor, standing))


def can_open_cycle(actor: Actor) -> bool:
    """Human resources, over the people in their scope."""
    return actor.has(Role.HR)


def can_answer_request(actor: Actor, standing: Standing, mode: Mode = Mode.APPRAISAL) -> bool:
    """Today's supervisor, and human resources in scope; nobody answers their own.

    An application to be certified is answered by human resources, who name the assessor.
    """
    answers = mode is Mode.APPRAISAL and is_supervisor(actor, standing)
    return not is_self(actor, standing) and (answers or holds(actor, Role.HR, standing))


def can_see_request(actor: Actor, standing: Standing) -> bool:
    """Who asked, their supervisor, human resources and auditors in scope."""
    return (
        is_self(actor, standing)
        or can_answer_request(actor, standing)
        or holds(actor, Role.AUDITOR, standing)
    )


def can_choose_lead(actor: Actor, standing: Standing) -> bool:
    """Human resources choose who leads; a supervisor who accepts leads it themselves."""
    return holds(actor, Role.HR, standing)


def can_plan_session(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Human resources in scope and the lead plan the tests of a certification."""
    return is_hr(actor, facts, standing) or is_lead(actor, facts)


def can_move_session(
    actor: Actor, facts: AppraisalFacts, standing: Standing, *, examines: bool
) -> bool:
    """Who plans a session, and who examines in it, but never the person themselves."""
    return can_plan_session(actor, facts, standing) or can_record_session(
        actor, facts, examines=examines
    )


def can_record_session(actor: Actor, facts: AppraisalFacts, *, examines: bool) -> bool:
    """Only those who examine record what came of it, and nobody of themselves."""
    return examines and not is_subject(actor, facts)


def can_read_questions(
    actor: Actor, facts: AppraisalFacts, standing: Standing, *, examines: bool, is_candidate: bool
) -> bool:
    """Who plans and who examines a test read its questions, and no candidate does.

    Whoever is certified against the same framework (``is_candidate``) may be asked them.
    """
    return not is_candidate and (
        can_plan_session(actor, facts, standing)
        or can_record_session(actor, facts, examines=examines)
    )


def can_read_bank(actor: Actor, *, is_candidate: bool) -> bool:
    """Human resources over all, who publish banks, read them whole; no candidate does."""
    return actor.has_over_all(Role.HR) and not is_candidate


def can_read_marks(
    actor: Actor, facts: AppraisalFacts, standing: Standing, *, examines: bool
) -> bool:
    """Who records or plans a session, and who reads the result of its appraisal."""
    return (
        can_record_session(actor, facts, examines=examines)
        or can_plan_session(actor, facts, standing)
        or can_read_result(actor, facts, standing)
    )
