"""Human resources mend a broken file, publish it, compare versions and confirm a reading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from competency import clock
from competency.database.transactions import unit_of_work
from competency.frameworks.publishing import publish_folder
from competency.resources import FRAMEWORKS
from tests.support.browser import Visitor, visitor
from tests.support.cast import SLUG, World

TEXT = (FRAMEWORKS / SLUG / "1.0.0.yaml").read_text(encoding="utf-8")
NEXT = TEXT.replace("version: 1.0.0", "version: 1.1.0", 1)
MENDED = NEXT.replace("Los turnos de trabajo", "Los turnos del personal", 1)
BROKEN = MENDED.replace("scale: cumplimiento", "scale: cumplimento", 1)
TITLE = "Supervisor de oficina comercial"


@pytest.fixture
def shipped(world: World) -> None:
    """Publish every shipped file."""
    with unit_of_work(world.session):
        publish_folder(world.session, actor=world.system(), now=clock.now(), folder=FRAMEWORKS)
    world.session.close()


def upload(hilda: Visitor, path: Path) -> None:
    """Choose a file on the page that checks it."""
    hilda.open("/frameworks")
    hilda.follow(hilda.page.get_by_role("link", name="Check or publish a file"))
    hilda.page.get_by_label("Choose a file").set_input_files(path)
    hilda.page.get_by_role("button", name="Check it").click()


def lines_of_faults(hilda: Visitor) -> list[str]:
    """Return the numbers of the lines that are marked as faulty."""
    marked = hilda.page.locator("ol.source-lines > li.marked:has(.line-fault)")
    return [str(item.get_attribute("value")) for item in marked.all()]


@pytest.mark.usefixtures("shipped")
def test_a_broken_file_is_mended_published_and_compared_and_a_reading_confirmed(
    browser: Browser, base: str, tmp_path: Path
) -> None:
    assert BROKEN != MENDED != NEXT
    path = tmp_path / "supervisor.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    with visitor(browser, base) as hilda:
        hilda.sign_in("hilda")
        upload(hilda, path)
        expect(hilda.page.get_by_text("supervisor.yaml can't be published yet.")).to_be_visible()
        hilda.console.clear()  # Chromium notes the refusal's status as an error
        hilda.check()
        wrong = BROKEN[: BROKEN.index("scale: cumplimento\n")].count("\n") + 1
        assert lines_of_faults(hilda) == [str(wrong)]
        expect(hilda.page.get_by_role("button", name="Publish it")).to_have_count(0)

        written = hilda.page.get_by_label("Or write it, or mend it here")
        assert written.input_value().strip() == BROKEN.strip()
        written.fill(MENDED)
        hilda.page.get_by_role("button", name="Check it").click()
        expect(hilda.page.get_by_text("supervisor.yaml can be published.")).to_be_visible()
        expect(hilda.page.locator(".change ins").first).to_contain_text("turnos del personal")
        hilda.check()
        hilda.page.get_by_role("button", name="Publish it").click()
        expect(hilda.page.get_by_text("Published.")).to_be_visible()
        hilda.check()

        hilda.page.get_by_role("link", name="compare").click()
        expect(hilda.page.locator("h1")).to_contain_text("1.1.0 compared with 1.0.0")
        expect(hilda.page.locator(".change del")).to_contain_text("turnos de trabajo")
        hilda.check()

        hilda.open("/frameworks")
        hilda.page.get_by_role("link", name=re.compile("Criterios de progresión")).click()
        expect(hilda.page.get_by_text("is inferred", exact=False).first).to_be_visible()
        hilda.page.locator("summary", has_text="Confirm the reading").click()
        hilda.page.get_by_label("On what grounds").fill("Revisado con la publicadora.")
        hilda.check()
        hilda.page.get_by_role("button", name="Confirm the reading").click()
        expect(hilda.page.get_by_text("Reading confirmed by")).to_be_visible()
        hilda.check()
