"""Having single criteria assessed anew, on the pages of everybody concerned."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from competency import clock
from competency.assessments.schema import AssessorKind, State
from competency.database.transactions import unit_of_work
from competency.progression.operations import ActionDetails, add_action
from competency.progression.schema import ActionKind
from tests.integration.test_reassessments import anew, closed, finished
from tests.support.appraisals import SHORT, open_road
from tests.support.cast import World
from tests.support.client import sign_in


def due() -> str:
    return (clock.now().date() + timedelta(days=20)).isoformat()


def test_a_supervisor_chooses_criteria_and_the_others_carry_over(app: Flask, world: World) -> None:
    base = closed(world)
    simon = sign_in(app, "simon")
    path = f"{base.path}/criteria"
    assert path in simon.get(base.path).text
    assert f'value="{SHORT}"' in simon.get(path).text
    sent = {"criteria": [SHORT], "words": "Coached since", "due_on": due()}
    wrong: tuple[dict[str, object], ...] = ({"criteria": []}, {"words": ""}, {"due_on": "soon"})
    for missing in wrong:
        assert simon.post(path, sent | missing).status_code == 422
    answer = simon.post(path, sent)
    assert answer.status_code == 302
    page = simon.get(answer.location).text
    assert "14 criteria carry over from the earlier result" in page
    assert simon.post(path, sent).status_code == 409


def test_the_result_says_what_carried_over_and_from_which_day(app: Flask, world: World) -> None:
    base = closed(world)
    road = anew(world, base)
    road.judge("simon", AssessorKind.LEAD, levels={SHORT: "met"})
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    review = sign_in(app, "renata").get(road.path).text
    assert review.count("Carried over from the appraisal decided on") == 14
    assert review.count("Change the level") == 1
    for action, name in (("approve", "renata"), ("release", "hilda")):
        road.step(action, name)
    aurora = sign_in(app, "aurora")
    page = aurora.get(road.path).text
    assert page.count("Carried over from the appraisal decided on") == 14
    assert "Coached since" in page
    assert base.path in page
    assert "outside the scope" not in page
    assert "Nothing is missing" in aurora.get("/home").text
    assert aurora.get(f"{road.path}/report.pdf").status_code == 200


def test_an_employee_asks_for_criteria_of_their_own_result(app: Flask, world: World) -> None:
    base = closed(world)
    aurora = sign_in(app, "aurora")
    path = f"{base.path}/criteria"
    assert "You get an answer by" in aurora.get(path).text
    assert aurora.post(path, {"criteria": [SHORT], "words": ""}).status_code == 422
    answer = aurora.post(path, {"criteria": [SHORT], "words": "Now I can"})
    assert answer.status_code == 302
    request = sign_in(app, "simon").get(answer.location).text
    assert "To assess anew" in request
    assert 'id="scope"' not in request


def test_nobody_starts_from_a_result_that_is_not_closed(app: Flask, world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    assert sign_in(app, "simon").get(f"{road.path}/criteria").status_code == 409
    base = road
    base.step("acknowledge", "aurora")
    second = anew(world, base)
    finished(second, {SHORT: "met"})
    assert sign_in(app, "simon").get(f"{base.path}/criteria").status_code == 409
    assert sign_in(app, "carla").get(f"{second.path}/criteria").status_code == 403


def test_a_plan_takes_up_what_carried_over_and_is_missing_still(app: Flask, world: World) -> None:
    base = closed(world)
    other = base.criteria[0]
    road = anew(world, base, (other,))
    finished(road, {other: "met"})
    with unit_of_work(world.session):
        action = add_action(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            appraisal_public_id=road.public_id,
            details=ActionDetails(
                criteria=(SHORT,),
                kind=ActionKind.COACHING,
                text="Analizar los indicadores.",
                owner_id=world.employee("aurora").id,
                due_on=clock.now().date(),
            ),
        )
        assert action.criteria == [SHORT]
    assert "Analizar los indicadores." in sign_in(app, "aurora").get(f"{road.path}/plan").text
