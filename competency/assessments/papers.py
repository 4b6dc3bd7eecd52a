"""What all papers about people and frameworks say: who speaks, about whom, how narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.queries import Loaded
from competency.assessments.rules import in_scope, scope_named
from competency.documents.schema import Holder, Issuer, Narrowing
from competency.frameworks.schema import Criterion, Framework, Scope, Unit
from competency.people.models import Employee, Employer
from competency.people.queries import employers, position_title, site_of
from competency.people.rules import NATIONAL_IDENTIFIERS
from competency.people.schema import Actor
from competency.wording import LANGUAGES, Words

AnySession = Session | scoped_session[Session]


def paper_language(language: str, otherwise: str) -> str:
    """Return in which of our languages a paper in ``language`` speaks, else ``otherwise``."""
    plain = language.split("-", maxsplit=1)[0]
    return plain if plain in LANGUAGES else otherwise


def numbered(item: Unit | Criterion, place: Mapping[str, str]) -> str:
    """Return a title after the number that pages show, and the code of a unit that has one."""
    code = item.code if isinstance(item, Unit) else None
    return " ".join(part for part in (place[item.id], code, item.title) if part)


def reading_notices(framework: Framework, words: Words) -> tuple[str, ...]:
    """Return what a reader must know about a framework: readings that were inferred."""
    if not framework.inferred:
        return ()
    return (
        words.gettext(
            "Parts of this framework are a reading of its source and marked so in its file."
        ),
    )


def source_of(framework: Framework) -> str | None:
    """Return who publishes the standard, where its file says so."""
    return framework.source.publisher if framework.source else None


def issuer_of(employee: Employee) -> Issuer:
    """Return who speaks in a person's documents: the employer."""
    return _speaking(employee.employer, employee.document_language)


def issuer_for(session: AnySession, actor: Actor, language: str) -> Issuer:
    """Return who speaks in a paper that is about nobody: the reader's employer.

    For a reader without a job that is the first employer of all, if there is one.
    """
    employee = session.get(Employee, actor.employee_id) if actor.employee_id else None
    if employee is not None:
        return _speaking(employee.employer, language)
    found = employers(session)
    return _speaking(found[0], language) if found else Issuer("", "", None, "")


def _speaking(employer: Employer, language: str) -> Issuer:
    """Return an employer as documents in ``language`` name it."""
    return Issuer(
        organisation=employer.organisation.name,
        employer=employer.legal_name,
        tax_number=employer.tax_number,
        country=Words(language).country(employer.country),
        accent_colour=employer.organisation.accent_colour,
        logo=employer.logo_png,
    )


def holder_of(session: AnySession, employee: Employee, today: date) -> Holder:
    """Return the person as documents name them, with the position and site of a day."""
    site = site_of(session, employee.id, today)
    scheme = NATIONAL_IDENTIFIERS.get(employee.employer.country)
    return Holder(
        name=employee.printed_name,
        employee_number=employee.employee_number,
        national_id=employee.national_id,
        national_id_scheme=scheme[0] if scheme and employee.national_id else None,
        position=position_title(session, employee.id, today),
        site=site.name if site else None,
    )


def narrowing_of(loaded: Loaded) -> Narrowing | None:
    """Return the scope that an appraisal is narrowed to, if its cycle named one."""
    scope = scope_named(loaded.framework, loaded.appraisal.scope_id)
    return None if scope is None else narrowing(loaded.framework, scope, loaded.scope)


def narrowing(framework: Framework, scope: Scope, kept: frozenset[str] | None) -> Narrowing:
    """Return a scope as documents name it; ``kept`` holds the ids of its criteria."""
    return Narrowing(scope.title, len(in_scope(framework, kept)), len(framework.criteria()))
