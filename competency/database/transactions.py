"""Reading and writing transactions, and the settings of each connection.

Everything runs as reading unless it says that it writes. A reading transaction
cannot write: SQLite runs it with ``query_only``, PostgreSQL as READ ONLY. A writing
one begins with ``BEGIN IMMEDIATE`` on SQLite, so that it never fails half-way for
want of the lock (ADR 0005).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, scoped_session

_writing: ContextVar[bool] = ContextVar("writing", default=False)

SQLITE_SETTINGS = {
    "foreign_keys": "ON",
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "recursive_triggers": "ON",
    "secure_delete": "ON",
    "busy_timeout": "15000",
}
_QUERY_ONLY = "query_only"
"""Where a connection's pool record keeps which way the setting stands."""


def set_writing(*, writing: bool) -> None:
    """Say how the next transaction of this context begins."""
    _writing.set(writing)


@contextmanager
def unit_of_work(session: Session | scoped_session[Session]) -> Iterator[None]:
    """Run the block as one writing transaction: commit at its end, or roll back.

    A transaction that was open before is ended first, so that this one begins as
    writing; afterwards the context reads again.
    """
    session.rollback()
    before = _writing.set(True)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(before)


@contextmanager
def rehearsal(session: Session | scoped_session[Session]) -> Iterator[None]:
    """Run the block as a writing transaction that is rolled back whatever happens."""
    session.rollback()
    before = _writing.set(True)
    try:
        yield
    finally:
        session.rollback()
        _writing.reset(before)


def end_reading(session: Session | scoped_session[Session]) -> None:
    """End a reading transaction, in which the database let nothing be written.

    It is committed, since psycopg drops every prepared statement at a ROLLBACK; what
    was changed in memory is let go first, so that nothing is flushed.
    """
    session.expunge_all()
    session.commit()


def prepare_engine(engine: Engine) -> None:
    """Install the connection settings and the begin rule on ``engine``."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def _sqlite_connect(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 - the driver's own class
    """Set every connection up, and take transactions out of the driver's hands."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in SQLITE_SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """Take the write lock at once, or forbid writing.

    The setting is only changed where it differs from the connection's last one: each
    change makes SQLite prepare every statement of the connection anew.
    """
    wanted = "OFF" if _writing.get() else "ON"
    if connection.info.get(_QUERY_ONLY) != wanted:
        connection.exec_driver_sql(f"PRAGMA query_only={wanted}")
        connection.info[_QUERY_ONLY] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted == "OFF" else "BEGIN")


def _postgresql_begin(connection: Connection) -> None:
    """Forbid writing in a reading transaction: the driver then begins it READ ONLY."""
    driver: Any = connection.connection.driver_connection
    driver.read_only = not _writing.get()
