"""The issuer record: an employer's prefix, and who authorised it to certify, until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.clock import local_date
from competency.credentials.models import (
    AuthorisationEnd,
    AuthorisationScope,
    Issuer,
    IssuerAuthorisation,
)
from competency.credentials.permissions import can_manage_issuers
from competency.credentials.rules import is_prefix
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import DocumentKind
from competency.people.models import Employer
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

AUTHORITY_MAXIMUM = 200
NUMBER_MAXIMUM = 100
REASON_MAXIMUM = 1000


@dataclass(frozen=True)
class NewAuthorisation:
    """What an authority wrote: who it is, under which number, from when to when, for what.

    ``valid_until`` is the last day, ``None`` where none was set.
    """

    authority: str
    number: str
    starts_on: date
    valid_until: date | None
    covers: frozenset[tuple[str, DocumentKind]]


def ensure_issuer(
    session: AnySession, *, actor: Actor, now: datetime, employer: Employer, prefix: str
) -> Issuer:
    """Return the employer's issuer, made where there is none.

    ``prefix`` begins its numbers and never changes. Without an authorisation an issuer
    attests; it certifies nothing by statute.
    """
    if not actor.is_system and not actor.has(Role.ADMIN):
        raise NotAllowed("Only an administrator adds an issuer.")
    issuer = session.scalar(sa.select(Issuer).where(Issuer.employer_id == employer.id))
    if issuer is None:
        if not is_prefix(prefix):
            raise Invalid("A prefix has up to 12 capital letters and digits.", "prefix")
        if session.scalar(sa.select(Issuer.id).where(Issuer.prefix == prefix)) is not None:
            raise Invalid("Another employer's numbers begin with this prefix.", "prefix")
        issuer = Issuer(employer_id=employer.id, prefix=prefix)
        session.add(issuer)
        session.flush()
        _record(session, actor, now, "issuer.added", employer, prefix=prefix)
    return issuer


def authorise(
    session: AnySession, *, actor: Actor, now: datetime, issuer: Issuer, new: NewAuthorisation
) -> IssuerAuthorisation:
    """Record an authorisation beside the earlier ones, which stay as they are.

    Raises ``NotAllowed`` for all but administrators, and ``Invalid`` for an empty
    authority, number or scope, and for days in the wrong order.
    """
    if not can_manage_issuers(actor):
        raise NotAllowed("Only an administrator over all records authorisations.")
    authority = _text(new.authority, AUTHORITY_MAXIMUM, "authority")
    number = _text(new.number, NUMBER_MAXIMUM, "number")
    if new.valid_until is not None and new.valid_until < new.starts_on:
        raise Invalid("The last day lies before the first.", "valid_until")
    if not new.covers:
        raise Invalid("Say which documents of which frameworks it covers.", "covers")
    if any(not document.is_statutory for _slug, document in new.covers):
        raise Invalid("An internal attestation needs no authorisation.", "covers")
    row = IssuerAuthorisation(
        issuer_id=issuer.id,
        authority=authority,
        number=number,
        starts_on=new.starts_on,
        valid_until=new.valid_until,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(_scopes(row, new.covers))
    session.flush()
    employer = session.get_one(Employer, issuer.employer_id)
    _record(
        session,
        actor,
        now,
        "issuer.authorised",
        employer,
        authorisation=row.public_id,
        starts_on=row.starts_on.isoformat(),
        valid_until=row.valid_until and row.valid_until.isoformat(),
        covers=sorted(f"{slug}:{document.value}" for slug, document in new.covers),
    )
    return row


def _scopes(
    row: IssuerAuthorisation, covers: Iterable[tuple[str, DocumentKind]]
) -> list[AuthorisationScope]:
    """Return the rows that say what an authorisation covers."""
    return [
        AuthorisationScope(authorisation_id=row.id, slug=slug, document=document)
        for slug, document in sorted(covers)
    ]


def end_authorisation(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    ended_on: date,
    reason: str,
) -> IssuerAuthorisation:
    """End an authorisation early: ``ended_on`` is the first day on which it no longer holds.

    Raises ``NotAllowed`` for all but administrators, ``NotFound``, ``IllegalTransition``
    where it was ended already, and ``Invalid`` without a reason, for a day before the
    authorisation began or after it would end anyway, and for a day that is past: what
    was issued under it then stays issued rightly.
    """
    if not can_manage_issuers(actor):
        raise NotAllowed("Only an administrator over all ends authorisations.")
    row, issuer = locked_authorisation(session, public_id)
    if session.get(AuthorisationEnd, row.id) is not None:
        raise IllegalTransition("This authorisation has been ended already.")
    employer = session.get_one(Employer, issuer.employer_id)
    if ended_on < local_date(now, employer.time_zone):
        raise Invalid("It can't be ended on a day that is past.", "ended_on")
    if ended_on < row.starts_on:
        raise Invalid("It can't end before its first day.", "ended_on")
    if row.valid_until is not None and ended_on > row.valid_until:
        raise Invalid("It runs out before that day by itself.", "ended_on")
    session.add(
        AuthorisationEnd(
            authorisation_id=row.id,
            ended_on=ended_on,
            reason=_text(reason, REASON_MAXIMUM, "reason"),
            recorded_by_id=actor.account_id,
            recorded_at=now,
        )
    )
    session.flush()
    _record(
        session,
        actor,
        now,
        "issuer.authorisation_ended",
        employer,
        authorisation=row.public_id,
        ended_on=ended_on.isoformat(),
    )
    return row


def locked_authorisation(session: AnySession, public_id: str) -> tuple[IssuerAuthorisation, Issuer]:
    """Return an authorisation and its issuer, whose row is locked; ``NotFound``.

    Issuing a statutory document takes the same lock, so that none is issued under an
    authorisation that is being ended.
    """
    row = session.scalar(
        sa.select(IssuerAuthorisation).where(IssuerAuthorisation.public_id == public_id)
    )
    if row is None:
        raise NotFound
    issuer = session.get_one(Issuer, row.issuer_id, with_for_update=True)
    return row, issuer


def _text(written: str, maximum: int, field: str) -> str:
    """Return a text without its outer spaces; raise ``Invalid`` for none or too much."""
    text = " ".join(written.split())
    if not text:
        raise Invalid("This is needed.", field)
    if len(text) > maximum:
        raise Invalid("At most %(maximum)s characters fit here.", field, maximum=maximum)
    return text


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    employer: Employer,
    **data: object,
) -> None:
    """Record an event about an employer as issuer."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="employer",
        subject=employer.public_id,
        data=data,
    )
