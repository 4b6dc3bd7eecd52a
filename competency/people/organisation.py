"""What is done to the organisation and its employers: what documents say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import Invalid, NotAllowed
from competency.people.logos import Logo
from competency.people.models import Employer, Organisation
from competency.people.permissions import can_change_structure
from competency.people.rules import (
    checked_accent,
    checked_tax_number,
    checked_text,
    checked_time_zone,
)
from competency.people.schema import Actor
from competency.wording import LANGUAGES

AnySession = Session | scoped_session[Session]

NAME_MAXIMUM = 120
ANSWER_DAYS_MAXIMUM = 90
CERTIFICATION_MONTHS_MAXIMUM = 120
CERTIFICATION_DAYS_MAXIMUM = 730
COUNTRY = re.compile(r"[A-Z]{2}")
EMPLOYER_CODE = re.compile(r"[A-Z0-9-]{1,32}")


@dataclass(frozen=True)
class EmployerDetails:
    """What documents say of an employer, and how its days and papers are reckoned."""

    legal_name: str
    tax_number: str | None
    time_zone: str
    language: str
    answer_days: int = 10
    """Calendar days within which a request to be assessed is answered; 1 to 90."""
    certification_months: int = 0
    """Months of employment that a certification asks for; 0 to 120."""
    certification_days: int = 0
    """Days since a certification of the same framework that was not reached; 0 to 730."""


def _require_change(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change the organisation."""
    if not can_change_structure(actor):
        raise NotAllowed("Only human resources over everyone change the organisation's structure.")


def change_organisation(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    name: str,
    accent_colour: str,
) -> bool:
    """Set the organisation's name and colour; return whether anything changed.

    Raises ``Invalid`` for a colour whose contrast on white is below 4.5.
    """
    _require_change(actor)
    organisation.name = checked_text(name, NAME_MAXIMUM, "name")
    organisation.accent_colour = checked_accent(accent_colour)
    return _changed(session, actor, now, organisation)


def add_employer(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    code: str,
    country: str,
    details: EmployerDetails,
) -> Employer:
    """Add an employer of one country; its code and country never change."""
    _require_change(actor)
    code, country = code.strip(), country.strip()
    if EMPLOYER_CODE.fullmatch(code) is None:
        raise Invalid("A code has up to 32 of A-Z, 0-9 and hyphens.", "code")
    if COUNTRY.fullmatch(country) is None:
        raise Invalid("Write the country as two capital letters, such as CL.", "country")
    if session.scalar(sa.select(Employer.id).filter_by(code=code)) is not None:
        raise Invalid("The code %(code)s is in use.", "code", code=code)
    employer = Employer(organisation_id=organisation.id, code=code, country=country)
    _set_details(employer, details)
    session.add(employer)
    session.flush()
    _record(session, actor, now, "employer.added", employer)
    return employer


def change_employer(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employer: Employer,
    details: EmployerDetails,
) -> bool:
    """Set what documents say of an employer; return whether anything changed."""
    _require_change(actor)
    _set_details(employer, details)
    return _changed(session, actor, now, employer)


def set_logo(
    session: AnySession, *, actor: Actor, now: datetime, employer: Employer, logo: Logo | None
) -> bool:
    """Give an employer a logo, or take it away; return whether anything changed."""
    _require_change(actor)
    if employer.logo_png == (logo.png if logo else None):
        return False
    employer.logo_png = logo.png if logo else None
    session.flush()
    _record(session, actor, now, "employer.logo_set" if logo else "employer.logo_removed", employer)
    return True


def _set_details(employer: Employer, details: EmployerDetails) -> None:
    """Check and set an employer's details."""
    if details.language not in LANGUAGES:
        raise Invalid(
            "Documents cannot be written in %(language)s.", "language", language=details.language
        )
    employer.legal_name = checked_text(details.legal_name, NAME_MAXIMUM, "legal_name")
    employer.tax_number = checked_tax_number(details.tax_number, employer.country)
    employer.time_zone = checked_time_zone(details.time_zone)
    employer.language = details.language
    if not 1 <= details.answer_days <= ANSWER_DAYS_MAXIMUM:
        raise Invalid("Choose between 1 and 90 days.", "answer_days")
    employer.answer_days = details.answer_days
    if not 0 <= details.certification_months <= CERTIFICATION_MONTHS_MAXIMUM:
        raise Invalid("Choose between 0 and 120 months.", "certification_months")
    employer.certification_months = details.certification_months
    if not 0 <= details.certification_days <= CERTIFICATION_DAYS_MAXIMUM:
        raise Invalid("Choose between 0 and 730 days.", "certification_days")
    employer.certification_days = details.certification_days


def _changed(
    session: AnySession, actor: Actor, now: datetime, row: Organisation | Employer
) -> bool:
    """Flush and record what was set on a row, if anything differs; return whether it does."""
    changed = session.is_modified(row)
    session.flush()
    if changed:
        _record(session, actor, now, f"{type(row).__tablename__}.changed", row)
    return changed


def _record(
    session: AnySession, actor: Actor, now: datetime, action: str, row: Organisation | Employer
) -> None:
    """Record an event about the organisation or an employer."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind=type(row).__tablename__,
        subject=row.public_id,
    )
