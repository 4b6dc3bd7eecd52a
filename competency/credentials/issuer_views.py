"""Pages of issuers: which employer issues under which number and which authorisation."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.credentials.forms import AuthorisationForm
from competency.credentials.issuer_queries import issuer_row, issuers, statutory_documents
from competency.credentials.issuers import authorise as record_authorisation
from competency.credentials.issuers import end_authorisation, ensure_issuer
from competency.credentials.models import Issuer
from competency.credentials.permissions import can_manage_issuers
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.people.models import Employer
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again

blueprint = Blueprint("issuers", __name__)
REFUSED = 422


@blueprint.get("/issuers")
@access(Role.ADMIN, Role.HR, Role.AUDITOR)
def index() -> ResponseReturnValue:
    """List the employers with their prefixes and what they may issue."""
    rows = issuers(db.session, actor=actor(), now=clock.now())
    return render_template("credentials/issuers.html", rows=rows)


@blueprint.get("/issuers/<public_id>")
@access(Role.ADMIN, Role.HR, Role.AUDITOR)
def show(public_id: str) -> ResponseReturnValue:
    """Show an employer's authorisations, those that ended too."""
    return _page(public_id, AuthorisationForm())


def _page(public_id: str, form: AuthorisationForm, error: str = "") -> str:
    """Return the page of an employer as issuer."""
    current = actor()
    row = issuer_row(db.session, actor=current, now=clock.now(), employer_public_id=public_id)
    known = statutory_documents(db.session)
    form.offer(known)
    return render_template(
        "credentials/issuer.html",
        row=row,
        form=form,
        error=error,
        documents={(one.slug, one.document): one for one in known},
        may_change=can_manage_issuers(current),
        today=clock.local_date(clock.now(), row.employer.time_zone),
    )


def _employer(public_id: str) -> Employer:
    """Return an employer; ``NotFound``."""
    found = db.session.scalar(sa.select(Employer).where(Employer.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def _refused(public_id: str, form: AuthorisationForm, error: str = "") -> ResponseReturnValue:
    """Undo what was begun, and show the page again with what is wrong."""
    read_again()
    return _page(public_id, form, error), REFUSED


@blueprint.post("/issuers/<public_id>")
@access(Role.ADMIN)
def add(public_id: str) -> ResponseReturnValue:
    """Let an employer issue internal attestations, with a prefix that never changes."""
    employer = _employer(public_id)
    try:
        ensure_issuer(
            db.session,
            actor=actor(),
            now=clock.now(),
            employer=employer,
            prefix=request.form.get("prefix", "").strip(),
        )
    except Invalid as error:
        return _refused(public_id, AuthorisationForm(formdata=None), worded(error))
    flash(gettext("%(employer)s can issue internal attestations.", employer=employer.legal_name))
    return redirect(url_for("issuers.show", public_id=public_id))


@blueprint.post("/issuers/<public_id>/authorisations")
@access(Role.ADMIN)
def authorise(public_id: str) -> ResponseReturnValue:
    """Record what an authority lets an employer issue."""
    employer = _employer(public_id)
    issuer = db.session.scalar(sa.select(Issuer).where(Issuer.employer_id == employer.id))
    if issuer is None:
        raise NotFound
    form = AuthorisationForm()
    form.offer(statutory_documents(db.session))
    if not form.validate():
        return _refused(public_id, form)
    try:
        record_authorisation(
            db.session, actor=actor(), now=clock.now(), issuer=issuer, new=form.value()
        )
    except Invalid as error:
        form[error.field or "number"].errors = [worded(error)]
        return _refused(public_id, form)
    flash(gettext("The authorisation is recorded."))
    return redirect(url_for("issuers.show", public_id=public_id))


@blueprint.post("/issuers/<public_id>/authorisations/<authorisation_id>/end")
@access(Role.ADMIN)
def end(public_id: str, authorisation_id: str) -> ResponseReturnValue:
    """End an authorisation before its time, with a reason."""
    _employer(public_id)
    try:
        end_authorisation(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=authorisation_id,
            ended_on=_day(request.form.get("ended_on", "")),
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        return _refused(public_id, AuthorisationForm(formdata=None), worded(error))
    flash(gettext("The authorisation is ended."))
    return redirect(url_for("issuers.show", public_id=public_id))


def _day(written: str) -> date:
    """Return the day of a field; raise ``Invalid``."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid("Say on which day it was, as in 2026-03-31.", "ended_on") from None
