"""The page on which several people are moved at once: choose, look, then do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competency import clock
from competency.errors import Invalid
from competency.extensions import db
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.choosing import chosen_people, to_choose_from
from competency.people.forms import MoveForm
from competency.people.history import supervisors
from competency.people.import_views import kind_of
from competency.people.models import Employee
from competency.people.move_views import Places, change_of
from competency.people.moves import Moved, apply_moves, preview_moves
from competency.people.person_views import chosen, people_pages
from competency.people.schema import Role
from competency.people.structure_queries import at, managed_people
from competency.web.errors import worded
from competency.web.permission import access, actor


@dataclass(frozen=True)
class Line:
    """One person of a preview, in words."""

    name: str
    number: str
    changes: tuple[str, ...]
    refusal: str | None


def _line(moved: Moved) -> Line:
    """Return a person of a preview in the page's language."""
    return Line(
        moved.employee.printed_name,
        moved.employee.employee_number,
        tuple(kind_of(action) for action in moved.actions),
        worded(moved.refusal) if moved.refusal else None,
    )


def _form(places: Places) -> MoveForm:
    """Return the form with nothing chosen but today."""
    form = MoveForm(starts_on=actor().today(clock.now()))
    form.offer(places.sites, places.teams, places.positions)
    form.offer_campaigns(places.campaigns)
    return form


def _picked() -> list[Employee]:
    """Return whom the page's list named; ``NotFound`` for anybody out of scope."""
    today = actor().today(clock.now())
    return chosen_people(db.session, request.form.getlist("people"), managed_people(actor(), today))


@people_pages.route("/moves", methods=["GET", "POST"])
@access(Role.HR)
def moves() -> ResponseReturnValue:
    """Choose people and what changes for them, and look at what it would do.

    What it would do is tried and given up before the page is made.
    """
    places = Places()
    form, lines = _form(places), []
    if form.validate_on_submit():
        try:
            tried = preview_moves(
                db.session,
                actor=actor(),
                now=clock.now(),
                employees=_picked(),
                change=change_of(form, places),
            )
            lines = [_line(moved) for moved in tried]
        except Invalid as error:
            show_refusal(form, error)
    status_of(form)
    places = Places() if form.is_submitted() else places  # what was tried is read no more
    return _page(form, lines, places), REFUSED if form.errors else 200


def _page(form: MoveForm, lines: list[Line], places: Places) -> str:
    """Return the page with the list that its filters ask for, and the preview, if any."""
    today = actor().today(clock.now())
    search, place = request.args.get("search", "").strip(), request.args.get("place", "")
    team = chosen(places.teams, place.removeprefix("team:"))
    site = chosen(places.sites, place.removeprefix("site:"))
    within = at(today, team_id=team.id) if team else at(today, site_id=site.id) if site else None
    choice = to_choose_from(
        db.session,
        today,
        allowed=managed_people(actor(), today),
        search=search,
        within=within,
    )
    return render_template(
        "people/moves.html",
        form=form,
        lines=lines,
        choice=choice,
        search=search,
        place=place,
        places=places,
        picked=set(request.form.getlist("people")),
        everybody="everybody" in request.args,
        supervisors=supervisors(db.session, today),
    )


@people_pages.post("/moves/apply")
@access(Role.HR)
def moves_apply() -> ResponseReturnValue:
    """Do what the preview showed, for everybody or nobody; it is checked again."""
    places = Places()
    form = _form(places)
    if not form.validate():
        raise Invalid("Choose what changes: place, position, supervisor or campaign.")
    count = apply_moves(
        db.session,
        actor=actor(),
        now=clock.now(),
        employees=_picked(),
        change=change_of(form, places),
    )
    flash(
        ngettext(
            "The changes of %(num)d person were saved.",
            "The changes of %(num)d people were saved.",
            count,
        )
        if count
        else _("Nothing was different.")
    )
    return redirect(url_for("people.index"))
