"""Plans, the register, the audit and the catalogue in a browser: accessible at both widths."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, expect

from competency.frameworks.models import FrameworkVersion
from tests.support.browser import visitor
from tests.support.cast import World
from tests.support.register import closed_road, copies, issue

pytestmark = [
    pytest.mark.browser,
    # What a page looks like does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.mark.usefixtures("app")
def test_the_pages_of_papers_keep_the_rules_of_every_page(
    browser: Browser, base: str, world: World
) -> None:
    road = closed_road(world)
    [other] = copies(road, 1)
    entry = issue(world, other)
    framework = world.session.scalars(sa.select(FrameworkVersion.public_id)).one()
    pages = {
        "carla": ["/register", f"{road.path}/attestation", f"/appraisals/{other}/attestation"],
        "simon": [f"{road.path}/plan", "/frameworks", f"/frameworks/{framework}"],
        "augusto": ["/audit", "/audit?action=nothing", f"{road.path}/plan"],
        "aurora": ["/who-read-my-data", f"{road.path}/plan"],
    }
    public = ["/verify", f"/verify/{entry.token}"]
    world.session.rollback()
    for name, paths in pages.items():
        with visitor(browser, base) as guest:
            guest.sign_in(name)
            for path in paths:
                guest.open(path)
    with visitor(browser, base) as guest:
        for path in public:
            guest.open(path)


@pytest.mark.usefixtures("app")
def test_a_plan_is_written_and_an_attestation_verified_by_keyboard_and_mouse(
    browser: Browser, base: str, world: World, app: Flask
) -> None:
    road = closed_road(world)
    assert app.testing
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(f"{road.path}/plan")
        simon.page.get_by_role("link", name="Plan an action for this gap").click()
        expect(simon.page.get_by_role("checkbox").first).to_be_checked()
        simon.page.get_by_label("What will be done").fill("Revisar <b>cada</b> semana")
        simon.page.get_by_role("button", name="Add the action").click()
        expect(simon.page.get_by_text("Revisar <b>cada</b> semana")).to_be_visible()
        simon.check()
        simon.page.get_by_role("button", name="Done").click()
        expect(simon.page.get_by_role("button", name="Open again")).to_be_visible()
        simon.follow(simon.page.get_by_role("link", name="Edit", exact=True))
    with visitor(browser, base) as carla:
        carla.sign_in("carla")
        carla.page.emulate_media(reduced_motion="reduce")  # no colour is caught half-way
        carla.open("/register")
        carla.page.get_by_role("link", name="Look and issue").click()
        carla.page.get_by_text("Issue the internal attestation").click()
        carla.check()
        carla.page.get_by_role("button", name="Issue it now").click()
        carla.page.get_by_role("link", name="The page that verifies it").click()
        expect(carla.page.get_by_text("stands today")).to_be_visible()
        carla.check()
