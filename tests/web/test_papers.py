"""Papers that pages offer: who gets them, in which language, and what they say."""

from __future__ import annotations

import io
import re
from contextvars import Context

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.assessments.judging import save_draft
from competency.assessments.schema import Answer, AssessorKind, State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.files.checking import check_file
from competency.frameworks.compiled import load_by_hash
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.publishing import publish_value
from competency.frameworks.schema import BELOW
from competency.frameworks.translations import Standing, Translation
from competency.people.models import Employee, Employer, Organisation
from competency.progression.positions_schema import Positions
from competency.resources import FRAMEWORKS
from tests.support.appraisals import (
    LEAD_NOTE,
    SELF_NOTE,
    Road,
    open_road,
    publish_longer,
)
from tests.support.appraisals import publish_shipped as publish_framework
from tests.support.cast import SLUG, World
from tests.support.catalogue import public_id_of, publish_shipped, shipped
from tests.support.client import JSON, Browser, sign_in

PROGRESSION = "customer-service-progression"
OPERATIONS = "addetto-gestione-operativa-assistenza-clienti"
REPORT = "report.pdf"


def read(browser: Browser, path: str) -> str:
    """Return the text of the PDF at an address, with single spaces."""
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.text[:500])
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def public_id(world: World, version_id: int) -> str:
    """Return the public id of a framework's version."""
    return world.session.get_one(FrameworkVersion, version_id).public_id


def first_version(world: World) -> str:
    """Return the public id of source 000."""
    query = sa.select(FrameworkVersion.public_id).where(FrameworkVersion.slug == SLUG)
    return world.session.scalars(query).one()


def reviewed(world: World) -> Road:
    """Return a delivered appraisal in which review changed the first criterion."""
    road = open_road(world).to(State.IN_REVIEW)
    with unit_of_work(world.session):
        save_draft(
            world.session,
            actor=world.actor("renata"),
            now=clock.now(),
            public_id=road.public_id,
            kind=AssessorKind.REVIEW,
            answer=Answer(road.criteria[0], BELOW, note="canario-review no lo vi"),
            version=0,
        )
    road.step("approve", "renata")
    road.step("release", "hilda")
    road.step("acknowledge", "aurora", comment="canario-comment leí todo")
    return road


def test_the_report_says_what_the_result_page_says_in_the_employees_language(
    app: Flask, world: World
) -> None:
    road = reviewed(world)
    text = read(sign_in(app, "simon"), f"{road.path}/{REPORT}")
    for fact in (
        "Informe de evaluación",
        "Aurora Ficticia",
        "Centro de Pruebas SpA",
        "Ciclo 2026",
        "Simón Muestra",
        "Renata Supuesta",
        "Aún no competente",
        LEAD_NOTE,
        SELF_NOTE,
        "Cambiado en la revisión. Antes: Cumple",
        "canario-review no lo vi",
        "canario-comment leí todo",
        "“Turno del lunes”",
        "registrada por Simón Muestra",
        road.public_id,
    ):
        assert fact in text, fact
    assert len(re.findall(r"huella [0-9a-f]{12}\b", text)) == 2, "one evidence, two criteria"
    assert "Changed in review" not in text


@pytest.mark.parametrize("state", [State.OPEN, State.SUBMITTED, State.IN_REVIEW])
def test_nothing_is_printed_before_it_is_decided(app: Flask, world: World, state: State) -> None:
    road = open_road(world).to(state)
    for name in ("simon", "hilda", "renata", "aurora"):
        browser = sign_in(app, name)
        assert browser.get(f"{road.path}/{REPORT}").status_code == 404
        if name != "renata" or state is not State.OPEN:
            assert REPORT not in browser.get(f"{road.path}?view=result").text


def test_the_subject_gets_the_report_once_it_is_released(app: Flask, world: World) -> None:
    road, aurora = open_road(world).to(State.APPROVED), sign_in(app, "aurora")
    assert aurora.get(f"{road.path}/{REPORT}").status_code == 404
    assert REPORT not in aurora.get(road.path).text
    assert LEAD_NOTE in read(sign_in(app, "hilda"), f"{road.path}/{REPORT}")
    road.step("release", "hilda")
    assert f'href="{road.path}/{REPORT}"' in aurora.get(road.path).text
    assert LEAD_NOTE in read(aurora, f"{road.path}/{REPORT}")
    assert sign_in(app, "bruno").get(f"{road.path}/{REPORT}").status_code == 404


def test_who_cannot_read_evidence_reads_its_kind_and_day_only(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    for name in ("augusto", "carla"):
        text = read(sign_in(app, name), f"{road.path}/{REPORT}")
        assert "Turno del lunes" not in text
        assert "registrada por" not in text
        assert "huella" in text


def test_what_assessors_wrote_to_each_other_is_not_printed(app: Flask, world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="canario-return mirar 2.4")
    road.step("submit", "simon", evidence_confirmed=True, comment="canario-submit")
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    for name in ("aurora", "hilda"):
        text = read(sign_in(app, name), f"{road.path}/{REPORT}")
        assert "canario-return" not in text
        assert "canario-submit" not in text


def test_a_self_assessment_that_was_not_asked_for_takes_no_room(app: Flask, world: World) -> None:
    road = open_road(world, self_assessment=False).to(State.CLOSED, own=False)
    assert "Autoevaluación" not in read(sign_in(app, "simon"), f"{road.path}/{REPORT}")


def test_a_report_speaks_the_language_of_its_holder(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    with unit_of_work(world.session):
        exempt(world.session, "a test gives the holder another language")
        world.session.execute(
            sa.update(Employee)
            .where(Employee.id == world.employee("aurora").id)
            .values(document_language="ru")
        )
    text = read(sign_in(app, "simon"), f"{road.path}/{REPORT}")
    for fact in ("Отчёт об оценке компетенций", "Причина: ", "Самооценка", "Aún no competente"):
        assert fact in text, fact
    assert "Reason" not in text


def test_a_report_names_the_scope_and_what_it_leaves_out(app: Flask, world: World) -> None:
    version = publish_framework(world, PROGRESSION)
    road = open_road(world, version_id=version, scope_id="agents")
    road.to(State.CLOSED, levels=_lowest(world, road))
    text = read(sign_in(app, "simon"), f"{road.path}/{REPORT}")
    assert f"{len(road.criteria)} de 12 criterios" in text
    assert "Fuera del alcance" in text


def _lowest(world: World, road: Road) -> dict[str, str]:
    """Return the lowest level that each criterion of a road can be judged at."""
    version = world.session.scalars(
        sa.select(FrameworkVersion).where(FrameworkVersion.slug == PROGRESSION)
    ).one()
    framework = load_by_hash(version.content_hash, lambda _: version.compiled)
    return {i: framework.awardable(i)[0] for i in road.criteria}


def test_a_text_that_no_font_has_is_refused_with_a_page_that_says_so(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.CLOSED)
    with unit_of_work(world.session):
        exempt(world.session, "a test names an organisation in letters that no document has")
        world.session.execute(sa.update(Organisation).values(name="会議"))
        world.session.execute(sa.update(Employer).values(legal_name="会議"))
    publish_shipped(world)
    position = public_id_of(world, "positions")
    for path in (
        f"{road.path}/{REPORT}",
        f"/frameworks/{first_version(world)}/form.pdf",
        f"/positions/{position}/operator/sheet.pdf",
    ):
        answer = sign_in(app, "simon").get(path)
        assert answer.status_code == 422, path
        assert "U+4F1A" in answer.text


def test_a_sign_that_no_document_has_is_refused_where_it_is_typed(app: Flask, world: World) -> None:
    road, aurora = open_road(world), sign_in(app, "aurora")
    note = {"kind": "self", "level": "met", "note": "Bien 👍", "version": "0"}
    answer = aurora.post(f"{road.path}/drafts/{road.criteria[0]}", note, headers=JSON)
    assert answer.status_code == 422
    assert "U+1F44D" in answer.text
    evidence = {
        "kind": "direct_performance",
        "title": "Turno 👍",
        "text": "Asignó los turnos",
        "happened_on": world.actor("aurora").today(clock.now()).isoformat(),
    }
    path = f"/people/{world.employee('aurora').public_id}/evidence"
    answer = aurora.post(path, evidence)
    assert answer.status_code == 422
    assert "U+1F44D" in answer.text
    assert "Asignó los turnos" in answer.text, "what was typed stays"
    road.to(State.RELEASED)
    answer = aurora.post(f"{road.path}/acknowledge", {"comment": "Visto 👍"})
    assert answer.status_code == 422
    assert road.state() is State.RELEASED
    assert aurora.post(f"{road.path}/acknowledge", {"comment": "Visto"}).status_code == 302


def test_a_form_has_every_criterion_of_its_framework_in_its_own_words(
    app: Flask, world: World
) -> None:
    version = first_version(world)
    browser = sign_in(app, "bruno")
    page = browser.get(f"/frameworks/{version}").text
    assert f'href="/frameworks/{version}/form.pdf"' in page
    text = read(browser, f"/frameworks/{version}/form.pdf")
    assert text.count("Motivo") == text.count("Sin valorar") == 15
    assert text.count("Aún no cumple") == 15
    assert "3.5 Los datos de la operación" in text
    assert "Centro de Pruebas SpA" in text


def test_a_form_is_narrowed_to_a_scope_and_another_one_refused(app: Flask, world: World) -> None:
    version = public_id(world, publish_framework(world, PROGRESSION))
    browser = sign_in(app, "bruno")
    page = browser.get(f"/frameworks/{version}").text
    assert f'href="/frameworks/{version}/form.pdf?scope=agents"' in page
    whole = read(browser, f"/frameworks/{version}/form.pdf")
    narrow = read(browser, f"/frameworks/{version}/form.pdf?scope=agents")
    assert whole.count("Evidencia") == 12
    assert narrow.count("Evidencia") < 12
    assert "de 12 criterios" in narrow
    assert "Alcance" not in whole
    answer = browser.get(f"/frameworks/{version}/form.pdf?scope=pilots")
    assert answer.status_code == 422
    assert "pilots" in answer.text


def test_a_form_too_long_to_print_is_refused_with_a_page_that_says_so(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("competency.documents.form.CRITERIA_MAXIMUM", 14)
    version = public_id(world, publish_longer(world, 1))
    answer = sign_in(app, "bruno").get(f"/frameworks/{version}/form.pdf")
    assert answer.status_code == 422
    assert "15 criteria is too long to print" in answer.text


def test_a_form_in_translation_has_no_word_of_another_language(app: Flask, world: World) -> None:
    version = public_id(world, publish_framework(world, PROGRESSION))
    path = FRAMEWORKS / PROGRESSION / "1.0.0.ru.yaml"
    value = check_file(path).value
    assert value is not None
    with unit_of_work(world.session):
        publish_value(
            world.session, actor=world.system(), now=clock.now(), value=value, source_text="text"
        )
    browser = sign_in(app, "bruno")
    page = browser.get(f"/frameworks/{version}?in=ru").text
    assert f'href="/frameworks/{version}/form.pdf?in=ru"' in page
    assert f'href="/frameworks/{version}/form.pdf?scope=agents&amp;in=ru"' in page
    text = read(browser, f"/frameworks/{version}/form.pdf?in=ru")
    assert "Неофициальный перевод" in text
    assert "Ниже уровня: B · Третий уровень" in text, "words that are ours, not the file's"
    assert "Por debajo" not in text


def test_a_unit_with_a_practical_test_has_its_sheet_and_no_other_has(
    app: Flask, world: World
) -> None:
    version = public_id(world, publish_framework(world, OPERATIONS))
    browser, path = sign_in(app, "bruno"), f"/frameworks/{version}/units"
    assert browser.get(f"/frameworks/{version}").text.count("/test.pdf") == 4
    text = read(browser, f"{path}/uc1/test.pdf")
    for fact in (
        "Prova pratica in situazione",
        "1 Analisi fabbisogno risorse professionali",
        "Analisi previsioni di traffico",
        "Lettura e analisi del contratto di commessa",
        "Dimensionamento fabbisogno di personale",
        "Non ancora competente",
    ):
        assert fact in text, fact
    assert "2.1" not in text
    assert browser.get(f"{path}/uc9/test.pdf").status_code == 404
    other = first_version(world)
    assert "/test.pdf" not in browser.get(f"/frameworks/{other}").text
    assert browser.get(f"/frameworks/{other}/units/ac1/test.pdf").status_code == 404


def test_a_job_sheet_says_the_position_in_its_language_or_in_a_complete_translation(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    version, browser = public_id_of(world, "positions"), sign_in(app, "bruno")
    path = f"/positions/{version}/head"
    assert f'href="{path}/sheet.pdf"' in browser.get(path).text
    assert f'href="{path}/sheet.pdf?in=es"' in browser.get(f"{path}?in=es").text
    text = read(browser, f"{path}/sheet.pdf")
    for fact in (
        "Карта должности",
        "Руководитель контакт-центра",
        "Обязанности",
        "2.10 Совершенствует",
        "Возможно, устарел",
        "Выведено",
        "Прочитано в источнике",
    ):
        assert fact in text, fact
    spanish = read(browser, f"{path}/sheet.pdf?in=es")
    assert "Jefe de centro de contacto" in spanish
    assert "Traducción no oficial" in spanish
    assert read(browser, f"{path}/sheet.pdf?in=xx") == text
    assert browser.get(f"/positions/{version}/nobody/sheet.pdf").status_code == 404


def test_an_incomplete_translation_makes_no_paper_of_two_languages(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    original = next(f.value for f in shipped() if isinstance(f.value, Positions))
    partial = Translation(
        kind="translation",
        of_kind="positions",
        of=original.id,
        version=original.version,
        language="de",
        standing=Standing.UNOFFICIAL,
        texts={"head": "Leiter"},
    )
    with unit_of_work(world.session):
        publish_value(
            world.session,
            actor=world.system(),
            now=clock.now(),
            value=partial,
            source_text="for tests",
        )
    version, browser = public_id_of(world, "positions"), sign_in(app, "bruno")
    text = read(browser, f"/positions/{version}/head/sheet.pdf?in=de")
    assert "Leiter" not in text
    assert "Руководитель контакт-центра" in text


def test_the_same_blank_paper_says_the_same_to_everybody(app: Flask, world: World) -> None:
    path = f"/frameworks/{first_version(world)}/form.pdf"
    one, other = (read(sign_in(app, name), path) for name in ("simon", "bruno"))
    assert one == other


def test_no_paper_is_for_visitors(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    for path in (f"{road.path}/{REPORT}", f"/frameworks/{first_version(world)}/form.pdf"):
        answer = Context().run(app.test_client().get, path)
        assert answer.status_code == 302
