"""Observation forms: the list, one of them, and making the next version."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.errors import Conflict, Invalid
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_of, published_versions, version_by_public_id
from competency.observations.blueprint import blueprint
from competency.observations.form_operations import make_form, retire_form
from competency.observations.form_queries import (
    Form,
    channels_of,
    form_by_public_id,
    forms,
    load_form,
    observable_criteria,
)
from competency.observations.forms import form_input
from competency.observations.permissions import can_make_forms
from competency.observations.presenters import greeting
from competency.observations.schema import CAP_MAXIMUM, WEIGHT_MAXIMUM, NewForm
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again

CAP_FIRST = 50
"""What the page offers as the cap of a new form."""


@blueprint.get("/observation-forms")
@access()
def form_list() -> ResponseReturnValue:
    """List the forms: everybody may know on what contacts are observed."""
    return render_template(
        "observations/forms.html",
        forms=forms(db.session),
        may_make=can_make_forms(actor()),
    )


@blueprint.get("/observation-forms/<public_id>")
@access()
def form(public_id: str) -> ResponseReturnValue:
    """Show a version of a form."""
    found = load_form(db.session, form_by_public_id(db.session, public_id).id)
    script = found.script
    return render_template(
        "observations/form.html",
        form=found,
        numbers=numbers(found.framework),
        script=script,
        greeting=greeting(script) if script else (),
        may_make=can_make_forms(actor()),
    )


@blueprint.get("/observation-forms/new")
@access(Role.HR, over_all=True)
def new_form() -> ResponseReturnValue:
    """Ask for a framework first, then for the behaviours; or change a version of a form."""
    of = request.args.get("of")
    if of:
        earlier = load_form(db.session, form_by_public_id(db.session, of).id)
        framework_id = request.args.get("framework") or _version_of(earlier)
        return _form_page(framework_id, _as_new(earlier, framework_id), of)
    framework_id = request.args.get("framework", "")
    if not framework_id:
        return render_template(
            "observations/form_choose.html", versions=published_versions(db.session)
        )
    return _form_page(framework_id, NewForm(framework_id, "", (), CAP_FIRST), None)


def _version_of(form: Form) -> str:
    """Return the public id of the framework version that a form is made of."""
    versions = published_versions(db.session)
    return next(v.public_id for v in versions if v.id == form.row.framework_version_id)


def _as_new(form: Form, framework_id: str) -> NewForm:
    """Return what a version of a form holds, as the next one begins."""
    return NewForm(
        framework_id,
        form.row.title,
        form.items,
        form.row.cap_percent,
        form.row.channel or "",
        form.row.script_id or "",
    )


def _form_page(framework_id: str, new: NewForm, of: str | None, error: str = "") -> str:
    """Return the page on which a form is made, with what was sent to it."""
    framework = framework_of(db.session, version_by_public_id(db.session, framework_id).id)
    return render_template(
        "observations/form_new.html",
        title=gettext("Change a form") if of else gettext("Make a form"),
        framework=framework,
        numbers=numbers(framework),
        criteria=observable_criteria(framework, None),
        channels=channels_of(framework),
        new=new,
        chosen={item.criterion_id: item for item in new.items},
        of=of,
        weight_maximum=WEIGHT_MAXIMUM,
        cap_maximum=CAP_MAXIMUM,
        error=error,
    )


@blueprint.post("/observation-forms")
@access(Role.HR, over_all=True)
def add_form() -> ResponseReturnValue:
    """Make a form or its next version; what was refused is said on the page that was sent."""
    new, of = form_input(request.form), request.form.get("of") or None
    if not new.framework_public_id:
        return redirect(url_for("observations.new_form"))
    try:
        made = make_form(db.session, actor=actor(), now=clock.now(), new=new, of=of)
    except (Invalid, Conflict) as error:
        read_again()
        status = 409 if isinstance(error, Conflict) else 422
        return make_response(_form_page(new.framework_public_id, new, of, worded(error)), status)
    flash(gettext("The form is made. It can be used from now on."))
    return redirect(url_for("observations.form", public_id=made.public_id))


@blueprint.post("/observation-forms/<public_id>/retire")
@access(Role.HR, over_all=True)
def retire(public_id: str) -> ResponseReturnValue:
    """Use a form no more for new observations."""
    retire_form(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The form is retired. What was observed on it stays."))
    return redirect(url_for("observations.form", public_id=public_id))
