"""The command line: each command does it (0), refuses it (1), or is misused (2)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextvars import Context
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from competency import __version__, clock
from competency.assessments.certification_models import CycleCertification
from competency.assessments.models import Cycle
from competency.assessments.schema import Mode, State
from competency.audit.operations import exempt
from competency.cli import COMMANDS, imported, main
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.database.transactions import unit_of_work
from competency.documents.attestation import attestation
from competency.documents.schema import AttestationFacts
from competency.errors import Invalid
from competency.people.models import Account, Employee, RoleGrant
from competency.people.schema import AccountState
from competency.resources import FRAMEWORKS
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import CAST, SLUG, World
from tests.support.certifications import PROFILE
from tests.support.keys import OWNER
from tests.support.postgresql import ALREADY_RUNNING
from tests.support.register import closed_road, copies, entry_of, take
from tests.support.rows import writing

FILE = FRAMEWORKS / SLUG / "1.0.0.yaml"
STRUCTURE = """
organisation: Centro de Pruebas
employers:
  - code: CDP
    legal_name: Centro de Pruebas SpA
    country: CL
    tax_number: 76.000.000-0
    time_zone: America/Santiago
    language: es
    sites: [{name: Santiago, time_zone: America/Santiago, teams: [Equipo Uno, Equipo Dos]}]
"""


def run(app: Flask, *arguments: str | Path, code: int = 0) -> Result:
    """Run a command in a context of its own and expect its exit code."""
    words = [str(argument) for argument in arguments]
    named = {"COMPETENCY_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    result = Context().run(CliRunner(env=named).invoke, main, words, obj=lambda: app)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code == code, (words, result.output)
    assert "Traceback" not in result.output
    return result


def read_json(app: Flask, *arguments: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - whatever it prints
    """Run a command with ``--json`` and return what it printed."""
    return json.loads(run(app, *arguments, "--json", code=code).stdout)


def count(world: World, table: type[Any]) -> int:
    """Return how many rows a table holds now."""
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_the_help_lists_every_group_and_each_explains_itself(app: Flask) -> None:
    text = run(app, "--help").output
    for name, later in COMMANDS.items():
        command = imported(later.module, later.attribute)
        assert isinstance(command, click.Command)
        assert (command.name, command.get_short_help_str(limit=200)) == (name, later.help)
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE), name
        shown = run(app, name, "--help").output
        assert ("Commands:" in shown) is isinstance(command, click.Group)
    assert run(app, "version").output.strip() == __version__


@pytest.mark.parametrize(
    "words", [["--help"], ["version"], ["frameworks", "check"], ["frameworks", "list"]]
)
def test_what_needs_no_database_starts_without_the_application(words: list[str]) -> None:
    script = (
        "import sys; from competency.cli import main; main(sys.argv[1:], standalone_mode=False); "
        "print('|', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script, *words], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.rpartition("|")[2].split())
    assert "click" in loaded
    assert loaded & {"flask", "sqlalchemy", "babel", "reportlab", "wtforms", "gunicorn"} == set()


def test_the_commands_of_the_catalogue_stand_beside_those_over_files(app: Flask) -> None:
    shown = run(app, "frameworks", "--help").output
    for name in ("check", "list", "publish", "published"):
        assert re.search(rf"^  {name} +\S", shown, re.MULTILINE), name
    assert read_json(app, "frameworks", "published")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["frameworks", "publish"],
        ["frameworks", "publish", "/nowhere.yaml"],
        ["organisation", "apply", "/nowhere.yaml"],
        ["accounts", "invite"],
        ["accounts", "grant", "E100", "king"],
        ["credentials", "issue", "x"],
        ["credentials", "verify", "/nowhere.pdf"],
        ["privacy", "request", "E100"],
        ["privacy", "erase", "x"],
        ["audit", "verify", "--checkpoint", "/nowhere"],
        ["people", "import", "/nowhere.csv"],
        ["demo", "--port", "0", "--no-serve"],
        ["serve", "--workers", "0"],
    ],
)
def test_what_is_misused_exits_with_2_before_anything_happens(words: list[str]) -> None:
    def no_application() -> Flask:
        raise AssertionError

    result = CliRunner().invoke(main, words, obj=no_application)
    assert result.exit_code == 2, result.output


def test_a_prefix_that_cannot_be_printed_is_a_misuse(app: Flask) -> None:
    for prefix in ("small", "A-B", "X" * 13, "ÑANDÚ", "²"):
        run(app, "credentials", "issuer", "CDP", prefix, code=2)


def test_a_setting_that_cannot_work_is_a_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALREADY_RUNNING, raising=False)
    for name, value in (("PUBLIC_URL", "ftp://x"), ("SESSION_HOURS", "0"), ("COLOUR", "red")):
        with monkeypatch.context() as context:
            context.setenv(f"COMPETENCY_{name}", value)
            result = CliRunner().invoke(main, ["audit", "verify"])
            assert result.exit_code == 2, name
            assert f"COMPETENCY_{name}" in result.output


def test_a_command_without_a_database_says_what_to_run(app: Flask) -> None:
    with writing() as connection:
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TABLE register_entry{cascade}")
    assert "db upgrade" in run(app, "credentials", "register", code=1).output


def test_upgrading_again_changes_nothing(app: Flask, world: World) -> None:
    before = count(world, Account)
    run(app, "db", "upgrade")
    assert count(world, Account) == before


def test_a_framework_is_published_once(app: Flask, tmp_path: Path) -> None:
    run(app, "frameworks", "publish", FRAMEWORKS / "kpis")
    first = run(app, "frameworks", "publish", FILE).output
    assert run(app, "frameworks", "publish", FILE).output == first
    published = read_json(app, "frameworks", "published")
    [row] = [one for one in published if one["id"] == SLUG]
    assert (row["id"], row["version"], row["criteria"]) == (SLUG, "1.0.0", 15)
    assert row["content_hash"] in first
    assert SLUG in run(app, "frameworks", "published").output
    other = tmp_path / "other.yaml"
    text = FILE.read_text(encoding="utf-8")
    other.write_text(text.replace("title: ", "title: Otro ", 1), encoding="utf-8")
    run(app, "frameworks", "publish", other, code=1)
    other.write_text("format: 1", encoding="utf-8")
    assert "other.yaml:1" in run(app, "frameworks", "publish", other, code=1).output


def test_a_structure_is_applied_and_its_faults_are_placed(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_text(STRUCTURE, encoding="utf-8")
    assert "CDP" in run(app, "organisation", "apply", path).output
    path.write_text(STRUCTURE.replace("country: CL", "country: Chile"), encoding="utf-8")
    output = run(app, "organisation", "apply", path, code=1).output
    assert re.search(r"organisation\.yaml:6:\d+: employers\[0\]\.country", output)


def test_somebody_is_invited_and_granted_a_role_once(app: Flask, world: World) -> None:
    code = run(app, "accounts", "invite", "e301").output
    assert re.search(r": [0-9a-z]{5}-[0-9a-z]{5}$", code.strip())
    before = count(world, RoleGrant)
    run(app, "accounts", "grant", "E301", "reviewer")
    assert count(world, RoleGrant) == before + 1
    assert "already" in run(app, "accounts", "grant", "E301", "reviewer", code=1).output
    for words in (("invite", "E999"), ("grant", "E999", "hr")):
        assert "E999" in run(app, "accounts", *words, code=1).output


def test_people_are_imported_and_every_fault_is_named(app: Flask, world: World) -> None:
    before = count(world, Employee)
    path = Path(app.extensions["competency"].data_folder) / "people.csv"
    head = "employer,employee_number,given_name,family_name,hired_on\n"
    path.write_text(head + "CDP,E900,Nora,Nueva,2026-01-05\n", encoding="utf-8")
    counts = read_json(app, "people", "import", path, "--check")
    assert (counts["added"], counts["imported"]) == (1, False)
    assert count(world, Employee) == before
    assert read_json(app, "people", "import", path)["added"] == 1
    assert read_json(app, "people", "import", path)["unchanged"] == 1
    path.write_text(head + "XXX,E901,Nora,Nueva,5/1/2026\n", encoding="utf-8")
    run(app, "people", "import", path, code=1)
    assert count(world, Employee) == before + 1


def test_an_attestation_is_issued_verified_and_listed(
    app: Flask, world: World, tmp_path: Path
) -> None:
    road = open_road(world).to(State.CLOSED)
    carla = CAST["carla"][0]
    refused = run(app, "credentials", "issue", road.public_id, "--as", carla, code=1)
    assert "issuer" in refused.output
    assert "CDP: OF" in run(app, "credentials", "issuer", "CDP", "OF").output
    run(app, "credentials", "issuer", "NOBODY", "OF", code=1)
    number = run(app, "credentials", "issue", road.public_id, "--as", carla).output.strip()
    assert re.fullmatch(r"OF-\d{4}-00001", number)
    assert run(app, "credentials", "issue", road.public_id, "--as", carla).output.strip() == number
    [row] = read_json(app, "credentials", "register")
    assert (row["number"], row["state"]) == (number, "active")
    assert number in run(app, "credentials", "register").output
    content = world.session.scalars(sa.select(IssuedDocument.content)).one()
    assert content is not None
    path = tmp_path / "constancia.pdf"
    path.write_bytes(content)
    said = run(app, "credentials", "verify", path).output
    assert f"{number}  active\n" in said
    assert f"certificate of “{OWNER}”" in said
    assert '"name": "Aurora Ficticia"' in said
    told = read_json(app, "credentials", "verify", path)
    assert (told["stands"], told["integrity"]) == (True, "unchanged")
    assert told["facts"] == world.session.scalars(sa.select(RegisterEntry.facts)).one()["facts"]
    path.write_bytes(content + b" ")
    assert "changed" in run(app, "credentials", "verify", path, code=1).output
    assert read_json(app, "credentials", "verify", path, code=1)["issued"] is None
    path.write_bytes(content)
    with unit_of_work(world.session):
        exempt(world.session, "a test revokes as no operation does yet")
        world.session.execute(sa.update(RegisterEntry).values(state="revoked"))
    assert "revoked" in run(app, "credentials", "verify", path, code=1).output


def test_nothing_is_done_in_the_name_of_somebody_who_may_not_or_is_gone(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    for name in ("simon", "hilda", "aurora"):
        run(app, "credentials", "issue", road.public_id, "--as", CAST[name][0], code=1)
    run(app, "credentials", "issue", road.public_id, "--as", "E999", code=1)
    run(app, "credentials", "issue", "0" * 20, "--as", CAST["carla"][0], code=1)
    with unit_of_work(world.session):
        exempt(world.session, "a test ends an account")
        carla = world.account("carla")
        carla.state, carla.password_hash = AccountState.ENDED, None
    output = run(app, "credentials", "issue", road.public_id, "--as", CAST["carla"][0], code=1)
    assert "can't sign in" in output.output
    assert count(world, RegisterEntry) == 0


def test_resuming_finishes_what_can_be_finished_and_names_the_rest(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = closed_road(world)
    [other] = copies(road, 1)
    bad, good = take(world, road.public_id), take(world, other)
    number = entry_of(world, bad).number

    def refuse(facts: AttestationFacts) -> bytes:
        if facts.number == number:
            raise Invalid("no paper")
        return attestation(facts)

    with monkeypatch.context() as context:
        context.setattr("competency.credentials.operations.attestation", refuse)
        output = run(app, "credentials", "resume", code=1).output
    assert f"{number}: no paper" in output
    assert [entry_of(world, entry).state for entry in (bad, good)] == ["issuing", "active"]
    assert run(app, "credentials", "resume").output.strip() == number
    assert run(app, "credentials", "resume").output == ""


def test_an_erasure_is_asked_for_and_carried_out_by_two(app: Flask, world: World) -> None:
    run(app, "accounts", "grant", "E302", "hr")
    asked = run(app, "privacy", "request", "E301", "--as", "E100").output.strip()
    assert run(app, "privacy", "request", "E301", "--as", "E302").output.strip() == asked
    run(app, "privacy", "request", "E999", "--as", "E100", code=1)
    run(app, "privacy", "request", "E301", "--as", "E200", code=1)
    run(app, "privacy", "erase", asked, "--as", "E100", code=1)
    assert "left" in run(app, "privacy", "erase", asked, "--as", "E302", code=1).output
    with unit_of_work(world.session):
        exempt(world.session, "a test lets somebody leave")
        world.employee("aurora").left_on = clock.now().date() - timedelta(days=2)
    assert "erased" in run(app, "privacy", "erase", asked, "--as", "E302").output
    run(app, "privacy", "erase", asked, "--as", "E302", code=1)
    run(app, "privacy", "erase", "0" * 20, "--as", "E302", code=1)


def test_the_chain_is_verified_against_a_checkpoint(
    app: Flask, world: World, tmp_path: Path
) -> None:
    held = tmp_path / "checkpoint.txt"
    held.write_text(run(app, "audit", "checkpoint").output, encoding="ascii")
    open_road(world)
    assert "unchanged" in run(app, "audit", "verify", "--checkpoint", held).output
    report = read_json(app, "audit", "verify", "--checkpoint", held)
    assert report["faults"] == []
    assert report["events"] > int(held.read_text(encoding="ascii").split(":")[0])
    assert "does not show" in run(app, "audit", "verify").output
    sequence, _, value = held.read_text(encoding="ascii").strip().partition(":")
    held.write_text(f"{sequence}:{value[::-1]}", encoding="ascii")
    assert read_json(app, "audit", "verify", "--checkpoint", held, code=1)["faults"]
    for nonsense in (b"hello", b"\xff\xfe", b"1:2"):
        held.write_bytes(nonsense)
        run(app, "audit", "verify", "--checkpoint", held, code=2)


def test_a_certification_is_opened_with_its_assessor_units_and_attempts(
    app: Flask, world: World
) -> None:
    publish_shipped(world, PROFILE)
    due = (clock.now() + timedelta(days=20)).date().isoformat()
    opening = ["cycles", "open", "--framework", PROFILE, "--title", "Certificazione", "--due", due]
    opening += ["--employees", CAST["aurora"][0], "--as", CAST["hilda"][0]]
    named = ["--assessor", CAST["bruno"][0], "--unit", "uc1", "--attempts", "2"]
    assert "needs its assessor" in run(app, *opening, "--mode", "certification", code=2).output
    assert "belong to" in run(app, *opening, *named, code=2).output
    certify = [*opening, "--mode", "certification", *named, "--single-review", "25"]
    answer = read_json(app, *certify, "--dry-run")
    assert (answer["appraisals"], answer["in_scope"], answer["criteria"]) == (1, 4, 16)
    assert "cycle" not in answer
    public_id = read_json(app, *certify)["cycle"]
    world.session.rollback()
    cycle, beside = world.session.execute(
        sa.select(Cycle, CycleCertification).join(
            CycleCertification, CycleCertification.cycle_id == Cycle.id
        )
    ).one()
    assert (cycle.public_id, cycle.mode, cycle.single_review_percent) == (
        public_id,
        Mode.CERTIFICATION,
        25,
    )
    assert beside.assessor_id == world.employee("bruno").id
    assert (beside.unit_ids, beside.attempts_maximum) == (["uc1"], 2)
