"""Rows for any table, made from its columns alone: what a rule is tried on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from competency.database.transactions import set_writing
from competency.database.types import CanonicalJson, Utc
from competency.extensions import db
from competency.tables import metadata
from tests.support.cast import NOW

_numbers = itertools.count(1)

Row = dict[str, Any]

FITTING: Mapping[str, Mapping[str, Any]] = {
    "appraisal": {"state": "open", "round": 1, "judged_anew": None},
    "account": {"kind": "system", "state": "active", "employee_id": None},
    "appraisal_request": {"state": "withdrawn", "ended_at": NOW, "appraisal_id": None},
    "audit_tail": {"id": 1},
    "catalogue_file": {"kind": "translation", "of_kind": "framework"},
    "assessor": {"drawn": False},
    "contact_draw": {"place": 1, "pool": 1, "observation_id": None, "closed_at": None},
    "observation_calibration": {"closed_at": None, "closed_by_id": None},
    "observation_calibration_sheet": {"submitted_at": None, "edition": 1},
    "observation_plan": {"contacts": 4},
    "cycle": {"single_review_percent": 10, "peers_maximum": 0},
    "kpi_import": {"state": "applied", "reversed_at": None, "reversed_by_id": None},
    "finding_decision": {"step": "set_aside", "turn": 0},
    "employee": {"weekly_hours": Decimal(30)},
    "draft": {"level": "met", "excused": False},
    "judgement": {"level": "met", "excused": False, "carried_from": None},
    "mail_message": {"state": "waiting", "claim": None, "lease_until": None},
    "behaviour_mapping": {"behaviours_slug": "a", "framework_slug": "b"},
    "observation": {"handed_in_at": None, "edition": 1},
    "observation_form": {"cap_percent": 50},
    "observation_form_item": {"weight": 3},
    "observation_mark": {"mark": "met"},
    "observation_score": {"reached": 1000, "possible": 2000},
    "outcome": {"tree": {}},
    "peer_nomination": {"state": "withdrawn", "answered_at": NOW, "reason": "busy"},
    "register_entry": {"state": "issuing", "document": "attestation"},
    "authorisation_scope": {"document": "certificate"},
    "assessment_session": {
        "instrument": "practical_test",
        "unit_id": "uc1",
        "items": ["uc1.ind1"],
        "state": "held",
        "held_at": NOW,
        "passed": True,
    },
    "session_move": {"action": "move", "planned_for": NOW},
    "role_grant": {"scope_kind": "all", "scope_id": None},
}
"""Values that a table's CHECKs ask for together."""

_OPTIONAL = (sa.Enum, Utc, sa.Date)
"""Types of columns that stay empty where they may: states and moments still to come."""

_WANTED = {
    "evidence": ("file_sha256",),
    "assessment_session": ("recorded_by_id", "evidence_id"),
}
"""Optional parents that a table's CHECKs ask for."""


@contextmanager
def writing() -> Iterator[Connection]:
    """Give a connection in a writing transaction that bypasses the session."""
    set_writing(writing=True)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        set_writing(writing=False)


def value_for(column: sa.Column[Any], number: int) -> object:
    """Return a value that fits the column's type and differs with ``number``."""
    kind = column.type
    if isinstance(kind, sa.Enum):
        return kind.enums[number % len(kind.enums)]
    made: dict[type, object] = {
        CanonicalJson: {"n": number},
        Utc: NOW + timedelta(seconds=number),
        sa.Date: date(2026, 1, 1) + timedelta(days=number),
        sa.Boolean: bool(number % 2),
        sa.LargeBinary: f"bytes {number}".encode(),
    }
    if type(kind) in made:
        return made[type(kind)]
    if isinstance(kind, sa.Integer):
        return number
    return f"v{number}"[: getattr(kind, "length", None) or 20]


def insert(connection: Connection, table: str, **values: Any) -> Row:  # noqa: ANN401 - values of any column
    """Insert a row with every column filled, and its parents; return what it holds."""
    target = metadata.tables[table]
    number = next(_numbers) + 1000
    row: Row = {}
    given = {**FITTING.get(table, {}), **values}
    for column in target.columns:
        if column.name in given:
            row[column.name] = given[column.name]
        elif column.foreign_keys:
            optional = column.nullable and column.name not in _WANTED.get(table, ())
            if optional and column.name != target.info.get("subject_column"):
                row[column.name] = None
            else:
                row[column.name] = _parent(connection, column, row)
        elif column.nullable and (table in FITTING or isinstance(column.type, _OPTIONAL)):
            row[column.name] = None
        elif not (column.primary_key and column.autoincrement is not False and _counts(column)):
            row[column.name] = value_for(column, number)
    result = connection.execute(sa.insert(target).values(row))
    for column, key in zip(target.primary_key, result.inserted_primary_key or (), strict=False):
        row[column.name] = key
    return row


def _counts(column: sa.Column[Any]) -> bool:
    """Return whether the database numbers this key."""
    return isinstance(column.type, sa.Integer) and len(column.table.primary_key) == 1


def _must_be_new(column: sa.Column[Any]) -> bool:
    """Return whether a key takes part in what must be unique."""
    table = column.table
    uniques = [c.columns for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    uniques += [i.columns for i in table.indexes if i.unique]
    return column.primary_key or any(column.name in columns for columns in uniques)


def _parent(connection: Connection, column: sa.Column[Any], row: Row) -> object:
    """Return a key that the column may refer to: another than the row refers to already."""
    [key] = column.foreign_keys
    used = {
        row[other.name]
        for other in column.table.columns
        if other.name in row and any(k.column.table is key.column.table for k in other.foreign_keys)
    }
    if not _must_be_new(column):
        for candidate in connection.scalars(sa.select(key.column).order_by(key.column)):
            if candidate not in used:
                return candidate
    return insert(connection, key.column.table.name)[key.column.name]


def matching(table: str, row: Row) -> sa.ColumnElement[bool]:
    """Return the condition that finds the row by its key."""
    target = metadata.tables[table]
    return sa.and_(*(column == row[column.name] for column in target.primary_key))


def read(connection: Connection, table: str, row: Row) -> Row | None:
    """Return the row as it stands, or ``None``."""
    target = metadata.tables[table]
    found = connection.execute(sa.select(target).where(matching(table, row))).mappings().first()
    return dict(found) if found else None
