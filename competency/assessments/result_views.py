"""What came of an appraisal, and the steps after a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.certifying import shortfall_reasons
from competency.assessments.evidence import frozen_by_criterion
from competency.assessments.forms import comment_of
from competency.assessments.history import (
    earlier_judgements,
    steps_with_names,
)
from competency.assessments.operations import acknowledge, cancel, release
from competency.assessments.outcomes import outcome
from competency.assessments.permissions import (
    can_read_evidence,
    can_read_result,
    can_take,
    is_subject,
    may_read_to_review,
)
from competency.assessments.presenters import Narrowed, narrowed
from competency.assessments.queries import Loaded, unconfirmed_version
from competency.assessments.result_presenters import (
    Basis,
    EarlierTurn,
    HistoryLine,
    Result,
    answers_by,
    earlier_turns,
    history,
    result,
)
from competency.assessments.result_queries import current_outcome, readable_judgements
from competency.assessments.rules import DECIDED, deciding, visible_state
from competency.assessments.schema import (
    Action,
    AssessorKind,
    Facts,
    Flag,
    Mode,
    VisibleState,
)
from competency.assessments.session_presenters import PartTests
from competency.assessments.session_views import panel_of, sessions_for
from competency.assessments.words import STATE_CHIPS, flag_label, own_state, state_label, title_of
from competency.audit.access import note_read
from competency.extensions import db
from competency.people.queries import names_of
from competency.web.permission import access, actor


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
    tests: tuple[PartTests, ...] = ()
    """The tests of a certification."""


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
    sessions = sessions_for(loaded)
    unconfirmed = unconfirmed_version(db.session, loaded)
    flags = {} if own else appraisal.flags
    if readable:
        evidence = frozen_by_criterion(db.session, appraisal)
        basis = Basis(standing, evidence, flags, shortfalls=shortfalls_of(loaded))
        node = current_outcome(db.session, loaded, standing, unconfirmed, sessions)
        shown = result(loaded.framework, loaded.scope, node, basis)
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
        narrowed=narrowed(loaded.framework, loaded.appraisal.scope_id, loaded.scope),
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
        tests=panel_of(loaded, sessions),
    )


def render_result(loaded: Loaded) -> str:
    """Return the result's page."""
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
    )


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
    cancel(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    flash(gettext("The appraisal is cancelled."))
    return _back(public_id)
