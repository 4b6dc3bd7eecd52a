"""A knowledge test with questions is planned, entered and recorded in a browser."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.support.browser import visitor
from tests.support.cast import World
from tests.support.certifications import open_certification
from tests.support.questions import SMALL_BANK, plan_written, publish_bank


def test_what_was_answered_is_entered_worked_out_and_recorded(
    browser: Browser, base: str, world: World
) -> None:
    road = open_certification(world)
    session_id = plan_written(road, publish_bank(world, SMALL_BANK), items=("con1",))
    with visitor(browser, base) as bruno:
        bruno.sign_in("bruno")
        bruno.open(f"/sessions/{session_id}")
        bruno.follow(bruno.page.get_by_role("link", name="Record the results"))
        bruno.page.get_by_label("canario-giusta").check()
        bruno.page.get_by_label("Points, from 0 to 3").fill("0")
        bruno.page.get_by_label("Note (needed where points are missing)").fill("Foglio bianco.")
        bruno.page.get_by_role("button", name="Work out the points").click()
        expect(bruno.page.get_by_text("Nothing is recorded yet.")).to_be_visible()
        bruno.check()
        bruno.page.get_by_role("button", name="Record for good").click()
        expect(bruno.page.get_by_text("The test is recorded.")).to_be_visible()
        bruno.check()
