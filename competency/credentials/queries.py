"""Reads of the register, for those inside and for anybody with a token or a code."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.permissions import can_read_credential
from competency.credentials.schema import EntryState
from competency.database.identifiers import normalise_code
from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.people.models import Employee
from competency.people.queries import employees_in_scope, standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Verified:
    """What anybody with the document in hand may read back."""

    number: str
    state: EntryState
    issued_on: date | None
    sha256: str | None
    facts: dict[str, Any] | None


def _verified(session: AnySession, entry: RegisterEntry | None) -> Verified | None:
    """Return what is shown of an entry; one without a document is shown to nobody."""
    if entry is None or entry.state is EntryState.ISSUING:
        return None
    sha256 = session.scalar(
        sa.select(IssuedDocument.sha256).where(IssuedDocument.entry_id == entry.id)
    )
    facts = entry.facts["facts"] if entry.facts else None
    issued_on = date.fromisoformat(facts["issued_on"]) if facts else None
    return Verified(entry.number, entry.state, issued_on, sha256, facts)


def by_token(session: AnySession, token: str) -> Verified | None:
    """Return the document that a QR code's token names, if there is one."""
    return _verified(
        session, session.scalar(sa.select(RegisterEntry).where(RegisterEntry.token == token))
    )


def by_number(session: AnySession, number: str, code: str) -> Verified | None:
    """Return the document of a number, if the typed check code is its own."""
    entry = session.scalar(
        sa.select(RegisterEntry).where(RegisterEntry.number == number.strip().upper())
    )
    if entry is None or not hmac.compare_digest(
        entry.check_code.encode(), normalise_code(code).encode()
    ):
        return None
    return _verified(session, entry)


def document(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[RegisterEntry, bytes]:
    """Return an entry and its stored bytes; ``NotFound`` where it isn't the actor's to read."""
    entry = session.scalar(sa.select(RegisterEntry).where(RegisterEntry.public_id == public_id))
    if entry is None:
        raise NotFound
    place = standing(session, entry.subject_id, actor.today(now))
    if not can_read_credential(actor, place):
        raise NotFound
    content = session.scalar(
        sa.select(IssuedDocument.content).where(IssuedDocument.entry_id == entry.id)
    )
    if content is None:
        raise NotFound
    return entry, content


def entries(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    search: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[tuple[RegisterEntry, Employee]], int]:
    """Return one page of the register in the actor's scope, newest first, and how many."""
    readers = (Role.HR, Role.CERTIFIER, Role.AUDITOR)
    condition = employees_in_scope(actor, actor.today(now), readers)
    if search.strip():
        pattern = search_pattern(search)
        condition &= sa.or_(
            Employee.search_key.like(pattern, escape="\\"),
            sa.func.lower(RegisterEntry.number).like(pattern, escape="\\"),
        )
    query = (
        sa.select(RegisterEntry, Employee)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .where(condition)
    )
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(RegisterEntry)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .where(condition)
    )
    rows = session.execute(
        query.order_by(RegisterEntry.id.desc()).offset((page - 1) * page_size).limit(page_size)
    )
    return [(entry, employee) for entry, employee in rows], total or 0


def entries_of(session: AnySession, appraisal_id: int) -> list[RegisterEntry]:
    """Return the entries of an appraisal, newest first."""
    return list(
        session.scalars(
            sa.select(RegisterEntry)
            .where(RegisterEntry.appraisal_id == appraisal_id)
            .order_by(RegisterEntry.id.desc())
        )
    )


def unfinished(session: AnySession) -> list[RegisterEntry]:
    """Return the entries that have a number and no document yet."""
    return list(
        session.scalars(
            sa.select(RegisterEntry)
            .where(RegisterEntry.state == EntryState.ISSUING)
            .order_by(RegisterEntry.id)
        )
    )
