"""Who read whose data: noted in memory by reads, written in batches apart from them.

A GET never writes, so ``note_read`` only fills a buffer; a thread of the process writes
it every few seconds in a transaction of its own, and once more at the end. A killed
process loses at most what the last seconds held; docs/security.md says so.
"""

from __future__ import annotations

import atexit
import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.audit.models import AccessLog
from competency.audit.operations import exempt, record
from competency.database.transactions import unit_of_work
from competency.errors import Invalid
from competency.extensions import db

AnySession = Session | scoped_session[Session]

INTERVAL_SECONDS = 5.0
BUFFER_MAXIMUM = 10_000
KEPT = timedelta(days=184)
"""How long reads are kept at least: six months, whichever they are."""

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """Whoever reads: an actor of any feature."""

    @property
    def public_id(self) -> str:
        """The account's public identifier."""

    @property
    def employee_id(self) -> int | None:
        """The employee that the account belongs to."""


@dataclass(frozen=True)
class Read:
    """One read of an employee's data by somebody else."""

    read_at: datetime
    actor: str
    employee_id: int
    what: str


class _Buffer:
    """What was read and is not written yet; safe for threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._reads: list[Read] = []

    def add(self, read: Read) -> None:
        """Keep a read; the oldest goes when the database has been away for too long."""
        with self._lock:
            if len(self._reads) >= BUFFER_MAXIMUM:
                self._reads.pop(0)
                logger.error("the access log is full: the database is out of reach")
            self._reads.append(read)

    def take(self) -> list[Read]:
        """Return what is kept and forget it."""
        with self._lock:
            reads, self._reads = self._reads, []
        return reads


_buffer = _Buffer()


def note_read(actor: Reader, employee_id: int, what: str) -> None:
    """Note that ``actor`` read ``what`` of an employee; reading oneself is not noted."""
    if actor.employee_id != employee_id:
        _buffer.add(Read(clock.now(), actor.public_id, employee_id, what))


def flush(session: AnySession) -> int:
    """Write what was noted, in one transaction of its own; return how many rows.

    A read that the database refuses is reported and left out, so that it never holds
    back the others; when the database is out of reach, all of them wait.
    """
    reads = _buffer.take()
    if not reads:
        return 0
    try:
        _write(session, reads)
    except (DataError, IntegrityError):
        return sum(_write_one(session, read) for read in reads)
    except SQLAlchemyError:
        for read in reads:
            _buffer.add(read)
        raise
    return len(reads)


def _write(session: AnySession, reads: list[Read]) -> None:
    """Write reads in one transaction."""
    with unit_of_work(session):
        exempt(session, "the access log is a record of its own")
        session.execute(sa.insert(AccessLog), [read.__dict__ for read in reads])


def _write_one(session: AnySession, read: Read) -> bool:
    """Write one read of a batch that was refused; return whether it could be."""
    try:
        _write(session, [read])
    except (DataError, IntegrityError) as error:
        logger.error("a read could not be written: %s", error.orig)  # noqa: TRY400 - the row is at fault, not the code
        return False
    except SQLAlchemyError:
        _buffer.add(read)
        return False
    return True


def start_writer(app: Flask) -> threading.Event:
    """Start this process's writer thread; setting the returned event ends it."""
    stop = threading.Event()

    def write() -> None:
        try:
            with app.app_context():
                flush(db.session)
        except SQLAlchemyError as error:
            logger.warning("the access log waits: %s", error)

    def run() -> None:
        while not stop.wait(INTERVAL_SECONDS):
            write()

    threading.Thread(target=run, name="access-log", daemon=True).start()
    atexit.register(write)
    return stop


def trim(session: AnySession, *, actor: Reader, now: datetime, before: datetime) -> int:
    """Delete the reads before an instant, and record that; return how many they were.

    Raises ``Invalid`` for an instant within ``KEPT``: people can ask for that long who
    read their data.
    """
    if before > now - KEPT:
        raise Invalid("The access log of the last %(days)s days is kept.", days=KEPT.days)
    trimmed = session.scalar(
        sa.select(sa.func.count()).select_from(AccessLog).where(AccessLog.read_at < before)
    )
    if not trimmed:
        return 0
    session.execute(sa.delete(AccessLog).where(AccessLog.read_at < before))
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="access_log.trimmed",
        subject_kind="account",
        subject=actor.public_id,
        data={"before": before.isoformat(), "reads": trimmed},
    )
    return trimmed


def readers_of(
    session: AnySession, employee_id: int, limit: int = 100
) -> list[tuple[datetime, str, str]]:
    """Return who read an employee's data: when, the account's public id, and what."""
    rows = session.execute(
        sa.select(AccessLog.read_at, AccessLog.actor, AccessLog.what)
        .where(AccessLog.employee_id == employee_id)
        .order_by(AccessLog.id.desc())
        .limit(limit)
    )
    return list(rows)
