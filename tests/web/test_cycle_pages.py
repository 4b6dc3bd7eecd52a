"""Cycles through the pages and the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from competency import clock
from competency.assessments import cycle_views
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import release
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from tests.support.appraisals import open_road
from tests.support.cast import SLUG, World
from tests.support.client import sign_in
from tests.support.register import copies

MOVED_ON = "This appraisal has moved on since the page was opened. Reload the page to see it."


def wanted(world: World, **more: str) -> dict[str, str]:
    version = world.session.scalars(sa.select(FrameworkVersion.id)).one()
    due = (clock.now() + timedelta(days=20)).date().isoformat()
    base = {
        "title": "Ciclo nuevo",
        "framework": str(version),
        "submit_due_on": due,
        "everybody": "y",
        "review": "all",
        "self_assessment": "blind",
        "contest_days": "10",
    }
    return {**base, **more}


def count(world: World) -> int:
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(Appraisal)) or 0


def test_the_preview_names_who_cannot_be_included_and_opens_nothing(
    app: Flask, world: World
) -> None:
    hilda = sign_in(app, "hilda")
    assert hilda.get("/cycles/new").status_code == 200
    page = hilda.get("/cycles/new", query_string=wanted(world))
    assert page.status_code == 200
    assert "8 people" in page.text
    assert "3 appraisals" in page.text
    assert "You cannot open an appraisal of yourself" in page.text
    assert "Has no supervisor today" in page.text
    assert count(world) == 0


def test_the_previewed_cycle_opens_and_is_followed(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    answer = hilda.post("/cycles", wanted(world))
    assert answer.status_code == 302
    assert count(world) == 3
    page = hilda.get(answer.location)
    assert "Aurora Ficticia" in page.text
    found = hilda.get(answer.location, query_string={"search": "aurora", "state": "to_do"}).text
    assert "Bruno Inventado" not in found
    assert "Aurora Ficticia" in found
    assert "To do 3" in hilda.get("/cycles").text
    again = hilda.post("/cycles", wanted(world))
    assert again.status_code == 422
    assert count(world) == 3


def test_nobody_is_invited_by_default(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    asked = {k: v for k, v in wanted(world).items() if k != "everybody"}
    assert hilda.get("/cycles/new", query_string=asked).status_code == 422
    refused = hilda.post("/cycles", asked)
    assert refused.status_code == 422
    assert "Choose whom the cycle is for." in refused.text
    assert count(world) == 0


def test_only_human_resources_open_release_and_close(app: Flask, world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    for name in ("simon", "renata", "augusto", "aurora"):
        browser = sign_in(app, name)
        assert browser.get("/cycles/new").status_code == 403
        for path in (
            "/cycles",
            f"/cycles/{road.cycle_id}/release",
            f"/cycles/{road.cycle_id}/close",
        ):
            assert browser.post(path, wanted(world)).status_code == 403, (name, path)
    assert road.state() is State.APPROVED
    assert sign_in(app, "augusto").get(f"/cycles/{road.cycle_id}").status_code == 200


def test_bulk_release_delivers_every_approved_result_and_again_none(
    app: Flask, world: World
) -> None:
    road, hilda = open_road(world).to(State.APPROVED), sign_in(app, "hilda")
    assert "Release 1 approved result" in hilda.get(f"/cycles/{road.cycle_id}").text
    for _ in range(2):
        assert hilda.post(f"/cycles/{road.cycle_id}/release").status_code == 302
    assert road.state() is State.RELEASED


def test_one_result_that_cannot_be_released_holds_back_no_other(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, hilda = open_road(world).to(State.APPROVED), sign_in(app, "hilda")
    other = copies(first, 1)[0]
    stays = release

    def refusing(*arguments: Any, **named: Any) -> None:  # noqa: ANN401 - of release
        stays(*arguments, **named)
        if named["public_id"] == first.public_id:
            raise IllegalTransition(MOVED_ON)

    monkeypatch.setattr(cycle_views, "release", refusing)
    with unit_of_work(world.session):
        exempt(world.session, "a test puts two results into one cycle")
        cycle = world.session.scalars(
            sa.select(Appraisal.cycle_id).where(Appraisal.public_id == first.public_id)
        ).one()
        world.session.execute(
            sa.update(Appraisal)
            .where(Appraisal.public_id == other)
            .values(cycle_id=cycle, subject_id=world.employee("bruno").id)
        )
    page = hilda.get(hilda.post(f"/cycles/{first.cycle_id}/release").location).text
    assert "1 result is released." in page
    assert f"Not released, Aurora Ficticia: {MOVED_ON}" in page
    assert first.state() is State.APPROVED, "nothing of what was refused stays"
    query = sa.select(Appraisal.state).where(Appraisal.public_id == other)
    assert world.session.scalars(query).one() is State.RELEASED


def test_a_cycle_with_unfinished_work_stays_open(app: Flask, world: World) -> None:
    road, hilda = open_road(world).to(State.RELEASED), sign_in(app, "hilda")
    assert hilda.post(f"/cycles/{road.cycle_id}/close").status_code == 409
    road.step("acknowledge", "aurora")
    assert hilda.post(f"/cycles/{road.cycle_id}/close").status_code == 302
    world.session.rollback()
    assert world.session.scalars(sa.select(Cycle.closed_at)).one() is not None
    again = hilda.post(f"/cycles/{road.cycle_id}/close")
    assert again.status_code == 409
    assert "closed already" in again.text


def test_open_work_is_handed_over_with_what_was_written(app: Flask, world: World) -> None:
    road = open_road(world).to(State.OPEN)
    hilda = sign_in(app, "hilda")
    path = f"/people/{world.employee('simon').public_id}/handover"
    assert "Aurora Ficticia" in hilda.get(path).text
    field = f"lead-{road.public_id}"
    assert hilda.post(path, {field: "E999"}).status_code == 422
    assert hilda.post(path, {field: "E301"}).status_code == 422, "nobody leads their own"
    assert hilda.post(path, {field: "E302"}).status_code == 302
    assert "Nothing to hand over" in hilda.get(path).text
    assert "15 of 15" in sign_in(app, "bruno").get(road.path).text
    assert sign_in(app, "simon").post(path).status_code == 403


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), obj=lambda: app)


def opening(*more: str) -> tuple[str, ...]:
    due = (clock.now() + timedelta(days=20)).date().isoformat()
    return ("cycles", "open", "--framework", SLUG, "--title", "Por consola", "--due", due, *more)


def test_the_command_line_previews_opens_and_follows_a_cycle(app: Flask, world: World) -> None:
    numbers = ("--employees", "E301,E302", "--as", "E100", "--json")
    preview = run(app, *opening(*numbers, "--dry-run"))
    assert preview.exit_code == 0, preview.output
    assert json.loads(preview.output)["appraisals"] == 2
    assert count(world) == 0
    assert run(app, *opening(*numbers)).exit_code == 0
    assert count(world) == 2
    status = run(app, "cycles", "status", "--as", "E100", "--json")
    assert json.loads(status.output)[0]["states"]["to_do"] == 2


def test_the_command_line_has_the_same_guards(app: Flask, world: World) -> None:
    assert run(app, *opening("--as", "E100")).exit_code == 2
    refused = run(app, *opening("--everybody", "--as", "E200"))
    assert refused.exit_code == 1
    assert "Only human resources" in refused.output
    assert count(world) == 0


def test_the_command_line_explains_an_outcome_to_whoever_may_read_it(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.APPROVED)
    told = run(app, "appraisals", "outcome", road.public_id, "--as", "E200")
    assert told.exit_code == 0, told.output
    assert "2 not_yet_competent: All are required: 4 of 5 reached. Not reached: 2.4." in told.output
    for number in ("E301", "E302"):
        assert run(app, "appraisals", "outcome", road.public_id, "--as", number).exit_code == 1
    shown = run(app, "appraisals", "show", road.public_id, "--as", "E301", "--json")
    assert json.loads(shown.output)["shown_as"] == "ready_to_deliver"
    assert run(app, "cycles", "advance", "--json").exit_code == 0


def test_a_cycle_asks_peers_only_if_it_is_told_to(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    refused = hilda.post("/cycles", wanted(world, peers_maximum="2", peers_anonymous="y"))
    assert refused.status_code == 422
    assert "ask at least three" in refused.text
    assert count(world) == 0
    peers = ("--peers", "4", "--anonymous")
    assert run(app, *opening("--employees", "E302", "--as", "E100", *peers)).exit_code == 0
    assert run(app, *opening("--employees", "E200", "--as", "E100")).exit_code == 0
    asked = {"peers_maximum": "3", "peers_anonymous": "y", "numbers": "E301"}
    form = {k: v for k, v in wanted(world, **asked).items() if k != "everybody"}
    assert hilda.post("/cycles", form).status_code == 302
    world.session.rollback()
    options = world.session.execute(
        sa.select(Cycle.peers_maximum, Cycle.peers_anonymous).order_by(Cycle.id)
    )
    assert [tuple(row) for row in options] == [(4, True), (0, False), (3, True)]


def test_the_cycle_page_counts_what_can_be_released_and_loads_none_of_it(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.APPROVED)
    world.session.rollback()
    hilda, augusto = sign_in(app, "hilda"), sign_in(app, "augusto")
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        page = hilda.get(f"/cycles/{road.cycle_id}")
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert "Release 1 approved result" in page.text
    ids = [each for each in said if each.startswith("SELECT appraisal.public_id \nFROM")]
    assert ids == []
    assert "approved result" not in augusto.get(f"/cycles/{road.cycle_id}").text
