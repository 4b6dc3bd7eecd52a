"""The pages of calibration sessions: opening, the grid, adjusting, the log."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from competency.assessments.schema import AssessorKind, State
from tests.support.appraisals import Road, open_road
from tests.support.beside import answer, ask_second
from tests.support.calibrations import TITLE, adjust, open_session, undo
from tests.support.cast import World
from tests.support.client import sign_in

PAGE_QUERIES = 12
PERSON_QUERIES = 12
CRITERION = "ac1.cd1"
WHY = "En los turnos faltó la pausa."


def in_session(world: World) -> tuple[Road, str]:
    """Return Aurora's appraisal in review, and a session about it."""
    road = open_road(world).to(State.IN_REVIEW)
    return road, open_session(road)


def test_human_resources_open_a_session_of_who_is_left_ticked(app: Flask, world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    hilda, path = sign_in(app, "hilda"), f"/cycles/{road.cycle_id}/calibrations"
    page = hilda.get(path).text
    assert "Aurora Ficticia" in page
    assert "Renata Supuesta" in page
    assert "Aurora Ficticia" not in hilda.get(f"{path}?lead={'0' * 20}").text
    form: dict[str, object] = {
        "title": TITLE,
        "appraisal": [road.public_id],
        "member": [world.employee("renata").public_id],
    }
    refused = hilda.post(path, {**form, "member": []})
    assert refused.status_code == 422
    assert "Choose who takes part." in refused.text
    assert TITLE in refused.text
    answered = hilda.post(path, form)
    assert answered.status_code == 302
    assert TITLE in sign_in(app, "renata").get("/calibrations").text
    assert "No submitted appraisal waits" in hilda.get(path).text


def test_the_grid_shows_what_stands_and_leads_to_each_cell(app: Flask, world: World) -> None:
    road, found = in_session(world)
    renata = sign_in(app, "renata")
    page = renata.get(f"/calibrations/{found}").text
    cell = f"/calibrations/{found}/people/{road.public_id}?c={CRITERION}"
    assert cell in page
    assert "Nothing was adjusted." in page
    one = renata.get(cell).text
    assert "Adjust the level" in one
    assert "c-ac1.cd2" not in one
    sent = renata.post(
        f"/calibrations/{found}/people/{road.public_id}/{CRITERION}",
        {"level": "below", "note": WHY, "version": "0"},
    )
    assert sent.status_code == 302
    page = sign_in(app, "simon").get(f"/calibrations/{found}").text
    assert WHY in page
    assert "<s>" in page


def test_what_was_typed_stays_when_an_adjustment_is_refused(app: Flask, world: World) -> None:
    road, found = in_session(world)
    refused = sign_in(app, "renata").post(
        f"/calibrations/{found}/people/{road.public_id}/{CRITERION}",
        {"level": "met", "note": WHY, "version": "0"},
    )
    assert refused.status_code == 422
    assert "This level stands already." in refused.text
    assert WHY in refused.text


@pytest.mark.parametrize("name", ["hilda", "simon", "augusto"])
def test_who_only_reads_is_offered_nothing_to_change(app: Flask, world: World, name: str) -> None:
    road, found = in_session(world)
    page = sign_in(app, name).get(f"/calibrations/{found}/people/{road.public_id}").text
    assert "Adjust the level" not in page
    grid = sign_in(app, name).get(f"/calibrations/{found}").text
    assert ("Close this session" in grid) == (name == "hilda")


def test_agreement_is_for_who_runs_it_and_takes_part(app: Flask, world: World) -> None:
    road = open_road(world)
    ask_second(road, "ada")
    answer(road, "ada", AssessorKind.SECOND)
    found = open_session(road.to(State.IN_REVIEW))
    for name, reads in (("hilda", True), ("renata", True), ("simon", False), ("augusto", False)):
        page = sign_in(app, name).get(f"/calibrations/{found}").text
        assert ("How far they agree" in page) == reads, name


def test_the_log_is_downloaded_with_what_was_taken_back(app: Flask, world: World) -> None:
    road, found = in_session(world)
    adjust(road, found)
    undo(road, found)
    hilda = sign_in(app, "hilda")
    assert hilda.post(f"/calibrations/{found}/close").status_code == 302
    got = hilda.get(f"/calibrations/{found}/adjustments.csv")
    text = got.get_data(as_text=True).removeprefix("\ufeff")
    head, *rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(head) == len(rows[0])
    assert [row[6] for row in rows] == ["no", "yes"]
    assert rows[0][7] == WHY
    assert "Close this session" not in hilda.get(f"/calibrations/{found}").text


@pytest.mark.parametrize("name", ["hilda", "renata", "simon"])
def test_the_pages_of_a_session_take_few_queries(app: Flask, world: World, name: str) -> None:
    road, found = in_session(world)
    adjust(road, found)
    browser = sign_in(app, name)
    for path, most in (
        ("/calibrations", 3),
        (f"/calibrations/{found}", PAGE_QUERIES),
        (f"/calibrations/{found}/people/{road.public_id}", PERSON_QUERIES),
    ):
        browser.get(path)
        assert int(browser.get(path).headers["X-Query-Count"]) <= most, path
