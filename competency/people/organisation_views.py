"""Pages of the organisation and its employers: what documents say of them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.people import organisation as operations
from competency.people.access_views import show_refusal, status_of
from competency.people.logos import MAXIMUM_BYTES, logo_from
from competency.people.models import Employer
from competency.people.permissions import can_change_structure
from competency.people.schema import Role
from competency.people.structure_forms import (
    EmployerForm,
    LogoForm,
    NewEmployerForm,
    OrganisationForm,
)
from competency.people.structure_queries import employers_seen, organisation_of
from competency.web.permission import access, actor
from competency.web.transaction import stages

organisation_pages = Blueprint("organisation", __name__, url_prefix="/organisation")

STRUCTURE_READERS = (Role.HR, Role.AUDITOR, Role.ADMIN)
LOGO_POLICY = "default-src 'none'; sandbox"


@cache
def time_zones() -> list[str]:
    """Return the time zones that pages propose: places, not abbreviations."""
    return sorted(
        name for name in available_timezones() if "/" in name and not name.startswith("Etc/")
    )


def require_change() -> None:
    """Raise ``NotAllowed`` unless the actor may change the whole structure."""
    if not can_change_structure(actor()):
        raise NotAllowed("Only human resources over everyone change the organisation's structure.")


def _employer(employer_id: str) -> Employer:
    """Return an employer that the actor may see; ``NotFound``."""
    seen = employers_seen(db.session, actor(), actor().today(clock.now()))
    for employer in seen:
        if employer.public_id == employer_id:
            return employer
    raise NotFound


@organisation_pages.get("/")
@access(*STRUCTURE_READERS)
def index() -> ResponseReturnValue:
    """Show what documents say of the organisation and its employers."""
    return render_template(
        "structure/index.html",
        organisation=organisation_of(db.session),
        employers=employers_seen(db.session, actor(), actor().today(clock.now())),
        may_change=can_change_structure(actor()),
    )


@organisation_pages.route("/change", methods=["GET", "POST"])
@access(Role.HR)
def change() -> ResponseReturnValue:
    """Change the organisation's name and colour."""
    require_change()
    organisation = organisation_of(db.session)
    form = OrganisationForm(obj=organisation)
    if form.validate_on_submit():
        try:
            operations.change_organisation(
                db.session,
                actor=actor(),
                now=clock.now(),
                organisation=organisation,
                name=form.name.data,
                accent_colour=form.accent_colour.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("organisation.index"))
    status = status_of(form)
    return render_template("structure/organisation.html", form=form), status


@organisation_pages.route("/employers/new", methods=["GET", "POST"])
@access(Role.HR)
def add_employer() -> ResponseReturnValue:
    """Add an employer."""
    require_change()
    form = NewEmployerForm()
    if form.validate_on_submit():
        try:
            employer = operations.add_employer(
                db.session,
                actor=actor(),
                now=clock.now(),
                organisation=organisation_of(db.session),
                code=form.code.data,
                country=form.country.data,
                details=form.details(),
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s was added.", name=employer.legal_name))
            return redirect(url_for("organisation.employer", employer_id=employer.public_id))
    status = status_of(form)
    return render_template("structure/employer_new.html", form=form, zones=time_zones()), status


@organisation_pages.route("/employers/<employer_id>", methods=["GET", "POST"])
@access(Role.HR)
def employer(employer_id: str) -> ResponseReturnValue:
    """Change what documents say of an employer."""
    found = _employer(employer_id)
    require_change()
    form = EmployerForm(obj=found)
    if form.validate_on_submit():
        try:
            operations.change_employer(
                db.session,
                actor=actor(),
                now=clock.now(),
                employer=found,
                details=form.details(),
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("organisation.index"))
    status = status_of(form)
    return _employer_page(found, form, LogoForm()), status


def _employer_page(found: Employer, form: EmployerForm, logo_form: LogoForm) -> str:
    """Return the page of an employer, with its logo."""
    return render_template(
        "structure/employer.html",
        employer=found,
        form=form,
        logo_form=logo_form,
        megabytes=MAXIMUM_BYTES // (1024 * 1024),
        zones=time_zones(),
    )


@organisation_pages.post("/employers/<employer_id>/logo")
@access(Role.HR)
@stages
def set_logo(employer_id: str) -> ResponseReturnValue:
    """Take a picture, draw it anew outside any transaction, and keep it as the logo."""
    found = _employer(employer_id)
    require_change()
    form = LogoForm()
    if form.validate_on_submit():
        content = form.logo.data.read(MAXIMUM_BYTES + 1)
        try:
            logo = logo_from(content)
        except Invalid as error:
            show_refusal(form, error)
        else:
            with unit_of_work(db.session):
                operations.set_logo(
                    db.session,
                    actor=actor(),
                    now=clock.now(),
                    employer=_employer(employer_id),
                    logo=logo,
                )
            flash(_("Documents made from now on carry this logo."))
            return redirect(url_for("organisation.employer", employer_id=employer_id))
    status = status_of(form)
    found = _employer(employer_id)
    return _employer_page(found, EmployerForm(formdata=None, obj=found), form), status


@organisation_pages.post("/employers/<employer_id>/logo/remove")
@access(Role.HR)
def remove_logo(employer_id: str) -> ResponseReturnValue:
    """Take the logo off documents made from now on."""
    operations.set_logo(
        db.session, actor=actor(), now=clock.now(), employer=_employer(employer_id), logo=None
    )
    flash(_("Documents made from now on carry no logo."))
    return redirect(url_for("organisation.employer", employer_id=employer_id))


@organisation_pages.get("/employers/<employer_id>/logo.png")
@access(*STRUCTURE_READERS)
def logo(employer_id: str) -> ResponseReturnValue:
    """Give the logo that we drew, as a picture for pages and otherwise as a download."""
    found = _employer(employer_id)
    if found.logo_png is None:
        raise NotFound
    return Response(
        found.logo_png,
        mimetype="image/png",
        headers={
            "Content-Disposition": "attachment; filename=logo.png",
            "Content-Security-Policy": LOGO_POLICY,
        },
    )
