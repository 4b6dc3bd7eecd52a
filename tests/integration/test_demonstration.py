"""The demonstration: filled through the operations, whole, and only over its own data."""

from __future__ import annotations

import io
import json
from contextvars import Context
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner, Result
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.audit.operations import exempt, verify
from competency.cli import main
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.database.transactions import unit_of_work
from competency.demonstration.cast import AURORA, CAST, PASSWORD, sign_ins
from competency.demonstration.folder import (
    MARK,
    claim,
    holds_others,
    is_filled,
    is_half_filled,
    start_over,
)
from competency.errors import NotAllowed
from competency.extensions import db
from competency.people.models import Employee
from competency.progression.career import own_position
from competency.progression.position_queries import published_positions
from competency.resources import FRAMEWORKS
from tests.support.cast import World
from tests.support.demonstration import fill_once
from tests.support.doors import visitor
from tests.support.postgresql import ALREADY_RUNNING
from tools.brute_force import differences


@pytest.fixture
def filled(request: pytest.FixtureRequest, app: Flask, database_url: str) -> Flask:
    """Return the application over a demonstration of this test's own."""
    kind, name = db.engine.dialect.name, Path(sa.make_url(database_url).database or "").stem
    template = request.getfixturevalue(f"{kind}_template")
    return fill_once(app, template, name.removeprefix(f"{request.getfixturevalue('worker')}_"))


def text_of(content: bytes) -> str:
    """Return the words of a PDF, with single spaces."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_it_is_whole_its_chain_verifies_and_everybody_signs_in(filled: Flask) -> None:
    assert is_filled(db.session)
    assert not is_half_filled(db.session)
    assert not holds_others(db.session)
    assert verify(db.session) == []
    states = set(db.session.scalars(sa.select(Appraisal.state)))
    assert states == {
        State.OPEN,
        State.SUBMITTED,
        State.IN_REVIEW,
        State.APPROVED,
        State.RELEASED,
        State.CLOSED,
    }
    db.session.rollback()
    assert len(CAST) == 64
    listed = {number for number, _, _ in sign_ins()}
    assert listed == {person.number for person in CAST if person.what}
    for person in CAST:
        if person.number not in listed:
            continue
        browser = visitor(filled)
        form = {"employee_number": person.number, "password": PASSWORD}
        assert browser.post("/sign-in", form).status_code == 302, person.number
        home = browser.get("/", follow_redirects=True)
        assert home.status_code == 200
        assert f'lang="{person.language}"' in home.text


def test_its_attestation_and_its_plan_name_the_person_and_what_was_reached(filled: Flask) -> None:
    content = db.session.scalars(sa.select(IssuedDocument.content)).one()
    entry = db.session.scalars(sa.select(RegisterEntry)).one()
    assert content is not None
    words = text_of(content)
    for expected in ("Celeste Supuesta Demo", "Carla Simulata", entry.number, entry.check_code):
        assert expected in words, expected
    assert entry.facts is not None
    for unit in entry.facts["facts"]["units"]:
        assert unit["title"][:40] in words
    public_id = db.session.scalars(
        sa.select(Appraisal.public_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(Employee.employee_number == "D210")
    ).one()
    db.session.rollback()
    browser = visitor(filled)
    browser.post("/sign-in", {"employee_number": "D210", "password": PASSWORD})
    plan = text_of(browser.get(f"/appraisals/{public_id}/plan.pdf").data)
    for expected in ("Celeste Supuesta Demo", "Jacinta Muestra Demo", "indicadores de cada semana"):
        assert expected in plan, expected


def test_every_outcome_and_gap_is_what_the_definitions_alone_give(filled: Flask) -> None:
    decided = 0
    for cycle in db.session.scalars(sa.select(Cycle).order_by(Cycle.id)).all():
        shown = CliRunner().invoke(
            main, ["cycles", "export", cycle.public_id, "--as", "D600"], obj=lambda: filled
        )
        assert shown.exit_code == 0, shown.output
        told = json.loads(shown.output)
        path = FRAMEWORKS / told["framework"] / f"{told['version']}.yaml"
        file = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - texts only
        assert differences(told, file) == []
        decided += sum("results" in one for one in told["appraisals"])
        for first in [one for one in told["appraisals"] if "results" in one][:1]:
            first["judgements"][0]["level"] = "below"
            assert differences(told, file), "the definitions see no difference"
    assert decided > 50


def test_an_interrupted_filling_is_recognised(filled: Flask) -> None:
    assert filled
    with unit_of_work(db.session):
        exempt(db.session, "a test takes the last thing away that filling makes")
        db.session.execute(sa.update(RegisterEntry).values(state="issuing", issued_at=None))
    assert is_half_filled(db.session)


def demo(folder: Path, *options: str, **settings: str) -> Result:
    """Run ``competency demo`` over a folder, without serving."""
    environment: dict[str, str | None] = {
        f"COMPETENCY_{name.upper()}": value for name, value in settings.items()
    }
    environment |= {"COMPETENCY_DATA_FOLDER": str(folder), ALREADY_RUNNING: None}
    words = ["demo", "--no-serve", *options]
    runner = CliRunner(env=environment)
    result = Context().run(runner.invoke, main, words)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def test_a_second_start_fills_nothing_and_starting_over_deletes_only_its_own(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "demo"
    first = demo(folder)
    assert first.exit_code == 0, first.output
    assert "Filling" in first.output
    assert PASSWORD in first.output
    kept = (folder / "competency.sqlite3").stat().st_ino
    second = demo(folder)
    assert second.exit_code == 0
    assert "Filling" not in second.output
    assert (folder / "competency.sqlite3").stat().st_ino == kept
    (folder / MARK).unlink()
    refused = demo(folder, "--reset")
    assert refused.exit_code == 1
    assert "not made by the demonstration" in refused.output
    assert (folder / "competency.sqlite3").is_file()
    (folder / MARK).touch()
    assert "Filling" in demo(folder, "--reset").output


def test_a_folder_that_was_there_before_is_neither_marked_nor_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    claim(tmp_path)
    assert not (tmp_path / MARK).exists()
    with pytest.raises(NotAllowed):
        start_over(tmp_path)
    assert (tmp_path / "thesis.txt").is_file()


def test_a_database_of_other_people_is_not_filled(app: Flask, world: World, tmp_path: Path) -> None:
    before = world.session.scalar(sa.select(sa.func.count()).select_from(Employee))
    assert holds_others(world.session)
    db.session.remove()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    refused = demo(tmp_path / "new", database_url=url)
    assert refused.exit_code == 1
    assert "not the demonstration's" in refused.output
    assert demo(tmp_path / "new", "--reset", database_url=url).exit_code == 2
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Employee)) == before


def test_the_fictional_organisation_sets_targets_of_its_own_and_no_source_does(
    filled: Flask,
) -> None:
    with filled.app_context():
        files = published_positions(db.session)
        asking = {
            file.row.slug: [target for one in file.value.positions for target in one.targets]
            for file in files
        }
        asking = {slug: targets for slug, targets in asking.items() if targets}
        assert set(asking) == {"operadora-ejemplo"}
        [target] = asking["operadora-ejemplo"]
        assert (target.scope, set(target.levels.values())) == ("agents", {"n2"})
        aurora = db.session.scalars(
            sa.select(Employee).where(Employee.employee_number == AURORA)
        ).one()
        assert aurora.weekly_hours == 30
        place = own_position(db.session, aurora.id, clock.now().date(), "es")
        assert place is not None
        assert place.place is not None
        assert place.place.steps, "the file that says where it leads decides"
