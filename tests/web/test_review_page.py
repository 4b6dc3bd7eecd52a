"""Review through the pages: flags, changes with a reason, return and approve."""

from __future__ import annotations

from flask import Flask

from competency.assessments.schema import State
from tests.support.appraisals import LEAD_NOTE, SELF_NOTE, SHORT, open_road
from tests.support.cast import World
from tests.support.client import JSON, sign_in


def change(level: str, note: str = "", version: int = 0) -> dict[str, str]:
    return {"kind": "review", "level": level, "note": note, "version": str(version)}


def test_the_reviewer_reads_lead_beside_self_with_flags_marked(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.SUBMITTED), sign_in(app, "renata")
    page = renata.get(road.path).text
    assert "Take this review" in page
    assert LEAD_NOTE in page
    assert SELF_NOTE in page
    assert "Self-assessment differs" in page
    assert 'value="review"' not in page, "nothing is changed before the review is taken"
    flagged = renata.get(f"{road.path}?show=flagged").text
    assert flagged.count("<article") == 1
    assert f'id="c-{SHORT}"' in flagged


def test_looking_takes_no_review(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.SUBMITTED), sign_in(app, "renata")
    renata.get(road.path)
    assert road.state() is State.SUBMITTED
    assert renata.get(f"{road.path}/take").status_code == 405
    assert renata.post(f"{road.path}/take").status_code == 302
    assert road.state() is State.IN_REVIEW


def test_a_change_decides_and_both_levels_stay_readable(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    sent = change("met", "canario-review los analizó con otro formato")
    saved = renata.post(f"{road.path}/drafts/{SHORT}", sent, headers=JSON)
    assert saved.status_code == 200
    assert renata.post(f"{road.path}/approve").status_code == 302
    page = renata.get(road.path).text
    assert "canario-review" in page
    assert LEAD_NOTE in page
    assert "All are required: 3 of 3 reached." in page


def test_a_change_without_its_reason_holds_the_approval_back(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    renata.post(f"{road.path}/drafts/{SHORT}", change("met"), headers=JSON)
    refused = renata.post(f"{road.path}/approve", {"comment": "canario-comment"})
    assert refused.status_code == 422
    assert "needs a reason: 2.4" in refused.text
    assert "canario-comment</textarea>" in refused.text, "nothing that was typed is lost"
    assert road.state() is State.IN_REVIEW


def test_a_refusal_without_a_comment_leads_back_to_the_criterion_it_names(
    app: Flask, world: World
) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    renata.post(f"{road.path}/drafts/{SHORT}", change("met"), headers=JSON)
    refused = renata.post(f"{road.path}/approve")
    assert refused.status_code == 303
    assert refused.location == f"{road.path}#c-{SHORT}"
    assert "needs a reason: 2.4" in renata.get(road.path).text
    assert road.state() is State.IN_REVIEW


def test_a_reason_without_a_level_holds_the_approval_back(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    renata.post(f"{road.path}/drafts/{SHORT}", change("", "algo falta"), headers=JSON)
    assert renata.post(f"{road.path}/approve").status_code == 303
    assert "needs a level. Choose it, or clear the change: 2.4" in renata.get(road.path).text
    assert road.state() is State.IN_REVIEW


def test_a_cleared_change_leaves_the_leads_judgement(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    renata.post(f"{road.path}/drafts/{SHORT}", change("met", "canario-cleared"), headers=JSON)
    assert renata.post(f"{road.path}/drafts/{SHORT}/clear").status_code == 302
    assert renata.post(f"{road.path}/drafts/{SHORT}/clear").status_code == 302
    assert renata.post(f"{road.path}/drafts/ac9.cd9/clear").status_code == 404
    assert renata.post(f"{road.path}/approve").status_code == 302
    page = renata.get(road.path).text
    assert "canario-cleared" not in page
    assert "Aún no competente" in page


def test_only_the_reviewer_clears_a_change(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    renata.post(f"{road.path}/drafts/{SHORT}", change("met", "x"), headers=JSON)
    for name in ("simon", "hilda", "aurora"):
        answer = sign_in(app, name).post(f"{road.path}/drafts/{SHORT}/clear")
        assert answer.status_code == 403, name
    assert [d.note for d in road.drafts() if d.level == "met" and d.note == "x"] == ["x"]


def test_returning_says_why_and_gives_the_drafts_back(app: Flask, world: World) -> None:
    road, renata = open_road(world).to(State.IN_REVIEW), sign_in(app, "renata")
    assert renata.post(f"{road.path}/return", {"comment": ""}).status_code == 303
    assert "Say what should be looked at again." in renata.get(road.path).text
    assert road.state() is State.IN_REVIEW
    assert renata.post(f"{road.path}/return", {"comment": "Mirar 2.4"}).status_code == 302
    assert road.state() is State.OPEN
    page = sign_in(app, "simon").get(road.path)
    assert "15 of 15" in page.text
    assert "data-draft" in page.text


def test_lead_and_subject_take_no_review(app: Flask, world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    for name in ("simon", "aurora", "hilda"):
        assert sign_in(app, name).post(f"{road.path}/take").status_code == 403, name
    assert road.state() is State.SUBMITTED
