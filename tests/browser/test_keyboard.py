"""The main job of every role without a pointer: reached by Tab, seen at each stop, no trap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from competency.assessments.models import Appraisal, AppraisalRequest, Judgement
from competency.assessments.schema import State
from competency.credentials.models import RegisterEntry
from competency.people.models import RoleGrant
from competency.people.schema import Role
from tests.support.appraisals import open_road
from tests.support.browser import Visitor, visitor
from tests.support.cast import World
from tests.support.keyboard import Keys
from tests.support.register import closed_road

pytestmark = [
    pytest.mark.browser,
    # What keys do does not depend on where rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
REASON = "El informe de marzo muestra el motivo."


@contextmanager
def at_home(browser: Browser, base: str, name: str) -> Iterator[tuple[Visitor, Keys]]:
    """Return somebody's window at their home page, the focus at its top, and a keyboard."""
    with visitor(browser, base) as guest:
        keys = Keys(guest.page)
        guest.sign_in(name)
        guest.page.emulate_media(reduced_motion="reduce")  # what is reached is there at once
        guest.page.goto(f"{base}/home")
        assert guest.page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0
        yield guest, keys


def test_an_employee_asks_to_be_assessed(world: World, browser: Browser, base: str) -> None:
    with at_home(browser, base, "aurora") as (aurora, keys):
        keys.follow("Ask to be assessed")
        keys.follow("Supervisor de oficina comercial")
        keys.write("Why now", "Quiero que se vea mi trabajo.")
        keys.follow("^Ask$", "button")
        expect(aurora.page.get_by_text("Quiero que se vea mi trabajo.").first).to_be_visible()
    world.session.rollback()
    assert world.session.scalars(sa.select(AppraisalRequest.subject_id)).one()


def test_a_supervisor_appraises_and_submits(world: World, browser: Browser, base: str) -> None:
    road = open_road(world, self_assessment=False)
    road.collect()
    with at_home(browser, base, "simon") as (simon, keys):
        keys.follow("Ficticia", "a")
        keys.to("cumple", "input:radio")
        for done in range(1, len(road.criteria) + 1):
            simon.page.keyboard.press("1")
            expect(simon.page.locator("[data-count]")).to_contain_text(re.compile(rf"^{done} of"))
            expect(simon.page.locator(".bar-state")).to_contain_text("Saved")
        keys.press("evidence I rely on", "Space")
        keys.follow("^Submit$", "button")
        expect(simon.page.get_by_text("In review").first).to_be_visible()
    assert road.state() is State.SUBMITTED


def test_what_is_typed_after_below_is_its_reason(world: World, browser: Browser, base: str) -> None:
    road = open_road(world, self_assessment=False)
    with at_home(browser, base, "simon") as (simon, keys):
        keys.follow("Ficticia", "a")
        keys.to("cumple", "input:radio")
        simon.page.keyboard.press("0")
        simon.page.keyboard.type("no llegó ninguna")  # letters that are keys of the page too
        simon.page.keyboard.press("Control+Enter")
        expect(simon.page.locator(".bar-state")).to_contain_text("Saved")
        first = simon.page.locator("article.criterion").first
        expect(first.locator("textarea")).to_have_value("no llegó ninguna")
    assert road.state() is State.OPEN


def test_a_reviewer_takes_changes_a_level_with_a_reason_and_approves(
    world: World, browser: Browser, base: str
) -> None:
    road = open_road(world, self_assessment=False).to(State.SUBMITTED, own=False)
    with at_home(browser, base, "renata") as (renata, keys):
        keys.follow("Ficticia", "a")
        keys.follow("Take this review")
        keys.press("Change the level", kind="summary")
        keys.press("cumple|Cumple", "Space", "input:radio")
        keys.write("Reason for the change", REASON)
        keys.to("Clear the change")
        expect(renata.page.locator(".save-state").first).to_contain_text("Saved")
        keys.follow("^Approve$", "button")
    assert road.state() is State.APPROVED
    query = sa.select(Judgement.reason).join(Appraisal, Appraisal.id == Judgement.appraisal_id)
    assert REASON in world.session.scalars(query.where(Appraisal.public_id == road.public_id)).all()


def test_human_resources_open_a_cycle(world: World, browser: Browser, base: str) -> None:
    with at_home(browser, base, "hilda") as (hilda, keys):
        keys.follow("^Cycles$", "a")
        keys.follow("^New cycle$", "a")
        keys.write("^Title", "Evaluación con teclado")
        keys.write("Due date for assessors", "12122099")
        keys.press("Everybody", "Space", "input:checkbox")
        keys.follow("^Preview$", "button")
        keys.follow(r"^Open \d+ appraisals?$", "button")
        expect(hilda.page.get_by_role("heading", level=1)).to_have_text("Evaluación con teclado")
    world.session.rollback()
    assert world.session.scalars(sa.select(Appraisal.id)).all()


def test_human_resources_release_a_result(world: World, browser: Browser, base: str) -> None:
    road = open_road(world, self_assessment=False).to(State.APPROVED, own=False)
    with at_home(browser, base, "hilda") as (_, keys):
        keys.follow("Evaluación|Ciclo|20", "a")
        keys.press("^Release 1 approved", kind="summary")
        keys.follow("^Release now$", "button")
    assert road.state() is State.RELEASED


def test_a_certifier_issues_an_attestation(world: World, browser: Browser, base: str) -> None:
    closed_road(world)
    with at_home(browser, base, "carla") as (carla, keys):
        keys.follow("^Register$", "a")
        keys.follow("^Look and issue", "a")
        keys.press("^Issue the", kind="summary")
        keys.follow("^Issue it now$", "button")
        expect(carla.page.get_by_role("link", name="Download the PDF").first).to_be_visible()
    world.session.rollback()
    assert world.session.scalars(sa.select(RegisterEntry.issued_at)).one() is not None


def test_an_auditor_verifies_the_chain(browser: Browser, base: str) -> None:
    with at_home(browser, base, "augusto") as (augusto, keys):
        keys.follow("^Audit$", "a")
        keys.follow("^Verify the chain$", "button")
        expect(augusto.page.get_by_role("heading", level=1)).to_have_text("The chain is whole")


def test_an_administrator_grants_a_role_from_the_menu(
    world: World, browser: Browser, base: str
) -> None:
    with at_home(browser, base, "ada") as (ada, keys):
        menu = ada.page.locator(".nav-menu")
        keys.press("^Administration", kind="summary")
        expect(menu).to_have_attribute("open", "")
        ada.page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        ada.page.keyboard.press("Enter")
        keys.follow("^Accounts$", "a")
        keys.follow("Ficticia", "a")
        keys.to("^Role", "select")
        ada.page.keyboard.type("Auditor")
        keys.follow("^Grant$", "button")
    world.session.rollback()
    granted = sa.select(RoleGrant.role).where(RoleGrant.account_id == world.account("aurora").id)
    assert world.session.scalars(granted).all() == [Role.AUDITOR]
