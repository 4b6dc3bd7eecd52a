"""Having single criteria of a closed result assessed anew: opening it, or asking for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from competency import clock
from competency.assessments.answering import answer_by
from competency.assessments.blueprint import blueprint
from competency.assessments.carrying import carried_from
from competency.assessments.permissions import can_answer_request, can_read_result, is_subject
from competency.assessments.presenters import level_kind, level_label
from competency.assessments.queries import Loaded, load
from competency.assessments.reassessments import ReassessmentPlan, check_base, reassess
from competency.assessments.requests import Wish, ask
from competency.audit.access import note_read
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.web.errors import worded
from competency.web.filters import day
from competency.web.permission import access, actor
from competency.web.transaction import read_again

DUE_DAYS = 30


@dataclass(frozen=True)
class CriterionChoice:
    """A criterion of the result that can be assessed anew, with where it stands and since when."""

    id: str
    number: str
    title: str
    label: str
    kind: str
    on: date


def _loaded(public_id: str) -> Loaded:
    """Return a result that the actor reads, and may ask or have assessed anew."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    if not can_read_result(me, loaded.facts, loaded.standing):
        raise NotFound
    if not (is_subject(me, loaded.facts) or can_answer_request(me, loaded.standing)):
        raise NotAllowed("Today's supervisor and human resources have criteria assessed anew.")
    return loaded


def _page(loaded: Loaded, error: str = "") -> str:
    """Return the page with the criteria to choose."""
    me, now = actor(), clock.now()
    framework, own = loaded.framework, is_subject(me, loaded.facts)
    found, place = carried_from(db.session, loaded.appraisal), numbers(framework)
    note_read(me, loaded.subject.id, f"appraisal {loaded.appraisal.public_id}")
    return render_template(
        "assessments/reassess.html",
        loaded=loaded,
        own=own,
        choices=[
            CriterionChoice(
                c.id,
                place[c.id],
                c.title,
                level_label(framework, c.id, found[c.id].level),
                level_kind(framework, c.id, found[c.id].level),
                date.fromisoformat(found[c.id].on),
            )
            for c in framework.criteria()
            if c.id in found
        ],
        chosen=request.form.getlist("criteria") or request.args.getlist("criteria"),
        due_on=request.form.get("due_on") or (me.today(now) + timedelta(days=DUE_DAYS)).isoformat(),
        answer_by=answer_by(db.session, loaded.subject.id, me.today(now)) if own else None,
        words=request.form.get("words", ""),
        error=error,
    )


@blueprint.get("/appraisals/<public_id>/criteria")
@access()
def criteria_anew(public_id: str) -> ResponseReturnValue:
    """Choose which criteria of a closed result are to be assessed anew."""
    loaded = _loaded(public_id)
    check_base(db.session, loaded.appraisal, loaded.framework.id)
    return _page(loaded)


@blueprint.post("/appraisals/<public_id>/criteria")
@access()
def open_criteria_anew(public_id: str) -> ResponseReturnValue:
    """Open the appraisal of the chosen criteria; whose result it is asks for it."""
    me, now = actor(), clock.now()
    loaded = _loaded(public_id)
    own = is_subject(me, loaded.facts)
    criteria = tuple(request.form.getlist("criteria"))
    words = request.form.get("words", "")
    try:
        if own:
            return _asked(loaded, criteria, words)
        opened = reassess(
            db.session,
            actor=me,
            now=now,
            public_id=public_id,
            plan=ReassessmentPlan(
                criteria,
                words,
                gettext("Single criteria, %(day)s", day=format_date(me.today(now))),
                _due_on(request.form.get("due_on", "")),
            ),
        ).public_id
    except (Invalid, IllegalTransition) as error:
        read_again()
        page = _page(_loaded(public_id), worded(error))
        return make_response(page, 422 if isinstance(error, Invalid) else 409)
    flash(gettext("The appraisal of these criteria is open. The others carry over."))
    return redirect(url_for("assessments.appraisal", public_id=opened))


def _asked(loaded: Loaded, criteria: tuple[str, ...], words: str) -> ResponseReturnValue:
    """Ask for it, as whose result it is."""
    if not criteria:
        raise Invalid("Choose at least one criterion.", "criteria")
    version = db.session.get_one(FrameworkVersion, loaded.appraisal.framework_version_id)
    wish = Wish(framework=version.public_id, words=words, criteria=criteria)
    made = ask(db.session, actor=actor(), now=clock.now(), wish=wish)
    flash(
        gettext(
            "You have asked. Your supervisor and human resources see it. You get an answer by "
            "%(day)s.",
            day=day(made.answer_by),
        )
    )
    return redirect(url_for("assessments.request_page", public_id=made.public_id))


def _due_on(raw: str) -> date:
    """Return the day that the form says; raise ``Invalid``."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Invalid("Say by when it is to be judged, as in 2026-03-31.", "due_on") from None
