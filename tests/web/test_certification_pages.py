"""One unit of the Italian profile through the pages: opened, tested, judged, closed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import Instrument, SessionState, State
from competency.credentials.papers import from_data
from competency.documents.attestation import attestation
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import CAST, World
from tests.support.certifications import ITEMS, PROFILE, open_certification
from tests.support.client import sign_in
from tests.support.register import add_issuer, closed_road, issue
from tests.unit.documents_facts import text_of


def opening(version_id: int, **more: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "title": "Certificazione 2026",
        "framework": str(version_id),
        "mode": "certification",
        "assessor": CAST["bruno"][0],
        "attempts": "3",
        "units": ["uc1"],
        "submit_due_on": (clock.now() + timedelta(days=20)).date().isoformat(),
        "numbers": f"{CAST['aurora'][0]}, {CAST['bruno'][0]}",
        "review": "all",
        "self_assessment": "none",
        "contest_days": "10",
        **more,
    }


def planning(**more: str) -> dict[str, str]:
    return {
        "instrument": "practical_test",
        "unit": "uc1",
        "day": clock.now().date().isoformat(),
        "time": "00:00",
        "place": "Sala 2",
        "examiners": f"{CAST['bruno'][0]}, {CAST['ada'][0]}",
        "situation": "Prevedere il fabbisogno della settimana.",
        **more,
    }


def sheet(*failed: str) -> dict[str, str]:
    marks = {f"mark-{item}": "no" if item in failed else "yes" for item in ITEMS}
    return marks | {f"note-{item}": "non visto" for item in failed} | {"note": "canario-verbale"}


def planned_session(world: World) -> AssessmentSession:
    world.session.rollback()
    return (
        world.session.scalars(
            sa.select(AssessmentSession).order_by(AssessmentSession.id.desc())
        ).first()
        or AssessmentSession()
    )


def opened_through_the_pages(app: Flask, world: World) -> tuple[str, str, list[str]]:
    """Open a certification of one unit; return cycle, certification and its criteria."""
    version_id = publish_shipped(world, PROFILE)
    hilda = sign_in(app, "hilda")
    preview = hilda.get("/cycles/new", query_string=opening(version_id))
    assert preview.status_code == 200
    assert "16 criteria, 4 in this scope" in preview.text
    assert "Is the assessor of this certification" in preview.text
    answer = hilda.post("/cycles", opening(version_id))
    assert answer.status_code == 302
    cycle = answer.location
    assert "Bruno Inventado" in hilda.get(cycle).text
    world.session.rollback()
    appraisal = world.session.scalars(sa.select(Appraisal)).one()
    return cycle, f"/appraisals/{appraisal.public_id}", list(appraisal.scope or ())


def two_attempts_through_the_pages(app: Flask, world: World, cycle: str, path: str) -> str:
    """Plan and hold two attempts, the first of them failed; return the first's address."""
    hilda, bruno, aurora = (sign_in(app, name) for name in ("hilda", "bruno", "aurora"))
    assert "Plan a session" in bruno.get(path).text
    new = f"{path}/sessions/new?instrument=practical_test&unit=uc1"
    page = hilda.get(new)
    assert "Analisi previsioni di traffico" in page.text
    assert "Dimensionamento fabbisogno di personale" in page.text
    answer = hilda.post(f"{path}/sessions", planning(day=opened(world)))
    assert answer.status_code == 302, answer.text
    session = answer.location
    assert "Sala 2" in aurora.get("/home").text
    assert "Tests that I examine" in bruno.get("/home").text
    assert "Aurora Ficticia" in hilda.get(cycle).text
    assert "Prevedere il fabbisogno" in aurora.get(session).text

    record = f"{session}/record"
    assert bruno.get(record).text.count('type="radio"') == 8
    refused = bruno.post(record, {**sheet("uc1.ind2"), "note-uc1.ind2": ""})
    assert refused.status_code == 422
    assert "needs a note" in refused.text
    assert "canario-verbale" in refused.text
    assert bruno.post(record, sheet("uc1.ind2")).status_code == 302
    assert "Not passed" in bruno.get(session).text
    hidden = aurora.get(session).text
    assert "Not passed" not in hidden
    assert "canario-verbale" not in hidden
    assert "non visto" not in hidden

    second = bruno.get(new).text
    assert "Individuazione di numero" in second
    assert "Analisi previsioni di traffico" not in second
    answer = bruno.post(f"{path}/sessions", planning(day=opened(world)))
    ada = sign_in(app, "ada")
    assert ada.post(f"{answer.location}/record", {"mark-uc1.ind2": "yes"}).status_code == 302
    scoring = bruno.get(path).text
    assert "met already" in scoring
    assert "Passed" in scoring
    return session


def test_one_unit_takes_the_whole_road_through_the_pages(app: Flask, world: World) -> None:
    cycle, path, scope = opened_through_the_pages(app, world)
    session = two_attempts_through_the_pages(app, world, cycle, path)
    hilda, bruno, aurora = (sign_in(app, name) for name in ("hilda", "bruno", "aurora"))
    for criterion in scope:
        sent = {"kind": "lead", "level": "met", "version": "0", "note": ""}
        assert bruno.post(f"{path}/drafts/{criterion}", sent).status_code == 302
    pieces = re.findall(r'name="(relied-\w+)" value="yes"', bruno.get(path).text)
    assert len(pieces) == 2
    refused = bruno.post(f"{path}/submit", {pieces[0]: "yes"})
    assert refused.status_code == 422
    assert "1 left" in refused.text
    assert f'name="{pieces[0]}" value="yes" required checked' in refused.text
    assert bruno.post(f"{path}/submit", dict.fromkeys(pieces, "yes")).status_code == 302
    renata = sign_in(app, "renata")
    assert renata.post(f"{path}/take").status_code == 302
    assert "The practical test was passed." not in aurora.get(path).text
    assert renata.get(path).status_code == 200
    assert renata.post(f"{path}/approve").status_code == 302
    assert hilda.post(f"{path}/release").status_code == 302
    result = aurora.get(path).text
    assert "The practical test was passed." in result
    assert "canario-verbale" in aurora.get(session).text
    assert aurora.post(f"{path}/acknowledge").status_code == 302
    world.session.rollback()
    assert world.session.scalars(sa.select(Appraisal.state)).one() is State.CLOSED
    carla = sign_in(app, "carla")
    assert "Analisi fabbisogno risorse professionali" in carla.get(f"{path}/attestation").text


def opened(world: World) -> str:
    world.session.rollback()
    return world.session.scalars(sa.select(Cycle.opened_on)).one().isoformat()


def test_a_unit_without_a_passed_test_says_on_the_attestation_page_what_is_missing(
    app: Flask, world: World
) -> None:
    road = open_certification(world)
    road.close()
    page = sign_in(app, "carla").get(f"{road.path}/attestation").text
    assert "was not held, so the unit is not certified" in page
    result = sign_in(app, "aurora").get(road.path).text
    assert "was not held, so the unit is not certified" in result


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": "soon"}, "on which day"),
        ({"time": ""}, "at what time"),
        ({"examiners": ""}, "needs an examiner"),
        ({"examiners": "E999"}, "has the number E999"),
        ({"day": "2001-01-01"}, "before the cycle was opened"),
        ({"instrument": "knowledge_test", "unit": ""}, "at least one item"),
    ],
)
def test_what_cannot_be_planned_is_said_and_what_was_typed_stays(
    app: Flask, world: World, sent: dict[str, str], said: str
) -> None:
    road = open_certification(world)
    page = sign_in(app, "hilda").post(f"{road.path}/sessions", planning(**sent))
    assert page.status_code == 422
    assert said in page.text
    assert "Sala 2" in page.text


def test_a_session_is_seen_by_its_examiners_and_who_sees_the_certification(
    app: Flask, world: World
) -> None:
    road = open_certification(world)
    session = f"/sessions/{road.plan(examiners=('ada',))}"
    wanted = {"hilda": 200, "bruno": 200, "aurora": 200, "simon": 200, "ada": 200, "carla": 404}
    assert {n: sign_in(app, n).get(session).status_code for n in wanted} == wanted
    recording = {"hilda": 403, "bruno": 403, "aurora": 403, "ada": 200, "carla": 404}
    found = {n: sign_in(app, n).get(f"{session}/record").status_code for n in recording}
    assert found == recording
    assert sign_in(app, "ada").get(road.path).status_code == 404


def test_a_session_is_cancelled_with_a_reason_that_its_page_shows(app: Flask, world: World) -> None:
    road, hilda = open_certification(world), sign_in(app, "hilda")
    session = f"/sessions/{road.plan()}"
    assert hilda.post(f"{session}/cancel").status_code == 422
    assert hilda.post(f"{session}/cancel", {"comment": "Aula occupata."}).status_code == 302
    assert "Aula occupata." in hilda.get(session).text
    assert planned_session(world).state is SessionState.CANCELLED
    assert "Aula occupata." not in sign_in(app, "aurora").get("/home").text


def test_a_knowledge_test_offers_its_fifteen_items_to_choose_from(app: Flask, world: World) -> None:
    road, hilda = open_certification(world), sign_in(app, "hilda")
    new = f"{road.path}/sessions/new?instrument=knowledge_test"
    assert hilda.get(new).text.count('name="items"') == 15
    road.hold(road.plan(unit=None, instrument=Instrument.KNOWLEDGE_TEST, items=("con1",)))
    assert hilda.get(new).text.count('name="items"') == 14
    assert "Further tests" in sign_in(app, "bruno").get(road.path).text


def test_an_appraisal_has_no_tests(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    assert 'id="tests"' not in hilda.get(road.path).text
    assert hilda.get(f"{road.path}/sessions/new?unit=uc1").status_code == 404
    assert hilda.post(f"{road.path}/sessions", planning()).status_code == 404


def test_a_certification_without_its_assessor_or_with_oneself_is_refused_on_the_form(
    app: Flask, world: World
) -> None:
    version_id, hilda = publish_shipped(world, PROFILE), sign_in(app, "hilda")
    for assessor, said in (
        ("", "needs its assessor"),
        (CAST["hilda"][0], "name yourself"),
        ("E999", "in your scope has the number"),
    ):
        page = hilda.get("/cycles/new", query_string=opening(version_id, assessor=assessor))
        assert page.status_code == 422
        assert said in page.text


def test_a_planned_test_is_changed_on_its_page_and_keeps_what_was_refused(
    app: Flask, world: World
) -> None:
    road, hilda = open_certification(world), sign_in(app, "hilda")
    session = f"/sessions/{road.plan()}"
    assert f"{session}/edit" in hilda.get(session).text
    page = hilda.get(f"{session}/edit").text
    assert "Sala 2" in page
    assert CAST["bruno"][0] in page
    refused = hilda.post(f"{session}/edit", planning(place="Sala 9", examiners="E999"))
    assert refused.status_code == 422
    assert "Sala 9" in refused.text
    assert planned_session(world).place == "Sala 2"
    day = (clock.now() + timedelta(days=4)).date().isoformat()
    sent = planning(place="Sala 9", day=day, time="09:30")
    assert hilda.post(f"{session}/edit", sent).status_code == 422
    sent["reason"] = "La sala 2 è chiusa."
    assert hilda.post(f"{session}/edit", sent).status_code == 302
    shown = sign_in(app, "aurora").get(session).text
    assert "Sala 9" in shown
    assert "9:30" in shown
    assert f"{session}/edit" not in shown
    assert sign_in(app, "aurora").get(f"{session}/edit").status_code == 403


def test_a_session_has_its_own_sheet_before_it_is_held_and_after(app: Flask, world: World) -> None:
    road, hilda = open_certification(world), sign_in(app, "hilda")
    first = road.plan()
    sheet_file = f"/sessions/{first}/sheet.pdf"
    before = text_of(hilda.get(sheet_file).data)
    for said in ("Aurora Ficticia", "Sala 2", "canario-situazione", "Bruno Inventado"):
        assert said in before
    road.hold(first, failed=("uc1.ind2",), note="canario-verbale")
    after = text_of(hilda.get(sheet_file).data)
    assert "canario-verbale" in after
    assert "canario-nota" in after
    hidden = text_of(sign_in(app, "aurora").get(sheet_file).data)
    assert "Sala 2" in hidden
    assert "canario-nota" not in hidden
    assert "canario-verbale" not in hidden
    second = road.plan()
    again = text_of(hilda.get(f"/sessions/{second}/sheet.pdf").data)
    assert "Individuazione di numero" in again
    assert "Analisi previsioni di traffico" not in again
    road.cancel(second)
    assert hilda.get(f"/sessions/{second}/sheet.pdf").status_code == 404
    assert "sheet.pdf" not in hilda.get(f"/sessions/{second}").text
    assert sign_in(app, "carla").get(sheet_file).status_code == 404


def test_report_and_attestation_say_when_the_practical_test_was_passed(
    app: Flask, world: World
) -> None:
    road = open_certification(world)
    road.hold(road.plan(), failed=("uc1.ind2",))
    road.hold(road.plan())
    road.close()
    said = "Prueba práctica aprobada el"
    assert said in text_of(sign_in(app, "hilda").get(f"{road.path}/report.pdf").data)
    add_issuer(world)
    facts = issue(world, road.public_id).facts
    assert facts is not None
    [unit] = facts["facts"]["units"]
    assert unit["test_passed_on"] == planned_session(world).planned_on.isoformat()
    assert said in text_of(attestation(from_data(facts)))


def test_an_appraisal_without_tests_names_none_on_its_papers(app: Flask, world: World) -> None:
    assert app
    facts = issue(world, closed_road(world).public_id).facts
    assert facts is not None
    assert {unit["test_passed_on"] for unit in facts["facts"]["units"]} == {None}
