"""Review: lead beside self, flags first, changes with a reason; return or approve."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.approvals import approvals_of
from competency.assessments.blueprint import blueprint
from competency.assessments.certifying import remarks_of
from competency.assessments.evidence import frozen_by_criterion
from competency.assessments.finding_presenters import kept_findings
from competency.assessments.forms import comment_of
from competency.assessments.further_steps import further_steps
from competency.assessments.history import earlier_judgements, steps_with_names
from competency.assessments.judging import clear_change
from competency.assessments.nodes import shown_scope
from competency.assessments.operations import approve, return_for_rework, take
from competency.assessments.permissions import can_judge
from competency.assessments.presenters import narrowed
from competency.assessments.queries import Loaded, drafts, load, unconfirmed_version
from competency.assessments.result_presenters import (
    Basis,
    answers_by,
    doubt_lines,
    earlier_turns,
    history,
    result,
)
from competency.assessments.result_queries import current_outcome, readable_judgements, shown_beside
from competency.assessments.result_views import shortfalls_of
from competency.assessments.schema import AssessorKind, Flag
from competency.assessments.session_views import panel_of, sessions_for
from competency.assessments.words import flag_label
from competency.audit.access import note_read
from competency.errors import Incomplete, Invalid
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.people.permissions import can_read_person
from competency.people.queries import names_of
from competency.web.errors import worded
from competency.web.filters import page_language
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def render_review(loaded: Loaded, error: str = "") -> str:
    """Return the review page; changes can be made once the review is taken.

    ``error`` says why a decision was refused; the comment sent with it stays in its form.
    """
    me, appraisal = actor(), loaded.appraisal
    standing, rows = readable_judgements(db.session, me, loaded)
    changes = drafts(db.session, loaded.assessor(AssessorKind.REVIEW))
    evidence = frozen_by_criterion(db.session, appraisal)
    remarks = remarks_of(db.session, appraisal)
    basis = Basis(
        standing,
        evidence,
        appraisal.flags,
        changes,
        shortfalls_of(loaded),
        remarks.aside,
        kept_findings(loaded, answers_by(standing, AssessorKind.LEAD), page_language()),
    )
    unconfirmed = unconfirmed_version(db.session, loaded)
    sessions = sessions_for(loaded)
    node = current_outcome(db.session, loaded, standing, unconfirmed, sessions, now=clock.now())
    shown = result(loaded.framework, loaded.scope, node, basis)
    flagged = {i for ids in appraisal.flags.values() for i in ids}
    names = names_of(db.session, [appraisal.lead_id])
    note_read(me, appraisal.subject_id, f"review of {appraisal.public_id}")
    return render_template(
        "assessments/review.html",
        title=gettext("Review of %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        result=shown,
        unconfirmed=unconfirmed,
        narrowed=narrowed(
            loaded.framework, loaded.appraisal.scope_id, shown_scope(loaded.scope, node)
        ),
        flagged=flagged,
        only_flagged=request.args.get("show") == "flagged",
        whole_flags=[flag_label(Flag(code)) for code, ids in appraisal.flags.items() if not ids],
        lead_name=names.get(appraisal.lead_id, ""),
        is_taken=can_judge(me, AssessorKind.REVIEW, loaded.facts, loaded.standing),
        turns=earlier_turns(loaded.framework, earlier_judgements(rows, appraisal)),
        history=history(steps_with_names(db.session, appraisal), for_subject=False),
        tests=panel_of(loaded, sessions),
        approvals=approvals_of(db.session, me, loaded),
        doubted=doubt_lines(remarks.doubts, remarks.aside),
        relied_on_set_aside=remarks.relied_on(evidence),
        beside=shown_beside(db.session, me, loaded),
        further=further_steps(db.session, me, clock.now(), loaded),
        reads_figures=can_read_person(me, loaded.standing),
        error=error,
        sent={request.endpoint: comment_of(request.form)},
    )


def _back(public_id: str, criterion_id: str | None = None) -> ResponseReturnValue:
    """Return to the appraisal's page, at one criterion where one is given."""
    anchor = None if criterion_id is None else f"c-{criterion_id}"
    return redirect(url_for("assessments.appraisal", public_id=public_id, _anchor=anchor))


def _refused(public_id: str, error: Incomplete | Invalid) -> ResponseReturnValue:
    """Say on the review's page what is missing, criterion by criterion.

    Without a comment nothing was typed that is not saved, so it leads back there; an
    answer to a form can't be reached again by the browser's way back.
    """
    read_again()
    loaded = load(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    place = numbers(loaded.framework)
    missing = error.missing if isinstance(error, Incomplete) else ()
    said = f"{worded(error)} {', '.join(place[i] for i in missing)}".rstrip()
    if comment_of(request.form):
        return make_response(render_review(loaded, said), 422)
    flash(said, "error")
    anchor = f"c-{missing[0]}" if missing else "decide"
    return redirect(url_for("assessments.appraisal", public_id=public_id, _anchor=anchor), 303)


@blueprint.post("/appraisals/<public_id>/take")
@access()
def take_review(public_id: str) -> ResponseReturnValue:
    """Take a submitted appraisal into review."""
    take(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("You have taken this review."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/return")
@access()
def return_review(public_id: str) -> ResponseReturnValue:
    """Give the appraisal back to its assessor, saying why."""
    try:
        return_for_rework(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            comment=comment_of(request.form),
        )
    except Invalid as error:
        return _refused(public_id, error)
    flash(gettext("The appraisal is back with its assessor."))
    return redirect(url_for("assessments.home"))


@blueprint.post("/appraisals/<public_id>/approve")
@access()
def approve_review(public_id: str) -> ResponseReturnValue:
    """Approve, with the changes that review made."""
    try:
        approve(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            comment=comment_of(request.form),
        )
    except (Incomplete, Invalid) as error:
        return _refused(public_id, error)
    flash(gettext("The appraisal is approved."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/drafts/<criterion_id>/clear")
@access()
def clear(public_id: str, criterion_id: str) -> ResponseReturnValue:
    """Take a review's change back: the assessor's judgement stands again."""
    clear_change(
        db.session,
        actor=actor(),
        now=clock.now(),
        public_id=public_id,
        criterion_id=criterion_id,
    )
    return _back(public_id, criterion_id)
