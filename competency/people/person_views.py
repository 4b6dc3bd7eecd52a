"""Pages of people: the list, one person, and what human resources change."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from competency import clock
from competency.audit.access import note_read
from competency.errors import Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.people import leaving, operations
from competency.people.absences import absences_of
from competency.people.access_views import show_refusal, status_of
from competency.people.forms import DetailsForm, LeaveForm, NewPersonForm
from competency.people.history import history
from competency.people.models import Campaign, Employer, Position, Site, Team
from competency.people.permissions import (
    can_create_person,
    can_invite,
    can_manage_person,
    can_read_person,
    is_self,
    is_supervisor,
)
from competency.people.queries import (
    ORDERS,
    PersonRow,
    direct_reports,
    employers,
    people,
    person,
    reports_to_read,
    sites,
    standing,
)
from competency.people.schema import Role, Standing
from competency.people.structure_queries import at
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

people_pages = Blueprint("people", __name__, url_prefix="/people")

PAGE_SIZE = 25
HANDOVER = "assessments.handover"
OTHER_ROOMS = (
    (lazy("Evidence"), "assessments.evidence_of"),
    (lazy("Imported levels"), "assessments.opening_levels"),
    (lazy("Figures"), "figures.person"),
)
"""Pages of other features about one person, by their endpoint; absent ones are left out."""

Row = TypeVar("Row", Campaign, Employer, Position, Site, Team)


def chosen(rows: list[Row], public_id: str | None) -> Row | None:
    """Return the row that a picker named, if any."""
    return next((row for row in rows if row.public_id == public_id), None)


def loaded(public_id: str) -> tuple[PersonRow, Standing]:
    """Return a person whom the actor may see, and where they stand; ``NotFound``."""
    today = actor().today(clock.now())
    row = person(db.session, public_id, today)
    where = standing(db.session, row.employee.id, today)
    if not can_read_person(actor(), where):
        raise NotFound
    return row, where


def managed(public_id: str) -> tuple[PersonRow, Standing]:
    """Return a person whose record the actor may change."""
    row, where = loaded(public_id)
    if not can_manage_person(actor(), where):
        raise NotAllowed("Only human resources can change a person's record, never their own.")
    return row, where


@people_pages.get("/")
@access()
def index() -> ResponseReturnValue:
    """List the people whom the actor may see."""
    today = actor().today(clock.now())
    every_site = sites(db.session)
    site = chosen(every_site, request.args.get("site"))
    order = request.args.get("order", "name")
    former = "former" in request.args
    search, page = request.args.get("search", "").strip(), page_number()
    rows, total = people(
        db.session,
        actor(),
        today,
        search=search,
        within=at(today, site_id=site.id) if site else None,
        with_former=former,
        order=order if order in ORDERS else "name",
        page=page,
        page_size=PAGE_SIZE,
    )
    return render_template(
        "people/index.html",
        rows=rows,
        part=Pager(page, PAGE_SIZE, total),
        sites=every_site,
        site=site,
        search=search,
        order=order,
        former=former,
        may_add=can_create_person(actor()),
        may_move=actor().has(Role.HR),
    )


@people_pages.get("/<public_id>")
@access()
def show(public_id: str) -> ResponseReturnValue:
    """Show where a person stands today, and how it came to that."""
    return person_page(public_id)


def person_page(public_id: str, error: str = "") -> str:
    """Return a person's page; ``error`` says why a leave was refused, what was typed stays."""
    row, where = loaded(public_id)
    today = actor().today(clock.now())
    note_read(actor(), row.employee.id, "person")
    may_manage = can_manage_person(actor(), where)
    may_read_work = may_manage or is_self(actor(), where) or is_supervisor(actor(), where)
    may_see_private = may_manage or is_self(actor(), where)
    return render_template(
        "people/show.html",
        row=row,
        absences=absences_of(db.session, row.employee.id) if may_see_private else [],
        error=error,
        typed=request.form,
        past=history(db.session, row.employee.id),
        reports=reports_to_read(db.session, actor(), row.employee.id, today),
        may_manage=may_manage,
        may_invite=can_invite(actor(), where),
        may_see_private=may_see_private,
        rooms=may_read_work
        and [
            (label, url_for(endpoint, public_id=public_id))
            for label, endpoint in OTHER_ROOMS
            if endpoint in current_app.view_functions
        ],
    )


@people_pages.route("/new", methods=["GET", "POST"])
@access(Role.HR)
def add() -> ResponseReturnValue:
    """Add a person, and go on to where they work."""
    if not can_create_person(actor()):
        raise NotAllowed("Only human resources can add people.")
    every_employer = employers(db.session)
    form = NewPersonForm(document_language=every_employer[0].language if every_employer else None)
    form.offer(every_employer)
    employer = chosen(every_employer, form.employer.data)
    if form.validate_on_submit() and employer is not None:
        try:
            employee = operations.add_employee(
                db.session,
                actor=actor(),
                now=clock.now(),
                employer=employer,
                employee_number=form.employee_number.data,
                names=form.names(),
                hired_on=form.hired_on.data,
                national_id=form.national_id.data,
                email=form.email.data,
                document_language=form.document_language.data,
                weekly_hours=form.weekly_hours.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s was added.", name=employee.printed_name))
            return redirect(url_for("people.move", public_id=employee.public_id))
    status = status_of(form)
    page = render_template("people/new.html", form=form)
    return page, status


@people_pages.route("/<public_id>/details", methods=["GET", "POST"])
@access(Role.HR)
def details(public_id: str) -> ResponseReturnValue:
    """Change a person's own data."""
    row, _where = managed(public_id)
    form = DetailsForm(obj=row.employee)
    if form.validate_on_submit():
        try:
            operations.change_details(
                db.session,
                actor=actor(),
                now=clock.now(),
                employee=row.employee,
                names=form.names(),
                national_id=form.national_id.data,
                email=form.email.data,
                document_language=form.document_language.data,
                weekly_hours=form.weekly_hours.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("people.show", public_id=public_id))
    status = status_of(form)
    page = render_template("people/details.html", form=form, row=row)
    return page, status


@people_pages.route("/<public_id>/leave", methods=["GET", "POST"])
@access(Role.HR)
def leave(public_id: str) -> ResponseReturnValue:
    """End a person's employment, then lead to the work that is left open."""
    row, _where = managed(public_id)
    today = actor().today(clock.now())
    form = LeaveForm(left_on=today)
    if form.validate_on_submit():
        try:
            leaving.leave(
                db.session,
                actor=actor(),
                now=clock.now(),
                employee=row.employee,
                left_on=form.left_on.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s has left; access has ended.", name=row.employee.printed_name))
            there = HANDOVER if HANDOVER in current_app.view_functions else None
            return redirect(
                url_for(there, public_id=public_id) if there else url_for("people.index")
            )
    status = status_of(form)
    reports = direct_reports(db.session, row.employee.id, today)
    page = render_template("people/leave.html", form=form, row=row, reports=reports)
    return page, status
