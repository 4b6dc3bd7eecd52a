"""The organisation's structure from one YAML file, applied again and again.

The file names the organisation, its employers with their sites, teams and campaigns,
and the positions. Applying it creates what is missing and renames
nothing away: what the file no longer names stays, and what was closed stays closed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import Invalid, NotAllowed
from competency.files.said import Said
from competency.files.validation import short, wrong
from competency.people.models import Campaign, Employer, Organisation, Position, Site, Team
from competency.people.permissions import can_change_structure
from competency.people.rules import checked_accent, checked_tax_number
from competency.people.schema import Actor
from competency.wording import LANGUAGES

AnySession = Session | scoped_session[Session]
Row = TypeVar("Row", Organisation, Employer, Site, Team, Campaign, Position)


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = Said("%(name)s is no time zone", name=short(name))
        raise wrong(message, Said("a name of the IANA list: America/Santiago"))
    return name


def _language(code: str) -> str:
    if code not in LANGUAGES:
        message = Said("%(language)s is no language of the pages", language=short(code))
        raise wrong(message, Said("use one of %(known)s", known=", ".join(LANGUAGES)))
    return code


def _distinct(key: str) -> AfterValidator:
    """Return the check that no two parts of a list have the same ``key``."""

    def check(parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
        counts = Counter(getattr(part, key) for part in parts)
        twice = [value for value, count in counts.items() if count > 1]
        if twice:
            message = Said("%(key)s %(value)s is there twice", key=key, value=twice[0])
            raise wrong(message, Said("write each of them once"))
        return parts

    return AfterValidator(check)


def _shaped(pattern: str, remedy: Said) -> AfterValidator:
    """Return the check that a text is what ``pattern`` says; ``remedy`` says it in words."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise wrong(Said("%(value)s is not right here", value=short(text)), remedy)
        return text

    return AfterValidator(check)


TimeZone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_language)]
Name = Annotated[str, Field(max_length=120), _shaped(r"(?s).*\S.*", Said("write a name"))]
Code = Annotated[str, _shaped(r"[A-Z0-9-]{1,32}", Said("up to 32 of A-Z, 0-9 and hyphens"))]
Slug = Annotated[str, _shaped(r"[a-z0-9-]{1,64}", Said("up to 64 of a-z, 0-9 and hyphens"))]
Country = Annotated[str, _shaped(r"[A-Z]{2}", Said("two capital letters, such as CL"))]
Colour = Annotated[str, _shaped(r"#[0-9a-f]{6}", Said("such as #1f4e79, in lower case"))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SitePart(_Part):
    """A site and its teams."""

    name: Name
    time_zone: TimeZone
    teams: tuple[Name, ...] = ()


class CampaignPart(_Part):
    """A campaign by its code."""

    code: Code
    name: Name


class EmployerPart(_Part):
    """An employer, its sites and campaigns."""

    code: Code
    legal_name: Name
    country: Country
    tax_number: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    time_zone: TimeZone
    language: Language
    sites: Annotated[tuple[SitePart, ...], _distinct("name")] = ()
    campaigns: Annotated[tuple[CampaignPart, ...], _distinct("code")] = ()


class PositionPart(_Part):
    """A position by its code."""

    code: Slug
    title: Name


class Structure(_Part):
    """The whole file."""

    organisation: Name
    accent_colour: Colour = "#1f4e79"
    employers: Annotated[tuple[EmployerPart, ...], Field(min_length=1), _distinct("code")]
    positions: Annotated[tuple[PositionPart, ...], _distinct("code")] = ()


@dataclass
class Changes:
    """How many rows an application added and changed."""

    added: int = 0
    changed: int = 0


def apply_structure(
    session: AnySession, *, actor: Actor, now: datetime, structure: Structure
) -> dict[str, Employer]:
    """Create what is missing of a structure; return the employers by code.

    The same structure again changes nothing and records nothing. Raises ``Invalid``
    where a campaign's code belongs to another employer, for a tax number with a wrong check
    digit and for a colour too pale for text.
    """
    if not can_change_structure(actor):
        raise NotAllowed("Only human resources can change the organisation's structure.")
    changes = Changes()
    common: dict[str, object] = {
        "name": structure.organisation,
        "accent_colour": checked_accent(structure.accent_colour),
    }
    organisation = _ensure(session, changes, Organisation, {}, common)
    employers = {
        part.code: _apply_employer(session, changes, organisation, part)
        for part in structure.employers
    }
    for position in structure.positions:
        _ensure(session, changes, Position, {"code": position.code}, {"title": position.title})
    session.flush()
    if not changes.added and not changes.changed:
        return employers
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="organisation.applied",
        subject_kind="organisation",
        subject=organisation.public_id,
        data={"added": changes.added, "changed": changes.changed},
    )
    return employers


def _apply_employer(
    session: AnySession, changes: Changes, organisation: Organisation, part: EmployerPart
) -> Employer:
    """Create or update one employer with its sites, teams and campaigns."""
    values = {
        "organisation_id": organisation.id,
        "legal_name": part.legal_name,
        "country": part.country,
        "tax_number": checked_tax_number(part.tax_number, part.country),
        "time_zone": part.time_zone,
        "language": part.language,
    }
    employer = _ensure(session, changes, Employer, {"code": part.code}, values)
    for place in part.sites:
        key = {"employer_id": employer.id, "name": place.name}
        site = _ensure(session, changes, Site, key, {"time_zone": place.time_zone})
        for team in place.teams:
            _ensure(session, changes, Team, {"site_id": site.id, "name": team}, {})
    for campaign in part.campaigns:
        owner = session.scalar(sa.select(Campaign.employer_id).filter_by(code=campaign.code))
        if owner not in {None, employer.id}:
            raise Invalid(
                "The campaign %(code)s belongs to another employer already.", code=campaign.code
            )
        extra = {"employer_id": employer.id, "name": campaign.name}
        _ensure(session, changes, Campaign, {"code": campaign.code}, extra)
    return employer


def _ensure(
    session: AnySession,
    changes: Changes,
    table: type[Row],
    key: dict[str, object],
    values: dict[str, object],
) -> Row:
    """Return the row of ``key`` with ``values``, created where it is missing."""
    row = session.scalar(sa.select(table).filter_by(**key))
    if row is None:
        row = table(**key, **values)
        session.add(row)
        session.flush()
        changes.added += 1
    elif any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        changes.changed += 1
    return row
