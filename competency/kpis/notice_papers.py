"""From a source at an employer to the facts of its notice, in the employer's language."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.documents.job_schema import Worded
from competency.documents.notice_schema import NoticeBasis, NoticeFacts, NoticeIndicator
from competency.documents.schema import Issuer
from competency.frameworks.published_files import Published
from competency.frameworks.spoken import Spoken, Wording
from competency.kpis.basis_queries import AtEmployer
from competency.kpis.models import DataSource, KpiName, Measurement, SourceBasis
from competency.kpis.queries import definitions
from competency.kpis.schema import Kpi, Kpis, is_about_one_person
from competency.people.models import Employer
from competency.wording import LANGUAGES, Words

AnySession = Session | scoped_session[Session]


def personal_indicators(session: AnySession) -> dict[str, tuple[Published[Kpis], Kpi]]:
    """Return the definitions that can speak of one person, by id."""
    found = definitions(session).items()
    return {slug: known for slug, known in found if is_about_one_person(known[1])}


def measured_from(session: AnySession, source: DataSource) -> set[str]:
    """Return the indicators that were measured from a source so far."""
    from_here = sa.exists().where(
        Measurement.kpi_id == KpiName.id, Measurement.source_id == source.id
    )
    return set(session.scalars(sa.select(KpiName.slug).where(from_here)))


def notice_facts(
    session: AnySession, source: DataSource, place: AtEmployer, chosen: Collection[str]
) -> NoticeFacts:
    """Return the facts of a notice about the ``chosen`` indicators.

    It speaks of what holds today, else of what is planned next; without either it is a draft.
    """
    employer = place.employer
    plain = employer.language.split("-", maxsplit=1)[0]
    language = plain if plain in LANGUAGES else "en"
    planned = [one for one in place.bases if place.state(one) == "planned"]
    basis = place.current or (planned[-1] if planned else None)
    return NoticeFacts(
        language=language,
        issuer=_issuer(employer, language),
        made_on=place.today,
        source=source.name,
        parameters=source.parameters,
        indicators=tuple(
            _indicator(kpi, file.wording(language))
            for slug, (file, kpi) in personal_indicators(session).items()
            if slug in chosen
        ),
        basis=None if basis is None else _basis(basis),
    )


def _issuer(employer: Employer, language: str) -> Issuer:
    """Return the employer as a document in a language names it."""
    return Issuer(
        organisation=employer.organisation.name,
        employer=employer.legal_name,
        tax_number=employer.tax_number,
        country=Words(language).country(employer.country),
        accent_colour=employer.organisation.accent_colour,
        logo=employer.logo_png,
    )


def _basis(row: SourceBasis) -> NoticeBasis:
    """Return what allows the figures."""
    return NoticeBasis(
        version=row.notice_version,
        told_on=row.notified_on,
        since=row.starts_on,
        legal_basis=row.legal_basis,
        agreement=row.agreement,
        purposes=row.purposes,
        months=row.retention_months,
    )


def _indicator(kpi: Kpi, wording: Wording) -> NoticeIndicator:
    """Return an indicator in the words of its file."""
    divisor = kpi.denominator
    return NoticeIndicator(
        _worded(wording.of(kpi.id, kpi.title)),
        _worded(wording.other(kpi.id, "numerator.words", kpi.numerator.words)),
        _worded(wording.other(kpi.id, "denominator.words", divisor.words)) if divisor else None,
        tuple(_worded(one) for one in wording.others(kpi.id, "pitfalls", kpi.pitfalls)),
    )


def _worded(spoken: Spoken) -> Worded:
    """Return words of a file as documents take them."""
    return Worded(spoken.text, spoken.language)
