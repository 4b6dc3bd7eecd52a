"""Findings on the report: what the submission kept, with its chart, in four languages."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.assessments.finding_steps import accept_finding, set_finding_aside
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.documents.finishing import embedded_facts
from competency.people.models import Employee
from tests.support.appraisals import Road
from tests.support.cast import NOW, World
from tests.support.client import sign_in
from tests.support.findings import GATED, MEASURED, correct, fill, measured_road

LANGUAGES = {
    "en": ("What was measured", "Accepted as evidence.", "90.0 %", "at least 80.0 %", "met"),
    "es": (
        "Lo que se midió",
        "Aceptado como evidencia.",
        "90,0 %",
        "al menos 80,0 %",
        "se alcanza",
    ),
    "it": (
        "Che cosa si è misurato",
        "Accettato come evidenza.",
        "90,0 %",
        "almeno 80,0 %",
        "raggiunto",
    ),
    "ru": ("Что измерено", "Принято как подтверждение.", "90,0 %", "не менее 80,0 %", "достигнут"),
}


@pytest.fixture(autouse=True)
def at_noon() -> Any:  # noqa: ANN401 - what time_machine gives
    with time_machine.travel(NOW, tick=False):
        yield


def decide(road: Road, *, accepted: bool, criterion_id: str = MEASURED) -> None:
    """Accept the finding beside a criterion as its lead, or set it aside."""
    step = accept_finding if accepted else set_finding_aside
    more = {"described": lambda _: ("Resolution", "figures")} if accepted else {"reason": "Formó."}
    with unit_of_work(road.world.session):
        step(
            road.world.session,
            actor=road.world.actor("simon"),
            now=clock.now(),
            public_id=road.public_id,
            criterion_id=criterion_id,
            kpi="resolution",
            **more,
        )


def speaking(world: World, language: str) -> None:
    """Let Aurora's documents be in a language."""
    with unit_of_work(world.session):
        exempt(world.session, "a test gives the holder another language")
        world.session.execute(
            sa.update(Employee)
            .where(Employee.id == world.employee("aurora").id)
            .values(document_language=language)
        )


def report(app: Flask, road: Road) -> bytes:
    answer = sign_in(app, "simon").get(f"{road.path}/report.pdf")
    assert answer.status_code == 200
    return answer.data


def words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def alternatives(content: bytes) -> list[str]:
    """Return the words that stand for each figure of a file."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
        return [str(one.Alt) for one in found if "/Alt" in one]


def test_the_report_prints_what_the_submission_kept_and_nothing_later(
    app: Flask, world: World
) -> None:
    road = measured_road(world)
    fill(world, 18)
    decide(road, accepted=True)
    road.to(State.RELEASED, own=False)
    before = {}
    for language, said in LANGUAGES.items():
        speaking(world, language)
        content = report(app, road)
        before[language] = text = words(content)
        for one in said:
            assert one in text.replace("\u00a0", " "), (language, one)
        [chart] = [one for one in alternatives(content) if "Resolution" in one]
        assert re.search(r"3 .*: 89[.,]3.* 10 .*: 90[.,]7", chart), (
            "the chart's numbers are in its words"
        )
    for back in range(20):
        correct(world, 2, back=back)
    for language, text in before.items():
        speaking(world, language)
        assert words(report(app, road)) == text
    facts = embedded_facts(report(app, road))
    assert facts is not None
    [finding] = [
        found
        for unit in facts["units"]  # type: ignore[attr-defined]
        for criterion in unit["criteria"]
        for found in criterion["findings"]
    ]
    assert finding["weeks"][-1]["value"] == pytest.approx(0.9, abs=0.05)
    assert finding["low"] < 0.9 < finding["high"]


def test_what_was_set_aside_stands_with_its_reason_and_what_speaks_against_is_said(
    app: Flask, world: World
) -> None:
    road = measured_road(world, gate=True)
    fill(world, 8)
    decide(road, accepted=False)
    speaking(world, "en")
    road.to(State.RELEASED, own=False)
    text = words(report(app, road))
    assert text.count("Set aside: Formó.") == 2, "under its criterion and with the figures"
    assert "Accepted" not in text
    assert text.count("These figures speak against the level that the assessor judged.") == 2
    assert GATED
    assert "a condition" in text


def test_without_findings_the_report_has_no_such_part(app: Flask, world: World) -> None:
    road = measured_road(world, allowed=False)
    fill(world, 18)
    speaking(world, "en")
    road.to(State.RELEASED, own=False)
    content = report(app, road)
    assert "What was measured" not in words(content)
    assert "90.0" not in words(content)
