"""The auditor's pages, and who read one's own data."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask

import competency
from competency import clock
from competency.assessments.schema import State
from competency.audit import access
from competency.audit.access import flush, note_read, readers_of
from competency.audit.details import key_words, told
from competency.audit.models import AccessLog, AuditEvent
from competency.audit.operations import checkpoint, exempt
from competency.audit.wording import action_words, read_words
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.people.models import RoleGrant
from competency.people.queries import standing
from competency.people.schema import ScopeKind
from tests.support.appraisals import event_count, open_road
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.routes import scene
from tests.support.rows import insert, writing

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


@pytest.fixture(autouse=True)
def _nothing_noted_before(app: Flask, world: World) -> Iterator[None]:  # noqa: ARG001 - the buffer needs its database
    """Start and leave with an empty buffer: what other tests read is not written here."""
    access._buffer.take()  # noqa: SLF001 - the one buffer of the process
    yield
    access._buffer.take()  # noqa: SLF001 - the same


def test_the_chain_is_shown_newest_first_with_names_and_pages(app: Flask, world: World) -> None:
    open_road(world).to(State.CLOSED)
    augusto = sign_in(app, "augusto")
    page = augusto.get("/audit")
    numbers = [int(n) for n in re.findall(r'data-label="No\.">(?:<[^>]+>)?(\d+)<', page.text)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 50
    assert numbers[0] == event_count(world)
    assert "Hilda Ejemplo" in page.text
    second = [
        int(n) for n in re.findall(r'"No\.">(?:<[^>]+>)?(\d+)<', augusto.get("/audit?page=2").text)
    ]
    assert second[0] == numbers[-1] - 1


def test_an_auditor_of_one_site_reads_its_people_and_neither_chain_nor_accounts(
    app: Flask, world: World
) -> None:
    aurora = world.employee("aurora")
    site = standing(world.session, aurora.id, clock.now().date()).site_id
    with unit_of_work(world.session):
        exempt(world.session, "a test limits the auditor to a site")
        world.session.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.account_id == world.account("augusto").id)
            .values(scope_kind=ScopeKind.SITE, scope_id=site)
        )
    augusto, person = sign_in(app, "augusto"), aurora.public_id
    shown = augusto.get(f"/people/{person}")
    assert shown.status_code == 200
    for path in ("/audit", "/audit/checkpoint.txt", "/accounts", f"/accounts/{person}"):
        assert augusto.get(path).status_code == 403, path
        assert f'href="{path}"' not in shown.text
    assert augusto.post("/audit/verify").status_code == 403


def test_the_chain_is_filtered_by_action_and_by_who_or_what(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    augusto = sign_in(app, "augusto")
    for query, shown in (
        ("action=appraisal.", {"appraisal.submit", "appraisal.take"}),
        ("action=appraisal.submit", {"appraisal.submit"}),
        ("action=appraisal.&subject=renata", {"appraisal.take"}),
        (
            f"action=appraisal.&subject={world.employee('renata').employee_number}",
            {"appraisal.take"},
        ),
        (f"subject={road.public_id}", {"appraisal.submit"}),
        (f"subject=%20{world.account('renata').public_id}", {"appraisal.take"}),
    ):
        found = set(re.findall(r"<code>(\w+\.\w+)</code>", augusto.get(f"/audit?{query}").text))
        assert shown <= found, query
        assert "cycle.opened" not in found, query
    for query in (
        "action=%25",
        "subject=' OR 1=1",
        "action=_",
        "page=99999",
        "action=appraisal.sub",
    ):
        assert "Nothing found" in augusto.get(f"/audit?{query}").text, query


def test_the_chain_is_filtered_by_days_of_where_the_reader_works(app: Flask, world: World) -> None:
    with time_machine.travel(datetime(2030, 3, 2, 2, tzinfo=UTC), tick=False):  # March 1 in Chile
        open_road(world)
    augusto = sign_in(app, "augusto")
    opened = "<code>cycle.opened</code>"
    for query in ("since=2030-03-01&until=2030-03-01", "until=2030-03-01", "since=nonsense"):
        assert opened in augusto.get(f"/audit?action=cycle.opened&{query}").text, query
    for query in ("since=2030-03-02", "until=2030-02-28", "until=9999-12-31&since=2030-03-02"):
        assert opened not in augusto.get(f"/audit?action=cycle.opened&{query}").text, query


def test_verifying_says_whole_and_a_checkpoint_of_another_history_says_broken(
    app: Flask, world: World
) -> None:
    open_road(world)
    augusto = sign_in(app, "augusto")
    held = augusto.get("/audit/checkpoint.txt")
    assert held.headers["Content-Disposition"].startswith("attachment")
    page = augusto.post("/audit/verify", {"checkpoint": held.text})
    assert "The chain is whole" in page.text
    assert "Compared with the checkpoint" in page.text
    assert "No checkpoint was given" in augusto.post("/audit/verify").text
    sequence, _, value = held.text.strip().partition(":")
    other = f"{sequence}:{value[:-1]}{'0' if value[-1] != '0' else '1'}"
    assert "The chain is broken" in augusto.post("/audit/verify", {"checkpoint": other}).text


@pytest.mark.parametrize("line", ["x", "1:2", "²:" + "0" * 64, "9" * 5000 + ":" + "0" * 64, "\x00"])
def test_what_is_no_checkpoint_is_refused(app: Flask, world: World, line: str) -> None:
    assert world.account("augusto")
    answer = sign_in(app, "augusto").post("/audit/verify", {"checkpoint": line})
    assert answer.status_code == 422
    assert "This is not a checkpoint" in answer.text
    assert 'action="/audit/verify"' in answer.text, "the form is there to try again"


def test_every_action_that_is_recorded_has_words(app: Flask, world: World) -> None:
    scene(app, world, State.CLOSED)
    recorded = set(world.session.scalars(sa.select(AuditEvent.action)))
    assert len(recorded) > 20
    with app.test_request_context():
        assert recorded <= set(action_words())
    page = sign_in(app, "augusto").get("/audit?action=appraisal.submit").text
    assert "Appraisal submitted" in page


def actions_in_the_code() -> set[str]:
    """Return every action that a call of ``record`` or ``_record`` names outright."""
    found = set()
    for path in Path(competency.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "_record"}:
                values = [*node.args, *(word.value for word in node.keywords)]
                texts = (v.value for v in values if isinstance(v, ast.Constant))
                found |= {t for t in texts if isinstance(t, str) and ACTION.fullmatch(t)}
    return found


def test_every_action_that_the_code_can_record_has_words(app: Flask) -> None:
    actions = actions_in_the_code()
    assert len(actions) > 25
    with app.test_request_context():
        assert actions - set(action_words()) == set()


def test_what_an_event_says_beside_is_told_in_words(app: Flask, world: World) -> None:
    scene(app, world, State.CLOSED)
    keys = {key for data in world.session.scalars(sa.select(AuditEvent.data)) for key in data or {}}
    assert len(keys) > 10
    with app.test_request_context():
        assert keys - set(key_words()) == set()
        assert told({"from": "in_review", "passed": True, "unit": None}) == [
            ("From", "in review"),
            ("Passed", "yes"),
        ]
    page = sign_in(app, "augusto").get("/audit?action=appraisal.approve").text
    assert "From: in review" in page


def test_every_key_that_the_code_can_record_has_words(app: Flask) -> None:
    found = set()
    for path in Path(competency.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or "record" not in getattr(node.func, "id", ""):
                continue
            for word in node.keywords:
                if word.arg == "data" and isinstance(word.value, ast.Dict):
                    found |= {k.value for k in word.value.keys if isinstance(k, ast.Constant)}
    assert len(found) > 15
    with app.test_request_context():
        assert found - set(key_words()) == set()


def reads_in_the_code() -> set[str]:
    """Return every text that a call of ``note_read`` gives, with ``0`` for each identifier."""
    found = set()
    for path in Path(competency.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note_read":
                what = node.args[2]
                parts = what.values if isinstance(what, ast.JoinedStr) else [what]
                texts = (str(p.value) if isinstance(p, ast.Constant) else "0" for p in parts)
                found.add("".join(texts))
    return found


def test_everything_that_the_code_can_note_as_read_has_words(app: Flask) -> None:
    found = reads_in_the_code()
    assert len(found) > 25
    with app.test_request_context():
        assert {what for what in found if read_words(what) == what} == set()


def test_a_rewritten_event_shows_on_the_page(app: Flask, world: World) -> None:
    open_road(world)
    world.session.rollback()
    drop = "DROP TRIGGER audit_event_refuse_update"
    if world.session.get_bind().dialect.name == "postgresql":
        drop = "ALTER TABLE audit_event DISABLE TRIGGER USER"
    with writing() as connection:
        names = []
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_event'"
            )
            names = [row[0] for row in rows]
        for statement in [f"DROP TRIGGER {name}" for name in names] or [drop]:
            connection.exec_driver_sql(statement)
        connection.execute(
            sa.update(AuditEvent).where(AuditEvent.sequence == 5).values(actor="somebody else")
        )
    page = sign_in(app, "augusto").post("/audit/verify").text
    assert "The chain is broken" in page
    assert "event 5 was changed after it was written" in page


def test_the_auditor_s_pages_are_the_auditor_s_alone(app: Flask, world: World) -> None:
    assert checkpoint(world.session).sequence
    for name in ("hilda", "simon", "aurora", "renata", "carla", "ada"):
        browser = sign_in(app, name)
        assert browser.get("/audit").status_code == 403, name
        assert browser.get("/audit/checkpoint.txt").status_code == 403
        assert browser.post("/audit/verify").status_code == 403


def test_an_erased_person_s_deeds_are_not_shown_as_the_system_s(app: Flask, world: World) -> None:
    open_road(world)
    with unit_of_work(world.session):
        world.employee("hilda").printed_name = ""
        exempt(world.session, "a test erases the name alone")
    page = sign_in(app, "augusto").get("/audit?action=cycle.").text
    assert "(erased)" in page
    assert ">System</a>" not in page


def test_everybody_sees_who_else_read_their_data_and_what(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    simon, aurora = sign_in(app, "simon"), sign_in(app, "aurora")
    assert "Nobody yet" in aurora.get("/who-read-my-data").text
    simon.get(road.path)
    simon.get(f"{road.path}/plan")
    aurora.get(f"{road.path}/plan")
    sign_in(app, "augusto").get(f"/cycles/{road.cycle_id}")
    assert flush(world.session) == 3
    page = aurora.get("/who-read-my-data").text
    assert page.count("Simón Muestra") == 2
    for words in ("An appraisal of yours", "Your development plan", "The state of an appraisal"):
        assert words in page, words
    assert road.public_id not in page
    assert "Aurora Ficticia</td>" not in page
    assert "Simón Muestra" not in sign_in(app, "bruno").get("/who-read-my-data").text


def test_a_read_that_cannot_be_written_holds_back_no_other(world: World) -> None:
    simon, aurora = world.actor("simon"), world.employee("aurora").id
    note_read(simon, aurora, "person")
    note_read(simon, 10**9, "person")
    note_read(simon, aurora, "plan")
    assert flush(world.session) == 2
    assert [what for _, _, what in readers_of(world.session, aurora)] == ["plan", "person"]
    assert flush(world.session) == 0


def test_the_longest_note_that_a_page_makes_fits_the_log(world: World) -> None:
    simon, aurora = world.actor("simon"), world.employee("aurora").id
    what = f"state of appraisal {'z' * 20}"
    note_read(simon, aurora, what)
    assert flush(world.session) == 1
    assert world.session.scalars(sa.select(AccessLog.what)).one() == what
    assert clock.now() - world.session.scalars(sa.select(AccessLog.read_at)).one()


def test_reading_oneself_is_not_noted(world: World) -> None:
    note_read(world.actor("aurora"), world.employee("aurora").id, "person")
    assert flush(world.session) == 0


def reads(world: World, *days_ago: int) -> None:
    """Write reads of Aurora's data so many days ago."""
    world.session.rollback()
    with writing() as connection:
        for days in days_ago:
            insert(connection, "access_log", read_at=clock.now() - timedelta(days=days))


def test_the_access_log_is_trimmed_by_command_and_six_months_stay(app: Flask, world: World) -> None:
    reads(world, 1, 180, 190, 400)
    before = event_count(world)

    def trim(days: int, code: int) -> str:
        day = (clock.now() - timedelta(days=days)).date().isoformat()
        words = ["audit", "trim", "--before", day, "--json"]
        result = Context().run(CliRunner().invoke, main, words, obj=lambda: app)
        assert result.exit_code == code, result.output
        return result.stdout

    assert trim(179, 1) == ""
    assert json.loads(trim(186, 0)) == {"trimmed": 2}
    assert json.loads(trim(186, 0)) == {"trimmed": 0}
    assert event_count(world) == before + 1
    left = world.session.scalars(sa.select(AccessLog.read_at)).all()
    assert {(clock.now() - moment).days for moment in left} == {1, 180}


def test_a_command_that_shows_somebody_s_appraisal_writes_the_access_log(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.APPROVED)
    world.session.rollback()
    words = ["appraisals", "show", road.public_id, "--as", "E100"]
    result = Context().run(CliRunner().invoke, main, words, obj=lambda: app)
    assert result.exit_code == 0, result.output
    found = world.session.execute(sa.select(AccessLog.actor, AccessLog.what)).all()
    assert found == [(world.account("hilda").public_id, f"appraisal {road.public_id}")]
