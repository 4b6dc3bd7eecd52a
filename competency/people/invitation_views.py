"""The page on which several people get their first sign-in codes, shown this once."""

from __future__ import annotations

import base64

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Invalid
from competency.extensions import db
from competency.files.tables.csvs import csv_files
from competency.people.access_views import REFUSED, access_pages
from competency.people.choosing import chosen_people, to_choose_from
from competency.people.invitations import Code, invite_people, without_password
from competency.people.person_views import chosen
from competency.people.queries import sites, teams
from competency.people.rules import INVITATION_DAYS
from competency.people.schema import Role
from competency.people.structure_queries import at
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import stages

COLUMNS = (
    _("Name"),
    _("Employee number"),
    _("Code"),
    _("Open this address"),
)


@access_pages.get("/accounts/invitations")
@access(Role.ADMIN, Role.HR)
def invitations() -> ResponseReturnValue:
    """Choose who gets a first sign-in code."""
    return _choosing()


def _choosing(error: str = "") -> str:
    """Return the list of those who have no password yet; ``error`` says what was refused."""
    today, every_site, every_team = actor().today(clock.now()), sites(db.session), teams(db.session)
    search, place = request.args.get("search", "").strip(), request.args.get("place", "")
    team = chosen(every_team, place.removeprefix("team:"))
    site = chosen(every_site, place.removeprefix("site:"))
    choice = to_choose_from(
        db.session,
        today,
        allowed=without_password(actor(), today),
        search=search,
        within=at(today, team_id=team.id) if team else at(today, site_id=site.id) if site else None,
    )
    return render_template(
        "access/invitations.html",
        choice=choice,
        error=error,
        search=search,
        place=place,
        sites=every_site,
        teams=every_team,
        days=INVITATION_DAYS,
        picked=set(request.form.getlist("people")),
        everybody="everybody" in request.args,
    )


@access_pages.post("/accounts/invitations")
@access(Role.ADMIN, Role.HR)
@stages
def invite_several() -> ResponseReturnValue:
    """Make a code for each who was chosen, and show them this once: to print or as a table.

    The answer is the list itself. Asked for again, it finds people whose codes it makes
    anew; the earlier ones stop working.
    """
    now = clock.now()
    try:
        with unit_of_work(db.session):
            allowed = without_password(actor(), actor().today(now))
            picked = chosen_people(db.session, request.form.getlist("people"), allowed)
            codes = invite_people(db.session, actor=actor(), now=now, employees=picked)
            rows = [_row(code) for code in codes]
    except Invalid as error:
        return _choosing(worded(error)), REFUSED
    return render_template(
        "access/invited.html", rows=rows, columns=COLUMNS, table=_table(rows), days=INVITATION_DAYS
    )


def _row(code: Code) -> tuple[str, str, str, str]:
    """Return a person's line of the list: name, number, code, and where it is typed."""
    there = url_for("access.code", _external=True)
    return code.employee.printed_name, code.employee.employee_number, code.code, there


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    """Return the list as a CSV file that a link of the page carries itself.

    It is on no other address, since the codes are known to this answer alone.
    """
    headings = tuple(str(column) for column in COLUMNS)
    (content,) = csv_files({"codes": (headings, *rows)}).values()
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(content).decode("ascii")
