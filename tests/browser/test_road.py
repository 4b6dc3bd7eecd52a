"""Four people and a certifier take one appraisal all the way, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from competency import clock
from competency.credentials.issuers import ensure_issuer
from competency.database.transactions import unit_of_work
from competency.people.models import Employer
from tests.support.browser import Visitor, visitor
from tests.support.cast import CAST, World

NOT_MET = 9
REASON = "Los indicadores se informan sin analizarlos."
REVIEWED = "El informe de marzo muestra el análisis."
PLANNED = "Analizar cada semana los indicadores con la jefatura."


@pytest.fixture
def people(browser: Browser, base: str) -> Iterator[dict[str, Visitor]]:
    """Return a window each for those who take part."""
    names = ("hilda", "aurora", "simon", "renata", "carla")
    with ExitStack() as stack:
        yield {name: stack.enter_context(visitor(browser, base)) for name in names}


def full_name(name: str) -> str:
    """Return somebody's printed name."""
    return f"{CAST[name][1]} {CAST[name][2]}"


def text_of(pdf: bytes) -> str:
    """Return a PDF's text with single spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def downloaded(guest: Visitor, link: str) -> bytes:
    """Click a download link and return the file."""
    with guest.page.expect_download() as caught:
        guest.page.get_by_role("link", name=link).first.click()
    return Path(caught.value.path()).read_bytes()


def saved(guest: Visitor, done: int) -> None:
    """Wait until the page says that so many answers are there and saved."""
    expect(guest.page.locator("[data-count]")).to_contain_text(re.compile(rf"^{done} of 15"))
    expect(guest.page.locator(".bar-state")).to_contain_text("Saved")


def open_cycle(hilda: Visitor) -> None:
    """Open the cycle after a preview."""
    hilda.sign_in("hilda")
    hilda.open("/cycles")
    hilda.follow(hilda.page.get_by_role("link", name="New cycle").first)
    hilda.page.get_by_label("Title").fill("Evaluación de prueba")
    due = date.today() + timedelta(days=20)  # noqa: DTZ011 - the browser's own day
    hilda.page.get_by_label("Due date for assessors").fill(due.isoformat())
    everybody = hilda.page.get_by_label(re.compile("Everybody", re.IGNORECASE))
    everybody.check()
    hilda.follow(hilda.page.get_by_role("button", name="Preview"))
    hilda.follow(hilda.page.get_by_role("button", name=re.compile(r"^Open \d+ appraisals?$")))
    expect(hilda.page.get_by_text(re.compile("Ficticia")).first).to_be_visible()


def assess_oneself(aurora: Visitor) -> None:
    """Judge oneself by pointing, and hand in."""
    aurora.sign_in("aurora")
    aurora.follow(aurora.page.locator("a.task-name").first)
    criteria = aurora.page.locator("article.criterion").all()
    assert len(criteria) == 15
    for done, article in enumerate(criteria, start=1):
        article.locator("label.choice", has_text="Cumple").last.click()
        saved(aurora, done)
    aurora.page.get_by_role("button", name="Hand in").last.click()
    aurora.follow(aurora.page.get_by_role("button", name="Hand it in"))
    expect(aurora.page.get_by_text("Self-assessment").first).to_be_visible()


def judge(simon: Visitor) -> int:
    """Judge as the supervisor by keyboard; return the keys pressed beyond text."""
    simon.sign_in("simon")
    simon.follow(simon.page.locator("a.task-name", has_text="Ficticia"))
    assert "Self-assessment:" not in simon.page.locator("main").inner_text()
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        presses += 1
        simon.page.keyboard.press(key)

    simon.page.locator("#c-ac1\\.cd1").focus()
    for done in range(1, 16):
        press("0" if done == NOT_MET else "1")
        if done == NOT_MET:  # its reason is asked for at once
            simon.page.keyboard.type(REASON)
            press("Control+Enter")
        saved(simon, done)
    simon.page.locator("#c-ac1\\.cd3").focus()
    press("e")
    sheet = simon.page.locator("#evidence")
    sheet.get_by_label("What was seen").fill("Asignó los turnos según la planificación.")
    sheet.get_by_role("button", name="Add evidence").click()
    expect(simon.page.locator("#c-ac1\\.cd3 .count")).to_have_text("1")
    simon.page.get_by_label("The evidence I rely on").check()
    with simon.page.expect_navigation():
        simon.page.get_by_role("button", name="Submit").click()
    expect(simon.page.get_by_text("In review").first).to_be_visible()
    simon.check()
    return presses


def review(renata: Visitor) -> None:
    """Change one level with a reason, as the reviewer, and approve."""
    renata.sign_in("renata")
    renata.follow(renata.page.locator("a.task-name", has_text="Ficticia"))
    renata.follow(renata.page.get_by_role("button", name="Take this review"))
    changed = renata.page.locator("#c-ac2\\.cd2")
    changed.get_by_text("Change the level").click()
    changed.locator("label.choice", has_text="Aún no cumple").click()
    changed.get_by_label("Reason for the change").fill(REVIEWED)
    changed.get_by_label("Reason for the change").blur()
    expect(changed.locator(".save-state")).to_contain_text("Saved")
    with renata.page.expect_navigation():
        renata.page.get_by_role("button", name="Approve").click()
    renata.check()


def release(hilda: Visitor) -> None:
    """Release the result."""
    hilda.open("/home")
    hilda.follow(hilda.page.locator("a.task-name").first)
    hilda.page.get_by_text(re.compile(r"Release 1 approved result")).click()
    with hilda.page.expect_navigation():
        hilda.page.get_by_role("button", name="Release now").click()
    hilda.check()


def acknowledge(aurora: Visitor) -> None:
    """Read what is missing on the home page, and say that one has seen it."""
    aurora.open("/home")
    expect(aurora.page.get_by_text(REASON).first).to_be_visible()
    aurora.follow(aurora.page.get_by_role("link", name="Read it and say that you have seen it"))
    expect(aurora.page.get_by_text(REVIEWED).first).to_be_visible()
    with aurora.page.expect_navigation():
        aurora.page.get_by_role("button", name="I have seen it").click()
    expect(aurora.page.get_by_text("Closed").first).to_be_visible()
    aurora.check()


def plan(simon: Visitor) -> bytes:
    """Plan an action for a gap, as the supervisor; return the plan's document."""
    simon.page.reload()
    simon.follow(simon.page.get_by_role("link", name="Development plan"))
    simon.page.get_by_role("link", name="Plan an action for this gap").first.click()
    simon.page.get_by_label("What will be done").fill(PLANNED)
    simon.page.get_by_role("button", name="Add the action").click()
    expect(simon.page.get_by_text(PLANNED).first).to_be_visible()
    simon.check()
    return downloaded(simon, "Download as PDF")


def attest(carla: Visitor, address: str) -> bytes:
    """Issue the attestation as the certifier; return the document."""
    carla.sign_in("carla")
    carla.open(f"{address}/attestation")
    carla.page.get_by_text("Issue the internal attestation").click()
    with carla.page.expect_navigation():
        carla.page.get_by_role("button", name="Issue it now").click()
    carla.check()
    return downloaded(carla, "Download the PDF")


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_four_people_take_one_appraisal_from_the_cycle_to_both_documents(
    world: World, people: dict[str, Visitor]
) -> None:
    with unit_of_work(world.session):
        employer = world.session.query(Employer).one()
        ensure_issuer(
            world.session, actor=world.system(), now=clock.now(), employer=employer, prefix="CDP"
        )
    open_cycle(people["hilda"])
    assess_oneself(people["aurora"])
    presses = judge(people["simon"])
    assert presses <= 25
    review(people["renata"])
    release(people["hilda"])
    acknowledge(people["aurora"])
    plan_text = text_of(plan(people["simon"]))
    address = people["aurora"].page.url.removeprefix(people["aurora"].base).split("?")[0]
    attestation_text = text_of(attest(people["carla"], address))
    for text in (plan_text, attestation_text):
        assert full_name("aurora") in text
        assert "Supervisor de oficina comercial" in text
    for gap in (REASON, REVIEWED, "Los indicadores de gestión del área son analizados", PLANNED):
        assert gap in plan_text
    assert "Coordinar ejecución de actividades" in attestation_text
    assert "Resolver requerimientos de la operación" in attestation_text
    assert "Controlar la atención" not in attestation_text
    assert "Competente" in attestation_text
    for name in ("simon", "renata", "carla"):
        assert full_name(name) in attestation_text
