"""Pages of what changes from a day on: place, position, supervisor, campaign, coming back."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.people import leaving, operations
from competency.people.access_views import show_refusal, status_of
from competency.people.forms import MoveForm, ReturnForm
from competency.people.history import supervisors
from competency.people.models import Employee, Position, PositionAssignment, Site, Team
from competency.people.moves import Change
from competency.people.moves import move as move_one
from competency.people.person_views import chosen, managed, people_pages
from competency.people.queries import (
    campaigns,
    employee_by_number,
    on,
    positions,
    sites,
    teams,
)
from competency.people.schema import Role, Standing
from competency.web.permission import access, actor


@people_pages.route("/<public_id>/move", methods=["GET", "POST"])
@access(Role.HR)
def move(public_id: str) -> ResponseReturnValue:
    """Change place, position, supervisor or campaign from a day on."""
    row, where = managed(public_id)
    now, today = clock.now(), actor().today(clock.now())
    form, places = _prepared_form(row.employee, where, today)
    if form.validate_on_submit():
        try:
            change = change_of(form, places)
            changed = move_one(
                db.session, actor=actor(), now=now, employee=row.employee, change=change
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved.") if changed else _("Nothing was different."))
            return redirect(url_for("people.show", public_id=public_id))
    status = status_of(form)
    page = render_template(
        "people/move.html", form=form, row=row, supervisors=supervisors(db.session, today)
    )
    return page, status


@people_pages.route("/<public_id>/return", methods=["GET", "POST"])
@access(Role.HR)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take back somebody who left, then lead to where they work and whom they report to."""
    row, _where = managed(public_id)
    places, today = Places(), actor().today(clock.now())
    form = ReturnForm(starts_on=today)
    form.offer(places.sites_of(row.employee), places.teams)
    if form.validate_on_submit() and (place := places.of(form.place.data)):
        try:
            leaving.take_back(
                db.session,
                actor=actor(),
                now=clock.now(),
                employee=row.employee,
                site_id=place[0],
                team_id=place[1],
                starts_on=form.starts_on.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s works here again.", name=row.employee.printed_name))
            return redirect(url_for("people.move", public_id=public_id))
    status = status_of(form)
    return render_template("people/return.html", form=form, row=row), status


@people_pages.post("/<public_id>/campaigns/<campaign_id>/end")
@access(Role.HR)
def end_campaign(public_id: str, campaign_id: str) -> ResponseReturnValue:
    """Let a person's work on a campaign end today."""
    row, _where = managed(public_id)
    now = clock.now()
    campaign = chosen(campaigns(db.session), campaign_id)
    if campaign is None:
        raise NotFound
    operations.end_campaign(
        db.session,
        actor=actor(),
        now=now,
        employee=row.employee,
        campaign_id=campaign.id,
        ends_on=actor().today(now),
    )
    flash(_("The changes were saved."))
    return redirect(url_for("people.show", public_id=public_id))


class Places:
    """The rows that the form's pickers name."""

    def __init__(self) -> None:
        """Read them once."""
        self.sites: list[Site] = sites(db.session)
        self.teams: list[Team] = teams(db.session)
        self.positions: list[Position] = positions(db.session)
        self.campaigns = campaigns(db.session)

    def sites_of(self, employee: Employee) -> list[Site]:
        """Return the sites of a person's employer."""
        return [site for site in self.sites if site.employer_id == employee.employer_id]

    def of(self, value: str) -> tuple[int, int | None] | None:
        """Return site and team ids of ``site:…`` or ``team:…``."""
        kind, _colon, public_id = value.partition(":")
        if kind == "team" and (team := chosen(self.teams, public_id)):
            return team.site_id, team.id
        if kind == "site" and (site := chosen(self.sites, public_id)):
            return site.id, None
        return None

    def value_of(self, site_id: int, team_id: int | None) -> str:
        """Return the picker's value of a place."""
        for team in self.teams:
            if team.id == team_id:
                return f"team:{team.public_id}"
        return next((f"site:{s.public_id}" for s in self.sites if s.id == site_id), "")


def _prepared_form(employee: Employee, where: Standing, today: date) -> tuple[MoveForm, Places]:
    """Return the form with what holds today chosen."""
    places = Places()
    position = db.session.scalar(
        sa.select(Position.public_id)
        .join(PositionAssignment, PositionAssignment.position_id == Position.id)
        .where(PositionAssignment.employee_id == employee.id, on(PositionAssignment, today))
    )
    current = {
        "starts_on": max(today, employee.hired_on) if where.site_id else employee.hired_on,
        "place": places.value_of(where.site_id, where.team_id) if where.site_id else "",
        "position": position or "",
        "supervisor": _number_of(where.supervisor_id),
    }
    form = MoveForm(data=current)
    form.offer(places.sites_of(employee), places.teams, places.positions)
    form.offer_campaigns([c for c in places.campaigns if c.id not in where.campaign_ids])
    return form, places


def _number_of(employee_id: int | None) -> str:
    """Return an employee's number."""
    found = db.session.get(Employee, employee_id) if employee_id is not None else None
    return found.employee_number if found else ""


def change_of(form: MoveForm, places: Places) -> Change:
    """Return what the form says; raise ``Invalid`` for a supervisor who isn't there."""
    position = chosen(places.positions, form.position.data)
    campaign = chosen(places.campaigns, form.campaign.data)
    return Change(
        starts_on=form.starts_on.data,
        place=places.of(form.place.data),
        position_id=position.id if position else None,
        supervisor=_supervisor(form.supervisor.data) if form.supervisor.data else None,
        campaign_id=campaign.id if campaign else None,
    )


def _supervisor(number: str) -> Employee:
    """Return whom the number names; raise ``Invalid``."""
    try:
        found = employee_by_number(db.session, number)
    except NotFound as error:
        raise Invalid(error.message, "supervisor", **error.params) from error
    if found.left_on is not None:
        raise Invalid("This person has left.", "supervisor")
    return found
