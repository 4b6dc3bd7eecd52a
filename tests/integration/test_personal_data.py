"""Every column says whether it is personal, and erasure leaves nothing of what is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from competency import clock
from competency.assessments.storage import path_of
from competency.audit.operations import verify
from competency.database.base import Erase, Personal
from competency.database.transactions import unit_of_work
from competency.database.triggers import AppendOnly, rules
from competency.database.types import CanonicalJson, ExactDecimal
from competency.errors import IllegalTransition, NotAllowed
from competency.extensions import db
from competency.people.access import grant_role
from competency.people.leaving import leave
from competency.people.models import Employee
from competency.people.schema import Role
from competency.privacy.operations import carry_out, request_erasure
from competency.privacy.sweep import sweep
from competency.tables import metadata
from tests.support.cast import NOW, World
from tests.support.rows import insert, writing

ALL_TABLES = list(metadata.sorted_tables)
OF_A_PERSON = [table for table in ALL_TABLES if "subject_column" in table.info]


def holds_text(column: sa.Column[Any]) -> bool:
    """Return whether a column could hold what somebody wrote: text, JSON or bytes."""
    kind = column.type
    if isinstance(kind, sa.Enum):
        return False
    return isinstance(kind, (sa.String, sa.LargeBinary, CanonicalJson))


def personal_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Return the columns that are declared personal."""
    return [c for c in table.columns if isinstance(c.info.get("personal"), Personal)]


def test_every_text_of_a_person_says_whether_it_is_personal() -> None:
    silent = [
        str(column)
        for table in ALL_TABLES
        if table in OF_A_PERSON or any(_refers_to_people(column) for column in table.columns)
        for column in table.columns
        if holds_text(column) and "personal" not in column.info and str(column) not in COMPILED
    ]
    assert silent == []


COMPILED = {"catalogue_file.compiled", "framework_version.compiled"}
"""Bytes made from a published file, which names nobody."""


def _refers_to_people(column: sa.Column[Any]) -> bool:
    """Return whether a column refers to an employee or an account."""
    return any(key.column.table.name in {"employee", "account"} for key in column.foreign_keys)


def test_what_is_personal_stands_in_a_table_that_names_its_person() -> None:
    assert [t.name for t in ALL_TABLES if personal_columns(t) and t not in OF_A_PERSON] == []
    for table in OF_A_PERSON:
        subject = table.c[table.info["subject_column"]]
        refers = {key.column.table.name for key in subject.foreign_keys}
        assert refers == {"employee"} or (table.name == "employee" and subject.primary_key), table


def test_each_way_of_erasing_fits_its_column() -> None:
    for table in OF_A_PERSON:
        for column in personal_columns(table):
            match column.info["personal"].erase:
                case Erase.NULL:
                    assert column.nullable, column
                case Erase.BLANK:
                    assert isinstance(column.type, sa.String), column
                case Erase.PUBLIC_ID:
                    assert "public_id" in table.columns, column


def test_the_triggers_open_exactly_what_is_declared_personal() -> None:
    for rule in rules():
        if isinstance(rule, AppendOnly):
            table = metadata.tables[rule.table]
            names = {column.name for column in personal_columns(table)}
            assert set(rule.erasable) == names, rule.table
            assert rule.subject in {None, table.info.get("subject_column")}


NUMBERS = {"canary-of-bruno": Decimal("31.41"), "canary-of-aurora": Decimal("27.18")}
"""What stands for each canary in a column of numbers."""


def fill(world: World, employee_id: int, canary: str, folder: Path) -> None:
    """Put a canary into each personal column of each table, for one employee."""
    content = f"%PDF {canary}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    world.session.rollback()
    with writing() as connection:
        insert(connection, "stored_file", sha256=sha256)
        for table in OF_A_PERSON:
            values = {
                column.name: _canary_for(column, canary, sha256)
                for column in personal_columns(table)
            }
            if not values:
                continue
            subject = table.info["subject_column"]
            if table.name in {"employee", "account"}:
                connection.execute(
                    sa.update(table).where(table.c[subject] == employee_id).values(values)
                )
                continue
            parents = {
                name: _bare_evidence(connection, employee_id)
                for name in ("evidence_id", "replaced_id")
                if name in table.columns and not table.columns[name].nullable
            }
            row = insert(connection, table.name, **{subject: employee_id, **values, **parents})
            if table.name == "evidence":
                insert(connection, "frozen_evidence", evidence_id=row["id"], subject_id=employee_id)


def _bare_evidence(connection: Connection, employee_id: int) -> object:
    """Return an evidence of the employee without a file, for what hangs on one."""
    bare = {"subject_id": employee_id, "file_sha256": None, "file_name": None}
    return insert(connection, "evidence", **bare)["id"]


def _canary_for(column: sa.Column[Any], canary: str, sha256: str) -> object:
    """Return the canary as the column's type; a file's hash where one is asked for."""
    if column.foreign_keys:
        return sha256
    if isinstance(column.type, ExactDecimal):
        return NUMBERS[canary]
    if isinstance(column.type, CanonicalJson):
        return {"text": canary}
    if isinstance(column.type, sa.LargeBinary):
        return canary.encode()
    return f"{canary} {column.name}"[:32]


def found(connection: Connection, canary: str) -> Iterator[str]:
    """Yield every column that still holds the canary, whatever its type."""
    for table in ALL_TABLES:
        for row in connection.execute(sa.select(table)).mappings():
            for name, value in row.items():
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                if canary in text or (isinstance(value, Decimal) and value == NUMBERS.get(canary)):
                    yield f"{table.name}.{name}"


def rows_of(connection: Connection, employee_id: int) -> dict[str, list[object]]:
    """Return everything that is about one employee."""
    return {
        table.name: [
            tuple(row)
            for row in connection.execute(
                sa.select(table)
                .where(table.c[table.info["subject_column"]] == employee_id)
                .order_by(*table.primary_key)
            )
        ]
        for table in OF_A_PERSON
    }


def test_after_an_erasure_no_canary_is_left_and_nobody_else_lost_anything(
    world: World, tmp_path: Path
) -> None:
    session = world.session
    bruno, aurora = world.employee("bruno").id, world.employee("aurora").id
    fill(world, bruno, "canary-of-bruno", tmp_path)
    fill(world, aurora, "canary-of-aurora", tmp_path)
    with db.engine.connect() as connection:
        declared = {f"{t.name}.{c.name}" for t in OF_A_PERSON for c in personal_columns(t)}
        filled = set(found(connection, "canary-of-bruno"))
        hashes = {"evidence.file_sha256", "further_file.sha256", "file_reading.sha256"}
        assert filled == declared - hashes
        before = rows_of(connection, aurora)
    session.rollback()
    employee = session.get_one(Employee, bruno)
    with unit_of_work(session):
        grant_role(
            session, actor=world.system(), now=NOW, account=world.account("carla"), role=Role.HR
        )
    with unit_of_work(session):
        leave(
            session,
            actor=world.actor("hilda"),
            now=NOW,
            employee=employee,
            left_on=date(2026, 3, 1),
        )
    with unit_of_work(session):
        request = request_erasure(session, actor=world.actor("hilda"), now=NOW, employee=employee)
        asked = request.public_id
    with pytest.raises(NotAllowed), unit_of_work(session):
        carry_out(session, actor=world.actor("hilda"), now=NOW, request_public_id=asked)
    carla = world.actor("carla")
    with unit_of_work(session):
        carry_out(session, actor=carla, now=NOW, request_public_id=asked)
    later = clock.now() + timedelta(hours=2)
    swept = sweep(session, actor=world.system(), now=later, folder=tmp_path)
    with db.engine.connect() as connection:
        assert list(found(connection, "canary-of-bruno")) == []
        assert rows_of(connection, aurora) == before
    left = [path for path in tmp_path.rglob("*") if path.is_file() and _holds(path)]
    assert left == []
    assert len(swept.removed) == 1
    assert swept.missing == ()
    assert verify(session) == []
    with pytest.raises(IllegalTransition), unit_of_work(session):
        carry_out(session, actor=carla, now=NOW, request_public_id=asked)


def _holds(path: Path) -> bool:
    """Return whether a file holds the canary."""
    return b"canary-of-bruno" in path.read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_erased_is_not_left_in_the_database_file_either(
    world: World, database_url: str, tmp_path: Path
) -> None:
    session = world.session
    bruno = world.employee("bruno").id
    session.rollback()
    with writing() as connection:
        row = insert(connection, "evidence", subject_id=bruno, text="canary-of-bruno " * 2000)
        connection.execute(
            sa.update(metadata.tables["evidence"])
            .where(metadata.tables["evidence"].c.id == row["id"])
            .values(text=None)
        )
    session.rollback()
    file = Path(database_url.removeprefix("sqlite:///"))
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.connection.driver_connection.execute("ROLLBACK")  # type: ignore[union-attr]  # outside a transaction
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]  # the same
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]  # the same
    assert not _holds(file)
    assert tmp_path.exists()
