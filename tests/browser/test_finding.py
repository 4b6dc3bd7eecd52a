"""A lead accepts figures as evidence; a correction arrives, and what was accepted stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import Visitor, visitor
from tests.support.cast import World
from tests.support.findings import MEASURED, correct, fill, measured_road


@pytest.fixture
def lead(browser: Browser, base: str) -> Iterator[Visitor]:
    """Return the lead's window."""
    with visitor(browser, base) as window:
        yield window


def test_accepted_figures_stay_when_a_correction_arrives(lead: Visitor, world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    lead.sign_in("simon")
    lead.open(road.path)
    lead.check()
    criterion = lead.page.locator(f"[id='c-{MEASURED}']")
    expect(criterion.get_by_text("90.0").first).to_be_visible()
    expect(criterion.locator("svg")).to_be_visible()
    lead.follow(criterion.get_by_role("button", name="Accept as evidence"))
    expect(criterion.get_by_text("Accepted as evidence.")).to_be_visible()
    expect(criterion.get_by_role("button", name="Accept as evidence")).to_have_count(0)
    for back in range(20):
        correct(world, 4, back=back)
    lead.open(road.path)
    expect(criterion.get_by_text("these are newer")).to_be_visible()
    criterion.locator(".proofs summary").click()
    expect(criterion.get_by_text("Resolution: 90.0")).to_be_visible()
    criterion.get_by_text("Set aside").first.click()
    criterion.get_by_role("textbox", name="Why these figures").fill("She trained others")
    lead.follow(criterion.get_by_role("button", name="Set aside"))
    expect(criterion.get_by_text("She trained others").first).to_be_visible()
    expect(criterion.get_by_text("Resolution: 90.0")).to_have_count(0)
