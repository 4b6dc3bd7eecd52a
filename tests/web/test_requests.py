"""Asking to be assessed, and answering, on the pages of everybody concerned."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import AppraisalRequest
from competency.assessments.schema import AssessorKind, State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from tests.support.appraisals import EVIDENCE_TEXT, Road, open_road
from tests.support.cast import SLUG, World
from tests.support.client import sign_in
from tests.support.requests import REASON, WORDS, asked, step, wish


def test_an_employee_asks_with_what_is_there_in_sight_and_reads_the_answer(
    app: Flask, world: World
) -> None:
    open_road(world).to(State.CLOSED)
    aurora, simon = sign_in(app, "aurora"), sign_in(app, "simon")
    form = aurora.get(f"/requests/new?framework={SLUG}").text
    assert "1 piece of evidence speaks to this framework." in form
    assert "What is missing" in form
    sent = {"framework": wish(world).framework, "unit": "ac2", "words": WORDS}
    assert aurora.post("/requests", sent).status_code == 302
    assert aurora.post("/requests", sent).status_code == 409
    for browser in (simon, sign_in(app, "hilda")):
        home = browser.get("/home").text
        assert WORDS in home
        assert "Requests to answer" in home
    assert WORDS not in sign_in(app, "renata").get("/home").text
    address = simon.get("/requests").text.partition('class="task-name" href="')[2].partition('"')[0]
    due = (clock.now().date() + timedelta(days=20)).isoformat()
    assert simon.post(f"{address}/accept", {"reason": "", "due_on": due}).status_code == 422
    assert simon.post(f"{address}/accept", {"reason": REASON, "due_on": due}).status_code == 302
    home = aurora.get("/home").text
    assert REASON in home
    assert "My self-assessment" in home
    page = aurora.get(address).text
    assert "Accepted" in page
    assert REASON in page


def test_what_was_typed_stays_when_an_answer_is_refused(app: Flask, world: World) -> None:
    public_id = asked(world)
    simon = sign_in(app, "simon")
    answer = simon.post(f"/requests/{public_id}/accept", {"reason": REASON, "due_on": "soon"})
    assert answer.status_code == 422
    assert REASON in answer.text
    assert f'data-address="/requests/{public_id}"' in answer.text


def test_an_own_request_can_be_withdrawn_and_leaves_the_home_of_who_answers(
    app: Flask, world: World
) -> None:
    public_id = asked(world)
    aurora = sign_in(app, "aurora")
    assert "Waits for an answer" in aurora.get("/home").text
    aurora.post(f"/requests/{public_id}/withdraw")
    assert "Waits for an answer" not in aurora.get("/home").text
    assert WORDS not in sign_in(app, "simon").get("/home").text
    assert "Withdrawn" in aurora.get("/requests").text


def test_a_declined_request_is_read_with_its_reason(app: Flask, world: World) -> None:
    step(world, "decline", "simon", asked(world))
    home = sign_in(app, "aurora").get("/home").text
    assert "Declined" in home
    assert REASON in home


def test_the_team_shows_level_work_evidence_and_requests_and_is_searched(
    app: Flask, world: World
) -> None:
    open_road(world).to(State.CLOSED)
    asked(world)
    simon = sign_in(app, "simon")
    evidence = f'href="/people/{world.employee("aurora").public_id}/evidence"'
    for path in ("/home", "/team", "/team?search=ficticia"):
        page = simon.get(path).text
        assert evidence in page, path
        assert "Aún no competente" in page, path
        assert "Asks to be assessed" in page, path
        assert "0 pieces" in page, path
    assert "Nobody matches" in simon.get("/team?search=nobody").text
    assert "My team" not in sign_in(app, "aurora").get("/home").text


def test_a_reviewer_sees_why_and_what_nothing_flagged_is_approved_at_a_stroke(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    levels = dict.fromkeys(road.criteria, "met")
    road.judge("aurora", AssessorKind.SELF)
    road.step("hand_in_self_assessment", "aurora")
    road.judge("simon", AssessorKind.LEAD, levels=levels)
    road.step("submit", "simon", evidence_confirmed=True)
    renata = sign_in(app, "renata")
    assert "Nothing was flagged" in renata.get("/home").text
    page = renata.get("/reviews/unflagged").text
    assert road.public_id in page
    assert "Competente" in page
    renata.post("/reviews/unflagged", {"appraisal": [road.public_id, "0" * 20]})
    assert road.state() is State.APPROVED


def test_what_is_flagged_is_not_approved_at_a_stroke(app: Flask, world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    renata = sign_in(app, "renata")
    home = renata.get("/home").text
    assert "Look at these first" in home
    assert "Self-assessment differs (1)" in home
    assert road.public_id not in renata.get("/reviews/unflagged").text
    renata.post("/reviews/unflagged", {"appraisal": road.public_id})
    assert road.state() is State.SUBMITTED
    assert "look at it by itself" in renata.get("/reviews/unflagged").text


def test_a_reviewer_opens_the_evidence_of_a_submission_before_taking_it(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    other = road.collect("aurora")
    road.to(State.SUBMITTED)
    unlinked = f"/people/{world.employee('aurora').public_id}/evidence"
    renata = sign_in(app, "renata")
    assert f'href="/evidence/{other}"' in renata.get(road.path).text
    page = renata.get(f"/evidence/{other}")
    assert EVIDENCE_TEXT in page.text
    assert "Link to further criteria" not in page.text
    assert renata.get(unlinked).status_code == 404
    assert sign_in(app, "bruno").get(f"/evidence/{other}").status_code == 404


def test_lists_name_the_framework_beside_the_cycle(app: Flask, world: World) -> None:
    open_road(world)
    for name in ("simon", "aurora"):
        assert "Supervisor de oficina comercial" in sign_in(app, name).get("/home").text


def unflagged_road(world: World, percent: int) -> Road:
    """Return a submitted appraisal that nothing flagged, in a cycle that draws so many."""
    road = open_road(world, single_review_percent=percent)
    road.judge("aurora", AssessorKind.SELF)
    road.step("hand_in_self_assessment", "aurora")
    levels = dict.fromkeys(road.criteria, "met")
    road.judge("simon", AssessorKind.LEAD, levels=levels)
    road.step("submit", "simon", evidence_confirmed=True)
    return road


def test_what_chance_drew_is_listed_apart_and_not_approved_at_a_stroke(
    app: Flask, world: World
) -> None:
    road, renata = unflagged_road(world, 100), sign_in(app, "renata")
    page = renata.get("/reviews/unflagged").text
    assert "Drawn by chance" in page
    assert f"/appraisals/{road.public_id}" in page
    assert 'name="appraisal"' not in page
    renata.post("/reviews/unflagged", {"appraisal": road.public_id})
    assert road.state() is State.SUBMITTED
    assert "drawn by chance: look at it by itself" in renata.get("/reviews/unflagged").text
    road.step("take", "renata")
    road.step("approve", "renata")
    assert road.state() is State.APPROVED


def test_nothing_is_drawn_where_the_cycle_wants_none(app: Flask, world: World) -> None:
    road, renata = unflagged_road(world, 0), sign_in(app, "renata")
    page = renata.get("/reviews/unflagged").text
    assert "Drawn by chance" not in page
    assert f'value="{road.public_id}"' in page


def test_whoever_asks_reads_by_when_they_get_an_answer(app: Flask, world: World) -> None:
    promised = world.actor("aurora").today(clock.now()) + timedelta(days=10)
    said = f"You get an answer by {promised:%b} {promised.day}, {promised.year}."
    aurora = sign_in(app, "aurora")
    assert said in aurora.get(f"/requests/new?framework={SLUG}").text
    public_id = asked(world)
    assert said in aurora.get(f"/requests/{public_id}").text
    assert "Answer by" in aurora.get("/home").text
    for name in ("simon", "hilda"):
        assert "in 10 days" in sign_in(app, name).get("/home").text


def test_an_overdue_request_is_marked_for_everybody_it_concerns(app: Flask, world: World) -> None:
    public_id = asked(world)
    with unit_of_work(world.session):
        exempt(world.session, "a test lets days pass")
        world.session.execute(
            sa.update(AppraisalRequest).values(answer_by=clock.now().date() - timedelta(days=3))
        )
    for name in ("simon", "hilda"):
        browser = sign_in(app, name)
        for path in ("/home", "/requests", f"/requests/{public_id}"):
            assert "overdue by" in browser.get(path).text, (name, path)
    assert (
        "You should have had an answer by"
        in sign_in(app, "aurora").get(f"/requests/{public_id}").text
    )
