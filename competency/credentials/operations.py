"""Issuing an attestation in three steps, so that nothing is rendered under a lock.

``take_number`` writes the register row with its number in a short transaction;
``completed`` makes the bytes outside of any: drawn, finished as PDF/A-3b and signed;
``attach`` stores them in a second one. A crash between them leaves a row in state
``issuing``, which the same steps resume.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certifying import accept_shortfalls, shortfall_reasons
from competency.assessments.models import Appraisal
from competency.assessments.queries import Loaded, load, outcome_of
from competency.assessments.schema import Node, State
from competency.audit.operations import record
from competency.clock import local_date
from competency.credentials.commission_queries import Commission, commission_of
from competency.credentials.models import Counter, IssuedDocument, Issuer, RegisterEntry
from competency.credentials.papers import (
    attestation_facts,
    check_printable,
    from_data,
    to_data,
)
from competency.credentials.permissions import can_finish, can_issue
from competency.credentials.queries import took_part
from competency.credentials.rules import NO_UNIT_REACHED, register_number, why_nothing
from competency.credentials.schema import CommissionState, EntryState
from competency.credentials.statutory import required_authorisation, statutory_facts
from competency.credentials.superseding import standing_before, supersede_replaced
from competency.database.identifiers import check_code, token
from competency.database.inserting import insert_new
from competency.documents.attestation import attestation
from competency.documents.finishing import finished
from competency.documents.signing import SigningKey, signed
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import DocumentKind
from competency.mail.operations import notify
from competency.people.queries import standing
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

CURRENT = (EntryState.ISSUING, EntryState.ACTIVE, EntryState.SUSPENDED)


def take_number(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    public_url: str,
    key: SigningKey,
    document: DocumentKind = DocumentKind.ATTESTATION,
    shortfalls_accepted: bool = False,
) -> RegisterEntry:
    """Decide on a document and take its number; a second call returns the same entry.

    ``shortfalls_accepted`` says that the certifier accepts why less evidence sufficed.
    ``key`` will sign it: the document says so where that is for demonstration only.

    Raises ``NotAllowed`` for whoever assessed, reviewed or supervises the person,
    ``IllegalTransition`` before the appraisal is closed, and ``Invalid`` where no unit
    is competent, a reason why less evidence sufficed is not accepted, the commission that
    the standard asks for has not approved, the person
    was erased, a text can't be printed as it is, or no authorisation in force covers a
    statutory document.
    """
    loaded = load(session, actor=actor, now=now, public_id=appraisal_public_id, lock=True)
    involved = took_part(session, actor=actor, now=now, loaded=loaded)
    if not can_issue(actor, loaded.facts, loaded.standing, took_part=involved):
        raise NotAllowed(
            "An attestation is decided by a certifier who has neither assessed, reviewed "
            "nor supervised the person."
        )
    if loaded.appraisal.state is not State.CLOSED:
        raise IllegalTransition("An attestation is issued from a closed appraisal only.")
    if not loaded.subject.printed_name:
        raise Invalid("This person's data have been erased, so nothing can be issued to them.")
    existing = current_entry(session, loaded.appraisal.id, document)
    if existing is not None:
        return existing
    commission = commission_of(session, loaded)
    if commission is not None and commission.state is not CommissionState.APPROVED:
        raise Invalid("This standard asks for a commission to certify, and it has not approved.")
    node = outcome_of(session, loaded.appraisal)
    nothing = why_nothing(loaded.framework, node)
    if node is None or nothing is not None:
        raise Invalid(nothing or NO_UNIT_REACHED)
    if shortfall_reasons(session, loaded.appraisal):
        if not shortfalls_accepted:
            raise Invalid(
                "Less evidence than the standard asks for was explained. Accept the reasons "
                "first, or issue nothing.",
                "shortfalls_accepted",
            )
        accept_shortfalls(session, loaded.appraisal, account_id=actor.account_id, now=now)
    return _new_entry(session, actor, now, loaded, node, public_url, key, document, commission)


def _new_entry(
    session: AnySession,
    actor: Actor,
    now: datetime,
    loaded: Loaded,
    node: Node,
    public_url: str,
    key: SigningKey,
    document: DocumentKind,
    commission: Commission | None,
) -> RegisterEntry:
    """Take the next number of the issuer's year and write the row with its frozen facts."""
    employer = loaded.subject.employer
    lock = sa.select(Issuer).where(Issuer.employer_id == employer.id)
    issuer = session.scalar(lock.with_for_update(read=True) if document.is_statutory else lock)
    if issuer is None:
        raise Invalid("The employer has no issuer record; an administrator adds one first.")
    today = local_date(now, employer.time_zone)
    authorisation = (
        required_authorisation(session, issuer.id, employer, loaded.framework, document, today)
        if document.is_statutory
        else None
    )
    sequence = _next_sequence(session, issuer.id, today.year)
    secret, code = token(), check_code()
    number = register_number(issuer.prefix, today.year, sequence)
    replaced = _replaced(session, loaded.appraisal.id, document) or standing_before(
        session, loaded, node, document, now
    )
    facts = attestation_facts(
        session,
        actor=actor,
        now=now,
        loaded=loaded,
        node=node,
        number=number,
        verification_url=f"{public_url.rstrip('/')}/verify/{secret}",
        check_code=code,
        statutory=(
            statutory_facts(session, loaded.framework, authorisation) if authorisation else None
        ),
        commission=commission,
        replaces=replaced.number if replaced else None,
        demonstration_key=key.is_demonstration,
    )
    check_printable(facts)
    entry = RegisterEntry(
        issuer_id=issuer.id,
        year=today.year,
        sequence=sequence,
        number=number,
        token=secret,
        check_code=code,
        appraisal_id=loaded.appraisal.id,
        subject_id=loaded.appraisal.subject_id,
        document=document,
        authorisation_id=authorisation.id if authorisation else None,
        replaces_id=replaced.id if replaced else None,
        facts=to_data(facts),
        valid_until=facts.valid_until,
        decided_by_id=actor.account_id,
        taken_at=now,
    )
    session.add(entry)
    session.flush()
    _record(session, actor, now, "credential.decided", entry)
    return entry


def _replaced(
    session: AnySession, appraisal_id: int, document: DocumentKind
) -> RegisterEntry | None:
    """Return the last entry of a kind, which a new one replaces; it no longer stands."""
    return session.scalar(
        sa.select(RegisterEntry)
        .where(
            RegisterEntry.appraisal_id == appraisal_id,
            RegisterEntry.document == document,
            RegisterEntry.state.in_([EntryState.REVOKED, EntryState.SUPERSEDED]),
        )
        .order_by(RegisterEntry.id.desc())
        .limit(1)
    )


def _next_sequence(session: AnySession, issuer_id: int, year: int) -> int:
    """Return the next number of a year, under the counter's lock."""
    counter = session.get(Counter, (issuer_id, year), with_for_update=True)
    if counter is None:
        values = {"issuer_id": issuer_id, "year": year, "last": 0}
        session.execute(insert_new(session, Counter).values(values))
        counter = session.get_one(Counter, (issuer_id, year), with_for_update=True)
    counter.last += 1
    session.flush()
    return counter.last


def current_entry(
    session: AnySession, appraisal_id: int, document: DocumentKind = DocumentKind.ATTESTATION
) -> RegisterEntry | None:
    """Return the entry of a kind that stands for an appraisal, if one does."""
    return session.scalar(
        sa.select(RegisterEntry).where(
            RegisterEntry.appraisal_id == appraisal_id,
            RegisterEntry.document == document,
            RegisterEntry.state.in_(CURRENT),
        )
    )


def render(facts: dict[str, Any] | None) -> bytes:
    """Return an entry's document as it is drawn; its ``facts`` are all that is read.

    The same facts give the same bytes.
    """
    if facts is None:
        raise NotFound
    return attestation(from_data(facts))


def completed(facts: dict[str, Any] | None, *, key: SigningKey, now: datetime) -> bytes:
    """Return an entry's document drawn, finished and signed: the bytes that are stored.

    Raises ``Invalid`` where the document says otherwise of its key than ``key`` is.
    """
    drawn = render(facts)
    if facts is None:
        raise NotFound
    said = facts["facts"].get("demonstration_key")
    if said is not None and said != key.is_demonstration:
        raise Invalid(
            "This number was taken for another kind of signing key. Set that key to finish it."
        )
    return signed(finished(drawn, facts["facts"], facts["facts"]["language"]), key, now)


def attach(
    session: AnySession, *, actor: Actor, now: datetime, entry_public_id: str, content: bytes
) -> RegisterEntry:
    """Store the bytes once and make the entry active; a second call changes nothing.

    Raises ``NotAllowed`` for whoever could not have decided, and ``IllegalTransition``
    where the person was erased after the bytes were made: they are not stored then.
    """
    entry = session.scalar(
        sa.select(RegisterEntry)
        .where(RegisterEntry.public_id == entry_public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound
    place = standing(session, entry.subject_id, actor.today(now))
    if not can_finish(actor, entry.decided_by_id, place):
        raise NotAllowed("Only a certifier finishes what was decided.")
    if entry.state is not EntryState.ISSUING:
        return entry
    if entry.facts is None:
        raise IllegalTransition("This person's data have been erased meanwhile.")
    session.add(
        IssuedDocument(
            entry_id=entry.id,
            subject_id=entry.subject_id,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            stored_at=now,
        )
    )
    entry.state, entry.issued_at = EntryState.ACTIVE, now
    session.flush()
    supersede_replaced(session, actor=actor, now=now, entry=entry)
    notify(
        session,
        now=now,
        to=[entry.subject_id],
        kind="attestation_issued",
        params={"number": entry.number},
        link=session.get_one(Appraisal, entry.appraisal_id).public_id,
    )
    _record(session, actor, now, "credential.issued", entry)
    return entry


def _record(
    session: AnySession, actor: Actor, now: datetime, action: str, entry: RegisterEntry
) -> None:
    """Record an event about a register entry."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="credential",
        subject=entry.public_id,
        data={"number": entry.number, "document": entry.document.value},
    )
