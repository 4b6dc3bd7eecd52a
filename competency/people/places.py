"""What is done to sites, teams, campaigns and positions: added and renamed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.text import fold
from competency.errors import Invalid
from competency.people.closing import (
    Place,
    name_of,
    record_place,
    require_change,
    require_change_of_teams,
)
from competency.people.models import Campaign, Employer, Position, Site, Team
from competency.people.rules import checked_text, checked_time_zone
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

NAME_MAXIMUM = 120
CAMPAIGN_CODE = re.compile(r"[A-Z0-9-]{1,32}")
POSITION_CODE = re.compile(r"[a-z0-9-]{1,64}")


def add_site(
    session: AnySession, *, actor: Actor, now: datetime, employer: Employer, name: str, zone: str
) -> Site:
    """Add a site to an employer; ``zone`` is an IANA name."""
    site = Site(employer_id=employer.id, name="", time_zone=checked_time_zone(zone))
    require_change(actor, site)
    return _added(session, actor, now, site, name)


def add_team(session: AnySession, *, actor: Actor, now: datetime, site: Site, name: str) -> Team:
    """Add a team to a site that isn't closed."""
    require_change_of_teams(actor, site.id)
    if site.closed_on is not None:
        raise Invalid("%(name)s is closed. Choose another.", "site", name=site.name)
    return _added(session, actor, now, Team(site_id=site.id, name=""), name)


def add_campaign(
    session: AnySession, *, actor: Actor, now: datetime, employer: Employer, code: str, name: str
) -> Campaign:
    """Add a campaign of an employer under a code that no other has."""
    campaign = Campaign(employer_id=employer.id, code=code.strip(), name="")
    require_change(actor, campaign)
    if CAMPAIGN_CODE.fullmatch(campaign.code) is None:
        raise Invalid("A code has up to 32 of A-Z, 0-9 and hyphens.", "code")
    _require_free_code(session, Campaign, campaign.code)
    return _added(session, actor, now, campaign, name)


def add_position(
    session: AnySession, *, actor: Actor, now: datetime, code: str, title: str
) -> Position:
    """Add a position under a code that no other has; a published one's joins it to its file."""
    position = Position(code=code.strip(), title="")
    require_change(actor, position)
    if POSITION_CODE.fullmatch(position.code) is None:
        raise Invalid("A position's code has up to 64 of a-z, 0-9 and hyphens.", "code")
    _require_free_code(session, Position, position.code)
    return _added(session, actor, now, position, title)


def change_site(
    session: AnySession, *, actor: Actor, now: datetime, site: Site, name: str, zone: str
) -> bool:
    """Rename a site and set its time zone; return whether anything changed."""
    require_change(actor, site)
    site.time_zone = checked_time_zone(zone)
    return rename(session, actor=actor, now=now, place=site, name=name)


def rename(session: AnySession, *, actor: Actor, now: datetime, place: Place, name: str) -> bool:
    """Give a place another name, or a position another title; return whether it changed."""
    require_change(actor, place)
    with session.no_autoflush:
        _set_name(session, place, name)
    changed = session.is_modified(place)
    session.flush()
    if changed:
        record_place(session, actor, now, place, "changed")
    return changed


def _added(session: AnySession, actor: Actor, now: datetime, place: Any, name: str) -> Any:  # noqa: ANN401 - any kind of place, returned as it came
    """Name a new place, add it and record it."""
    _set_name(session, place, name)
    session.add(place)
    session.flush()
    record_place(session, actor, now, place, "added")
    return place


def _set_name(session: AnySession, place: Place, name: str) -> None:
    """Set a name that no other of the same owner has, capitals and accents apart."""
    field = "title" if isinstance(place, Position) else "name"
    name = checked_text(name, NAME_MAXIMUM, field)
    for other in _siblings(session, place):
        if other.id != place.id and fold(name_of(other)) == fold(name):
            raise Invalid("There is %(name)s already.", field, name=name_of(other))
    setattr(place, field, name)


def _siblings(session: AnySession, place: Place) -> Iterable[Place]:
    """Return the places that may not have the same name, the place itself among them."""
    if isinstance(place, Site):
        return session.scalars(sa.select(Site).filter_by(employer_id=place.employer_id))
    if isinstance(place, Team):
        return session.scalars(sa.select(Team).filter_by(site_id=place.site_id))
    if isinstance(place, Campaign):
        return session.scalars(sa.select(Campaign).filter_by(employer_id=place.employer_id))
    return session.scalars(sa.select(Position))


def _require_free_code(session: AnySession, table: type[Campaign | Position], code: str) -> None:
    """Raise ``Invalid`` where another row has the code, closed ones among them."""
    if session.scalar(sa.select(table.id).filter_by(code=code)) is not None:
        raise Invalid("The code %(code)s is in use.", "code", code=code)
