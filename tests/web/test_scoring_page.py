"""Judging through the pages: drafts, conflicts, blindness, submission."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.assessments.models import Judgement
from competency.assessments.schema import AssessorKind, State
from tests.support.appraisals import (
    EVIDENCE_TEXT,
    LEAD_NOTE,
    SELF_NOTE,
    SHORT,
    event_count,
    open_road,
    publish_longer,
)
from tests.support.cast import SLUG, World
from tests.support.client import JSON, PAGE_BYTES, sign_in

FIRST = "ac1.cd1"


def draft(level: str = "met", version: int = 0, kind: str = "lead", **more: str) -> dict[str, str]:
    return {"kind": kind, "level": level, "version": str(version), "note": "", **more}


def test_the_lead_judges_one_criterion_and_reads_it_back(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    page = simon.get(road.path)
    assert page.status_code == 200
    assert "Appraisal of Aurora Ficticia" in page.text
    assert page.text.count("data-draft") == 15
    answer = simon.post(f"{road.path}/drafts/{FIRST}", draft(), headers=JSON)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["version"] == 1
    assert (answer.json["done"], answer.json["total"]) == (1, 15)
    assert FIRST not in answer.json["missing"]
    assert re.search(r"\d:\d\d", answer.json["time"])
    assert road.drafts()[0].level == "met"
    again = simon.get(road.path).text
    assert 'value="met" checked' in again
    assert "1 of 15" in again


def test_without_a_script_a_saved_criterion_leads_back_to_its_place(
    app: Flask, world: World
) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    answer = simon.post(f"{road.path}/drafts/{FIRST}", draft())
    assert answer.status_code == 302
    assert answer.location.endswith(f"{road.path}#c-{FIRST}")


def test_an_old_version_gets_a_conflict_with_both_values_and_loses_neither(
    app: Flask, world: World
) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    simon.post(f"{road.path}/drafts/{FIRST}", draft("below", note="la primera"), headers=JSON)
    answer = simon.post(f"{road.path}/drafts/{FIRST}", draft(note="la segunda"), headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["theirs"]["level"] == "below"
    assert answer.json["theirs"]["note"] == "la primera"
    page = simon.post(f"{road.path}/drafts/{FIRST}", draft(note="la segunda"))
    assert page.status_code == 409
    assert "la primera" in page.text
    assert "la segunda" in page.text
    assert [d.note for d in road.drafts()] == ["la primera"]
    kept = simon.post(f"{road.path}/drafts/{FIRST}", draft(version=1, note="la segunda"))
    assert kept.status_code == 302
    assert [d.note for d in road.drafts()] == ["la segunda"]


def test_not_judged_is_an_answer_that_asks_for_its_reason(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    answer = simon.post(f"{road.path}/drafts/{FIRST}", draft("-"), headers=JSON)
    assert answer.json is not None
    assert answer.json["reasons"] == [FIRST]
    assert FIRST not in answer.json["missing"]
    assert (road.drafts()[0].level, road.drafts()[0].excused) == (None, True)
    with_reason = draft("-", version=1, note="no hubo ocasión")
    answer = simon.post(f"{road.path}/drafts/{FIRST}", with_reason, headers=JSON)
    assert answer.json is not None
    assert answer.json["reasons"] == []


@pytest.mark.parametrize(
    ("criterion", "sent", "status"),
    [
        (FIRST, draft("E"), 422),
        ("ac9.cd9", draft(), 404),
        (FIRST, draft(kind="peer"), 403),
        (FIRST, draft(kind="self"), 403),
        (FIRST, draft(kind="review"), 403),
        (FIRST, {**draft(), "version": "latest"}, 422),
        (FIRST, draft(note="x" * 4001), 422),
        (FIRST, draft(excused="1"), 422),
    ],
)
def test_what_no_page_sends_is_refused_and_saves_nothing(
    app: Flask, world: World, criterion: str, sent: dict[str, str], status: int
) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    answer = simon.post(f"{road.path}/drafts/{criterion}", sent, headers=JSON)
    assert answer.status_code == status
    assert road.drafts() == []


def test_a_reason_that_no_document_could_print_is_refused_where_it_is_typed(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    sent = draft(level="below", note="muy bien 😀")
    answer = sign_in(app, "simon").post(f"{road.path}/drafts/{FIRST}", sent, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert "U+1F600" in answer.json["error"]
    assert road.drafts() == []
    own = {**sent, "kind": "self"}
    refused = sign_in(app, "aurora").post(f"{road.path}/drafts/{FIRST}", own, headers=JSON)
    assert refused.status_code == 422, "the report prints what one says of oneself"
    assert road.drafts() == []


def test_a_criterion_outside_the_scope_is_neither_shown_nor_saved(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    road.narrow(["ac1.cd1", "ac1.cd2"])
    assert simon.get(road.path).text.count("data-draft") == 2
    answer = simon.post(f"{road.path}/drafts/ac3.cd1", draft(), headers=JSON)
    assert answer.status_code == 404
    assert road.drafts() == []


def test_a_stranger_gets_the_answer_of_a_missing_page(app: Flask, world: World) -> None:
    road, bruno = open_road(world), sign_in(app, "bruno")
    strange, missing = bruno.get(road.path), bruno.get("/appraisals/" + "0" * 12)
    assert strange.status_code == missing.status_code == 404
    assert strange.text.replace(road.public_id, "0" * 12) == missing.text
    for step in ("drafts/ac1.cd1", "submit", "hand-in", "take", "approve", "return", "release"):
        answer = bruno.post(f"{road.path}/{step}", draft())
        assert answer.status_code == 404, step
    assert road.state() is State.OPEN
    assert road.drafts() == []


def test_each_judges_in_their_own_form_and_never_in_the_others(app: Flask, world: World) -> None:
    road, aurora = open_road(world), sign_in(app, "aurora")
    page = aurora.get(road.path)
    assert "My self-assessment" in page.text
    assert 'name="kind" value="self"' in page.text
    answer = aurora.post(f"{road.path}/drafts/{FIRST}", draft(kind="lead"), headers=JSON)
    assert answer.status_code == 403
    assert road.drafts() == []


def test_self_and_lead_are_blind_to_each_other_until_both_are_in(app: Flask, world: World) -> None:
    road = open_road(world)
    road.judge("aurora", AssessorKind.SELF)
    road.step("hand_in_self_assessment", "aurora")
    assert SELF_NOTE not in sign_in(app, "simon").get(road.path).text
    road.judge("simon", AssessorKind.LEAD)
    road.step("submit", "simon", evidence_confirmed=False)
    assert SELF_NOTE in sign_in(app, "simon").get(road.path).text


def test_an_open_cycle_shows_the_self_assessment_once_it_is_handed_in(
    app: Flask, world: World
) -> None:
    road = open_road(world, blind=False)
    road.judge("aurora", AssessorKind.SELF)
    simon = sign_in(app, "simon")
    assert SELF_NOTE not in simon.get(road.path).text
    road.step("hand_in_self_assessment", "aurora")
    assert SELF_NOTE in simon.get(road.path).text


def test_submission_names_what_is_missing_and_changes_nothing(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    road.judge("simon", AssessorKind.LEAD, but=("ac3.cd1",))
    refused = simon.post(f"{road.path}/submit")
    assert refused.status_code == 422
    assert "1 missing" in refused.text
    assert 'href="#c-ac3.cd1"' in refused.text
    assert road.state() is State.OPEN


def test_evidence_that_is_relied_on_must_be_confirmed(app: Flask, world: World) -> None:
    road, simon = open_road(world).to(State.OPEN), sign_in(app, "simon")
    refused = simon.post(f"{road.path}/submit")
    assert refused.status_code == 422
    assert "valid, authentic, current and sufficient" in refused.text
    assert road.state() is State.OPEN
    accepted = simon.post(f"{road.path}/submit", {"evidence_confirmed": "yes"})
    assert accepted.status_code == 302
    assert road.state() is State.SUBMITTED


def test_a_second_submission_is_harmless(app: Flask, world: World) -> None:
    road, simon = open_road(world).to(State.OPEN), sign_in(app, "simon")
    confirmed = {"evidence_confirmed": "yes"}
    assert simon.post(f"{road.path}/submit", confirmed).status_code == 302
    assert simon.post(f"{road.path}/submit", confirmed).status_code == 409
    page = sign_in(app, "renata").get(road.path)
    assert page.text.count("Submitted") == 1


def test_after_submission_a_draft_is_refused(app: Flask, world: World) -> None:
    road, simon = open_road(world).to(State.SUBMITTED), sign_in(app, "simon")
    answer = simon.post(f"{road.path}/drafts/{FIRST}", draft("below", 1, note="x"), headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "theirs" not in answer.json


def test_handing_in_is_asked_about_first_and_says_what_follows(app: Flask, world: World) -> None:
    road, aurora = open_road(world), sign_in(app, "aurora")
    early = aurora.get(f"{road.path}/hand-in")
    assert early.status_code == 422
    assert "Hand it in" not in early.text
    road.judge("aurora", AssessorKind.SELF)
    assert f'action="{road.path}/hand-in"' in aurora.get(road.path).text
    page = aurora.get(f"{road.path}/hand-in").text
    assert "it cannot be changed" in page
    assert "once they have submitted their own judgement" in page
    assert world.session.scalar(sa.select(Judgement.id)) is None, "asking hands nothing in"
    assert aurora.post(f"{road.path}/hand-in").status_code == 302
    assert aurora.get(f"{road.path}/hand-in").location == road.path
    assert sign_in(app, "simon").get(f"{road.path}/hand-in").status_code == 403


def test_a_handed_in_self_assessment_stays_as_it_is(app: Flask, world: World) -> None:
    road, aurora = open_road(world), sign_in(app, "aurora")
    assert aurora.post(f"{road.path}/hand-in").status_code == 422
    road.judge("aurora", AssessorKind.SELF)
    assert aurora.post(f"{road.path}/hand-in").status_code == 302
    answer = aurora.post(
        f"{road.path}/drafts/{FIRST}", draft("below", 1, "self", note="x"), headers=JSON
    )
    assert answer.status_code == 409


def test_linked_evidence_is_counted_in_its_criterion(app: Flask, world: World) -> None:
    road = open_road(world)
    road.collect()
    page = sign_in(app, "simon").get(road.path).text
    assert page.count("Turno del lunes") == 3, "in two criteria, and where it may be doubted"
    assert EVIDENCE_TEXT not in page


def test_peoples_text_is_text_and_framework_text_has_its_language(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    hostile = "</textarea><script>alert(1)</script>"
    simon.post(f"{road.path}/drafts/{FIRST}", draft(note=hostile), headers=JSON)
    page = simon.get(road.path).text
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in page
    assert '<div class="choices" lang="es">' in page


def test_a_page_never_writes(app: Flask, world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    before = event_count(world)
    for name in ("aurora", "simon", "renata", "hilda", "augusto"):
        browser = sign_in(app, name)
        for path in ("/home", road.path):
            assert browser.get(path).status_code == 200, (name, path)
    assert event_count(world) == before + 5, "signing in is all that was recorded"


def test_the_notes_of_the_lead_are_not_the_subjects_before_release(
    app: Flask, world: World
) -> None:
    road, aurora = open_road(world), sign_in(app, "aurora")
    road.judge("simon", AssessorKind.LEAD)
    for path in (road.path, "/home"):
        text = aurora.get(path).text
        assert LEAD_NOTE not in text
    assert aurora.get(f"{road.path}?view=result").status_code == 200
    assert SHORT in road.criteria


def test_a_page_of_45_criteria_keeps_its_size_and_its_queries(app: Flask, world: World) -> None:
    road = open_road(world, version_id=publish_longer(world, 3))
    assert len(road.criteria) == 45
    road.collect()
    page = sign_in(app, "simon").get(road.path)
    assert page.text.count("data-draft") == 45
    road.judge("simon", AssessorKind.LEAD)
    judged = sign_in(app, "simon").get(road.path)
    assert judged.headers["X-Query-Count"] == page.headers["X-Query-Count"]
    csrf = 45 * len("IjE1MGM0NGQ3MGIwZGQxZmQ3N2MxNTg1NzAxMjE1NzRjYjFhZjY2ODQi" + "." * 36)
    assert len(judged.data) + csrf <= PAGE_BYTES


def test_adding_evidence_without_a_script_leads_to_the_form_and_back(
    app: Flask, world: World
) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    there = simon.get(f"{road.path}/evidence/{FIRST}")
    assert there.status_code == 302
    form = simon.get(there.location).text
    assert f'value="{SLUG}:{FIRST}" checked' in form
    assert f'name="appraisal" value="{road.public_id}"' in form
    assert sign_in(app, "bruno").get(f"{road.path}/evidence/{FIRST}").status_code == 404


def test_why_review_returned_it_stands_on_the_scoring_page(app: Flask, world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="Falta un motivo en 2.4.")
    assert "Falta un motivo en 2.4." in sign_in(app, "simon").get(road.path).text
    road.step("submit", "simon", evidence_confirmed=True)
    assert "Falta un motivo en 2.4." not in sign_in(app, "aurora").get(road.path).text
