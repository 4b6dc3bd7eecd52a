"""Pages of one's own access: sign in and out, a first password, a new one."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from competency import clock
from competency.config import Config
from competency.errors import Invalid
from competency.extensions import db
from competency.people import access as operations
from competency.people import sign_in as steps
from competency.people.access_forms import CodeForm, PasswordForm, SignInForm
from competency.web import identity
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.security import safe_next
from competency.web.transaction import read_again, stages

access_pages = Blueprint("access", __name__)
REFUSED = 422
READERS = "audit.readers"


def _config() -> Config:
    """Return the settings of the running system."""
    config: Config = current_app.extensions["competency"]
    return config


def _address() -> str:
    """Return the address that the request came from."""
    return request.remote_addr or "unknown"


def show_refusal(form: FlaskForm, error: Invalid) -> None:
    """Undo what was begun, and put the refusal beside its field or above the form."""
    read_again()
    field = form[error.field] if error.field and error.field in form else None
    if field is None:
        form.form_errors.append(worded(error))
    else:
        field.errors = [*field.errors, worded(error)]


def status_of(form: FlaskForm) -> int:
    """Return the status of a form's page; one that was sent and refused only reads on."""
    if not form.is_submitted():
        return 200
    read_again()
    return REFUSED


def _demonstration() -> list[dict[str, str]]:
    """Return the sign-ins of a demonstration, for the buttons that fill the form."""
    if not _config().demo:
        return []
    password = current_app.extensions.get("competency_demo_password", "")
    return [
        {"number": number, "name": name, "role": _(role), "password": password}
        for number, name, role in current_app.extensions.get("competency_demo_accounts", [])
    ]


@access_pages.route("/sign-in", methods=["GET", "POST"])
@access(public=True)
@stages
def sign_in() -> ResponseReturnValue:
    """Sign in with employee number and password, and go where one was going."""
    there = safe_next(request.values.get("next")) or url_for("web.home")
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(there)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token, _account = steps.sign_in(
                db.session,
                now=clock.now(),
                employee_number=form.employee_number.data,
                password=form.password.data,
                address=_address(),
                hours=_config().session_hours,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            identity.begin(token)
            return redirect(there)
    page = render_template(
        "access/sign_in.html", form=form, there=there, demonstration=_demonstration()
    )
    return page, REFUSED if form.is_submitted() else 200


@access_pages.post("/sign-out")
@access()
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    operations.sign_out(db.session, actor=actor(), now=clock.now(), secret=current_user.get_id())
    identity.end()
    flash(_("You are signed out."))
    return redirect(url_for("access.sign_in"))


@access_pages.route("/code", methods=["GET", "POST"])
@access(public=True)
@stages
def code() -> ResponseReturnValue:
    """Set a password with a one-time code, and sign in."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            token, _account = steps.redeem_code(
                db.session,
                now=clock.now(),
                employee_number=form.employee_number.data,
                code=form.code.data,
                password=form.password.data,
                address=_address(),
                hours=_config().session_hours,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            identity.begin(token)
            flash(_("Your password is set."))
            return redirect(url_for("web.home"))
    page = render_template("access/code.html", form=form)
    return page, REFUSED if form.is_submitted() else 200


@access_pages.route("/account", methods=["GET", "POST"])
@access()
@stages
def own() -> ResponseReturnValue:
    """Show one's own account, and change the password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            token, _account = steps.replace_password(
                db.session,
                actor=actor(),
                now=clock.now(),
                current=form.current.data,
                password=form.password.data,
                address=_address(),
                hours=_config().session_hours,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            identity.begin(token)
            flash(_("Your password was changed. Every other browser was signed out."))
            return redirect(url_for("access.own"))
    page = render_template(
        "access/own.html",
        form=form,
        readers=url_for(READERS) if READERS in current_app.view_functions else None,
    )
    return page, REFUSED if form.is_submitted() else 200
