"""The worklist of each role."""

from __future__ import annotations

from flask import Flask

from competency.assessments.schema import AssessorKind, State
from tests.support.appraisals import LEAD_NOTE, open_road
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.doors import visitor


def test_the_due_form_is_one_click_from_home(app: Flask, world: World) -> None:
    road = open_road(world)
    for name in ("simon", "aurora"):
        page = sign_in(app, name).get("/home").text
        assert f'href="{road.path}"' in page
        assert "in 10 days" in page or "in 11 days" in page
        assert "0 of 15" in page


def test_pages_say_whose_time_zone_their_times_are_in(app: Flask, world: World) -> None:
    zone = world.actor("simon").time_zone
    assert f"time zone {zone}." in sign_in(app, "simon").get("/home").text
    assert "time zone" not in visitor(app).get("/sign-in").text


def test_an_employee_reads_at_home_exactly_what_is_missing(app: Flask, world: World) -> None:
    open_road(world).to(State.CLOSED)
    page = sign_in(app, "aurora").get("/home").text
    assert "What is missing" in page
    assert "Los indicadores de gestión del área son analizados" in page
    assert LEAD_NOTE in page
    assert page.count("Aún no cumple") == 1
    assert page.count("Aún no competente") == 2


def test_a_released_result_waits_to_be_seen(app: Flask, world: World) -> None:
    road, aurora = open_road(world).to(State.RELEASED), sign_in(app, "aurora")
    assert "Read it and say that you have seen it" in aurora.get("/home").text
    aurora.post(f"{road.path}/acknowledge")
    assert "Read it and say that you have seen it" not in aurora.get("/home").text


def test_open_and_finished_work_are_kept_apart(app: Flask, world: World) -> None:
    open_road(world).to(State.SUBMITTED)
    simon = sign_in(app, "simon").get("/home").text
    assert "To appraise" not in simon
    assert "Nothing waits for you" in simon
    assert "Under way" in sign_in(app, "aurora").get("/home").text


def test_what_was_handed_in_is_not_to_do_any_more(app: Flask, world: World) -> None:
    road = open_road(world)
    road.judge("aurora", AssessorKind.SELF)
    aurora = sign_in(app, "aurora")
    assert "Self-assessment handed in" not in aurora.get("/home").text
    road.step("hand_in_self_assessment", "aurora")
    for path in ("/home", road.path):
        page = aurora.get(path).text
        assert "Self-assessment handed in" in page
        assert "To do" not in page


def test_a_returned_appraisal_is_marked_as_returned(app: Flask, world: World) -> None:
    road, simon = open_road(world).to(State.IN_REVIEW), sign_in(app, "simon")
    assert "Came back" not in simon.get("/home").text
    road.step("return_for_rework", "renata", comment="Mirar 2.4")
    assert "Came back" in simon.get("/home").text


def test_who_judged_or_reviewed_finds_it_again(app: Flask, world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = f'href="{road.path}?view=result"'
    assert found in sign_in(app, "simon").get("/home").text
    assert found not in sign_in(app, "renata").get("/home").text, "it still waits for her"
    road.step("approve", "renata")
    for name in ("simon", "renata"):
        assert found in sign_in(app, name).get("/home").text, name
    for name in ("bruno", "aurora", "hilda"):
        assert found not in sign_in(app, name).get("/home").text, name


def test_a_reviewer_sees_what_waits_and_human_resources_what_is_ready(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.SUBMITTED)
    assert road.path in sign_in(app, "renata").get("/home").text
    assert "Nothing waits for you" in sign_in(app, "bruno").get("/home").text
    for step in ("take", "approve"):
        road.step(step, "renata")
    page = sign_in(app, "hilda").get("/home").text
    assert "1 result is ready" in page
    assert f'href="{road.path}"' not in sign_in(app, "renata").get("/home").text


def test_an_empty_home_leads_to_the_places_of_ones_role_only(app: Flask, world: World) -> None:
    open_road(world)
    places = {
        "hilda": {"/cycles", "/register"},
        "carla": {"/register"},
        "ada": {"/accounts"},
        "augusto": {"/cycles", "/register", "/accounts", "/audit"},
        "bruno": set(),
    }
    for name, expected in places.items():
        home = sign_in(app, name).get("/home").text.partition('id="content"')[2]
        offered = {place for place in places["augusto"] if f'href="{place}"' in home}
        assert offered == expected, name
