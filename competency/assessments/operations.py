"""The steps of an appraisal: one function a step of the table in ``rules``.

Each loads the appraisal under its lock, checks permission, then state, then rules,
changes rows, records the event and flushes. The edge commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.approvals import is_waiting
from competency.assessments.certifying import (
    check_doubts,
    check_shortfalls,
    relied_on_only,
    without_doubted,
    write_confirmations,
    write_doubts,
)
from competency.assessments.evidence import (
    evidence_by_criterion,
    evidence_facts,
    freeze,
    keyed_facts,
)
from competency.assessments.evidence_rules import short_units
from competency.assessments.finding_queries import contradicted, findings_now
from competency.assessments.finding_steps import keep_findings
from competency.assessments.gate_facts import gated_facts
from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Assessor,
    EarlierLead,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.nodes import to_data
from competency.assessments.outcomes import outcome
from competency.assessments.permissions import may_take
from competency.assessments.queries import (
    Loaded,
    answers_of,
    drafts,
    judgements,
    load,
)
from competency.assessments.rounds import carry_over, start_over
from competency.assessments.rules import (
    DECIDED,
    deciding,
    flags,
    in_scope,
    is_drawn,
    is_in_time,
    missing_answers,
    missing_reasons,
    next_state,
    passes_without_review,
)
from competency.assessments.schema import (
    Action,
    Answer,
    AssessorKind,
    Confirmations,
    Facts,
    Flag,
    Mode,
    State,
)
from competency.assessments.session_ending import end_planned
from competency.assessments.session_queries import (
    has_examined,
    planned_left,
    session_results,
    superiors_of,
)
from competency.assessments.telling import (
    tell_hr_of_comment,
    tell_lead_of_return,
    tell_new_lead,
    tell_reviewers,
    tell_subject_of_opening,
    tell_subject_of_result,
)
from competency.audit.operations import record
from competency.clock import local_date
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, message_id
from competency.frameworks.queries import is_reading_confirmed
from competency.people.models import Employee
from competency.people.queries import actor_of, system_account
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

COMMENT_MAXIMUM = 4000
CALLED_OFF = message_id("The certification was cancelled.")


def begin(
    session: AnySession, actor: Actor, now: datetime, public_id: str, action: Action
) -> Loaded:
    """Load under the lock and check that the actor may take ``action`` now."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not may_take(actor, action, loaded.facts, loaded.standing):
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    next_state(loaded.appraisal.state, action, loaded.appraisal.resumes_to)
    return loaded


def step(
    session: AnySession,
    loaded: Loaded,
    *,
    actor: Actor,
    now: datetime,
    action: Action,
    comment: str = "",
) -> AppraisalStep:
    """Move the appraisal, append the step, record the event; return the step."""
    appraisal = loaded.appraisal
    if len(comment) > COMMENT_MAXIMUM:
        raise Invalid("A comment can have at most 4,000 characters.", "comment")
    source, left = appraisal.state, appraisal.resumes_to
    appraisal.state = next_state(source, action, left)
    appraisal.resumes_to = source if appraisal.state is State.SUSPENDED else None
    if appraisal.state not in DECIDED:
        appraisal.decided_at = appraisal.decided_by_id = None
    taken = AppraisalStep(
        appraisal_id=appraisal.id,
        subject_id=appraisal.subject_id,
        round=appraisal.round,
        action=action,
        source=source,
        target=appraisal.state,
        actor_id=actor.account_id,
        taken_at=now,
        comment=comment.strip() or None,
    )
    session.add(taken)
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"appraisal.{action}",
        subject_kind="appraisal",
        subject=appraisal.public_id,
        data={"round": appraisal.round, "from": source.value, "to": appraisal.state.value},
    )
    return taken


def open_appraisal(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Open a planned appraisal for its assessors."""
    loaded = begin(session, actor, now, public_id, Action.OPEN)
    step(session, loaded, actor=actor, now=now, action=Action.OPEN)
    tell_subject_of_opening(session, loaded, now)


def require_complete(
    loaded: Loaded, kind: AssessorKind, answers: dict[str, Answer], *, reasons: bool = True
) -> None:
    """Raise ``Incomplete`` with every criterion that lacks an answer or its reason.

    Without ``reasons`` an answer is enough.
    """
    asked = loaded.asked_of(kind)
    missing = missing_answers(loaded.framework, asked, answers)
    if missing:
        raise Incomplete(
            "Not every criterion has an answer yet: %(count)s missing.",
            missing,
            count=len(missing),
        )
    silent = missing_reasons(loaded.framework, asked, answers) if reasons else ()
    if silent:
        raise Incomplete(
            "A criterion that is not met or not judged needs a reason: %(count)s without one.",
            silent,
            count=len(silent),
        )


def write_judgements(
    session: AnySession,
    loaded: Loaded,
    assessor: Assessor,
    answers: dict[str, Answer],
    *,
    turn: int,
    now: datetime,
) -> None:
    """Append one judgement row for each criterion in scope that has an answer."""
    appraisal = loaded.appraisal
    session.add_all(
        Judgement(
            appraisal_id=appraisal.id,
            round=appraisal.round,
            turn=turn,
            assessor_id=assessor.id,
            subject_id=appraisal.subject_id,
            employee_id=assessor.employee_id,
            kind=assessor.kind,
            criterion_id=criterion_id,
            level=answers[criterion_id].level,
            excused=answers[criterion_id].excused,
            reason=answers[criterion_id].note.strip() or None,
            judged_at=now,
        )
        for criterion_id in in_scope(loaded.framework, loaded.scope)
        if criterion_id in answers
    )
    assessor.submitted_at = now
    session.flush()


def hand_in_self_assessment(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> None:
    """Turn the subject's drafts into judgements; they can't be changed after."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    assessor = loaded.assessor(AssessorKind.SELF)
    if assessor is None or assessor.employee_id != actor.employee_id:
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    if loaded.appraisal.state is not State.OPEN or assessor.submitted_at is not None:
        raise IllegalTransition(
            "This self-assessment was handed in already, or the appraisal has moved on."
        )
    answers = answers_of(drafts(session, assessor))
    require_complete(loaded, AssessorKind.SELF, answers)
    write_judgements(session, loaded, assessor, answers, turn=0, now=now)
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="self_assessment.handed_in",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"round": loaded.appraisal.round},
    )


def submit(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    evidence_confirmed: bool = False,
    confirmations: Confirmations | None = None,
    comment: str = "",
) -> None:
    """Submit the lead's judgements: freeze them and their evidence, and flag for review.

    ``evidence_confirmed`` is the one confirmation that what is relied on is valid,
    authentic, current and sufficient; it is required where any evidence is linked that
    ``confirmations`` say nothing against. A certification needs ``confirmations`` instead:
    of each evidence, and why less than a criterion or a unit asks for suffices.
    Raises ``Incomplete`` and changes nothing while anything is missing. Where the
    cycle asks for no review the system passes it on at once, recorded as such.
    """
    loaded = begin(session, actor, now, public_id, Action.SUBMIT)
    appraisal, lead = loaded.appraisal, loaded.assessor(AssessorKind.LEAD)
    if lead is None:
        raise IllegalTransition("This appraisal has no lead assessor; ask human resources.")
    answers = answers_of(drafts(session, lead))
    require_complete(loaded, AssessorKind.LEAD, answers)
    linked = evidence_by_criterion(
        session,
        appraisal.subject_id,
        loaded.framework.id,
        reader=actor.employee_id,
        lock=True,
    )
    linked = {i: found for i, found in linked.items() if i in answers}
    said = confirmations or Confirmations()
    check_doubts(said)
    relied_on = without_doubted(linked, said)
    if appraisal.mode is Mode.CERTIFICATION:
        if planned_left(session, appraisal.id):
            raise Invalid("A test of this certification is still planned: hold or cancel it first.")
        relied_on = relied_on_only(linked, said)
    elif relied_on and not evidence_confirmed:
        raise Invalid(
            "Confirm that the evidence you rely on is valid, authentic, current and sufficient.",
            "evidence_confirmed",
        )
    own = judgements(session, loaded).get(AssessorKind.SELF)
    measured = findings_now(session, loaded, now, loaded.judged_anew)
    levels = {i: None if answer.excused else answer.level for i, answer in answers.items()}
    flagged = flags(
        loaded.framework,
        lead=answers,
        own=None if own is None else {i: Answer(i, j.level, j.excused) for i, j in own.items()},
        evidence={i: evidence_facts(found) for i, found in relied_on.items()},
        as_of=actor.today(now),
        self_assessment=loaded.cycle.self_assessment,
        short_units=short_units(
            loaded.framework,
            frozenset(i for i, answer in answers.items() if not answer.excused),
            keyed_facts(relied_on),
            actor.today(now),
            appraisal.mode,
        ),
        contradicted=contradicted(loaded.framework, measured, levels),
    )
    short = (*flagged.get(Flag.EVIDENCE_SHORTFALL, ()), *flagged.get(Flag.UNIT_SHORTFALL, ()))
    if appraisal.mode is Mode.CERTIFICATION:
        check_shortfalls(short, said)
    appraisal.turn += 1
    if appraisal.mode is Mode.CERTIFICATION:
        write_confirmations(session, appraisal, relied_on, short, said, now)
    appraisal.flags = {flag.value: list(criteria) for flag, criteria in flagged.items()}
    appraisal.submitted_at = now
    write_judgements(session, loaded, lead, answers, turn=appraisal.turn, now=now)
    write_doubts(session, appraisal, linked, said)
    freeze(session, appraisal, relied_on, now)
    keep_findings(session, loaded, measured, actor=actor, now=now)
    if loaded.judged_anew is not None:
        carry_over(session, loaded, lead)
    step(session, loaded, actor=actor, now=now, action=Action.SUBMIT, comment=comment)
    facts = loaded.facts
    is_passed = passes_without_review(replace(facts, flagged=bool(appraisal.flags)))
    if is_passed and not is_waiting(session, loaded):
        system = actor_of(session, system_account(session))
        _decide(session, loaded, actor=system, now=now)
        step(session, loaded, actor=system, now=now, action=Action.PASS)
    else:
        tell_reviewers(session, loaded, now)


def _decide(session: AnySession, loaded: Loaded, *, actor: Actor, now: datetime) -> None:
    """Compute the outcome of the standing judgements and store it with its explanation."""
    appraisal = loaded.appraisal
    standing_rows = judgements(session, loaded)

    def answers(kind: AssessorKind) -> dict[str, Answer]:
        rows = standing_rows.get(kind, {})
        return {i: Answer(i, j.level, j.excused) for i, j in rows.items()}

    judged = deciding(answers(AssessorKind.LEAD), answers(AssessorKind.REVIEW))
    framework = loaded.framework
    confirmed = is_reading_confirmed(session, framework, appraisal.framework_version_id)
    tests = session_results(session, loaded)
    facts = Facts(judged, loaded.scope, reading_confirmed=confirmed, tests=tests)
    node = outcome(framework, gated_facts(session, loaded, facts, now))
    session.add(
        OutcomeRecord(
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            round=appraisal.round,
            turn=appraisal.turn,
            result=node.result,
            tree=to_data(node),
            decided_at=now,
        )
    )
    appraisal.decided_at, appraisal.decided_by_id = now, actor.account_id


def take(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Take a submitted appraisal into review."""
    loaded = begin(session, actor, now, public_id, Action.TAKE)
    earlier = actor.employee_id and session.get(
        EarlierLead, (loaded.appraisal.id, actor.employee_id)
    )
    mine = [a for a in loaded.assessors if a.employee_id == actor.employee_id]
    if earlier or any(a.kind is not AssessorKind.REVIEW for a in mine):
        raise NotAllowed("An assessor of an appraisal cannot review it.")
    if has_examined(session, loaded.appraisal.id, actor.employee_id):
        raise NotAllowed("Who examined in a test of a certification cannot review it.")
    loaded.appraisal.reviewer_id = actor.employee_id
    if not mine:
        session.add(
            Assessor(
                appraisal_id=loaded.appraisal.id,
                subject_id=loaded.appraisal.subject_id,
                round=loaded.appraisal.round,
                kind=AssessorKind.REVIEW,
                employee_id=actor.employee_id,
            )
        )
    step(session, loaded, actor=actor, now=now, action=Action.TAKE)


def return_for_rework(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, comment: str
) -> None:
    """Give a reviewed appraisal back to its lead, saying why; the drafts are theirs again."""
    loaded = begin(session, actor, now, public_id, Action.RETURN)
    if not comment.strip():
        raise Invalid("Say what should be looked at again.", "comment")
    start_over(session, loaded)
    step(session, loaded, actor=actor, now=now, action=Action.RETURN, comment=comment)
    tell_lead_of_return(session, loaded, now)


def approve(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, comment: str = ""
) -> None:
    """Approve, with the levels that review changed, each with its reason; decide the outcome."""
    loaded = begin(session, actor, now, public_id, Action.APPROVE)
    review = loaded.assessor(AssessorKind.REVIEW)
    if review is None:
        raise IllegalTransition("Take the review first.")
    lead_rows = judgements(session, loaded)[AssessorKind.LEAD]
    written = answers_of(drafts(session, review))
    unfinished = [i for i, a in written.items() if a.level is None and not a.excused]
    if unfinished:
        raise Incomplete(
            "Each change of the review needs a level. Choose it, or clear the change:",
            unfinished,
        )
    changed = {
        i: answer
        for i, answer in written.items()
        if (answer.level, answer.excused) != (lead_rows[i].level, lead_rows[i].excused)
    }
    silent = [i for i, answer in changed.items() if not answer.note.strip()]
    if silent:
        raise Incomplete("Each level that review changes needs a reason:", silent)
    turn = loaded.appraisal.turn
    write_judgements(session, loaded, review, changed, turn=turn, now=now)
    _decide(session, loaded, actor=actor, now=now)
    step(session, loaded, actor=actor, now=now, action=Action.APPROVE, comment=comment)


def approve_unflagged(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Take a submitted appraisal that nothing flagged nor chance drew, and approve it as it is."""
    loaded = begin(session, actor, now, public_id, Action.TAKE)
    if loaded.appraisal.mode is Mode.CERTIFICATION:
        raise IllegalTransition("This is a certification: look at it by itself.")
    if loaded.appraisal.flags:
        raise IllegalTransition("This appraisal is flagged: look at it by itself.")
    if is_drawn(public_id, loaded.cycle.single_review_percent):
        raise IllegalTransition("This appraisal was drawn by chance: look at it by itself.")
    take(session, actor=actor, now=now, public_id=public_id)
    approve(session, actor=actor, now=now, public_id=public_id)


def release(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Show the result to the employee; the days to contest start to run at their site."""
    loaded = begin(session, actor, now, public_id, Action.RELEASE)
    appraisal = loaded.appraisal
    appraisal.released_at = now
    day = local_date(now, loaded.time_zone)
    appraisal.contest_until = day + timedelta(days=loaded.cycle.contest_days)
    step(session, loaded, actor=actor, now=now, action=Action.RELEASE)
    tell_subject_of_result(session, loaded, now)


def acknowledge(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, comment: str = ""
) -> None:
    """Close: the employee has seen the result, which is not agreeing.

    The comment is printed in the report: ``Invalid`` for a sign that no document has.
    """
    check_printable(comment, "comment")
    loaded = begin(session, actor, now, public_id, Action.ACKNOWLEDGE)
    loaded.appraisal.closed_at = now
    step(session, loaded, actor=actor, now=now, action=Action.ACKNOWLEDGE, comment=comment)
    if comment.strip():
        tell_hr_of_comment(session, loaded, now)


def lapse(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Close a released appraisal whose days have passed, recorded as not acknowledged."""
    loaded = begin(session, actor, now, public_id, Action.LAPSE)
    appraisal = loaded.appraisal
    today = local_date(now, loaded.time_zone)
    if appraisal.contest_until is None or is_in_time(appraisal.contest_until, today):
        raise IllegalTransition("The employee's days to answer have not passed yet.")
    appraisal.closed_at = now
    step(session, loaded, actor=actor, now=now, action=Action.LAPSE)


def cancel(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Cancel an appraisal that was not decided; what was written stays.

    The planned sessions of a certification are cancelled with it, and who waits is told.
    """
    loaded = begin(session, actor, now, public_id, Action.CANCEL)
    if not reason.strip():
        raise Invalid("Say why the appraisal is cancelled.", "comment")
    end_planned(session, loaded, actor=actor, now=now, said=CALLED_OFF, reason="cancelled")
    step(session, loaded, actor=actor, now=now, action=Action.CANCEL, comment=reason)


def reassign_lead(
    session: AnySession, *, actor: Actor, now: datetime, appraisal: Appraisal, lead_id: int
) -> None:
    """Hand an unfinished appraisal over to another lead, drafts included.

    Who led it until now neither reviews nor attests it; who leads it from now on is told.
    """
    loaded = load(session, actor=actor, now=now, public_id=appraisal.public_id, lock=True)
    if not may_take(actor, Action.CANCEL, loaded.facts, loaded.standing):
        raise NotAllowed("Only human resources can hand an appraisal over.")
    if loaded.appraisal.state not in {State.PLANNED, State.OPEN}:
        raise IllegalTransition("Only an appraisal that is not submitted can be handed over.")
    if lead_id == loaded.appraisal.subject_id:
        raise Invalid("Nobody leads their own appraisal.", "lead")
    if lead_id in loaded.facts.involved:
        raise Invalid("Who had a part in an earlier round can't lead this one.", "lead")
    if loaded.appraisal.mode is Mode.CERTIFICATION and lead_id in superiors_of(
        session, loaded.appraisal.subject_id, actor.today(now)
    ):
        raise Invalid("A superior of the person can't assess their certification.", "lead")
    if loaded.appraisal.mode is Mode.CERTIFICATION and lead_id == actor.employee_id:
        raise Invalid("You can't name yourself as the assessor.", "lead")
    if loaded.facts.part_beside(lead_id) is not None:
        raise Invalid("Who judges it as a second or a peer can't lead it too.", "lead")
    before = session.get_one(Employee, loaded.appraisal.lead_id)
    after = session.get_one(Employee, lead_id)
    if session.get(EarlierLead, (loaded.appraisal.id, before.id)) is None:
        session.add(
            EarlierLead(
                appraisal_id=loaded.appraisal.id,
                employee_id=before.id,
                subject_id=loaded.appraisal.subject_id,
                handed_over_at=now,
            )
        )
    loaded.appraisal.lead_id = lead_id
    lead = loaded.assessor(AssessorKind.LEAD)
    if lead is not None:
        lead.employee_id = lead_id
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="appraisal.handed_over",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"from": before.public_id, "to": after.public_id},
    )
    tell_new_lead(session, loaded, actor, now)
