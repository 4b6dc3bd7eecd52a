"""Positions, career paths and indicators in a browser: accessible at both widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import WIDTHS, visitor
from tests.support.cast import World
from tests.support.catalogue import public_id_of, publish_shipped

pytestmark = [
    pytest.mark.browser,
    # What a page looks like does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.mark.usefixtures("app")
def test_the_catalogue_is_walked_by_its_tabs_and_links(
    browser: Browser, base: str, world: World
) -> None:
    publish_shipped(world)
    longest = f"/positions/{public_id_of(world, 'positions')}/order-operator"
    world.session.rollback()
    with visitor(browser, base) as bruno:
        bruno.sign_in("bruno")
        bruno.open(longest)
        bruno.open("/frameworks")
        for tab in ("Positions", "Career paths", "Indicators"):
            bruno.page.get_by_role("link", name=tab, exact=True).click()
            expect(bruno.page.get_by_role("heading", level=1)).to_have_text(tab)
            bruno.check()
        bruno.open("/kpis?search=requests-resolved")
        bruno.follow(bruno.page.get_by_role("link", name="Call centre specialist").first)


@pytest.mark.usefixtures("app")
def test_the_drawing_gives_way_to_the_lists_on_a_narrow_screen(
    browser: Browser, base: str, world: World
) -> None:
    publish_shipped(world)
    with visitor(browser, base) as bruno:
        bruno.sign_in("bruno")
        bruno.open("/paths")
        drawing = bruno.page.get_by_role("img", name="Drawing of the steps listed below")
        expect(drawing).to_be_visible()
        bruno.page.set_viewport_size({"width": WIDTHS[1], "height": 900})
        expect(drawing).to_be_hidden()
        expect(bruno.page.get_by_role("link", name="Quality specialist")).to_be_visible()
