"""What is appended stays: tried on every table that says so, at head, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from competency import tables
from competency.database.triggers import AppendOnly, rules
from competency.extensions import db
from tests.support.cast import NOW
from tests.support.rows import Row, insert, matching, read, value_for, writing

FROZEN_BY = {
    "evidence": lambda row: {"evidence_id": row["id"]},
    "evidence_link": lambda row: {"evidence_id": row["evidence_id"]},
    "further_file": lambda row: {"evidence_id": row["evidence_id"]},
}
"""How a row of a table that is frozen on a condition comes to be frozen.

A session is inserted as one that was held, which freezes it and who examined in it.
"""

FROZEN_AS: dict[str, Row] = {
    "calibration": {"closed_at": NOW, "closed_by_id": 1},
    "contact_draw": {"closed_at": NOW, "set_aside_by_id": 1},
    "observation": {"handed_in_at": NOW},
    "observation_calibration": {"closed_at": NOW, "closed_by_id": 1},
    "observation_calibration_sheet": {"submitted_at": NOW},
    "register_entry": {"state": "revoked", "issued_at": NOW},
}
"""What a row that is frozen by itself holds."""

PARTS_OF_FROZEN = {"observation_mark": ("observation_id", "observation")}
"""By which column a row is a part of one that is frozen by itself."""

RULES = [rule for rule in rules() if isinstance(rule, AppendOnly)]
each_table = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
assert tables.metadata.tables, "the models must be imported before the rules are read"


def test_what_was_decided_shown_or_issued_is_append_only() -> None:
    assert {rule.table for rule in RULES} >= {
        "appraisal_step",
        "assessment_session",
        "audit_event",
        "authorisation_end",
        "authorisation_scope",
        "calibration",
        "calibration_adjustment",
        "calibration_appraisal",
        "calibration_member",
        "catalogue_file",
        "commission_member",
        "commission_vote",
        "contact_draw",
        "earlier_lead",
        "entry_step",
        "erasure",
        "evidence",
        "evidence_confirmation",
        "evidence_doubt",
        "evidence_link",
        "evidence_quarantine",
        "evidence_replacement",
        "framework_version",
        "frozen_evidence",
        "further_file",
        "issued_document",
        "issuer_authorisation",
        "judgement",
        "observation",
        "observation_calibration",
        "observation_calibration_sheet",
        "observation_form",
        "observation_form_end",
        "observation_form_item",
        "observation_mark",
        "observation_score",
        "observation_step",
        "observed_day",
        "opening_level",
        "opening_level_removal",
        "outcome",
        "reading_confirmation",
        "reassessment",
        "register_entry",
        "request_step",
        "session_examiner",
        "session_item",
        "shortfall_acceptance",
        "shortfall_reason",
        "written_answer",
        "written_score",
        "written_test",
    }


def appended(connection: Connection, rule: AppendOnly) -> Row:
    """Return a row of the rule's table, frozen."""
    given = dict(FROZEN_AS.get(rule.table, {}))
    if rule.table in PARTS_OF_FROZEN:
        column, parent = PARTS_OF_FROZEN[rule.table]
        given[column] = insert(connection, parent, **FROZEN_AS[parent])["id"]
    row = insert(connection, rule.table, **given)
    if rule.table in FROZEN_BY:
        insert(connection, "frozen_evidence", **FROZEN_BY[rule.table](row))
    return row


def refused(statement: sa.Executable | str) -> str:
    """Run a statement in a transaction of its own; return the refusal, fail without one."""
    with pytest.raises(DBAPIError) as error, writing() as connection:
        connection.execute(sa.text(statement) if isinstance(statement, str) else statement)
    return str(error.value)


def other_value(column: sa.Column[Any], row: Row) -> object:
    """Return a value of the column's type that is not the row's."""
    for number in range(5000, 5020):
        value = value_for(column, number)
        if value != row[column.name]:
            return value
    raise AssertionError(column)


def erase(row: Row, rule: AppendOnly) -> None:
    """Record the erasure of the row's subject, without doing it."""
    with writing() as connection:
        accounts = connection.scalars(sa.text("SELECT id FROM account ORDER BY id")).all()
        insert(
            connection,
            "erasure",
            employee_id=row[str(rule.subject)],
            requested_by_id=accounts[0],
            carried_out_by_id=accounts[1],
        )


@each_table
def test_no_column_of_an_appended_row_can_be_updated(app: Flask, rule: AppendOnly) -> None:
    assert app
    with writing() as connection:
        row = appended(connection, rule)
        before = read(connection, rule.table, row)
    table = tables.metadata.tables[rule.table]
    for column in table.columns:
        others = [other_value(column, row), *([None] if column.nullable else [])]
        for value in others:
            if value == row[column.name]:
                continue
            change = sa.update(table).where(matching(rule.table, row)).values({column.name: value})
            assert f"{rule.table} is append-only" in refused(change), column
    with db.engine.connect() as connection:
        assert read(connection, rule.table, row) == before


@each_table
def test_an_appended_row_can_be_neither_deleted_nor_replaced(app: Flask, rule: AppendOnly) -> None:
    assert app
    with writing() as connection:
        row = appended(connection, rule)
        before = read(connection, rule.table, row)
    table = tables.metadata.tables[rule.table]
    assert "append-only" in refused(sa.delete(table).where(matching(rule.table, row)))
    key = [column.name for column in table.primary_key]
    free = [c for c in table.columns if c.name not in key and not c.foreign_keys]
    changes = {column.name: other_value(column, row) for column in free[-1:]}
    changed = {**row, **changes}
    if db.engine.dialect.name == "sqlite":
        assert "append-only" in refused(sa.insert(table).prefix_with("OR REPLACE").values(changed))
    insert_or_update = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    update = (
        insert_or_update(table)
        .values(changed)
        .on_conflict_do_update(index_elements=key, set_=changes or {key[0]: row[key[0]]})
    )
    assert "append-only" in refused(update)
    with db.engine.connect() as connection:
        assert read(connection, rule.table, row) == before


@each_table
def test_an_appended_table_cannot_be_emptied_at_a_stroke(app: Flask, rule: AppendOnly) -> None:
    assert app
    with writing() as connection:
        appended(connection, rule)
    if db.engine.dialect.name == "postgresql":
        assert "append-only" in refused(f"TRUNCATE {rule.table} CASCADE")
    assert "append-only" in refused(f"DELETE FROM {rule.table}")  # noqa: S608 - a name of ours


@each_table
def test_erasure_empties_only_what_is_personal_and_only_with_a_record(
    app: Flask, rule: AppendOnly
) -> None:
    assert app
    if not rule.erasable:
        assert rule.subject is None
        return
    table = tables.metadata.tables[rule.table]
    emptied = dict.fromkeys(rule.erasable)
    with writing() as connection:
        row = appended(connection, rule)
        bystander = appended(connection, rule)
    if bystander[str(rule.subject)] == row[str(rule.subject)]:
        with writing() as connection:
            bystander = insert(
                connection, rule.table, **{str(rule.subject): insert(connection, "employee")["id"]}
            )
    empty = sa.update(table).where(matching(rule.table, row)).values(emptied)
    assert "append-only" in refused(empty)
    erase(row, rule)
    for name in rule.erasable:
        another = {name: value_for(table.c[name], 7000)}
        assert "append-only" in refused(
            sa.update(table).where(matching(rule.table, row)).values(another)
        )
    for column in table.columns:
        if column.name not in rule.erasable:
            more = {**emptied, column.name: other_value(column, row)}
            assert "append-only" in refused(
                sa.update(table).where(matching(rule.table, row)).values(more)
            )
    with writing() as connection:
        connection.execute(empty)
        after = read(connection, rule.table, row)
        assert after is not None
        assert {name: after[name] for name in rule.erasable} == emptied
        assert {n: v for n, v in after.items() if n not in emptied} == {
            n: v for n, v in row.items() if n not in emptied
        }
    assert "append-only" in refused(sa.delete(table).where(matching(rule.table, row)))


@pytest.mark.parametrize("table", sorted(FROZEN_BY))
def test_evidence_that_nothing_relies_on_can_still_change(app: Flask, table: str) -> None:
    assert app
    target = tables.metadata.tables[table]
    with writing() as connection:
        row = insert(connection, table)
        name = {"evidence": "title", "further_file": "name"}.get(table, "criterion_id")
        connection.execute(sa.update(target).where(matching(table, row)).values({name: "another"}))
        row = {**row, name: "another"}
        assert read(connection, table, row) == row
        connection.execute(sa.delete(target).where(matching(table, row)))
        assert read(connection, table, row) is None
