"""A supervisor's team: where each person stands, what is open, and the way to their evidence."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.team import team
from competency.assessments.team_presenters import ShownMember, shown_member
from competency.audit.access import note_read
from competency.extensions import db
from competency.people.schema import Actor
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

PAGE_SIZE = 25


def read_team(
    me: Actor, today: date, *, search: str = "", page: int = 1, page_size: int = PAGE_SIZE
) -> tuple[tuple[ShownMember, ...], int]:
    """Return one page of the actor's team, and how many are in it; what is read is noted."""
    members, total = team(db.session, me, today, search=search, page=page, page_size=page_size)
    for member in members:
        note_read(me, member.employee.id, "team")
    return tuple(shown_member(db.session, member) for member in members), total


@blueprint.get("/team")
@access()
def team_page() -> ResponseReturnValue:
    """Show who reports to the actor today, by name, searched and by page."""
    me, page = actor(), page_number()
    search = request.args.get("search", "")
    members, total = read_team(me, me.today(clock.now()), search=search, page=page)
    return render_template(
        "assessments/team.html",
        members=members,
        search=search,
        pager=Pager(page, PAGE_SIZE, total),
    )
