"""What came of an appraisal, and the steps after a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.approvals import Approval, approvals_of
from competency.assessments.beside_presenters import Beside
from competency.assessments.blueprint import blueprint
from competency.assessments.carrying import Base, base_of
from competency.assessments.certifying import remarks_of, shortfall_reasons
from competency.assessments.evidence import frozen_by_criterion
from competency.assessments.finding_presenters import kept_findings
from competency.assessments.forms import comment_of
from competency.assessments.further_steps import Further, further_steps
from competency.assessments.history import (
    earlier_judgements,
    steps_with_names,
)
from competency.assessments.nodes import shown_scope
from competency.assessments.operations import acknowledge, cancel, release
from competency.assessments.outcomes import outcome
from competency.assessments.permissions import (
    can_answer_request,
    can_propose_peers,
    can_read_evidence,
    can_read_result,
    can_see_assessors,
    can_take,
    is_subject,
    may_read_to_review,
    peers_can_answer,
)
from competency.assessments.presenters import Narrowed, narrowed
from competency.assessments.queries import Loaded, load, unconfirmed_version
from competency.assessments.result_presenters import (
    Basis,
    DoubtLine,
    EarlierTurn,
    HistoryLine,
    Result,
    answers_by,
    doubt_lines,
    earlier_turns,
    history,
    result,
)
from competency.assessments.result_queries import current_outcome, readable_judgements, shown_beside
from competency.assessments.rules import DECIDED, deciding, visible_state
from competency.assessments.schema import (
    Action,
    AssessorKind,
    Facts,
    Flag,
    Mode,
    State,
    VisibleState,
)
from competency.assessments.session_presenters import PartTests
from competency.assessments.session_views import panel_of, sessions_for
from competency.assessments.words import STATE_CHIPS, flag_label, own_state, state_label, title_of
from competency.audit.access import note_read
from competency.errors import Invalid
from competency.extensions import db
from competency.people.queries import names_of
from competency.web.errors import worded
from competency.web.filters import page_language
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@dataclass(frozen=True)
class ResultPage:
    """Everything that the result's template shows; ``result`` is ``None`` where unreadable."""

    loaded: Loaded
    state: VisibleState
    state_label: str
    chip: str
    lead_name: str
    reviewer_name: str
    is_subject: bool
    narrowed: Narrowed | None
    unconfirmed: str | None
    """The framework's version, where its inferred reading is not confirmed."""
    result: Result | None
    is_decided: bool
    own_only: Result | None
    reads_evidence: bool
    turns: tuple[EarlierTurn, ...]
    history: tuple[HistoryLine, ...]
    can_acknowledge: bool
    can_release: bool
    can_cancel: bool
    self_handed_in: datetime | None
    beside: Beside
    shows_assessors: bool
    """Whether the reader may open the page of who judges beside the lead."""
    tests: tuple[PartTests, ...] = ()
    """The tests of a certification."""
    base: Base | None = None
    """What it is a reassessment of, if it is one."""
    can_start_again: bool = False
    """Whether single criteria can be assessed anew, or asked for, from here."""
    approvals: tuple[Approval, ...] = ()
    """What the result waits for; the subject reads it with the result."""
    doubted: tuple[DoubtLine, ...] = ()
    """Evidence that the submission did not rely on."""
    relied_on_set_aside: int = 0
    """How many pieces of what it is about human resources have set aside since."""
    further: Further = field(default_factory=Further)


def shortfalls_of(loaded: Loaded) -> dict[str, str]:
    """Return how a certification's shortfalls of evidence were explained, by criterion."""
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        return {}
    return shortfall_reasons(db.session, loaded.appraisal)


def result_page(loaded: Loaded) -> ResultPage:
    """Gather the result's page for whoever is signed in."""
    me, appraisal = actor(), loaded.appraisal
    facts, place = loaded.facts, loaded.standing
    standing, rows = readable_judgements(db.session, me, loaded)
    readable, own = can_read_result(me, facts, place), is_subject(me, facts)
    reads_evidence = can_read_evidence(
        me,
        place,
        assigned=me.employee_id in {facts.lead_id, facts.reviewer_id},
        awaits_review=may_read_to_review(me, facts, place),
    )
    shown = own_only = None
    doubted: tuple[DoubtLine, ...] = ()
    relied_on_set_aside = 0
    about = loaded.scope
    sessions = sessions_for(loaded)
    unconfirmed = unconfirmed_version(db.session, loaded)
    flags = {} if own else appraisal.flags
    if readable:
        evidence = frozen_by_criterion(db.session, appraisal)
        remarks = remarks_of(db.session, appraisal)
        relied_on_set_aside = remarks.relied_on(evidence)
        doubted = doubt_lines(remarks.doubts, remarks.aside) if reads_evidence else ()
        shortfalls = shortfalls_of(loaded)
        basis = Basis(
            standing,
            evidence,
            flags,
            shortfalls=shortfalls,
            aside=remarks.aside,
            findings=kept_findings(
                loaded, answers_by(standing, AssessorKind.LEAD), page_language()
            ),
        )
        node = current_outcome(db.session, loaded, standing, unconfirmed, sessions, now=clock.now())
        shown, about = result(loaded.framework, about, node, basis), shown_scope(about, node)
    elif AssessorKind.SELF in standing:
        own_answers = deciding(answers_by(standing, AssessorKind.SELF), {})
        node = outcome(loaded.framework, Facts(judgements=own_answers, scope=loaded.scope))
        own_only = result(loaded.framework, loaded.scope, node, Basis(standing, {}, {}))
    steps = steps_with_names(db.session, appraisal) if readable or not own else []
    names = names_of(db.session, [appraisal.lead_id, appraisal.reviewer_id])
    note_read(me, appraisal.subject_id, f"appraisal {appraisal.public_id}")
    assessor = loaded.assessor(AssessorKind.SELF)
    handed_in = assessor.submitted_at if assessor else None
    state = visible_state(appraisal.state)
    label, chip = state_label(state), STATE_CHIPS[state]
    if own:
        label, chip = own_state(state, handed_in=handed_in is not None)
    return ResultPage(
        loaded=loaded,
        state=state,
        state_label=label,
        chip=chip,
        lead_name=names.get(appraisal.lead_id, ""),
        reviewer_name=names.get(appraisal.reviewer_id or 0, ""),
        is_subject=own,
        narrowed=narrowed(loaded.framework, loaded.appraisal.scope_id, about),
        unconfirmed=unconfirmed,
        result=shown,
        is_decided=appraisal.state in DECIDED,
        own_only=own_only,
        reads_evidence=reads_evidence,
        turns=() if own else earlier_turns(loaded.framework, earlier_judgements(rows, appraisal)),
        history=history(steps, for_subject=own),
        can_acknowledge=can_take(me, Action.ACKNOWLEDGE, facts, place),
        can_release=can_take(me, Action.RELEASE, facts, place),
        can_cancel=can_take(me, Action.CANCEL, facts, place),
        self_handed_in=handed_in,
        beside=shown_beside(db.session, me, loaded) if readable else Beside(),
        shows_assessors=can_see_assessors(me, facts, place)
        or (
            loaded.cycle.peers_maximum > 0
            and can_propose_peers(me, facts)
            and peers_can_answer(facts)
        ),
        tests=panel_of(loaded, sessions),
        base=base_of(db.session, appraisal),
        can_start_again=appraisal.state is State.CLOSED
        and appraisal.mode is Mode.APPRAISAL
        and (own or can_answer_request(me, place)),
        approvals=approvals_of(db.session, me, loaded) if readable or not own else (),
        doubted=doubted,
        relied_on_set_aside=relied_on_set_aside,
        further=further_steps(db.session, me, clock.now(), loaded),
    )


def render_result(loaded: Loaded, error: str = "") -> str:
    """Return the result's page; ``error`` says why a step was refused, whose words stay."""
    page = result_page(loaded)
    if page.is_subject:
        title = gettext("My appraisal")
    else:
        title = title_of(loaded.appraisal.mode, loaded.subject.printed_name)
    whole = [flag_label(Flag(code)) for code, ids in loaded.appraisal.flags.items() if not ids]
    return render_template(
        "assessments/result.html",
        page=page,
        title=title,
        whole_flags=[] if page.is_subject else whole,
        error=error,
        sent={request.endpoint: request.form},
    )


def refused_step(public_id: str, error: Invalid) -> ResponseReturnValue:
    """Say on the result's page why a step was refused; what was typed stays in its form."""
    read_again()
    loaded = load(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return make_response(render_result(loaded, worded(error)), 422)


def _back(public_id: str) -> ResponseReturnValue:
    """Return to the appraisal's page."""
    return redirect(url_for("assessments.appraisal", public_id=public_id))


@blueprint.post("/appraisals/<public_id>/acknowledge")
@access()
def acknowledge_appraisal(public_id: str) -> ResponseReturnValue:
    """Record that the employee has seen the result."""
    comment = comment_of(request.form)
    acknowledge(db.session, actor=actor(), now=clock.now(), public_id=public_id, comment=comment)
    flash(gettext("It is recorded that you have seen the result."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/release")
@access()
def release_appraisal(public_id: str) -> ResponseReturnValue:
    """Show the result to the employee."""
    release(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The result is released to the employee."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/cancel")
@access()
def cancel_appraisal(public_id: str) -> ResponseReturnValue:
    """Cancel an undecided appraisal, saying why."""
    reason = comment_of(request.form)
    try:
        cancel(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("The appraisal is cancelled."))
    return _back(public_id)
