"""Pages of the development plan, and its document."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.carrying import criteria_about
from competency.assessments.presenters import narrowed
from competency.assessments.queries import unconfirmed_version
from competency.assessments.rules import in_scope
from competency.audit.access import note_read
from competency.documents.finishing import finished
from competency.documents.plan import development_plan
from competency.errors import Conflict, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.progression import home, team
from competency.progression.forms import ActionForm
from competency.progression.models import PlanAction
from competency.progression.operations import (
    NOT_YOURS,
    add_action,
    change_action,
    owners_of,
    set_action_state,
)
from competency.progression.papers import action_state_label, kind_label, plan_facts
from competency.progression.queries import PlanView, plan_of
from competency.progression.schema import ActionKind, ActionState
from competency.web.errors import worded
from competency.web.filters import page_language
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import read_again
from competency.wording import Words

DEFAULT_DAYS = 90
VERSION_DIGITS = 9
_CONFLICT = 409

progression = Blueprint("progression", __name__)
blueprints = (progression,)
MODULES = (home, team)
"""Imported for what they add to the home page and to the page of a team."""


def _view(public_id: str) -> PlanView:
    """Return the plan that the actor may read, and note that somebody else read it."""
    view = plan_of(db.session, actor=actor(), now=clock.now(), appraisal_public_id=public_id)
    note_read(actor(), view.loaded.subject.id, "plan")
    return view


def _form(view: PlanView, action: PlanAction | None = None) -> ActionForm:
    """Return the form of an action with the plan's choices, filled where it has values."""
    words = Words(page_language())
    today = actor().today(clock.now())
    form = ActionForm(prefix=action.public_id if action else "new")
    gap_ids = [gap.criterion_id for gap in view.gaps]
    chosen = list(action.criteria) if action else []
    offered = dict.fromkeys([*gap_ids, *chosen]) or dict.fromkeys(
        in_scope(view.loaded.framework, view.loaded.scope)
    )
    framework = view.loaded.framework
    place = numbers(framework)
    form.criteria.choices = [(i, f"{place[i]} {framework.criterion(i).title}") for i in offered]
    form.kind.choices = [(kind.value, kind_label(kind, words)) for kind in ActionKind]
    owners = dict.fromkeys([*owners_of(view.loaded), *([action.owner_id] if action else [])])
    form.owner.choices = [(str(i), view.names.get(i, "")) for i in owners]
    if request.method == "GET":
        form.due_on.data = action.due_on if action else today + timedelta(days=DEFAULT_DAYS)
        if action is not None:
            form.criteria.data, form.kind.data = chosen, action.kind.value
            form.text.data, form.measure.data = action.text, action.measure
            form.owner.data, form.version.data = str(action.owner_id), str(action.version)
        elif request.args.get("criterion") in offered:
            form.criteria.data = [request.args["criterion"]]
    return form


def _page(view: PlanView, form: ActionForm, status: int = 200) -> ResponseReturnValue:
    """Return the plan's page with the form for a new action."""
    words, loaded = Words(page_language()), view.loaded
    page = render_template(
        "progression/plan.html",
        view=view,
        framework=loaded.framework,
        narrowed=narrowed(
            loaded.framework,
            loaded.appraisal.scope_id,
            criteria_about(db.session, loaded.appraisal),
        ),
        unconfirmed=unconfirmed_version(db.session, loaded),
        numbers=numbers(loaded.framework),
        appraisal=loaded.appraisal,
        form=form,
        kind_label=lambda kind: kind_label(kind, words),
        state_label=lambda state: action_state_label(state, words),
        states=ActionState,
    )
    return page, status


def _action_page(
    view: PlanView, action: PlanAction, form: ActionForm, status: int = 200
) -> ResponseReturnValue:
    """Return the form of one action; with 409, what somebody else saved stands above it."""
    page = render_template(
        "progression/action.html",
        view=view,
        action=action,
        form=form,
        saved=action if status == _CONFLICT else None,
        appraisal=view.loaded.appraisal,
        framework=view.loaded.framework,
    )
    return page, status


def _writable(public_id: str) -> PlanView:
    """Return the plan that the actor may write; ``NotAllowed`` for who only reads it."""
    view = _view(public_id)
    if not view.writable:
        raise NotAllowed(NOT_YOURS)
    return view


@progression.get("/appraisals/<public_id>/plan")
@access()
def plan(public_id: str) -> ResponseReturnValue:
    """Show the gaps, and what is done about them."""
    view = _view(public_id)
    return _page(view, _form(view))


@progression.get("/appraisals/<public_id>/plan.pdf")
@access()
def plan_file(public_id: str) -> ResponseReturnValue:
    """Give the plan as a document in the employee's language."""
    view = _view(public_id)
    facts = plan_facts(db.session, view, clock.now())
    db.session.rollback()
    content = finished(development_plan(facts), facts, facts.language)
    return pdf_answer(content, f"plan-{facts.reference}")


@progression.post("/appraisals/<public_id>/plan/actions")
@access()
def add(public_id: str) -> ResponseReturnValue:
    """Add an action."""
    view = _writable(public_id)
    form = _form(view)
    if not form.validate_on_submit():
        read_again()
        return _page(view, form, 422)
    try:
        add_action(
            db.session,
            actor=actor(),
            now=clock.now(),
            appraisal_public_id=public_id,
            details=form.details(),
        )
    except Invalid as error:
        read_again()
        form.refuse(error.field, worded(error))
        return _page(view, form, 422)
    flash(gettext("The action was added."))
    return redirect(url_for("progression.plan", public_id=public_id))


def _find(view: PlanView, action_id: str) -> PlanAction:
    """Return one of the plan's actions; another plan's id answers like a missing one."""
    for action in view.actions:
        if action.public_id == action_id:
            return action
    raise NotFound


@progression.get("/appraisals/<public_id>/plan/actions/<action_id>")
@access()
def edit(public_id: str, action_id: str) -> ResponseReturnValue:
    """Show the form of one action."""
    view = _writable(public_id)
    action = _find(view, action_id)
    return _action_page(view, action, _form(view, action))


@progression.post("/appraisals/<public_id>/plan/actions/<action_id>")
@access()
def change(public_id: str, action_id: str) -> ResponseReturnValue:
    """Change an action over the version that the page had."""
    view = _writable(public_id)
    action = _find(view, action_id)
    form = _form(view, action)
    if not form.validate_on_submit():
        read_again()
        return _action_page(view, action, form, 422)
    try:
        change_action(
            db.session,
            actor=actor(),
            now=clock.now(),
            appraisal_public_id=public_id,
            action_public_id=action_id,
            details=form.details(),
            version=_version(form.version.data),
        )
    except Invalid as error:
        read_again()
        form.refuse(error.field, worded(error))
        return _action_page(view, action, form, 422)
    except Conflict:
        read_again()
        form.version.data = str(action.version)
        return _action_page(view, action, form, 409)
    flash(gettext("The action was saved."))
    return redirect(url_for("progression.plan", public_id=public_id))


@progression.post("/appraisals/<public_id>/plan/actions/<action_id>/state")
@access()
def set_state(public_id: str, action_id: str) -> ResponseReturnValue:
    """Mark an action done or dropped, or open it again."""
    raw = request.form.get("state", "")
    if raw not in set(ActionState):
        raise Invalid("Choose one of the states shown.", "state")
    set_action_state(
        db.session,
        actor=actor(),
        now=clock.now(),
        appraisal_public_id=public_id,
        action_public_id=action_id,
        state=ActionState(raw),
        version=_version(request.form.get("version")),
    )
    flash(gettext("The action was saved."))
    return redirect(url_for("progression.plan", public_id=public_id))


def _version(raw: str | None) -> int:
    """Return the version that the page had; nonsense is none."""
    return int(raw) if raw is not None and raw.isdecimal() and len(raw) <= VERSION_DIGITS else 0
