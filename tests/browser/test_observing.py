"""A contact observed on a telephone: by thumb and by keys, until the day's figure changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect

from competency import clock
from competency.observations.schema import NOTE_MAXIMUM
from tests.support.appraisals import open_road
from tests.support.browser import visitor
from tests.support.cast import World
from tests.support.observations import (
    CRITICAL,
    ITEMS,
    allow,
    handed_in,
    keep_contacts,
    made_form,
    mapped,
    measured,
    planned,
)

pytestmark = [
    pytest.mark.browser,
    # What a page does before it sends does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PHONE: ViewportSize = {"width": 390, "height": 844}


def begin(page: Page, base: str, world: World) -> None:
    """Begin a sheet about Aurora's contact of yesterday."""
    page.goto(f"{base}/observations/new")
    page.get_by_label("Person").select_option(world.employee("aurora").public_id)
    page.get_by_label("Reference of the contact").fill("LL-4712")
    yesterday = world.actor("simon").today(clock.now()) - timedelta(days=1)
    page.get_by_label("Day of the contact").fill(yesterday.isoformat())
    page.get_by_role("button", name="Begin the sheet").click()
    page.wait_for_selector("#sheet")


def test_an_observation_on_a_telephone_changes_the_figure_of_its_day(
    world: World, browser: Browser, base: str
) -> None:
    allow(world)
    form = made_form(world)
    handed_in(world, form)
    assert measured(world) == [(8000, 8000)]
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        page = simon.page
        page.set_viewport_size(PHONE)
        begin(page, base, world)
        first = page.locator(".criterion").first.locator("label.choice").first
        box = first.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        first.click()
        expect(page.locator("[data-count]")).to_have_text("1 of 4")
        expect(page.locator("[data-state]")).to_have_text("Saved")
        page.reload()
        expect(page.locator(".criterion").first.locator("input").first).to_be_checked()
        page.locator(".criterion.is-here").press("1")
        page.keyboard.press("n")
        page.keyboard.type("canario")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("2")
        page.keyboard.press("3")
        expect(page.locator("[data-count]")).to_have_text("4 of 4")
        failed = page.locator(f"[id='i-{CRITICAL}'] input[value=not_met]")
        expect(failed).to_be_checked()
        simon.check()
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("held at 50 in a hundred")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        simon.check()
        address = page.url.removeprefix(base)
    assert measured(world) == [(11500, 15000)]
    with visitor(browser, base) as aurora:
        aurora.sign_in("aurora")
        aurora.open("/observations")
        aurora.open(address)
        aurora.page.set_viewport_size(PHONE)
        expect(aurora.page.get_by_text("11.5 of 15 points")).to_be_visible()
        aurora.page.get_by_label("Your reply, or why you dispute it").fill("No fue así.")
        aurora.page.get_by_role("button", name="Dispute").click()
        expect(aurora.page.get_by_text("The observation is disputed.")).to_be_visible()
        aurora.check()


def test_a_sheet_of_long_notes_is_saved_as_one_goes(
    world: World, browser: Browser, base: str
) -> None:
    allow(world)
    made_form(world)

    def is_long(answer: Response) -> bool:
        return len(answer.request.post_data or "") > 65_536

    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        page = simon.page
        begin(page, base, world)
        with page.expect_response(is_long) as saved:
            for note in page.locator("#sheet details").all():
                note.locator("summary").click()
                note.locator("textarea").fill("€" * NOTE_MAXIMUM)
        assert saved.value.ok
        expect(page.locator("[data-state]")).to_have_text("Saved")


def test_what_is_observed_on_a_telephone_stands_on_the_scoring_page_of_another_framework(
    world: World, browser: Browser, base: str
) -> None:
    allow(world)
    made_form(world)
    mapped(world, ITEMS[0].criterion_id, "ac2.cd2")
    road = open_road(world)
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        page = simon.page
        page.set_viewport_size(PHONE)
        simon.open(road.path)
        criterion = page.locator("[id='c-ac2.cd2']")
        seen = criterion.get_by_text("Monitoreo de voz")
        expect(criterion).to_be_visible()
        expect(seen).to_have_count(0)
        page.set_viewport_size(PHONE)
        begin(page, base, world)
        for behaviour in page.locator(".criterion").all():
            behaviour.locator("label.choice").first.click()
        expect(page.locator("[data-state]")).to_have_text("Saved")
        with page.expect_navigation():
            page.get_by_role("button", name="Hand in").click()
        simon.open(road.path)
        criterion.locator(".proofs summary").click()
        expect(seen.first).to_be_visible()


def test_a_form_is_made_and_changed_on_a_page(world: World, browser: Browser, base: str) -> None:
    allow(world)
    made_form(world)
    with visitor(browser, base) as hilda:
        hilda.sign_in("hilda")
        hilda.open("/observation-forms/new")
        page = hilda.page
        page.get_by_label("Framework of behaviours").select_option(
            label="Protocolo de servicio al cliente 1.0.0"
        )
        hilda.follow(page.get_by_role("button", name="Go on"))
        page.get_by_label("Title").fill("Voz")
        page.locator("input[name=items]").nth(0).check()
        page.locator("input[name=critical]").nth(0).check()
        page.get_by_role("button", name="Make the form").click()
        expect(page.get_by_text("The form is made.")).to_be_visible()
        hilda.check()
        page.get_by_role("link", name="Change it").click()
        expect(page.locator("input[name=items]").nth(0)).to_be_checked()
        page.get_by_role("button", name="Make the next version").click()
        expect(page.get_by_role("link", name="Change it")).to_be_visible()
        hilda.open("/observation-forms")


def test_a_contact_is_drawn_and_observed_on_a_telephone(
    world: World, browser: Browser, base: str
) -> None:
    allow(world)
    planned(world, made_form(world), 2)
    keep_contacts(world, "aurora", "LL-1", "LL-2", "LL-3")
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        page = simon.page
        page.set_viewport_size(PHONE)
        page.goto(f"{base}/home")
        simon.follow(page.get_by_role("link", name="See what is still due"))
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Draw a contact").click()
        expect(page.get_by_text("from 3 contacts")).to_be_visible()
        simon.check()
        page.set_viewport_size(PHONE)
        page.get_by_label("Reason").fill("Falta la grabación")
        page.get_by_role("button", name="Set the contact aside").click()
        page.get_by_role("button", name="Draw a contact").click()
        expect(page.get_by_text("from 2 contacts")).to_be_visible()
        page.get_by_role("button", name="Begin the sheet").click()
        page.wait_for_selector("#sheet")
        for box in page.locator(".criterion").all():
            box.locator("label.choice").first.click()
        expect(page.locator("[data-state]")).to_have_text("Saved")
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("at random from 2 contacts")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(f"{base}/observations/due")
        expect(page.get_by_text("1 of 2")).to_be_visible()
    assert measured(world) == [(8000, 8000)]
