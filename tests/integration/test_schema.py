"""The database refuses impossible states, and migrations give exactly the models' schema."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from competency import tables
from competency.database.transactions import set_writing, unit_of_work
from competency.database.triggers import AppendOnly, NoOverlap, install, rules
from competency.extensions import db
from tests.support.cast import NOW, World, build_cast
from tests.support.certifications import open_certification
from tests.support.rows import insert, writing

DATED = [rule for rule in rules() if isinstance(rule, NoOverlap)]
each_dated = pytest.mark.parametrize("rule", DATED, ids=lambda rule: rule.table)

IMPOSSIBLE: dict[str, list[dict[str, object]]] = {
    "appraisal": [
        {"state": "approved"},
        {"state": "released", "decided_by_id": 1},
        {"state": "in_review"},
        {"state": "suspended"},
        {"state": "open", "resumes_to": "planned"},
        {"state": sa.literal_column("'delivered'")},
        {"lead_id": 1, "subject_id": 1},
        {"lead_id": 1, "subject_id": 2, "reviewer_id": 2},
        {"lead_id": 1, "subject_id": 2, "reviewer_id": 1},
        {"round": 2},
        {"judged_anew": ["ac1.cd1"]},
    ],
    "appraisal_request": [
        {"state": "open"},
        {"state": "declined", "ended_at": None},
        {"state": "accepted"},
        {"state": sa.literal_column("'forgotten'")},
    ],
    "cycle": [
        {"opened_on": date(2026, 2, 1), "submit_due_on": date(2026, 1, 31)},
        {"contest_days": -1},
        {"mode": sa.literal_column("'exam'")},
    ],
    "reassessment": [{"appraisal_id": 1, "of_id": 1}],
    "opening_level": [{"entry": 0}],
    "draft": [{"excused": True, "level": "met"}],
    "judgement": [
        {"excused": True, "level": "met"},
        {"excused": False, "level": None},
        {"carried_from": 3, "round": 3},
        {"carried_from": 0},
    ],
    "evidence": [
        {"file_sha256": None, "file_name": "report.pdf"},
        {"kind": sa.literal_column("'rumour'")},
    ],
    "account": [
        {"kind": "person", "employee_id": None},
        {"kind": "system", "employee_id": 1},
        {"kind": "person", "state": "active", "password_hash": None},
        {"kind": "person", "state": "invited", "password_hash": "h"},
    ],
    "role_grant": [
        {"scope_kind": "all", "scope_id": 1},
        {"scope_kind": "site", "scope_id": None},
        {"account_id": 2, "granted_by_id": 2},
        {"role": sa.literal_column("'owner'")},
    ],
    "employee": [{"hired_on": date(2026, 2, 1), "left_on": date(2026, 1, 31)}],
    "reporting_line": [{"employee_id": 1, "supervisor_id": 1}],
    "erasure": [{"requested_by_id": 1, "carried_out_by_id": 1}],
    "issuer_authorisation": [
        {"starts_on": date(2026, 2, 1), "valid_until": date(2026, 1, 31)},
    ],
    "authorisation_scope": [
        {"document": "attestation"},
        {"document": sa.literal_column("'diploma'")},
    ],
    "register_entry": [
        {"sequence": 0},
        {"state": "active", "issued_at": None},
        {"document": "certificate", "authorisation_id": None},
        {"document": "attestation", "authorisation_id": 1},
        {"id": 700, "replaces_id": 700},
    ],
    "commission_member": [
        {"seat": -1},
        {"turn": 0},
        {"employee_id": 1, "subject_id": 1},
    ],
    "mail_message": [
        {"state": "sent", "sent_at": None},
        {"state": "waiting", "sent_at": NOW},
        {"claim": "somebody", "lease_until": None},
    ],
    "audit_tail": [{"id": 2}],
    "cycle_certification": [{"attempts_maximum": 0}],
    "assessment_session": [
        {"attempt": 0},
        {"unit_id": None},
        {"instrument": "knowledge_test"},
        {"instrument": sa.literal_column("'exam'")},
        {"passed": None},
        {"held_at": None},
        {"evidence_id": None},
        {"recorded_by_id": None},
        {"state": "planned"},
        {"state": "cancelled"},
        {"cancelled_at": NOW},
        {"recorded_by_id": 1, "subject_id": 1},
    ],
    "further_file": [{"position": 1}],
    "evidence_replacement": [{"evidence_id": 1, "replaced_id": 1}],
    "evidence_quarantine": [{"number": 0}],
    "file_reading": [{"tries": -1}, {"state": sa.literal_column("'lost'")}],
    "assessor": [
        {"kind": "lead", "drawn": True},
        {"kind": "lead", "ended_at": NOW},
    ],
    "peer_nomination": [
        {"employee_id": 1, "subject_id": 1},
        {"state": "proposed", "answered_at": NOW},
    ],
    "calibration": [{"closed_at": NOW, "closed_by_id": None}],
    "session_move": [
        {"action": "move", "planned_for": None},
        {"action": "ask", "planned_for": NOW},
    ],
    "session_examiner": [{"employee_id": 1, "subject_id": 1}],
    "catalogue_file": [{"kind": "positions"}, {"of_kind": None}],
    "source_basis": [{"retention_months": 0}],
    "kpi_import": [{"state": "reversed"}, {"reversed_by_id": 1}, {"added": -1}],
    "source_retention": [{"figures": -1}, {"removed_at": NOW + timedelta(days=1)}],
    "measurement": [{"numerator": 150_000_001}, {"denominator": -1}],
    "finding_decision": [
        {"step": "accepted"},
        {"step": "kept", "turn": 0},
        {"step": "set_aside", "turn": 1},
    ],
    "kpi_threshold": [{"framework_slug": None}],
    "behaviour_mapping": [{"behaviours_slug": "same", "framework_slug": "same"}],
    "observation": [{"observer_id": 1, "subject_id": 1}, {"edition": -1}],
    "contact_draw": [
        {"place": 0},
        {"place": 3, "pool": 2},
        {"set_aside_by_id": 1},
        {"closed_at": NOW},
        {"closed_at": NOW, "observation_id": 1, "set_aside_by_id": 1},
    ],
    "observation_calibration": [{"closed_at": NOW, "closed_by_id": None}],
    "observation_calibration_sheet": [{"observer_id": 1, "subject_id": 1}, {"edition": -1}],
    "observation_plan": [{"contacts": 0}, {"contacts": 101}],
    "observation_form": [{"version": 0}, {"cap_percent": 100}, {"cap_percent": -1}],
    "observation_form_item": [{"weight": 0}, {"weight": 21}, {"position": 0}],
    "observation_mark": [{"mark": sa.literal_column("'seen'")}],
    "observation_score": [
        {"number": 0},
        {"reached": -1},
        {"reached": 2, "possible": 1},
        {"reached": 0, "possible": 0},
    ],
    "observation_step": [{"kind": sa.literal_column("'praise'")}],
    "written_test": [{"per_item": 0}],
    "written_answer": [{"points": -1}, {"points": 2, "maximum": 1}],
    "written_score": [
        {"points": -1},
        {"points": 2, "maximum": 1},
    ],
}
for _dated in DATED:
    IMPOSSIBLE.setdefault(_dated.table, []).append(
        {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 2)}
    )

CASES = [(table, values) for table, all_values in IMPOSSIBLE.items() for values in all_values]


def test_every_impossible_state_is_refused(app: Flask) -> None:
    assert app
    accepted = []
    for table, values in CASES:
        try:
            with writing() as connection:
                insert(connection, table, **values)
        except DBAPIError as error:
            if "CHECK" not in str(error).upper():
                accepted.append((table, values))
        else:
            accepted.append((table, values))
    assert accepted == []


def test_every_check_of_ours_is_tried() -> None:
    checked = {
        table.name
        for table in tables.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
        and not getattr(constraint, "_type_bound", False)
    }
    assert checked <= set(IMPOSSIBLE)


def test_a_row_that_points_nowhere_is_refused(app: Flask) -> None:
    assert app
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), writing() as connection:
        insert(connection, "draft", assessor_id=999_999)


def _open_end(rule: NoOverlap) -> date | None:
    """Return the end of a row without one: a far day where the table wants an end."""
    column = tables.metadata.tables[rule.table].c.ends_on
    return None if column.nullable else date(2099, 1, 1)


def _another(connection: Connection, rule: NoOverlap) -> dict[str, object]:
    """Return a key of somebody or something else."""
    columns = [tables.metadata.tables[rule.table].c[name] for name in rule.key]
    return {
        column.name: next(
            (insert(connection, key.column.table.name)["id"] for key in column.foreign_keys),
            "another",
        )
        for column in columns
    }


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (("2026-01-01", None), ("2026-05-01", None), True),
        (("2026-01-01", "2026-05-01"), ("2026-04-30", None), True),
        (("2026-01-01", "2026-05-01"), ("2026-05-01", None), False),
        (("2026-05-01", None), ("2026-01-01", "2026-05-01"), False),
        (("2026-05-01", None), ("2026-01-01", None), True),
        (("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-03-01"), True),
    ],
)
def test_no_two_rows_of_one_person_hold_on_the_same_day(
    app: Flask,
    first: tuple[str, str | None],
    second: tuple[str, str | None],
    overlap: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    assert app

    def period(rule: NoOverlap, days: tuple[str, str | None]) -> dict[str, date | None]:
        return {
            "starts_on": date.fromisoformat(days[0]),
            "ends_on": date.fromisoformat(days[1]) if days[1] else _open_end(rule),
        }

    for rule in DATED:
        with writing() as connection:
            one = insert(connection, "employee")["id"]
            key = {"employee_id": one} if "employee_id" in rule.key else {}
            row = insert(connection, rule.table, **key, **period(rule, first))
        same = {name: row[name] for name in rule.key}

        def again(rule: NoOverlap = rule, same: dict[str, object] = same) -> None:
            with writing() as connection:
                insert(connection, rule.table, **same, **period(rule, second))

        if overlap:
            with pytest.raises(DBAPIError, match="periods overlap"):
                again()
        else:
            again()
        with writing() as connection:
            insert(connection, rule.table, **_another(connection, rule), **period(rule, second))


def test_what_holds_from_day_to_day_does_not_overlap() -> None:
    assert {(rule.table, rule.key) for rule in DATED} >= {
        ("placement", ("employee_id",)),
        ("campaign_assignment", ("employee_id", "campaign_id")),
        ("position_assignment", ("employee_id",)),
        ("reporting_line", ("employee_id",)),
        ("absence", ("employee_id",)),
    }


@each_dated
def test_a_period_cannot_be_moved_over_another(app: Flask, rule: NoOverlap) -> None:
    assert app
    table = tables.metadata.tables[rule.table]
    with writing() as connection:
        one = insert(connection, "employee")["id"]
        row = insert(
            connection,
            rule.table,
            **({"employee_id": one} if "employee_id" in rule.key else {}),
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 2, 1),
        )
        same = {name: row[name] for name in rule.key}
        ends_on = _open_end(rule)
        insert(connection, rule.table, **same, starts_on=date(2026, 2, 1), ends_on=ends_on)
    with pytest.raises(DBAPIError, match="periods overlap"), writing() as connection:
        connection.execute(
            sa.update(table).where(table.c.id == row["id"]).values(ends_on=date(2026, 2, 2))
        )


def test_two_people_cannot_begin_overlapping_periods_at_the_same_moment(app: Flask) -> None:
    with writing() as connection:
        one = insert(connection, "employee")["id"]
        line = {"employee_id": one, "starts_on": date(2026, 1, 1), "ends_on": None}
    both_began = threading.Barrier(2)
    done: list[str] = []

    def begin(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(1))
            both_began.wait(timeout=60)

    def add() -> None:
        with app.app_context():
            try:
                with writing() as connection:
                    begin(connection)
                    insert(connection, "reporting_line", **line)
                done.append("added")
            except DBAPIError as error:
                done.append("refused" if "periods overlap" in str(error) else repr(error))

    _in_threads([add, add])
    assert sorted(done) == ["added", "refused"]


def _in_threads(works: list[Callable[[], None]]) -> None:
    """Run each work in a thread of its own and wait for all."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


NO_INDEX_EXPRESSIONS = pytest.mark.filterwarnings("ignore:.*expression-based index")
"""SQLite tells nothing about the expression of an index, and says so."""


def _differences() -> list[object]:
    """Return what autogeneration would write: nothing, when models and schema agree."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tables.metadata))


def _triggers() -> set[str]:
    """Return the names of the triggers that the database has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        return set(connection.scalars(sa.text(query)))


@NO_INDEX_EXPRESSIONS
def test_the_migrated_schema_is_the_models_schema(app: Flask) -> None:
    assert app
    assert _differences() == []


@NO_INDEX_EXPRESSIONS
def test_migrations_go_down_and_up_again_with_data_in_the_tables(world: World) -> None:
    before = _triggers()
    assert len(before) >= 2 * len([r for r in rules() if isinstance(r, AppendOnly)]) + len(DATED)
    world.session.rollback()
    downgrade(revision="base")
    with db.engine.connect() as connection:
        left = set(sa.inspect(connection).get_table_names())
    assert left <= {"alembic_version"}
    upgrade()
    assert _differences() == []
    assert _triggers() == before
    build_cast(world.session)
    assert world.employee("aurora").given_name == "Aurora"


@NO_INDEX_EXPRESSIONS
def test_migrations_go_down_a_step_at_a_time_with_a_tested_certification(world: World) -> None:
    before = _triggers()
    road = open_certification(world)
    road.hold(road.plan())
    world.session.rollback()
    while _revision() != "0001":
        downgrade(revision="-1")
    upgrade()
    assert _differences() == []
    assert _triggers() == before
    assert world.session.scalar(sa.text("SELECT count(*) FROM appraisal")) == 1


def _revision() -> str:
    """Return the revision that the database is at."""
    with db.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def test_triggers_can_be_installed_again_and_again(app: Flask) -> None:
    assert app
    before = _triggers()
    for _ in range(2):
        with writing() as connection:
            install(connection)
    assert _triggers() == before


def test_a_reading_transaction_cannot_write(world: World) -> None:
    session = world.session
    session.rollback()
    set_writing(writing=False)
    change = sa.text("UPDATE organisation SET name = 'Another'")
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        session.execute(change)
    session.rollback()
    set_writing(writing=True)
    session.execute(change)
    session.rollback()
    set_writing(writing=False)
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        session.execute(change)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_pooled_connection_of_sqlite_keeps_its_settings(app: Flask) -> None:
    assert app
    wanted = {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "busy_timeout": 15000,
    }
    for _ in range(2):
        with db.engine.connect() as one, db.engine.connect() as another:
            for connection in (one, another):
                found = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted
                }
                assert found == wanted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_writing_transaction_of_sqlite_takes_the_lock_before_its_first_statement(
    world: World,
) -> None:
    session = world.session
    said: list[str] = []
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(said.append)
    session.rollback()
    with unit_of_work(session):
        session.scalars(sa.text("SELECT 1")).all()
        begun = said.index("BEGIN IMMEDIATE")
        assert begun < said.index("SELECT 1")
        set_writing(writing=False)
        with db.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout=0")
            other.rollback()
            set_writing(writing=True)
            with pytest.raises(DBAPIError, match="locked"):
                other.exec_driver_sql("SELECT 1")
            set_writing(writing=False)
            other.rollback()
            assert other.exec_driver_sql("SELECT count(*) FROM employee").scalar() == 8
            other.exec_driver_sql("PRAGMA busy_timeout=15000")
    driver.set_trace_callback(None)
