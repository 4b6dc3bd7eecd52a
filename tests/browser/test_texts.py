"""Long texts are counted and kept; names and numbers are shown whole."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from tests.support.appraisals import open_road
from tests.support.browser import WIDTHS, visitor
from tests.support.cast import World
from tests.support.register import closed_road, issue

LIMIT = 4000
pytestmark = [
    pytest.mark.browser,
    # What a page counts does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.mark.usefixtures("app")
def test_a_long_reason_is_counted_and_past_the_limit_kept_and_refused(
    world: World, browser: Browser, base: str
) -> None:
    road = open_road(world)
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(road.path)
        box = simon.page.locator(".criterion").first
        note, left = box.get_by_label("Reason"), box.locator(".text-left")
        note.fill("x" * 100)
        expect(left).to_have_count(0)
        note.fill("x" * (LIMIT - 150))
        expect(left).to_have_text("Characters left: 150")
        note.fill("x" * (LIMIT + 1))
        expect(left).to_have_text("Too long. Characters too many: 1")
        expect(note).to_have_value("x" * (LIMIT + 1))
        expect(box.locator(".save-state")).to_contain_text("at most 4,000 characters")
        simon.console = [line for line in simon.console if "422" not in line]
        note.fill("x" * LIMIT)
        expect(left).to_have_text("Characters left: 0")
        expect(box.locator(".save-state")).to_contain_text("Saved")
    assert [len(draft.note) for draft in road.drafts()] == [LIMIT]


@pytest.mark.usefixtures("app")
def test_a_long_name_in_the_top_bar_and_a_number_to_verify_are_shown_whole(
    world: World, browser: Browser, base: str
) -> None:
    entry = issue(world, closed_road(world).public_id)
    with unit_of_work(world.session):
        exempt(world.session, "a test gives a long name")
        world.employee("hilda").printed_name = "Hildegardis Ejemplo Echeverría Larraín"
    token = entry.token
    world.session.rollback()
    with visitor(browser, base) as hilda:
        hilda.sign_in("hilda")
        hilda.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        name = hilda.page.locator(".whoami a[href='/account']")
        assert name.evaluate(
            "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
        )
        assert name.evaluate("e => getComputedStyle(e).textOverflow") != "ellipsis"
        hilda.page.set_viewport_size({"width": WIDTHS[1], "height": 900})
        hilda.page.goto(f"{base}/verify/{token}")
        number = hilda.page.locator("h1 .nowrap")
        assert number.evaluate("e => e.getClientRects().length") == 1
