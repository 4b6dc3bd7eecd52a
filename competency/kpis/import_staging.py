"""Measurements into the database by its own means: staged in bulk, then merged by statements.

PostgreSQL takes them by COPY, SQLite by one prepared statement. The staged table lives as
long as the transaction, so that what is interrupted leaves nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.kpis.import_progress import Step, Tell, silent

AnySession = Session | scoped_session[Session]
CHUNK = 100_000
COLUMNS = ("employee_id", "kpi_id", "campaign_id", "day", "numerator", "denominator", "place")
STAGED = """CREATE TEMPORARY TABLE staged_measurement (
    employee_id BIGINT NOT NULL, kpi_id BIGINT NOT NULL, campaign_id BIGINT,
    day DATE NOT NULL, numerator BIGINT NOT NULL, denominator BIGINT, place INTEGER PRIMARY KEY)"""
SAME = """{0}.employee_id = {1}.employee_id AND {0}.kpi_id = {1}.kpi_id AND {0}.day = {1}.day
    AND coalesce({0}.campaign_id, 0) = coalesce({1}.campaign_id, 0)"""
OF_STAGED = SAME.format("m", "s")
DIFFERS = """m.id IS NOT NULL AND (m.numerator <> s.numerator
    OR coalesce(m.denominator, -1) <> coalesce(s.denominator, -1))"""
VALUES = "employee_id, kpi_id, campaign_id, day, source_id, import_id, numerator, denominator"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('kpi_import'))"


@dataclass(frozen=True)
class Merge:
    """How many measurements are new, differ, and are there already."""

    added: int
    changed: int
    unchanged: int
    observed: int = 0
    """How many would take the place of what was observed here: they may not."""


def take_turn(session: AnySession, tell: Tell = silent) -> None:
    """Wait until no other import or reversal runs; SQLite's writers wait by themselves."""
    tell(Step.WAITING, 0, 0)
    if session.connection().dialect.name == "postgresql":
        session.connection().exec_driver_sql(LOCK)


def stage(session: AnySession, found: pl.DataFrame, tell: Tell) -> None:
    """Put measurements with numbers for everything into a table of this transaction."""
    connection = session.connection()
    rows = found.sort("employee_id", "kpi_id", "day").with_row_index("place").select(COLUMNS)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(STAGED + " ON COMMIT DROP")
        _copy(connection.connection.driver_connection, rows, tell)
        connection.exec_driver_sql("ANALYZE staged_measurement")
        return
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.staged_measurement")
    connection.exec_driver_sql(STAGED)
    driver: Any = connection.connection.driver_connection
    marks = ", ".join("?" for _ in COLUMNS)
    insert = f"INSERT INTO staged_measurement VALUES ({marks})"  # noqa: S608 - our own table
    for chunk in _chunks(rows.with_columns(pl.col("day").cast(pl.String)), tell):
        driver.executemany(insert, chunk.rows())


def _chunks(rows: pl.DataFrame, tell: Tell) -> Iterator[pl.DataFrame]:
    """Yield so many rows at a time, and tell how many have gone."""
    for number, chunk in enumerate(rows.iter_slices(CHUNK)):
        tell(Step.STAGING, number * CHUNK, rows.height)
        yield chunk


def _copy(driver: Any, rows: pl.DataFrame, tell: Tell) -> None:  # noqa: ANN401 - the driver's own class
    """Send rows as the text that COPY reads, so many at a time."""
    copying = f"COPY staged_measurement ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv)"
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for chunk in _chunks(rows, tell):
            stream = io.BytesIO()
            chunk.write_csv(stream, include_header=False)
            copy.write(stream.getbuffer())


def compare(session: AnySession) -> Merge:
    """Return what merging the staged measurements would do."""
    row = session.connection().exec_driver_sql(
        f"""SELECT count(*), count(m.id), count(CASE WHEN {DIFFERS} THEN 1 END),
            count(CASE WHEN {DIFFERS} AND m.import_id IS NULL THEN 1 END)
        FROM staged_measurement s LEFT JOIN measurement m ON {OF_STAGED}"""  # noqa: S608 - our own
    )
    staged, known, changed, observed = row.one()
    return Merge(staged - known, changed, known - changed, observed)


def merge(
    session: AnySession, *, import_id: int, source_id: int, merged: Merge, tell: Tell
) -> None:
    """Add what is new, and put what differs in the place of what was there, which is kept."""
    given = {"import_id": import_id, "source_id": source_id}
    if merged.changed:
        _run(
            session,
            f"""INSERT INTO replaced_measurement ({VALUES}, replaced_by_id)
            SELECT m.{VALUES.replace(", ", ", m.")}, :import_id
            FROM staged_measurement s JOIN measurement m ON {OF_STAGED} WHERE {DIFFERS}""",  # noqa: S608 - our own
            **given,
        )
        _run(
            session,
            f"""UPDATE measurement AS m SET numerator = s.numerator,
                denominator = s.denominator, source_id = :source_id, import_id = :import_id
            FROM staged_measurement s WHERE {OF_STAGED} AND {DIFFERS}""",  # noqa: S608 - our own
            **given,
        )
    if not merged.added:
        return
    staged = merged.added + merged.changed + merged.unchanged
    for first in range(0, staged, CHUNK):
        tell(Step.MERGING, first, staged)
        _run(
            session,
            f"""INSERT INTO measurement ({VALUES})
            SELECT s.employee_id, s.kpi_id, s.campaign_id, s.day, :source_id, :import_id,
                s.numerator, s.denominator
            FROM staged_measurement s WHERE s.place >= :first AND s.place < :end AND NOT EXISTS
                (SELECT 1 FROM measurement m WHERE {OF_STAGED})""",  # noqa: S608 - our own
            first=first,
            end=first + CHUNK,
            **given,
        )


def take_back(session: AnySession, import_id: int) -> None:
    """Undo an import: what it replaced comes back, or passes under what replaced it in turn."""
    same = SAME.format("r", "x")
    current = SAME.format("r", "m")
    statements = (
        f"""UPDATE replaced_measurement AS r SET replaced_by_id = x.replaced_by_id
        FROM replaced_measurement x
        WHERE r.replaced_by_id = :gone AND x.import_id = :gone AND {same}""",  # noqa: S608 - our own
        "DELETE FROM replaced_measurement WHERE import_id = :gone",
        f"""DELETE FROM measurement AS m WHERE import_id = :gone AND NOT EXISTS
            (SELECT 1 FROM replaced_measurement r WHERE r.replaced_by_id = :gone AND {current})""",  # noqa: S608 - our own
        f"""UPDATE measurement AS m SET numerator = r.numerator, denominator = r.denominator,
            source_id = r.source_id, import_id = r.import_id
        FROM replaced_measurement r
        WHERE m.import_id = :gone AND r.replaced_by_id = :gone AND {current}""",  # noqa: S608 - our own
        "DELETE FROM replaced_measurement WHERE replaced_by_id = :gone",
    )
    for statement in statements:
        _run(session, statement, gone=import_id)


def _run(session: AnySession, statement: str, **values: int) -> None:
    """Run one statement of ours."""
    session.connection().execute(sa.text(statement), values)


def clear(session: AnySession) -> None:
    """Let go of what was staged; a connection of SQLite would keep it."""
    session.connection().exec_driver_sql("DROP TABLE staged_measurement")
