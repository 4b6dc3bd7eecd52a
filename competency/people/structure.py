"""The organisation's structure from one YAML file, applied again and again.

The file names the organisation, its employers with their sites, teams and campaigns,
and the positions. Applying it creates what is missing and renames
nothing away: what the file no longer names stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import NotAllowed
from competency.files.validation import wrong
from competency.people.models import Campaign, Employer, Organisation, Position, Site, Team
from competency.people.permissions import can_create_person
from competency.people.schema import Actor
from competency.wording import LANGUAGES

AnySession = Session | scoped_session[Session]
Row = TypeVar("Row", Organisation, Employer, Site, Team, Campaign, Position)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise wrong(f"{name} is no time zone", "a name of the IANA list: America/Santiago")
    return name


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise wrong(f"{code} is no language of the pages", f"one of {', '.join(LANGUAGES)}")
    return code


TimeZone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_language)]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SitePart(_Part):
    """A site and its teams."""

    name: Name
    time_zone: TimeZone
    teams: tuple[Name, ...] = ()


class CampaignPart(_Part):
    """A campaign by its code."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,32}$")]
    name: Name


class EmployerPart(_Part):
    """An employer, its sites and campaigns."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,32}$")]
    legal_name: Name
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    tax_number: str | None = None
    time_zone: TimeZone
    language: Language
    sites: tuple[SitePart, ...] = ()
    campaigns: tuple[CampaignPart, ...] = ()


class PositionPart(_Part):
    """A position by its code."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
    title: Name


class Structure(_Part):
    """The whole file."""

    organisation: Name
    accent_colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#1f4e79"
    employers: Annotated[tuple[EmployerPart, ...], Field(min_length=1)]
    positions: tuple[PositionPart, ...] = ()


def apply_structure(
    session: AnySession, *, actor: Actor, now: datetime, structure: Structure
) -> dict[str, Employer]:
    """Create what is missing of a structure; return the employers by code."""
    if not can_create_person(actor):
        raise NotAllowed("Only human resources can change the organisation's structure.")
    organisation = _ensure(session, Organisation, {}, {"name": structure.organisation})
    organisation.name = structure.organisation
    organisation.accent_colour = structure.accent_colour
    employers = {
        part.code: _apply_employer(session, organisation, part) for part in structure.employers
    }
    for position in structure.positions:
        row = _ensure(session, Position, {"code": position.code}, {"title": position.title})
        row.title = position.title
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="organisation.applied",
        subject_kind="organisation",
        subject=organisation.public_id,
    )
    return employers


def _apply_employer(
    session: AnySession, organisation: Organisation, part: EmployerPart
) -> Employer:
    """Create or update one employer with its sites, teams and campaigns."""
    values = {
        "organisation_id": organisation.id,
        "legal_name": part.legal_name,
        "country": part.country,
        "tax_number": part.tax_number,
        "time_zone": part.time_zone,
        "language": part.language,
    }
    employer = _ensure(session, Employer, {"code": part.code}, values)
    for name, value in values.items():
        setattr(employer, name, value)
    for place in part.sites:
        key = {"employer_id": employer.id, "name": place.name}
        site = _ensure(session, Site, key, {"time_zone": place.time_zone})
        site.time_zone = place.time_zone
        for team in place.teams:
            _ensure(session, Team, {"site_id": site.id, "name": team}, {})
    for campaign in part.campaigns:
        extra = {"employer_id": employer.id, "name": campaign.name}
        _ensure(session, Campaign, {"code": campaign.code}, extra).name = campaign.name
    return employer


def _ensure(
    session: AnySession, table: type[Row], key: dict[str, object], extra: dict[str, object]
) -> Row:
    """Return the row of ``key``, created with ``extra`` where it is missing."""
    row = session.scalar(sa.select(table).filter_by(**key))
    if row is None:
        row = table(**key, **extra)
        session.add(row)
        session.flush()
    return row
