"""Rules that the database itself keeps: append-only tables and dated rows.

Triggers are created again after every migration (``install``), because a batch
migration on SQLite drops them in silence (ADR 0006).
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

ERASURE_TABLE = "erasure"


@dataclass(frozen=True)
class AppendOnly:
    """A table whose rows are never changed, except that erasure empties columns.

    ``subject`` names the column with the employee whose erasure record opens the
    one way; ``erasable`` are the columns that may then go to NULL.
    """

    table: str
    subject: str | None = None
    erasable: tuple[str, ...] = ()
    frozen_when: str | None = None
    """An SQL condition on OLD: only rows that meet it are frozen."""


@dataclass(frozen=True)
class NoOverlap:
    """Dated rows of which no two with the same ``key`` hold on the same day.

    Periods are half-open, ``starts_on`` to ``ends_on``; NULL means no end.
    """

    table: str
    key: tuple[str, ...]


_rules: dict[str, AppendOnly | NoOverlap] = {}


def register(*rules: AppendOnly | NoOverlap) -> None:
    """Add rules; a models module calls this below its tables."""
    for rule in rules:
        _rules[rule.table] = rule


def rules() -> tuple[AppendOnly | NoOverlap, ...]:
    """Return every registered rule, by table name."""
    return tuple(_rules[name] for name in sorted(_rules))


def install(connection: Connection) -> None:
    """Drop and create the triggers of every registered table that exists."""
    existing = set(sa.inspect(connection).get_table_names())
    write = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule in rules():
        if rule.table in existing:
            columns = [c["name"] for c in sa.inspect(connection).get_columns(rule.table)]
            for statement in write(rule, columns):
                connection.exec_driver_sql(statement)


def take_away(connection: Connection) -> None:
    """Drop every trigger of SQLite, which reads them all again whenever a table changes.

    One that names a table of another revision would stop the change; ``install`` follows
    in the same transaction.
    """
    if connection.dialect.name != "sqlite":
        return
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in names.scalars().all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _only_erasure(rule: AppendOnly, columns: list[str], same: str) -> str:
    """Return the SQL condition under which an UPDATE is the documented erasure."""
    if rule.subject is None or not rule.erasable:
        return "0=1"
    kept = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in rule.erasable]
    emptied = [f"(NEW.{name} IS NULL OR NEW.{name} {same} OLD.{name})" for name in rule.erasable]
    record = (
        f"EXISTS (SELECT 1 FROM {ERASURE_TABLE} "  # noqa: S608 - names of our own tables
        f"WHERE {ERASURE_TABLE}.employee_id = OLD.{rule.subject})"
    )
    return " AND ".join([*kept, *emptied, record])


def _overlap(rule: NoOverlap) -> str:
    """Return the SQL condition that another row of the same key overlaps NEW."""
    same_key = " AND ".join(f"o.{name} = NEW.{name}" for name in rule.key)
    return (
        f"EXISTS (SELECT 1 FROM {rule.table} o WHERE {same_key} AND o.id <> NEW.id "  # noqa: S608 - names of our own tables
        "AND (o.ends_on IS NULL OR o.ends_on > NEW.starts_on) "
        "AND (NEW.ends_on IS NULL OR NEW.ends_on > o.starts_on))"
    )


def _sqlite(rule: AppendOnly | NoOverlap, columns: list[str]) -> list[str]:
    """Return SQLite's statements; REPLACE fires DELETE triggers (recursive_triggers)."""
    table = rule.table
    if isinstance(rule, NoOverlap):
        return [
            statement
            for event in ("insert", "update")
            for statement in (
                f"DROP TRIGGER IF EXISTS {table}_overlap_{event}",
                (
                    f"CREATE TRIGGER {table}_overlap_{event} AFTER {event.upper()} ON {table} "
                    f"WHEN {_overlap(rule)} "
                    f"BEGIN SELECT RAISE(ABORT, '{table}: periods overlap'); END"
                ),
            )
        ]
    frozen = f"({rule.frozen_when})" if rule.frozen_when else "1=1"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_update",
        f"DROP TRIGGER IF EXISTS {table}_no_delete",
        (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN {frozen} AND NOT ({_only_erasure(rule, columns, 'IS')}) {refuse}"
        ),
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {frozen} {refuse}",
    ]


def _postgresql(rule: AppendOnly | NoOverlap, columns: list[str]) -> list[str]:
    """Return PostgreSQL's statements: a function and its triggers a table.

    Two transactions do not see each other's new periods, so the second writer of a key
    waits for the first (an advisory lock until its end) before it looks.
    """
    table = rule.table
    if isinstance(rule, NoOverlap):
        key = ", ".join(f"NEW.{name}" for name in rule.key)
        return [
            (
                f"CREATE OR REPLACE FUNCTION {table}_overlap() RETURNS trigger AS $$ BEGIN "
                f"PERFORM pg_advisory_xact_lock(hashtext(concat_ws(' ', '{table}', {key}))); "
                f"IF {_overlap(rule)} THEN RAISE EXCEPTION '{table}: periods overlap' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                "RETURN NEW; END $$ LANGUAGE plpgsql"
            ),
            f"DROP TRIGGER IF EXISTS {table}_overlap ON {table}",
            (
                f"CREATE TRIGGER {table}_overlap AFTER INSERT OR UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_overlap()"
            ),
        ]
    frozen = f"({rule.frozen_when})" if rule.frozen_when else "TRUE"
    refuse = (
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'"
    )
    erasure = _only_erasure(rule, columns, "IS NOT DISTINCT FROM")
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger AS $$ BEGIN "
            f"IF TG_OP = 'TRUNCATE' THEN {refuse}; END IF; "
            f"IF NOT ({frozen}) THEN "
            "RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF; "
            f"IF TG_OP = 'UPDATE' THEN IF {erasure} THEN RETURN NEW; END IF; END IF; "
            f"{refuse}; END $$ LANGUAGE plpgsql"
        ),
        f"DROP TRIGGER IF EXISTS {table}_frozen_rows ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_frozen_table ON {table}",
        (
            f"CREATE TRIGGER {table}_frozen_rows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_frozen()"
        ),
        (
            f"CREATE TRIGGER {table}_frozen_table BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_frozen()"
        ),
    ]
