"""Recording what happened, in the transaction in which it happened.

``record`` only notes the event; the links of the chain are written in one step just
before the commit, when the audit tail is locked last of all (ADR 0005).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, scoped_session

from competency.audit.models import GENESIS, AuditEvent, AuditTail
from competency.audit.rules import Checkpoint, Link, broken_links, link_hash
from competency.database.canonical import canonical_json

AnySession = Session | scoped_session[Session]

_PENDING = "audit_pending"
_CHANGED = "audit_changed"
_EXEMPT = "audit_exempt"
_SAVEPOINTS = "audit_savepoints"


class UnrecordedChange(RuntimeError):
    """A transaction changed rows and recorded no event: a defect, stopped before commit."""


def record(
    session: AnySession,
    *,
    actor: str,
    now: datetime,
    action: str,
    subject_kind: str,
    subject: str,
    data: Mapping[str, object] | None = None,
) -> None:
    """Note an event of this transaction.

    ``actor`` and ``subject`` are public identifiers; ``data`` holds identifiers, codes
    and numbers only, never a name or a text that somebody wrote.
    """
    session.info.setdefault(_PENDING, []).append(
        (now, actor, action, subject_kind, subject, dict(data or {}))
    )


def exempt(session: AnySession, reason: str) -> None:
    """Let this transaction change rows without an event, for the ``reason`` given."""
    session.info[_EXEMPT] = reason


def _note_changes(session: Session, _context: object) -> None:
    """Remember that this transaction changed rows; setting an equal value changes none."""
    if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
        session.info[_CHANGED] = True


def _note_statements(state: ORMExecuteState) -> None:
    """Remember a bulk INSERT, UPDATE or DELETE, which no flush sees."""
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info[_CHANGED] = True


def _write_links(session: Session) -> None:
    """Chain and insert the noted events; the tail's lock is the last one taken."""
    if session.in_nested_transaction():
        return
    session.flush()
    pending = session.info.get(_PENDING, [])
    if not pending:
        if session.info.get(_CHANGED) and not session.info.get(_EXEMPT):
            raise UnrecordedChange
        return
    tail = session.execute(sa.select(AuditTail).with_for_update()).scalar_one_or_none()
    if tail is None:
        tail = AuditTail(id=1, sequence=0, hash=GENESIS)
        session.add(tail)
    sequence, previous = tail.sequence, tail.hash
    rows = []
    for now, actor, action, subject_kind, subject, data in pending:
        sequence += 1
        link = Link(sequence, now, actor, action, subject_kind, subject, data, previous)
        rows.append(
            {
                "sequence": sequence,
                "occurred_at": now,
                "actor": actor,
                "action": action,
                "subject_kind": subject_kind,
                "subject": subject,
                "data": data,
                "previous_hash": previous,
                "hash": (previous := link_hash(link)),
            }
        )
    session.execute(sa.insert(AuditEvent), rows)
    tail.sequence, tail.hash = sequence, previous
    session.info[_PENDING] = []
    session.flush()


def _forget(session: Session) -> None:
    """Drop what was noted: the transaction has ended, and not only a savepoint of it."""
    if not session.in_nested_transaction():
        for key in (_PENDING, _CHANGED, _EXEMPT):
            session.info.pop(key, None)


def _forget_rolled_back(session: Session) -> None:
    """Drop what was noted since the savepoint that is rolled back, or everything."""
    if session.in_nested_transaction():
        del session.info.setdefault(_PENDING, [])[session.info[_SAVEPOINTS][-1] :]
    else:
        _forget(session)


def _begin_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Remember how many events were noted before a savepoint."""
    if transaction.nested:
        noted = len(session.info.get(_PENDING, []))
        session.info.setdefault(_SAVEPOINTS, []).append(noted)


def _end_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Leave a savepoint, kept or rolled back."""
    if transaction.nested:
        session.info[_SAVEPOINTS].pop()


def install(session: AnySession) -> None:
    """Attach the chain to a session factory's sessions."""
    event.listen(session, "after_flush", _note_changes)
    event.listen(session, "do_orm_execute", _note_statements)
    event.listen(session, "before_commit", _write_links)
    event.listen(session, "after_commit", _forget)
    event.listen(session, "after_rollback", _forget_rolled_back)
    event.listen(session, "after_transaction_create", _begin_savepoint)
    event.listen(session, "after_transaction_end", _end_savepoint)


def checkpoint(session: AnySession) -> Checkpoint:
    """Return the end of the chain now, to be kept outside the database."""
    tail = session.execute(sa.select(AuditTail.sequence, AuditTail.hash)).one_or_none()
    return Checkpoint(*tail) if tail else Checkpoint(0, GENESIS)


def verify(session: AnySession, held: Checkpoint | None = None) -> list[str]:
    """Return every fault of the chain; ``held`` is a checkpoint kept elsewhere.

    Without it a chain that was cut or written anew from end to end looks whole. Events
    and tail come from one statement, so that what others write meanwhile is no fault.
    """
    tails = sa.select(AuditTail.sequence, AuditTail.hash).subquery()
    data = sa.type_coerce(AuditEvent.data, sa.Text).label("stored")
    query = (
        sa.select(
            AuditEvent.__table__,
            data,
            tails.c.sequence.label("tail"),
            tails.c.hash.label("tail_hash"),
        )
        .outerjoin(tails, sa.true())
        .order_by(AuditEvent.sequence)
        .execution_options(yield_per=1000)
    )
    with session.execute(query) as rows:
        try:
            first = next(rows, None)
            if first is None:
                tail = checkpoint(session)
            else:
                tail = Checkpoint(first.tail or 0, first.tail_hash or GENESIS)
            links = (_link(row) for row in itertools.chain([first] if first else [], rows))
            return list(broken_links(links, genesis=GENESIS, tail=tail, checkpoint=held))
        except ValueError as error:
            return [f"an event cannot be read as it was written: {error}"]


def _link(row: sa.Row[Any]) -> Link:
    """Return a stored event; ``ValueError`` where its data are not the text we write."""
    if canonical_json(row.data) != row.stored:
        msg = f"the data of event {row.sequence}"
        raise ValueError(msg)
    return Link(
        row.sequence,
        row.occurred_at,
        row.actor,
        row.action,
        row.subject_kind,
        row.subject,
        row.data,
        row.previous_hash,
        row.hash,
    )
