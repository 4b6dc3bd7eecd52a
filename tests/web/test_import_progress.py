"""How far an import is: followed, stopped at any step, ended with its process, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition
from competency.kpis import cli, import_preparing
from competency.kpis.import_carrying import look_at
from competency.kpis.import_drafts import KEPT
from competency.kpis.import_progress import Step, Tell
from competency.kpis.import_running import (
    Outcome,
    RunState,
    ask_to_stop,
    folder_of,
    forget_old,
    look,
)
from competency.kpis.models import ImportDraft, KpiImport
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.integration.test_cli import run as command
from tests.support import measurements
from tests.support.cast import World
from tests.support.client import Browser, sign_in
from tests.support.import_runs import FILE, ROWS, applying, begin, held_at, run_to_its_end, waiting
from tests.support.measurements import HEAD, WIDE, named, stored, with_source

ENDS = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""A thread that ends without a word stands for a process that was ended."""


def imports(world: World) -> int:
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(KpiImport)) or 0


def page_of(browser: Browser, draft: str) -> str:
    return browser.get(f"/kpis/imports/drafts/{draft}/progress").text


@pytest.mark.usefixtures("patient")
def test_files_are_looked_at_and_imported_over_the_page_that_follows(
    app: Flask, world: World
) -> None:
    with_source(world)
    draft = waiting(world)
    hilda = sign_in(app, "hilda")
    here = f"/kpis/imports/drafts/{draft}"
    answer = hilda.post(here, {"text": WIDE})
    assert answer.location == f"{here}/progress"
    assert hilda.get(f"{here}/progress").location == here
    shown = hilda.get(here).text
    assert "What importing would do" in shown
    assert "<dd>14</dd>" in shown
    assert stored(world) == {}
    hilda.post(f"{here}/apply")
    found = hilda.get(f"{here}/progress")
    assert found.location.startswith("/kpis/imports/")
    assert "What it did" in hilda.get(found.location).text
    assert len(stored(world)) == 14
    assert hilda.get(here).status_code == 404


@pytest.mark.parametrize("at", list(Step))
def test_stopped_at_any_step_nothing_has_changed_and_the_files_wait_still(
    app: Flask, world: World, at: Step
) -> None:
    with_source(world)
    measurements.bring_in(world, named(HEAD + ROWS.replace(",20,", ",19,", 1)))
    before, draft = stored(world), waiting(world)
    folder = folder_of(app.extensions["competency"].data_folder, draft)
    asked: list[Step] = []

    def watch(step: Step, done: int, total: int) -> None:
        if step is at and (step is not Step.MERGING or done == total):
            asked.append(step)
            ask_to_stop(folder)

    run_to_its_end(app, world, draft, applying(world, draft, watch))
    run = look(folder)
    assert asked
    assert run is not None
    assert run.state is RunState.STOPPED
    assert stored(world) == before
    assert imports(world) == 1
    hilda = sign_in(app, "hilda")
    assert "You stopped it. Nothing was imported." in page_of(hilda, draft)
    hilda.post(f"/kpis/imports/drafts/{draft}/apply")
    assert imports(world) == 2


def test_while_it_stores_the_page_counts_and_takes_the_wish_to_stop(
    app: Flask, world: World
) -> None:
    with_source(world)
    draft = waiting(world)
    hilda = sign_in(app, "hilda")
    with held_at(app, world, draft, Step.MERGING) as folder:
        with pytest.raises(IllegalTransition):
            begin(app, world, draft, lambda _tell: Outcome())
        assert hilda.get(f"/kpis/imports/drafts/{draft}").location.endswith("/progress")
        for step in ("", "/people", "/apply", "/drop"):
            assert (
                hilda.post(f"/kpis/imports/drafts/{draft}{step}", {"text": WIDE}).status_code == 409
            )
        assert "Handing the figures to the database" in page_of(hilda, draft)
        assert hilda.post(f"/kpis/imports/drafts/{draft}/stop").status_code == 302
        assert "It stops at the next step" in page_of(hilda, draft)
        assert (folder / "stop").exists()
    assert "You stopped it" in page_of(hilda, draft)
    assert stored(world) == {}


@ENDS
def test_a_run_whose_process_ended_is_said_to_have_and_can_begin_again(
    app: Flask, world: World
) -> None:
    with_source(world)
    draft = waiting(world)
    hilda = sign_in(app, "hilda")

    def die(_tell: Tell) -> Outcome:
        raise SystemExit  # what ends a thread without a word, as the end of its process does

    run_to_its_end(app, world, draft, die)
    assert "The system was stopped while it worked. Nothing was imported" in page_of(hilda, draft)
    hilda.post(f"/kpis/imports/drafts/{draft}/apply")
    assert imports(world) == 1


@ENDS
def test_ended_between_storing_and_saying_so_leads_to_the_list(app: Flask, world: World) -> None:
    with_source(world)
    draft = waiting(world)

    def die(tell: Tell) -> Outcome:
        applying(world, draft, lambda *_: None)(tell)
        raise SystemExit

    run_to_its_end(app, world, draft, die)
    answer = sign_in(app, "hilda").get(f"/kpis/imports/drafts/{draft}/progress")
    assert answer.location == "/kpis/imports"
    assert imports(world) == 1


def test_what_was_there_already_and_a_defect_are_said(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with_source(world)
    measurements.bring_in(world, FILE)
    draft = waiting(world)
    hilda = sign_in(app, "hilda")

    def fail(_tell: Tell) -> Outcome:
        raise ZeroDivisionError

    run_to_its_end(app, world, draft, fail)
    assert "because of a defect of ours" in page_of(hilda, draft)
    assert "ZeroDivisionError" in caplog.text
    hilda.post(f"/kpis/imports/drafts/{draft}/apply")
    assert "Everything was there already" in page_of(hilda, draft)


def test_a_run_is_seen_by_nobody_but_who_began_it_and_goes_with_its_files(
    app: Flask, world: World
) -> None:
    with_source(world)
    draft = waiting(world)
    hilda = sign_in(app, "hilda")
    hilda.post(f"/kpis/imports/drafts/{draft}", {"text": WIDE})
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.HR,
        )
    carla = sign_in(app, "carla")
    assert carla.get(f"/kpis/imports/drafts/{draft}/progress").status_code == 404
    assert carla.post(f"/kpis/imports/drafts/{draft}/stop").status_code == 404
    assert hilda.get("/kpis/imports/drafts/..%2f..%2fx/progress").status_code == 404
    folder = folder_of(app.extensions["competency"].data_folder, draft)
    data = app.extensions["competency"].data_folder
    forget_old(data, clock.now(), KEPT)
    assert folder.is_dir()
    forget_old(data, clock.now() + 2 * KEPT, KEPT)
    assert not folder.exists()
    hilda.post(f"/kpis/imports/drafts/{draft}", {"text": WIDE})
    assert folder.is_dir()
    hilda.post(f"/kpis/imports/drafts/{draft}/drop")
    assert not folder.exists()
    assert world.session.scalars(sa.select(ImportDraft)).all() == []


def test_rows_read_in_portions_keep_their_numbers_and_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_preparing, "PORTION", 2)
    with_source(world)
    bad = named(HEAD + ROWS.replace("2026-03-06,20", "2026-03-06,many"))
    assert [fault.split(":")[0] for fault in measurements.faults(world, bad)] == [
        "a.csv, row 7, Calls"
    ]
    draft, told = waiting(world), []
    look_at(
        world.session,
        actor=world.actor("hilda"),
        now=clock.now(),
        public_id=draft,
        tell=lambda *step: told.append(step),
    )
    assert [step[1:] for step in told if step[0] is Step.CHECKING] == [
        (0, 7),
        (2, 7),
        (4, 7),
        (6, 7),
    ]
    assert list(dict.fromkeys(one[0] for one in told)) == [
        step for step in Step if step is not Step.WAITING
    ]


def test_interrupted_on_the_command_line_everything_is_as_it_was(
    app: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_source(world)
    profile, file = tmp_path / "profile.yaml", tmp_path / "calls.csv"
    profile.write_text(WIDE, encoding="utf-8")
    file.write_bytes(FILE.content)

    @contextmanager
    def struck() -> Iterator[Tell]:
        def tell(step: Step, done: int, total: int) -> None:
            if step is Step.MERGING and done == total:
                raise KeyboardInterrupt

        yield tell

    monkeypatch.setattr(cli, "_shown", struck)
    arguments = ("kpis", "import", file, "--profile", profile, "--as", "E100")
    assert "Aborted" in command(app, *arguments, code=1).output
    assert stored(world) == {}
    monkeypatch.undo()
    assert main.name
    assert "added: 14" in command(app, *arguments).output
