"""Reads of issuers and their authorisations, and of what a framework lets them certify."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.clock import local_date
from competency.credentials.authorising import lack_on
from competency.credentials.models import (
    AuthorisationEnd,
    AuthorisationScope,
    Issuer,
    IssuerAuthorisation,
)
from competency.credentials.permissions import can_read_issuers
from competency.credentials.schema import Authorisation, Lack
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import DocumentKind
from competency.people.models import Employer
from competency.people.queries import names_of_accounts
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Statutory:
    """A statutory document that a published framework names."""

    slug: str
    document: DocumentKind
    name: str
    law: str | None
    title: str
    language: str

    @property
    def key(self) -> str:
        """Return how forms and commands write it: the slug, a colon and the document."""
        return f"{self.slug}:{self.document.value}"


@dataclass(frozen=True)
class AuthorisationRow:
    """An authorisation as its page shows it; ``lack`` is ``None`` while it holds."""

    authorisation: Authorisation
    lack: Lack | None
    recorded_at: datetime
    recorded_by: str | None
    end_reason: str | None


@dataclass(frozen=True)
class IssuerRow:
    """An employer, its issuer where it has one, and its authorisations, newest first."""

    employer: Employer
    issuer: Issuer | None
    authorisations: tuple[AuthorisationRow, ...]

    @property
    def in_force(self) -> int:
        """Return how many authorisations hold today."""
        return sum(row.lack is None for row in self.authorisations)


def authorisations_of(session: AnySession, issuer_id: int) -> list[Authorisation]:
    """Return every authorisation that an issuer ever had."""
    rows = _rows(session, IssuerAuthorisation.issuer_id == issuer_id)
    return [found for _row, _end, found in rows]


def _rows(
    session: AnySession, condition: sa.ColumnElement[bool]
) -> list[tuple[IssuerAuthorisation, AuthorisationEnd | None, Authorisation]]:
    """Return authorisations with their end and as values, newest first; two queries."""
    found = session.execute(
        sa.select(IssuerAuthorisation, AuthorisationEnd)
        .outerjoin(AuthorisationEnd, AuthorisationEnd.authorisation_id == IssuerAuthorisation.id)
        .where(condition)
        .order_by(IssuerAuthorisation.id.desc())
    ).all()
    covers: dict[int, set[tuple[str, DocumentKind]]] = {row.id: set() for row, _end in found}
    scopes = sa.select(AuthorisationScope).where(AuthorisationScope.authorisation_id.in_(covers))
    for one in session.scalars(scopes) if covers else ():
        covers[one.authorisation_id].add((one.slug, one.document))
    return [(row, end, _value(row, end, covers[row.id])) for row, end in found]


def _value(
    row: IssuerAuthorisation,
    end: AuthorisationEnd | None,
    covers: Iterable[tuple[str, DocumentKind]],
) -> Authorisation:
    """Return a row as what the rules decide on."""
    return Authorisation(
        id=row.id,
        public_id=row.public_id,
        authority=row.authority,
        number=row.number,
        starts_on=row.starts_on,
        valid_until=row.valid_until,
        ended_on=end.ended_on if end else None,
        covers=frozenset(covers),
    )


def issuers(session: AnySession, *, actor: Actor, now: datetime) -> list[IssuerRow]:
    """Return every employer as issuer, by code; ``NotFound`` for whom it doesn't concern."""
    if not can_read_issuers(actor):
        raise NotFound
    pairs = session.execute(
        sa.select(Employer, Issuer)
        .outerjoin(Issuer, Issuer.employer_id == Employer.id)
        .order_by(Employer.code)
    ).all()
    rows = _rows(session, sa.true())
    names = names_of_accounts(session, {row.recorded_by_id for row, _end, _value in rows})
    made = []
    for employer, issuer in pairs:
        today = local_date(now, employer.time_zone)
        own = tuple(
            AuthorisationRow(
                value,
                lack_on(today, value),
                row.recorded_at,
                names.get(row.recorded_by_id),
                end.reason if end else None,
            )
            for row, end, value in rows
            if issuer is not None and row.issuer_id == issuer.id
        )
        made.append(IssuerRow(employer, issuer, own))
    return made


def issuer_row(
    session: AnySession, *, actor: Actor, now: datetime, employer_public_id: str
) -> IssuerRow:
    """Return one employer as issuer; ``NotFound``."""
    for row in issuers(session, actor=actor, now=now):
        if row.employer.public_id == employer_public_id:
            return row
    raise NotFound


def statutory_documents(session: AnySession) -> list[Statutory]:
    """Return the statutory documents that the newest version of each framework names."""
    newest = (
        sa.select(sa.func.max(FrameworkVersion.id))
        .group_by(FrameworkVersion.slug)
        .scalar_subquery()
    )
    versions = session.scalars(
        sa.select(FrameworkVersion.id)
        .where(FrameworkVersion.id.in_(newest))
        .order_by(FrameworkVersion.slug)
    )
    found = []
    for version_id in versions.all():
        framework = framework_of(session, version_id)
        certification = framework.certification
        if certification is not None and certification.document.is_statutory:
            found.append(
                Statutory(
                    framework.id,
                    certification.document,
                    certification.document_name or certification.document.value,
                    certification.document_law,
                    framework.title,
                    framework.language,
                )
            )
    return found
