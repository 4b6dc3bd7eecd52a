"""Applying to be certified, and answering, on the pages of everybody concerned."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal
from competency.assessments.schema import Mode
from tests.support.applications import EXCEPTION, REASON, WORDS, applied, ask_for, published
from tests.support.cast import World
from tests.support.certifications import PROFILE, open_certification
from tests.support.client import Browser, sign_in

OWN_WORK = "is true, and that the evidence that I hand in is my own work"


def sent(world: World, **changes: object) -> dict[str, object]:
    return {
        "framework": published(world),
        "units": ["uc1", "uc3"],
        "words": WORDS,
        "language": "en",
        "declares": "yes",
        **changes,
    }


def address_of(browser: Browser) -> str:
    page = browser.get("/requests").text
    return page.partition('class="task-name" href="')[2].partition('"')[0]


def test_an_employee_applies_and_human_resources_open_the_certification(
    app: Flask, world: World
) -> None:
    published(world)
    aurora, hilda = sign_in(app, "aurora"), sign_in(app, "hilda")
    assert f"/applications/new?framework={PROFILE}" in aurora.get("/applications/new").text
    assert "Nothing matches" in aurora.get("/applications/new?search=nowhere").text
    form = aurora.get(f"/applications/new?framework={PROFILE}").text
    assert OWN_WORK in form
    assert "Nothing: every condition is met today." in form
    assert "despite" not in form
    assert aurora.post("/applications", sent(world)).status_code == 302
    assert aurora.post("/applications", sent(world)).status_code == 409
    assert WORDS not in sign_in(app, "simon").get("/home").text
    assert WORDS in hilda.get("/home").text
    address = address_of(hilda)
    page = hilda.get(address).text
    assert OWN_WORK in page
    assert "Analisi fabbisogno risorse professionali" in page
    due = (clock.now().date() + timedelta(days=20)).isoformat()
    answer = {"reason": REASON, "due_on": due, "assessor": "E200", "attempts": "2"}
    refused = hilda.post(f"{address}/certify", answer)
    assert refused.status_code == 422
    assert "superior" in refused.text
    assert REASON in refused.text
    assert hilda.post(f"{address}/certify", {**answer, "attempts": "0"}).status_code == 422
    assert hilda.post(f"{address}/certify", {**answer, "assessor": "E302"}).status_code == 302
    assert world.session.scalars(sa.select(Appraisal.mode)).one() is Mode.CERTIFICATION
    page = aurora.get(address).text
    assert REASON in page
    assert "The certification" in page


def test_what_is_lacking_is_shown_and_said_again_before_it_is_handed_in(
    app: Flask, world: World
) -> None:
    ask_for(world, months=120)
    aurora, hilda = sign_in(app, "aurora"), sign_in(app, "hilda")
    published(world)
    lacking = "At least 120 months of employment are asked for"
    assert lacking in aurora.get(f"/applications/new?framework={PROFILE}").text
    refused = aurora.post("/applications", sent(world))
    assert refused.status_code == 422
    assert lacking in refused.text
    assert WORDS in refused.text
    assert aurora.post("/applications", sent(world, despite="yes")).status_code == 302
    address = address_of(hilda)
    assert lacking in aurora.get(address).text
    due = (clock.now().date() + timedelta(days=20)).isoformat()
    answer = {"reason": REASON, "due_on": due, "assessor": "E302", "attempts": "3"}
    refused = hilda.post(f"{address}/certify", answer)
    assert refused.status_code == 422
    assert "Say why you accept it all the same" in refused.text
    assert hilda.post(f"{address}/certify", {**answer, "exception": EXCEPTION}).status_code == 302
    page = aurora.get(address).text
    assert EXCEPTION in page
    assert "Long enough employed" in page


def test_what_the_form_can_not_be_is_said_on_it(app: Flask, world: World) -> None:
    aurora = sign_in(app, "aurora")
    wrong: tuple[dict[str, object], ...] = (
        {"units": []},
        {"units": ["uc9"]},
        {"declares": ""},
        {"language": "xx"},
    )
    for changes in wrong:
        answer = aurora.post("/applications", sent(world, **changes))
        assert answer.status_code == 422, changes
        assert WORDS in answer.text
    assert aurora.post("/applications", sent(world, framework="0" * 20)).status_code == 404


def test_who_sees_an_application_and_who_may_answer_it(app: Flask, world: World) -> None:
    address = f"/requests/{applied(world)}"
    seen = {"hilda": 200, "simon": 200, "aurora": 200, "augusto": 200, "bruno": 404, "ada": 404}
    for name, status in seen.items():
        browser = sign_in(app, name)
        assert browser.get(address).status_code == status, name
        expected = 422 if name == "hilda" else 403 if status == 200 else 404
        assert browser.post(f"{address}/certify").status_code == expected, name
        assert ("Accept and open" in browser.get(address).text) is (name == "hilda")
    withdrawn = sign_in(app, "aurora")
    assert withdrawn.post(f"{address}/withdraw").status_code == 302
    assert "Withdrawn" in withdrawn.get(address).text


def test_a_candidate_withdraws_on_a_page_that_asks_once_more(app: Flask, world: World) -> None:
    road = open_certification(world)
    road.plan()
    aurora = sign_in(app, "aurora")
    page = aurora.get(f"/appraisals/{road.public_id}").text
    address = f"/appraisals/{road.public_id}/withdraw"
    assert f'href="{address}"' in page
    assert "These sessions are cancelled with it." in aurora.get(address).text
    refused = aurora.post(address, {"comment": WORDS})
    assert refused.status_code == 422
    assert WORDS in refused.text
    assert aurora.post(address, {"comment": " ", "confirmed": "yes"}).status_code == 422
    assert aurora.post(address, {"comment": WORDS, "confirmed": "yes"}).status_code == 302
    for name in ("aurora", "bruno", "hilda"):
        page = sign_in(app, name).get(f"/appraisals/{road.public_id}").text
        assert WORDS in page, name
        assert f'href="{address}"' not in page
    assert aurora.get(address).status_code == 403
