"""Rows that two people may add at the same moment."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, scoped_session

from competency.database.base import Base

AnySession = Session | scoped_session[Session]


def insert_new(session: AnySession, table: type[Base]) -> PostgresqlInsert | SqliteInsert:
    """Return an insert that leaves out every row whose key is taken.

    It waits for whoever is adding a row of the same key.
    """
    if session.get_bind().dialect.name == "sqlite":
        return sqlite_insert(table).on_conflict_do_nothing()
    return postgresql_insert(table).on_conflict_do_nothing()
