"""Sites, teams, campaigns and positions that end: closed, and open again.

What is closed can't be chosen any more; whoever worked there stays in the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.people.models import (
    Campaign,
    CampaignAssignment,
    Employee,
    Placement,
    Position,
    PositionAssignment,
    Site,
    Team,
)
from competency.people.permissions import can_change_structure, can_change_teams
from competency.people.queries import DatedTable
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
Place = Site | Team | Campaign | Position

HOLDING: dict[
    type[Place], tuple[DatedTable, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]]
] = {
    Site: (Placement, Placement.site_id),
    Team: (Placement, Placement.team_id),
    Campaign: (CampaignAssignment, CampaignAssignment.campaign_id),
    Position: (PositionAssignment, PositionAssignment.position_id),
}
"""Which dated rows, by which column, put people at each kind of place."""

FIELDS: dict[type[Place], str] = {Campaign: "campaign", Position: "position"}
"""The field of a form that names a kind of place, where it is not ``place``."""
NAMES_SAID = 10


def name_of(place: Place) -> str:
    """Return the name of a site, team or campaign, or a position's title."""
    return place.title if isinstance(place, Position) else place.name


def require_change(actor: Actor, place: Place) -> None:
    """Raise ``NotAllowed`` unless the actor may change this part of the structure."""
    if isinstance(place, Team):
        require_change_of_teams(actor, place.site_id)
    elif not can_change_structure(actor):
        raise NotAllowed("Only human resources over everyone change the organisation's structure.")


def require_change_of_teams(actor: Actor, site_id: int) -> None:
    """Raise ``NotAllowed`` unless the actor may change the teams of a site."""
    if not can_change_teams(actor, site_id):
        raise NotAllowed("Only human resources over everyone, or over the site, change its teams.")


def hold_open(session: AnySession, table: type[Place], ids: Iterable[int | None]) -> None:
    """Keep rows from being closed until this transaction ends; raise ``Invalid`` for closed ones.

    Whoever places people calls this first: closing waits for it, and sees them.
    """
    wanted = sorted({row_id for row_id in ids if row_id is not None})
    if not wanted:
        return
    query: sa.Select[Any] = sa.select(table).where(table.id.in_(wanted)).order_by(table.id)
    rows: Iterable[Place] = session.scalars(
        query.with_for_update(read=True, key_share=True),
        execution_options={"populate_existing": True},
    )
    for row in rows:
        if row.closed_on is not None:
            raise Invalid(
                "%(name)s is closed. Choose another.", FIELDS.get(table, "place"), name=name_of(row)
            )


def people_there(session: AnySession, place: Place, today: date) -> list[str]:
    """Return the names of those who are at a place on ``today`` or will be."""
    table, column = HOLDING[type(place)]
    there = sa.select(table.employee_id).where(
        column == place.id, sa.or_(table.ends_on.is_(None), table.ends_on > today)
    )
    return list(
        session.scalars(
            sa.select(Employee.printed_name)
            .where(Employee.id.in_(there))
            .order_by(Employee.sort_key, Employee.id)
        )
    )


def close(session: AnySession, *, actor: Actor, now: datetime, place: Place) -> None:
    """Close a place from today on; raise ``Invalid`` that says who is still there."""
    require_change(actor, place)
    session.refresh(place, with_for_update={"of": type(place)})
    if place.closed_on is not None:
        raise IllegalTransition("%(name)s is closed already.", name=name_of(place))
    today = actor.today(now)
    there = people_there(session, place, today)
    if there:
        said = ", ".join(there[:NAMES_SAID]) + (" …" if len(there) > NAMES_SAID else "")
        raise Invalid(
            "This cannot be closed: people are there today, or will be. How many: %(count)s. "
            "Who: %(who)s. Move them first.",
            count=len(there),
            who=said,
        )
    place.closed_on = today
    session.flush()
    record_place(session, actor, now, place, "closed")


def reopen(session: AnySession, *, actor: Actor, now: datetime, place: Place) -> None:
    """Let a closed place be chosen again."""
    require_change(actor, place)
    session.refresh(place, with_for_update={"of": type(place)})
    if place.closed_on is None:
        raise IllegalTransition("%(name)s is open.", name=name_of(place))
    place.closed_on = None
    session.flush()
    record_place(session, actor, now, place, "reopened")


def record_place(session: AnySession, actor: Actor, now: datetime, place: Place, what: str) -> None:
    """Record that a place was ``added``, ``changed``, ``closed`` or ``reopened``."""
    kind = type(place).__tablename__
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"{kind}.{what}",
        subject_kind=kind,
        subject=place.public_id,
    )
