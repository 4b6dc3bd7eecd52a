"""Knowledge tests with questions through the pages: who reads what, and what each paper says."""

from __future__ import annotations

import io
import json
import re

import pikepdf
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.assessments.schema import AssessorKind
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.documents.finishing import embedded_facts
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.cast import CAST, World
from tests.support.certifications import Certification, open_certification
from tests.support.client import sign_in
from tests.support.questions import (
    SECRET,
    SMALL_BANK,
    SPANISH_BANK,
    drawn_ids,
    hold_written,
    loaded_test,
    plan_written,
    publish_bank,
    right_answers,
)

WRONG = "canario-nota"


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def everything_in(pdf: bytes) -> str:
    """Return all that a file holds that could be read: its text, attachments and strings."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        attached = [spec.get_file().read_bytes().decode() for spec in document.attachments.values()]
        streams = [
            item.read_bytes().decode("latin-1")
            for item in document.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image"
        ]
        others = [repr(item) for item in document.objects if not isinstance(item, pikepdf.Stream)]
    return " ".join([text_of(pdf), *attached, *streams, *others])


def planned(world: World, *, subject: str = "aurora") -> tuple[Certification, str, str]:
    road = open_certification(world, subject=subject)
    bank = publish_bank(world, SMALL_BANK)
    return road, bank, plan_written(road, bank)


def grant(world: World, name: str, role: Role) -> None:
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account(name),
            role=role,
        )


def test_the_sheet_has_the_questions_and_nothing_of_what_is_right(app: Flask, world: World) -> None:
    _road, _bank, session_id = planned(world)
    answer = sign_in(app, "hilda").get(f"/written-tests/{session_id}/questions.pdf")
    assert answer.status_code == 200
    said = text_of(answer.data)
    for shown in ("Aurora Ficticia", "Quale?", "Perché?", "canario-giusta", "canario-sbagliata"):
        assert shown in said
    whole = everything_in(answer.data)
    assert "canario-giusta" in whole
    assert SECRET not in whole
    facts = embedded_facts(answer.data)
    assert facts is not None
    assert not {"right", "is_right", "model_answer", "look_for", "seed"} & set(
        re.findall(r'"(\w+)":', json.dumps(facts))
    )
    test = loaded_test(world, session_id)
    options = [item["questions"] for item in facts["items"]]  # type: ignore[attr-defined]
    shown_options = [tuple(one["options"]) for several in options for one in several]
    assert shown_options == [
        tuple(question.options[place].text for place in drawn.options)
        for question, drawn in zip(test.questions, test.drawn, strict=True)
    ]


def test_the_key_says_what_is_right_and_when_an_item_is_met(app: Flask, world: World) -> None:
    _road, _bank, session_id = planned(world)
    bruno = sign_in(app, "bruno")
    said = text_of(bruno.get(f"/written-tests/{session_id}/key.pdf").data)
    for shown in ("canario-giusta (giusta)", f"{SECRET} modello", f"{SECRET} da cercare", "50 %"):
        assert shown in said
    assert "canario-sbagliata (giusta)" not in said
    assert "almeno 2 su 4" in said


def test_a_candidate_reads_no_question_before_the_test_nor_after(app: Flask, world: World) -> None:
    road, bank, session_id = planned(world)
    aurora, simon = sign_in(app, "aurora"), sign_in(app, "simon")
    closed = [f"/written-tests/{session_id}/{name}" for name in ("questions.pdf", "key.pdf")]
    closed += [f"/written-tests/{session_id}/answers", f"/question-banks/{bank}"]

    def nothing_is_open() -> None:
        for who in (aurora, simon):
            for path in (*closed, "/question-banks"):
                assert who.get(path).status_code in {403, 404}, path
            for path in (f"/files/{bank}", f"/files/{bank}.yaml"):
                assert who.get(path).status_code == 404

    nothing_is_open()
    page = aurora.get(f"/sessions/{session_id}").text
    assert "This test has 3 questions." in page
    assert "50 % of the points" in page
    assert "key.pdf" not in page
    assert "questions.pdf" not in page
    hold_written(world, session_id, right_answers(world, session_id, wrong=("b1", "a2")))
    nothing_is_open()
    before = aurora.get(f"/sessions/{session_id}").text
    assert "points</p>" not in before
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    for action, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(action, name)
    nothing_is_open()
    after = aurora.get(f"/sessions/{session_id}").text
    assert "1 of 4 points" in after
    assert "0 of 2 points" in after
    assert "Not met" in after
    for hidden in (SECRET, "canario-giusta", "canario-prima", "Quale?", WRONG):
        assert hidden not in after
    evidence = aurora.get(f"/people/{world.employee('aurora').public_id}/evidence").text
    assert SECRET not in evidence
    assert "canario-giusta" not in evidence


def test_hr_who_is_a_candidate_reads_no_bank_and_publishes_no_next_version(
    app: Flask, world: World
) -> None:
    _road, bank, session_id = planned(world)
    draft = {"text": SMALL_BANK.replace("1.0.0", "1.1.0").replace("points: 3", "points: 5")}
    grant(world, "aurora", Role.HR)
    grant(world, "simon", Role.HR)
    aurora, simon = sign_in(app, "aurora"), sign_in(app, "simon")
    assert simon.get(f"/question-banks/{bank}").status_code == 200
    assert simon.get(f"/files/{bank}.yaml").status_code == 200
    assert "points" in simon.post("/frameworks/check", data=draft).text
    assert "Small bank" not in aurora.get("/question-banks").text
    for path in (f"/question-banks/{bank}", f"/files/{bank}", f"/files/{bank}.yaml"):
        assert aurora.get(path).status_code == 404
    assert aurora.post("/frameworks/check", data=draft).status_code == 403
    assert aurora.post("/frameworks/publish", data=draft).status_code == 403
    assert aurora.get(f"/written-tests/{session_id}/key.pdf").status_code == 403


def test_a_bank_is_read_in_a_translation_by_whoever_reads_it_and_by_no_candidate(
    app: Flask, world: World
) -> None:
    _road, bank, session_id = planned(world)
    sidecar = publish_bank(world, SPANISH_BANK)
    grant(world, "aurora", Role.HR)
    with unit_of_work(world.session):
        exempt(world.session, "a test changes a language")
        world.account("hilda").language = "es"
    hilda, aurora = sign_in(app, "hilda"), sign_in(app, "aurora")
    page = hilda.get(f"/question-banks/{bank}").text
    for words in ("Banco pequeño", "¿Cuál?", "canario-correcta", "canario-respuesta", "Quali?"):
        assert words in page
    assert "canario-giusta" not in page
    assert "Banco pequeño" in hilda.get("/question-banks").text
    assert "canario-correcta" in hilda.get(f"/files/{sidecar}.yaml").text
    for path in (f"/files/{sidecar}", f"/files/{sidecar}.yaml"):
        assert aurora.get(path).status_code == 404
        assert sign_in(app, "bruno").get(path).status_code == 404
    mended = {"text": SPANISH_BANK.replace("errada", "mala")}
    assert aurora.post("/frameworks/check", data=mended).status_code == 403
    assert hilda.post("/frameworks/check", data=mended).status_code == 200
    sheet = text_of(hilda.get(f"/written-tests/{session_id}/questions.pdf").data)
    assert "canario-giusta" in sheet
    assert "canario-correcta" not in sheet


def test_what_a_bank_says_is_found_by_no_search_of_the_catalogue(app: Flask, world: World) -> None:
    planned(world)
    for who in ("aurora", "hilda"):
        for path in ("/frameworks", "/kpis", "/positions"):
            found = sign_in(app, who).get(f"{path}?search=canario")
            assert "Small bank" not in found.text
    world.session.rollback()
    test = loaded_test(world, planned_id(world))
    assert test.file.search_key == "small bank"


def planned_id(world: World) -> str:
    """Return the id of a further planned session, in another certification."""
    road = open_certification(world, subject="renata", assessor="ada")
    return plan_written(road, publish_bank(world, SMALL_BANK), examiners=("ada",))


def test_a_test_is_planned_worked_out_and_recorded_on_its_pages(app: Flask, world: World) -> None:
    road = open_certification(world)
    bank = publish_bank(world, SMALL_BANK)
    hilda, bruno = sign_in(app, "hilda"), sign_in(app, "bruno")
    new = f"{road.path}/sessions/new?instrument=knowledge_test"
    page = hilda.get(new).text
    assert "Small bank" in page
    sent = {
        "instrument": "knowledge_test",
        "day": world.actor("hilda").today(clock.now()).isoformat(),
        "time": "00:00",
        "examiners": CAST["bruno"][0],
        "items": ["con1"],
        "bank": bank,
        "per_item": "2",
    }
    refused = hilda.post(f"{road.path}/sessions", data={**sent, "per_item": "x"})
    assert refused.status_code == 422
    assert "Between 1 and 20" in refused.text
    assert f'value="{bank}" lang="it" selected' in refused.text
    answer = hilda.post(f"{road.path}/sessions", data=sent)
    assert answer.status_code == 302
    session_id = answer.location.rsplit("/", 1)[1]
    assert sorted(drawn_ids(world, session_id)) == ["a1", "a2"]
    record = bruno.get(f"/sessions/{session_id}/record")
    assert record.location.endswith(f"/written-tests/{session_id}/answers")
    path = f"/written-tests/{session_id}/answers"
    shown = bruno.get(path).text
    assert f"{SECRET} modello" in shown
    nothing = bruno.post(path, data={"note": "detto a voce"})
    assert nothing.status_code == 422
    assert "2 missing" in nothing.text
    assert "detto a voce" in nothing.text
    filled = {"tick-a1": "0", "points-a2": "0", "note-a2": "Foglio bianco.", "step": "work-out"}
    worked = bruno.post(path, data=filled)
    assert worked.status_code == 200
    assert "1 of 4 points" in worked.text
    assert "Foglio bianco." in worked.text
    assert "planned" in bruno.get(f"/sessions/{session_id}").text.casefold()
    overridden = {**filled, "step": "", "otherwise-con1": "yes", "why-con1": "A voce sì."}
    assert bruno.post(path, data=overridden).status_code == 302
    held = bruno.get(f"/sessions/{session_id}").text
    assert "Decided otherwise than the points." in held
    assert "A voce sì." in held
    assert "ticked, right" in held
    again = bruno.post(f"/sessions/{session_id}/record", data={"mark-con1": "no"})
    assert again.status_code == 409
