"""The pages of contests, rounds, suspension and reopening, and of steps for many."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.assessments.models import Appraisal
from competency.assessments.schema import State
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.cast import World
from tests.support.client import Browser, sign_in
from tests.support.contests import (
    CONTESTED,
    STATEMENT,
    UPHELD,
    contested,
    judged_anew,
    reassessed,
    row_of,
    take_step,
    widen,
)

PAGE_QUERIES = 14


def sent(**fields: object) -> dict[str, object]:
    """Return the form of a contest, whole unless fields say otherwise."""
    whole = {"criterion": [SHORT], "comment": STATEMENT, "confirmed": "yes"}
    return {**whole, **fields}


def delivered(world: World) -> Road:
    """Return Aurora's released appraisal."""
    return open_road(world).to(State.RELEASED)


def test_the_subject_is_offered_to_contest_beside_seeing_it_with_the_last_day(
    app: Flask, world: World
) -> None:
    road = delivered(world)
    aurora = sign_in(app, "aurora")
    page = aurora.get(road.path)
    assert "I contest it" in page.text
    assert "You can contest it until" in page.text
    form = aurora.get(f"{road.path}/contest")
    assert form.text.count('name="criterion"') == len(road.criteria)
    for name in ("simon", "hilda"):
        assert "I contest it" not in sign_in(app, name).get(road.path).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"comment": ""}, "Say what you contest"),
        ({"criterion": []}, "at least one criterion"),
        ({"confirmed": ""}, "Confirm that you contest"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    app: Flask, world: World, fields: dict[str, object], said: str
) -> None:
    road = delivered(world)
    answer = sign_in(app, "aurora").post(f"{road.path}/contest", sent(**fields))
    assert answer.status_code == 422
    assert said in answer.text
    if "comment" not in fields:
        assert STATEMENT in answer.text
    assert road.state() is State.RELEASED


def test_a_contested_result_is_at_home_with_those_who_decide_and_with_nobody_else(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    widen(world)
    road.to(State.RELEASED)
    answer = sign_in(app, "aurora").post(f"{road.path}/contest", sent())
    assert answer.status_code == 302
    assert row_of(road).state is State.CONTESTED
    for name in ("hilda", "rita", "remo"):
        page = sign_in(app, name).get("/home")
        assert "Contested results" in page.text, name
        assert int(page.headers["X-Query-Count"]) <= 7
    for name in ("renata", "simon", "aurora", "carla"):
        assert "Contested results" not in sign_in(app, name).get("/home").text, name


def test_the_deciding_reviewer_reads_statement_criteria_judgements_and_evidence(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    contested(world, road)
    rita = sign_in(app, "rita")
    page = rita.get(road.path)
    assert STATEMENT in page.text
    assert page.text.count("chip-warning") >= len(CONTESTED)
    assert "canario-lead" in page.text
    assert int(page.headers["X-Query-Count"]) <= PAGE_QUERIES
    assert "Let it stand" in page.text
    assert "Have it judged anew" not in page.text
    evidence = next(word for word in page.text.split('"') if word.startswith("/evidence/"))
    assert rita.get(evidence).status_code == 200
    answer = rita.post(f"{road.path}/uphold", {"comment": "  "})
    assert answer.status_code == 422
    assert rita.post(f"{road.path}/uphold", {"comment": UPHELD}).status_code == 302
    assert UPHELD in sign_in(app, "aurora").get(road.path).text
    assert "Let it stand" not in sign_in(app, "renata").get(road.path).text


def test_human_resources_name_a_new_lead_and_a_wrong_one_is_said(app: Flask, world: World) -> None:
    road = open_road(world)
    contested(world, road)
    hilda = sign_in(app, "hilda")
    assert 'value="E210"' not in hilda.get(road.path).text  # Lena supervises nobody
    for number, said in (("E999", "Nobody in your scope"), ("E200", "earlier round")):
        answer = hilda.post(f"{road.path}/reassess", {"lead": number, "comment": "canario-c"})
        assert answer.status_code == 422
        assert said in answer.text
        assert "canario-c" in answer.text
    assert hilda.post(f"{road.path}/reassess", {"lead": "e210"}).status_code == 302
    assert row_of(road).round == 2


def test_the_new_lead_sees_what_to_judge_and_the_statement_but_no_earlier_level(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    reassessed(world, road)
    lena = sign_in(app, "lena")
    page = lena.get(road.path)
    assert page.text.count('<article class="criterion"') == len(CONTESTED)
    assert STATEMENT in page.text
    assert "canario-lead" not in page.text
    assert lena.get(f"{road.path}/rounds").status_code == 404
    assert ">0 of 2<" in lena.get("/home").text
    judged_anew(road)
    assert lena.get(f"{road.path}/rounds").status_code == 200


def test_the_subject_goes_on_reading_the_round_that_was_released(app: Flask, world: World) -> None:
    road = open_road(world)
    reassessed(world, road)
    aurora = sign_in(app, "aurora")
    page = aurora.get(road.path)
    assert "Lena Figurada" in page.text
    rounds = aurora.get(f"{road.path}/rounds")
    assert "canario-lead" in rounds.text
    judged_anew(road)
    assert "Round 2" not in aurora.get(f"{road.path}/rounds").text
    take_step(road, "take", "rita")
    take_step(road, "approve", "rita")
    assert "Round 2" not in aurora.get(f"{road.path}/rounds").text
    take_step(road, "release", "hilda")
    both = aurora.get(f"{road.path}/rounds")
    assert "Round 2" in both.text
    assert "Carried over from round 1" in both.text
    assert "Lena Figurada" in both.text
    assert int(both.headers["X-Query-Count"]) <= PAGE_QUERIES


def test_a_first_round_has_no_page_of_rounds(app: Flask, world: World) -> None:
    road = delivered(world)
    assert sign_in(app, "hilda").get(f"{road.path}/rounds").status_code == 404


def test_history_tells_every_step_with_its_words(app: Flask, world: World) -> None:
    road = open_road(world)
    reassessed(world, road)
    judged_anew(road)
    page = sign_in(app, "hilda").get(f"{road.path}?view=result")
    for words in ("Contested by the employee", STATEMENT, "to judge anew", "Otra mirada."):
        assert words in page.text


def test_human_resources_suspend_resume_and_reopen_with_a_reason(app: Flask, world: World) -> None:
    road = open_road(world)
    hilda = sign_in(app, "hilda")
    assert hilda.post(f"{road.path}/suspend", {"comment": ""}).status_code == 422
    assert hilda.post(f"{road.path}/suspend", {"comment": "canario-licencia"}).status_code == 302
    assert "canario-licencia" in hilda.get(road.path).text
    assert "Suspended" in sign_in(app, "simon").get(road.path).text
    assert hilda.post(f"{road.path}/resume", {"comment": ""}).status_code == 302
    road.to(State.RELEASED)
    assert hilda.post(f"{road.path}/reopen", {"comment": ""}).status_code == 422
    assert hilda.post(f"{road.path}/reopen", {"comment": "canario-falta"}).status_code == 302
    subject = sign_in(app, "aurora").get(road.path).text
    assert "canario-falta" in subject
    assert "canario-lead" not in subject
    assert "canario-falta" in sign_in(app, "simon").get(road.path).text
    assert "Came back" in sign_in(app, "simon").get("/home").text


def bulk(browser: Browser, road: Road, **form: object) -> str:
    """Take a step for many of the cycle; return the page."""
    answer = browser.post(f"/cycles/{road.cycle_id}/steps", form)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_step_for_many_names_what_came_of_it_for_each_person(app: Flask, world: World) -> None:
    road = open_road(world)
    world.session.rollback()
    hilda = sign_in(app, "hilda")
    cycle = hilda.get(f"/cycles/{road.cycle_id}").text
    assert f'value="{road.public_id}"' in cycle
    page = bulk(hilda, road, what="suspend", whom="all", reason="Feriado largo.")
    assert "Done: 1. Refused: 0. Left: 0." in page
    assert "Aurora Ficticia" in page
    page = bulk(hilda, road, what="release", appraisal=road.public_id)
    assert "Refused: 1" in page
    assert "has moved on" in page
    assert "Done: 1" in bulk(hilda, road, what="resume", whom="all")
    assert road.state() is State.OPEN


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "suspend", "whom": "all"}, "Say why"),
        ({"what": "reassign", "whom": "all", "lead": "E999"}, "Nobody in your scope"),
        ({"what": "nothing", "whom": "all"}, "Choose what"),
        ({"what": "remind"}, "Tick whom"),
    ],
)
def test_a_step_for_many_that_lacks_something_says_what(
    app: Flask, world: World, form: dict[str, object], said: str
) -> None:
    road = open_road(world)
    answer = sign_in(app, "hilda").post(f"/cycles/{road.cycle_id}/steps", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert road.state() is State.OPEN


def test_nobody_is_reminded_twice_on_one_day(app: Flask, world: World) -> None:
    road = open_road(world)
    hilda = sign_in(app, "hilda")
    assert "Done: 1" in bulk(hilda, road, what="remind", whom="all")
    again = bulk(hilda, road, what="remind", whom="all")
    assert "reminded today already" in again
    assert "Already reminded today" in hilda.get(f"/cycles/{road.cycle_id}").text


def test_appraisals_of_another_cycle_are_not_touched(app: Flask, world: World) -> None:
    road = open_road(world)
    hilda = sign_in(app, "hilda")
    take_step(road, "suspend", "hilda", reason="De licencia.")
    other = open_road(world)
    bulk(hilda, road, what="suspend", appraisal=other.public_id, reason="Feriado.")
    assert other.state() is State.OPEN
    states = set(world.session.scalars(sa.select(Appraisal.state)))
    assert states == {State.OPEN, State.SUSPENDED}
