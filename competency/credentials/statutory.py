"""From an employer's authorisations to leave for a statutory document, or the refusal."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session, scoped_session

from competency.credentials.authorising import authorised
from competency.credentials.issuer_queries import authorisations_of, statutory_documents
from competency.credentials.schema import Authorisation, Lack
from competency.documents.schema import Statutory
from competency.errors import Invalid
from competency.frameworks.schema import DocumentKind, Framework
from competency.people.models import Employer

AnySession = Session | scoped_session[Session]


def statutory_name(framework: Framework) -> str | None:
    """Return how the law calls the framework's statutory document, ``None`` without one."""
    certification = framework.certification
    if certification is None or not certification.document.is_statutory:
        return None
    return certification.document_name or certification.document.value


def required_authorisation(
    session: AnySession,
    issuer_id: int,
    employer: Employer,
    framework: Framework,
    document: DocumentKind,
    today: date,
) -> Authorisation:
    """Return the authorisation under which ``document`` may be issued ``today``.

    Raises ``Invalid`` with what is missing, and that an internal attestation can be
    issued instead.
    """
    certification = framework.certification
    if certification is None or certification.document is not document:
        raise Invalid(
            "This standard knows no such statutory document. An internal attestation can be "
            "issued instead."
        )
    found, lack = authorised(authorisations_of(session, issuer_id), framework.id, document, today)
    if found is not None and lack is None:
        return found
    raise refusal(str(statutory_name(framework)), employer, found, lack)


def refusal(
    name: str, employer: Employer, nearest: Authorisation | None, lack: Lack | None
) -> Invalid:
    """Return the refusal of a statutory document, in words that say what is missing."""
    if nearest is None:
        return Invalid(
            "“%(document)s” is issued only under an authorisation, and %(employer)s has none: "
            "one that is in force today and covers this framework and this document is missing. "
            "An internal attestation can be issued instead.",
            document=name,
            employer=employer.legal_name,
        )
    known = {"document": name, "number": nearest.number, "authority": nearest.authority}
    if lack is Lack.ENDED:
        return Invalid(
            "“%(document)s” is issued only under an authorisation in force, and number "
            "%(number)s of %(authority)s has been ended. Missing: a new authorisation. An "
            "internal attestation can be issued instead.",
            **known,
        )
    if lack is Lack.EXPIRED:
        return Invalid(
            "“%(document)s” is issued only under an authorisation in force, and number "
            "%(number)s of %(authority)s has run out. Missing: its renewal. An internal "
            "attestation can be issued instead.",
            **known,
        )
    if lack is Lack.NOT_YET:
        return Invalid(
            "“%(document)s” is issued only under an authorisation in force, and number "
            "%(number)s of %(authority)s does not hold yet. An internal attestation can be "
            "issued instead.",
            **known,
        )
    return Invalid(
        "“%(document)s” is issued only under an authorisation that covers it, and number "
        "%(number)s of %(authority)s does not cover this framework and this document. An "
        "internal attestation can be issued instead.",
        **known,
    )


def statutory_facts(
    session: AnySession, framework: Framework, authorisation: Authorisation
) -> Statutory:
    """Return what a statutory document says of its name and of the authorisation.

    Its scope lists the titles of all frameworks that the authorisation covers.
    """
    titles = {one.slug: one.title for one in statutory_documents(session)}
    slugs = sorted({slug for slug, _document in authorisation.covers})
    certification = framework.certification
    return Statutory(
        name=statutory_name(framework) or "",
        language=framework.language,
        law=certification.document_law if certification else None,
        authority=authorisation.authority,
        number=authorisation.number,
        covers=tuple(titles.get(slug, slug) for slug in slugs),
        starts_on=authorisation.starts_on,
        valid_until=authorisation.valid_until,
    )
