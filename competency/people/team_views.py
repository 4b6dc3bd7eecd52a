"""A team's page: who is in it, and whom they report to."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from competency import clock
from competency.extensions import db
from competency.people.models import Team
from competency.people.organisation_views import STRUCTURE_READERS, organisation_pages
from competency.people.permissions import can_change_teams
from competency.people.schema import Role
from competency.people.structure_queries import seen, team_members
from competency.web.permission import access, actor


@organisation_pages.get("/teams/<team_id>")
@access(*STRUCTURE_READERS)
def team(team_id: str) -> ResponseReturnValue:
    """Show a team with the people of it whom the actor may see."""
    today = actor().today(clock.now())
    found = seen(db.session, actor(), today, Team, team_id)
    rows = team_members(db.session, actor(), today, found.row.id)
    return render_template(
        "structure/team.html",
        found=found,
        rows=rows,
        supervisors=sorted({row.supervisor for row in rows if row.supervisor}),
        may_change=can_change_teams(actor(), found.row.site_id),
        may_move=actor().has(Role.HR) and bool(rows),
    )
