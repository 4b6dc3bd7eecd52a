"""Contesting a result, and deciding what is contested."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.contests import contest, is_open_to_contest, reassess, uphold
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.forms import comment_of
from competency.assessments.history import deciding_rows
from competency.assessments.permissions import can_take
from competency.assessments.presenters import ShownAnswer, shown_answer
from competency.assessments.queries import Loaded, load
from competency.assessments.result_presenters import answer_of
from competency.assessments.result_views import refused_step
from competency.assessments.rules import in_scope
from competency.assessments.schema import Action
from competency.audit.access import note_read
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@dataclass(frozen=True)
class Contestable:
    """One criterion of a result, with what was decided about it."""

    id: str
    number: str
    title: str
    answer: ShownAnswer


def _contestable(loaded: Loaded) -> list[tuple[str, str, list[Contestable]]]:
    """Return the judged criteria of a result, unit by unit: number, title, criteria."""
    framework, place = loaded.framework, numbers(loaded.framework)
    rows = deciding_rows(db.session, loaded.appraisal, loaded.appraisal.round)
    kept = in_scope(framework, loaded.scope)
    found = []
    for unit in framework.all_units():
        own = [
            Contestable(c.id, place[c.id], c.title, shown_answer(framework, answer_of(rows[c.id])))
            for c in unit.criteria
            if c.id in kept and c.id in rows
        ]
        if own:
            found.append((place[unit.id], unit.title, own))
    return found


def _page(loaded: Loaded, error: str = "") -> str:
    """Return the form, with what was sent to it."""
    note_read(actor(), loaded.appraisal.subject_id, f"appraisal {loaded.appraisal.public_id}")
    return render_template(
        "assessments/contest.html",
        title=gettext("Contest this result"),
        loaded=loaded,
        units=_contestable(loaded),
        ticked=set(request.form.getlist("criterion")),
        statement=comment_of(request.form),
        error=error,
    )


def _loaded(public_id: str) -> Loaded:
    """Return the appraisal for its subject while its result can be answered."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    if not can_take(me, Action.CONTEST, loaded.facts, loaded.standing):
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    return loaded


@blueprint.get("/appraisals/<public_id>/contest")
@access()
def before_contesting(public_id: str) -> ResponseReturnValue:
    """Ask what is contested and why; once the days have passed, lead back to the result."""
    loaded = _loaded(public_id)
    if not is_open_to_contest(loaded, clock.now()):
        flash(gettext("The last day on which this result could be contested has passed."), "error")
        return redirect(url_for("assessments.appraisal", public_id=public_id))
    return _page(loaded)


def _require_confirmed() -> None:
    """Raise ``Invalid`` unless it was confirmed that the result is contested."""
    if request.form.get("confirmed") != "yes":
        raise Invalid("Confirm that you contest the result.", "confirmed")


@blueprint.post("/appraisals/<public_id>/contest")
@access()
def contest_result(public_id: str) -> ResponseReturnValue:
    """Contest the criteria that were ticked."""
    me, now = actor(), clock.now()
    _loaded(public_id)
    try:
        _require_confirmed()
        contest(
            db.session,
            actor=me,
            now=now,
            public_id=public_id,
            statement=comment_of(request.form),
            criteria=request.form.getlist("criterion"),
        )
    except Invalid as error:
        read_again()
        return make_response(_page(_loaded(public_id), worded(error)), 422)
    flash(gettext("Your statement is with human resources and a reviewer who is new to it."))
    return redirect(url_for("assessments.appraisal", public_id=public_id))


@blueprint.post("/appraisals/<public_id>/uphold")
@access()
def uphold_result(public_id: str) -> ResponseReturnValue:
    """Let a contested result stand, saying why."""
    comment = comment_of(request.form)
    try:
        uphold(db.session, actor=actor(), now=clock.now(), public_id=public_id, comment=comment)
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("The result stands. The employee reads why."))
    return redirect(url_for("assessments.home"))


@blueprint.post("/appraisals/<public_id>/reassess")
@access()
def reassess_result(public_id: str) -> ResponseReturnValue:
    """Give what is contested to a new lead to judge anew."""
    me, now = actor(), clock.now()
    lead = active_by_number(db.session, me, now, request.form.get("lead", ""))
    try:
        reassess(
            db.session,
            actor=me,
            now=now,
            public_id=public_id,
            lead_id=lead.id if lead else None,
            comment=comment_of(request.form),
            second=request.form.get("second", ""),
        )
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("A new assessor judges what was contested."))
    return redirect(url_for("assessments.appraisal", public_id=public_id))
