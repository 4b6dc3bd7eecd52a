"""Reads of the structure: what whoever asks may see of it, with how many people are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session
from sqlalchemy.orm.interfaces import ORMOption

from competency.database.text import fold
from competency.errors import NotFound
from competency.people.closing import HOLDING, Place, name_of
from competency.people.models import (
    Campaign,
    Employee,
    Employer,
    Organisation,
    Placement,
    Position,
    Site,
    Team,
)
from competency.people.permissions import READERS, can_read_all_structure
from competency.people.queries import PersonRow, employees_in_scope, on, person_rows
from competency.people.schema import Actor, Role, ScopeKind

AnySession = Session | scoped_session[Session]
Row = TypeVar("Row", Site, Team, Campaign, Position)

WITH: dict[type[Place], tuple[ORMOption, ...]] = {
    Site: (joinedload(Site.employer),),
    Team: (joinedload(Team.site),),
    Campaign: (joinedload(Campaign.employer),),
    Position: (),
}
"""What is read together with each kind of place."""


@dataclass(frozen=True)
class Counted(Generic[Row]):
    """A place, and how many of the people in the reader's scope are there today."""

    row: Row
    people: int

    @property
    def is_open(self) -> bool:
        """Return whether people can be placed there: a team's site counts too."""
        site = self.row.site if isinstance(self.row, Team) else None
        return self.row.closed_on is None and (site is None or site.closed_on is None)


def organisation_of(session: AnySession) -> Organisation:
    """Return the one organisation; ``NotFound`` before a structure was applied."""
    found = session.scalars(sa.select(Organisation).order_by(Organisation.id)).first()
    if found is None:
        raise NotFound("No organisation is set up yet: apply a structure file first.")
    return found


def employers_seen(session: AnySession, actor: Actor, today: date) -> list[Employer]:
    """Return the employers that the actor may see, by legal name.

    A narrower scope shows the employers of the sites and campaigns that it shows.
    """
    rows = session.scalars(sa.select(Employer).order_by(Employer.legal_name, Employer.id))
    if can_read_all_structure(actor):
        return list(rows)
    seen = {found.row.employer_id for found in listed(session, actor, today, Site)}
    seen |= {found.row.employer_id for found in listed(session, actor, today, Campaign)}
    return [employer for employer in rows if employer.id in seen]


def listed(
    session: AnySession,
    actor: Actor,
    today: date,
    table: type[Row],
    *,
    search: str = "",
    with_closed: bool = False,
) -> list[Counted[Row]]:
    """Return the places of one kind that the actor may see, by name.

    ``search`` is looked for in names, codes and owners, accents and capitals apart.
    """
    counts = _counts(session, actor, today, table)
    rows: Sequence[Row] = session.scalars(sa.select(table).options(*WITH[table])).all()
    found = [
        Counted(row, counts.get(row.id, 0))
        for row in rows
        if counts.get(row.id) or _is_granted(actor, row)
    ]
    wanted = fold(search.strip())
    kept = [
        one
        for one in found
        if (with_closed or one.is_open) and (not wanted or wanted in _search_key(one.row))
    ]
    return sorted(kept, key=lambda one: (fold(name_of(one.row)), one.row.id))


def seen(
    session: AnySession, actor: Actor, today: date, table: type[Row], public_id: str
) -> Counted[Row]:
    """Return one place that the actor may see, closed or not; ``NotFound``."""
    for found in listed(session, actor, today, table, with_closed=True):
        if found.row.public_id == public_id:
            return found
    raise NotFound


def _counts(session: AnySession, actor: Actor, today: date, table: type[Place]) -> dict[int, int]:
    """Return how many people of the actor's scope are at each place today, by its id."""
    dated, column = HOLDING[table]
    query = sa.select(column, sa.func.count()).where(on(dated, today)).group_by(column)
    if not can_read_all_structure(actor):
        inside = sa.select(Employee.id).where(employees_in_scope(actor, today, READERS))
        query = query.where(dated.employee_id.in_(inside))
    return {row_id: count for row_id, count in session.execute(query) if row_id is not None}


def _is_granted(actor: Actor, row: Place) -> bool:
    """Return whether a grant names the place itself, or a team's site."""
    if can_read_all_structure(actor):
        return True
    if isinstance(row, Position):
        return False
    kinds = {Site: ScopeKind.SITE, Team: ScopeKind.TEAM, Campaign: ScopeKind.CAMPAIGN}
    named = {(kinds[type(row)], row.id)}
    if isinstance(row, Team):
        named.add((ScopeKind.SITE, row.site_id))
    return any(
        grant.role in READERS and (grant.scope_kind, grant.scope_id) in named
        for grant in actor.grants
    )


def _search_key(row: Place) -> str:
    """Return the folded text in which a place is searched."""
    if isinstance(row, Team):
        return fold(f"{row.name} {row.site.name}")
    if isinstance(row, Site):
        return fold(f"{row.name} {row.employer.legal_name}")
    if isinstance(row, Campaign):
        return fold(f"{row.name} {row.code} {row.employer.legal_name}")
    return fold(f"{row.title} {row.code}")


def at(
    today: date, *, site_id: int | None = None, team_id: int | None = None
) -> sa.ColumnElement[bool]:
    """Return the condition on ``Employee`` of who is at a site and in a team today."""
    query = sa.select(Placement.employee_id).where(on(Placement, today))
    if site_id is not None:
        query = query.where(Placement.site_id == site_id)
    if team_id is not None:
        query = query.where(Placement.team_id == team_id)
    return Employee.id.in_(query)


def team_members(session: AnySession, actor: Actor, today: date, team_id: int) -> list[PersonRow]:
    """Return who is in a team today and in the actor's scope as a reader, by name."""
    rows = session.execute(
        person_rows(today)
        .where(at(today, team_id=team_id), employees_in_scope(actor, today, READERS))
        .order_by(Employee.sort_key, Employee.id)
    )
    return [PersonRow(*row) for row in rows]


def managed_people(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_manage_person`` as a condition on ``Employee``."""
    return sa.and_(
        employees_in_scope(actor, today, (Role.HR,)), Employee.id != (actor.employee_id or 0)
    )
