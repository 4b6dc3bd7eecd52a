"""Measurements imported in a browser: a wrong column, mapped and corrected, then taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from competency.kpis.import_progress import Step
from tests.support.browser import visitor
from tests.support.cast import World
from tests.support.import_runs import held_at, waiting
from tests.support.measurements import bring_in, named, prepared, stored, with_source

pytestmark = [
    pytest.mark.browser,
    # What a page looks like does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

FILE = (
    "Agente;Fecha;Llamadas;Tiempo\n"
    "E301;02-03-2026;20;1:40:00\n"
    "zoe.externa;02-03-2026;12;1:00:00\n"
    "bot;02-03-2026;90;0:00:00\n"
)


def choose(page: Page, column: str, meaning: str) -> None:
    page.get_by_label(f"What {column} is").select_option(meaning)


@pytest.mark.usefixtures("app")
def test_a_wrong_column_is_mapped_and_corrected_and_the_import_taken_back(  # noqa: PLR0915 - one road
    browser: Browser, base: str, world: World, app: Flask, tmp_path: Path
) -> None:
    assert app.testing
    with_source(world)
    path = tmp_path / "contactos.csv"
    path.write_text(FILE, encoding="utf-8")
    with visitor(browser, base) as hilda:
        page = hilda.page
        hilda.sign_in("hilda")
        hilda.open("/kpis/imports")
        hilda.follow(page.get_by_role("link", name="Import measurements"))
        page.get_by_label("CSV, XLSX or Parquet files").set_input_files(path)
        page.get_by_role("button", name="Look at the files").click()
        expect(page.get_by_label("What Agente is")).to_have_value("person")
        expect(page.get_by_label("What Fecha is")).to_have_value("day")
        choose(page, "Llamadas", "handle-seconds")
        choose(page, "Tiempo", "handled")
        page.get_by_label("Days", exact=True).select_option("dmy")
        hilda.check()
        page.get_by_role("button", name="Look at what would change").first.click()
        expect(page.get_by_text("Nothing can be imported yet").first).to_be_visible()
        expect(page.get_by_text("“1:40:00” is not a number").first).to_be_visible()
        hilda.check()
        choose(page, "Llamadas", "handled")
        choose(page, "Tiempo", "handle-seconds")
        page.get_by_label("How Tiempo is written").select_option("hh:mm:ss")
        page.get_by_label("Keep this profile as").first.fill("Central")
        page.get_by_role("button", name="Look at what would change").first.click()
        expect(page.get_by_text("“bot” is nobody")).to_be_visible()
        hilda.check()
        page.get_by_label("Employee number of zoe.externa").fill("E302")
        page.get_by_label("bot is none of ours").check()
        page.get_by_role("button", name="Map these names").click()
        expect(page.get_by_text("2 names were mapped")).to_be_visible()
        page.get_by_role("button", name="Look at what would change").first.click()
        expect(page.get_by_role("button", name="Import it")).to_be_visible()
        hilda.check()
        page.get_by_role("button", name="Import it").click()
        expect(page.get_by_role("heading", name="What it did")).to_be_visible()
        hilda.check()
        assert {key[0] for key in stored(world)} == {"E301", "E302"}
        hilda.open("/kpis/imports/people")
        page.go_back()
        page.get_by_text("Reverse this import").click()
        page.get_by_label("Reason").fill("La exportación era de prueba")
        page.get_by_role("button", name="Reverse it now").click()
        expect(page.get_by_text("The import was reversed")).to_be_visible()
        hilda.check()
        assert stored(world) == {}
        hilda.console.clear()  # a browser notes each refused form
    with visitor(browser, base) as augusto:
        augusto.sign_in("augusto")
        augusto.open("/kpis/imports")
        expect(augusto.page.get_by_role("link", name="Import measurements")).to_have_count(0)


ASIDE = """format: 1
source: telephony
shape: wide
person: {column: Agent}
day: Date
fields: {handled: {column: Calls}}
bad_rows: set_aside
"""


@pytest.mark.usefixtures("app")
def test_rows_set_aside_are_looked_through_and_deleted(
    browser: Browser, base: str, world: World
) -> None:
    with_source(world)
    file = named("Agent,Date,Calls\nE301,2026-03-02,5\nE301,2026-03-03,many\n")
    assert not prepared(world, file, profile=ASIDE).is_refused
    bring_in(world, file, profile=ASIDE)
    assert len(stored(world)) == 1
    assert bring_in(world, file, profile=ASIDE).public_id is None
    with visitor(browser, base) as hilda:
        hilda.sign_in("hilda")
        hilda.open("/kpis/imports/set-aside")
        expect(hilda.page.get_by_text("“many” is not a number")).to_be_visible()
        hilda.page.get_by_role("button", name="Delete the chosen rows").click()
        expect(hilda.page.get_by_text("No row is set aside")).to_be_visible()
        hilda.check()


def test_an_import_is_followed_by_its_page_and_stopped(
    browser: Browser, base: str, app: Flask, world: World
) -> None:
    with_source(world)
    draft = waiting(world)
    with visitor(browser, base) as hilda:
        page = hilda.page
        hilda.sign_in("hilda")
        with held_at(app, world, draft, Step.MERGING):
            hilda.open(f"/kpis/imports/drafts/{draft}")
            expect(page.get_by_text("Comparing and storing")).to_be_visible()
            hilda.check()
            expect(page.get_by_text("0 of 14")).to_be_visible()
            page.get_by_role("button", name="Stop it").click()
            expect(page.get_by_text("It stops at the next step.")).to_be_visible()
        expect(page.get_by_text("You stopped it. Nothing was imported.")).to_be_visible()
        hilda.check()
        assert stored(world) == {}
        page.get_by_role("link", name="Back to the files").click()
        expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()
        hilda.console.clear()
