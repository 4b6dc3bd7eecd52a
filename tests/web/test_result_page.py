"""What came out: who reads it, in which state, and the steps after a decision."""

from __future__ import annotations

import pytest
from flask import Flask

from competency.assessments.schema import State
from tests.support.appraisals import LEAD_NOTE, SELF_NOTE, SHORT, open_road
from tests.support.cast import World
from tests.support.client import sign_in

UNRELEASED = [State.OPEN, State.SUBMITTED, State.IN_REVIEW, State.APPROVED]


@pytest.mark.parametrize("state", UNRELEASED)
def test_the_subject_reads_no_judgement_before_release(
    app: Flask, world: World, state: State
) -> None:
    road, aurora = open_road(world).to(state), sign_in(app, "aurora")
    for path in (road.path, f"{road.path}?view=result", "/home"):
        answer = aurora.get(path)
        assert answer.status_code == 200
        assert LEAD_NOTE not in answer.text
        assert "Aún no competente" not in answer.text
    assert SELF_NOTE in aurora.get(road.path).text, "one's own words stay one's own"


def test_the_subject_reads_the_released_result_with_every_reason(app: Flask, world: World) -> None:
    road, aurora = open_road(world).to(State.RELEASED), sign_in(app, "aurora")
    page = aurora.get(road.path).text
    assert "Aún no competente" in page
    assert LEAD_NOTE in page
    assert SELF_NOTE in page
    assert "All are required: 2 of 3 reached." in page
    assert "Not reached: 2.4." in page
    assert "Turno del lunes" in page
    assert "does not say that you agree" in page


def test_what_assessor_and_reviewer_wrote_to_each_other_is_not_the_subjects(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="canario-return mirar 2.4")
    road.step("submit", "simon", evidence_confirmed=True, comment="canario-submit")
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    subject, hr = sign_in(app, "aurora").get(road.path), sign_in(app, "hilda").get(road.path)
    assert "canario-return" not in subject.text
    assert "canario-submit" not in subject.text
    assert "Submission 1, which came back" not in subject.text
    assert "canario-return" in hr.text
    assert "Submission 1, which came back" in hr.text


@pytest.mark.parametrize("name", ["simon", "renata", "hilda", "augusto"])
def test_whoever_stands_by_the_appraisal_reads_it_after_submission(
    app: Flask, world: World, name: str
) -> None:
    road = open_road(world).to(State.APPROVED)
    assert LEAD_NOTE in sign_in(app, name).get(road.path).text


@pytest.mark.parametrize("name", ["hilda", "augusto"])
def test_nobody_reads_drafts_over_the_leads_shoulder(app: Flask, world: World, name: str) -> None:
    road = open_road(world).to(State.OPEN)
    page = sign_in(app, name).get(road.path)
    assert page.status_code == 200
    assert LEAD_NOTE not in page.text
    assert SELF_NOTE not in page.text


def test_a_reviewer_reads_what_waits_for_review_and_what_they_reviewed(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.SUBMITTED)
    renata = sign_in(app, "renata")
    assert renata.get(road.path).status_code == 200
    road.step("take", "renata")
    road.step("return_for_rework", "renata", comment="Falta un motivo.")
    assert renata.get(road.path).status_code == 404
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    road.step("approve", "renata")
    road.step("release", "hilda")
    assert renata.get(road.path).status_code == 200


def test_an_auditor_sees_of_evidence_that_it_is_there_and_not_what_it_says(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.APPROVED)
    page = sign_in(app, "augusto").get(road.path).text
    assert "1 piece of evidence" in page
    assert "Turno del lunes" not in page


@pytest.mark.parametrize("name", ["bruno", "ada"])
@pytest.mark.parametrize("state", [State.OPEN, State.RELEASED, State.CLOSED])
def test_who_has_no_part_gets_not_found_in_every_state(
    app: Flask, world: World, name: str, state: State
) -> None:
    road = open_road(world).to(state)
    assert sign_in(app, name).get(road.path).status_code == 404


def test_the_subject_says_that_it_was_seen_once(app: Flask, world: World) -> None:
    road, aurora = open_road(world).to(State.RELEASED), sign_in(app, "aurora")
    seen = aurora.post(f"{road.path}/acknowledge", {"comment": "canario-visto"})
    assert seen.status_code == 302
    assert road.state() is State.CLOSED
    assert aurora.post(f"{road.path}/acknowledge").status_code == 409
    page = aurora.get(road.path).text
    assert page.count("canario-visto") == 1
    assert "I have seen it" not in page


def test_only_the_subject_says_that_it_was_seen(app: Flask, world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    for name in ("simon", "renata", "hilda"):
        assert sign_in(app, name).post(f"{road.path}/acknowledge").status_code == 403
    assert road.state() is State.RELEASED


def test_human_resources_release_what_is_approved_and_nobody_else(app: Flask, world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    for name, status in (("simon", 403), ("renata", 403), ("aurora", 403), ("hilda", 302)):
        answer = sign_in(app, name).post(f"{road.path}/release")
        assert answer.status_code == status, name
    assert road.state() is State.RELEASED


def test_cancelling_needs_a_reason(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    assert hilda.post(f"{road.path}/cancel", {"comment": " "}).status_code == 422
    assert road.state() is State.OPEN
    assert hilda.post(f"{road.path}/cancel", {"comment": "cambió de equipo"}).status_code == 302
    assert road.state() is State.CANCELLED
    assert "This appraisal was cancelled." in sign_in(app, "aurora").get(road.path).text
    assert SHORT in road.criteria
