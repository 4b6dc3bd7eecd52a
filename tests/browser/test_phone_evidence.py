"""Evidence from a window as narrow as a telephone's: files, pictures, links, sufficiency."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from competency import clock
from competency.assessments.file_reading import read_waiting
from competency.resources import FRAMEWORKS
from tests.support.appraisals import open_road, publish_shipped
from tests.support.browser import visitor
from tests.support.cast import World
from tests.support.loading import load_framework

pytestmark = [
    pytest.mark.browser,
    # What a page does before it sends does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PROFILE = "addetto-gestione-operativa-assistenza-clienti"
PASTE = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["turnos de la semana"], "pegado.txt", {type: "text/plain"}));
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector("form[data-send-files] textarea").dispatchEvent(event);
}"""
PHONE: ViewportSize = {"width": 390, "height": 844}
FIRST = "uc1.cap1"


def asking() -> dict[str, object]:
    """Return the profile's units, the first of which and its first capability ask for evidence."""
    data = load_framework(FRAMEWORKS / PROFILE / "1.0.0.yaml").model_dump(mode="json")
    data["units"][0]["criteria"][0]["evidence"] = {"minimum": 2, "distinct_sources": 2}
    data["units"][0]["evidence"] = {"minimum": 1}
    return {"units": data["units"]}


def photo(colour: str) -> bytes:
    """Return a picture."""
    out = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(out, "JPEG")
    return out.getvalue()


def file(name: str, content: bytes) -> FilePayload:
    """Return a file as a chooser takes it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def is_narrow(page: Page) -> bool:
    """Return whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def add_photos_in_place(page: Page) -> None:
    """Add two photos and a program to the first criterion, in the sheet of the scoring page."""
    page.locator(f"[id='c-{FIRST}'] .add-evidence").click()
    sheet = page.locator("dialog#evidence")
    camera = sheet.locator("input[capture='environment']")
    assert camera.get_attribute("accept") == "image/*"
    sheet.locator("textarea[name=text]").fill("Turno del lunes")
    sheet.locator("input[name=file]").first.set_input_files(
        [
            file("uno.jpg", photo("teal")),
            file("dos.jpg", photo("olive")),
            file("programa.exe", b"MZ\x90\x00" + b"\x00" * 60),
        ]
    )
    camera.set_input_files([file("tres.jpg", photo("navy"))])
    chosen = sheet.locator("[data-chosen] li")
    expect(chosen).to_have_count(4)
    sheet.get_by_role("button", name="Remove: dos.jpg").click()
    expect(chosen).to_have_count(3)
    assert is_narrow(page)
    sheet.get_by_role("button", name="Add evidence").click()
    expect(sheet.locator("[data-evidence-error]")).to_contain_text("programa.exe")
    sheet.get_by_role("button", name="Cancel").click()


def look_and_link(page: Page) -> None:
    """Look at the pictures of the one evidence of a portfolio, and link it further."""
    page.locator(".evidence-title a").click()
    pictures = page.locator(".previews img")
    expect(pictures).to_have_count(2)
    pictures.first.scroll_into_view_if_needed()
    expect(pictures.first).to_have_js_property("complete", value=True)
    assert pictures.first.evaluate("picture => picture.naturalWidth") > 0
    assert is_narrow(page)
    page.get_by_text("Link to further criteria").click()
    page.locator("details.panel .offer summary").first.click()
    page.locator("input[name=criteria][value$=':uc1.cap2']").check()
    page.get_by_role("button", name="Add these links").click()
    expect(page.get_by_text("The links are added.")).to_be_visible()


def paste_own(page: Page) -> None:
    """Add evidence to one's own portfolio with a file from the clipboard."""
    page.get_by_role("heading", name="Add evidence").click()
    form = page.locator("form[data-send-files]")
    form.locator("textarea[name=text]").fill("Lo hice yo")
    page.evaluate(PASTE)
    expect(form.locator("[data-chosen] li")).to_have_count(1)
    form.locator(".offer details summary").first.click()
    form.locator(f"input[name=criteria][value$=':{FIRST}']").check()
    form.get_by_role("button", name="Add evidence").click()
    expect(page.get_by_text("The evidence is added.")).to_be_visible()
    expect(page.get_by_role("link", name="pegado.txt").first).to_be_visible()


def test_evidence_from_a_telephone_changes_what_is_missing_at_once(
    app: Flask, world: World, browser: Browser, base: str
) -> None:
    version_id = publish_shipped(world, PROFILE, **asking())
    road = open_road(world, version_id=version_id, self_assessment=False)
    portfolio = f"/people/{world.employee('aurora').public_id}/evidence"
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(road.path)
        page = simon.page
        page.set_viewport_size(PHONE)
        asked = page.locator(f"[id='c-{FIRST}'] [data-asked]")
        unit = page.locator("[data-unit-asked='uc1']")
        expect(asked).to_contain_text("2 more are missing")
        expect(unit).to_contain_text("1 more is missing")
        add_photos_in_place(page)
        expect(asked).to_contain_text("1 more is missing")
        expect(asked).to_contain_text("from 1 more person")
        expect(unit).not_to_contain_text("missing")
        expect(unit).to_contain_text("practical test in situation: none yet")
        folder: Path = app.extensions["competency"].data_folder
        read_waiting(world.session, now=clock.now(), folder=folder)
        simon.open(portfolio)
        page.set_viewport_size(PHONE)
        look_and_link(page)
        simon.check()
    with visitor(browser, base) as aurora:
        aurora.sign_in("aurora")
        aurora.open(portfolio)
        aurora.page.set_viewport_size(PHONE)
        paste_own(aurora.page)
        aurora.check()
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(road.path)
        expect(simon.page.locator(f"[id='c-{FIRST}'] [data-asked]")).not_to_contain_text("missing")
