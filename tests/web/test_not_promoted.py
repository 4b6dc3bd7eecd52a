"""Ready is not promoted: every page that shows a level as reached says so, and who decides."""

from __future__ import annotations

from flask import Flask

from competency.assessments.schema import AssessorKind
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.catalogue import public_id_of, publish_shipped
from tests.support.client import sign_in

SAID = "Ready is not promoted"


def delivered(world: World, *, all_met: bool) -> str:
    """Return the address of Aurora's result, of which a criterion may not be reached."""
    road = open_road(world, self_assessment=False)
    levels = dict.fromkeys(road.criteria, "met") if all_met else None
    road.judge("simon", AssessorKind.LEAD, levels=levels)
    road.step("submit", "simon", evidence_confirmed=True)
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    return road.path


def test_a_result_that_reached_everything_says_who_decides(app: Flask, world: World) -> None:
    path = delivered(world, all_met=True)
    browser = sign_in(app, "aurora")
    assert SAID in browser.get(path).text
    home = browser.get("/home").text
    assert home.count(SAID) == 1
    assert "Human resources decide about that" in home


def test_a_result_that_is_not_reached_speaks_of_no_promotion(app: Flask, world: World) -> None:
    path = delivered(world, all_met=False)
    browser = sign_in(app, "aurora")
    assert SAID not in browser.get(path).text
    assert SAID not in browser.get("/home").text


def test_a_position_says_it_beside_the_levels_that_it_asks_for(app: Flask, world: World) -> None:
    publish_shipped(world)
    positions = public_id_of(world, "positions")
    page = sign_in(app, "aurora").get(f"/positions/{positions}/order-operator").text
    assert (SAID in page) == ("Levels asked for" in page)
