"""A result is contested, judged anew by somebody else, and attested in the place of the old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, expect

from competency.assessments.schema import State
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.browser import Visitor, visitor
from tests.support.cast import NUMBERS, World
from tests.support.contests import CONTESTED, STATEMENT, widen
from tests.support.register import closed_road, issue

REASON = "El informe de abril muestra el análisis."
RELEASED_AGAIN = "Gracias por la nueva mirada."


@pytest.fixture
def people(browser: Browser, base: str) -> Iterator[dict[str, Visitor]]:
    """Return a window each for those who take part."""
    names = ("aurora", "hilda", "rita", "lena", "carla")
    with ExitStack() as stack:
        yield {name: stack.enter_context(visitor(browser, base)) for name in names}


def send(form: Locator) -> None:
    """Press a form's button and wait for the next page."""
    with form.page.expect_navigation():
        form.locator("button[type=submit]").first.click()


def she_contests(aurora: Visitor, road: Road) -> None:
    """Choose two criteria on the page of the result, say why, and confirm."""
    aurora.sign_in("aurora")
    aurora.open(road.path)
    aurora.follow(aurora.page.get_by_role("link", name="I contest it"))
    form = aurora.page.locator(f"form[action='{road.path}/contest']")
    for criterion in CONTESTED:
        form.locator(f"input[value='{criterion}']").check()
    form.locator("textarea").fill(STATEMENT)
    form.get_by_label("I contest this result.").check()
    send(form)
    aurora.check()
    expect(aurora.page.get_by_text(STATEMENT).first).to_be_visible()


def a_reviewer_reads(rita: Visitor, road: Road) -> None:
    """Find it at home, and read all that a decision needs."""
    rita.sign_in("rita")
    rita.follow(rita.page.locator(f"a[href='{road.path}']").first)
    expect(rita.page.get_by_text(STATEMENT).first).to_be_visible()
    expect(rita.page.get_by_role("button", name="Let it stand")).to_be_visible()


def it_is_given_to_another(hilda: Visitor, road: Road) -> None:
    """Name a new lead, as human resources."""
    hilda.sign_in("hilda")
    hilda.follow(hilda.page.locator(f"a[href='{road.path}']").first)
    form = hilda.page.locator(f"form[action='{road.path}/reassess']")
    form.locator("input[name='lead']").fill(NUMBERS["lena"])
    form.locator("textarea").fill("Con otra mirada.")
    send(form)
    hilda.check()
    hilda.open(f"{road.path}/rounds")


def she_judges_anew(lena: Visitor, road: Road) -> None:
    """Judge what was contested, by keyboard, and submit."""
    lena.sign_in("lena")
    lena.follow(lena.page.locator(f"a[href='{road.path}']").first)
    assert lena.page.locator("article.criterion").count() == len(CONTESTED)
    lena.page.locator("article.criterion").first.evaluate("it => it.focus()")
    for done in range(1, len(CONTESTED) + 1):
        lena.page.keyboard.press("1")
        expect(lena.page.locator("[data-count]")).to_contain_text(f"{done} of {len(CONTESTED)}")
    expect(lena.page.locator(".bar-state")).to_have_attribute("data-state", "saved")
    confirmed = lena.page.locator("input[name='evidence_confirmed']")
    if confirmed.count():
        confirmed.check()
    lena.follow(lena.page.locator("button[data-submit]"))
    lena.open(f"{road.path}/rounds")


def it_is_reviewed(rita: Visitor, road: Road) -> None:
    """Take the review and approve."""
    rita.open(road.path)
    send(rita.page.locator("form[action$='/take']"))
    rita.check()
    expect(rita.page.get_by_text("Carried over from round 1").first).to_be_visible()
    assert rita.page.locator(f"#c-{SHORT.replace('.', chr(92) + '.')} details.change").count() == 1
    send(rita.page.locator("form[action$='/approve']"))


def it_is_delivered(hilda: Visitor, aurora: Visitor, road: Road) -> None:
    """Release it, read the rounds side by side, and acknowledge."""
    hilda.open(f"{road.path}?view=result")
    send(hilda.page.locator("form[action$='/release']"))
    aurora.open(road.path)
    aurora.follow(aurora.page.get_by_role("link", name="The rounds side by side").first)
    expect(aurora.page.get_by_text("Lena Figurada").first).to_be_visible()
    expect(aurora.page.get_by_text("Changed").first).to_be_visible()
    aurora.open(road.path)
    form = aurora.page.locator("form[action$='/acknowledge']")
    form.locator("textarea").fill(RELEASED_AGAIN)
    send(form)


def it_is_attested(carla: Visitor, road: Road, old: str) -> None:
    """Issue the attestation, which names the old one."""
    carla.sign_in("carla")
    carla.open(f"{road.path}/attestation")
    expect(carla.page.get_by_text(old).first).to_be_visible()
    form = carla.page.locator("form:has(input[name='document'])").first
    summary = form.locator("xpath=ancestor::details[1]/summary")
    if summary.count() and not form.is_visible():
        summary.click()
    send(form)
    carla.check()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_from_a_contest_to_a_superseded_outcome(people: dict[str, Visitor], world: World) -> None:
    widen(world)
    first = closed_road(world)
    entry = issue(world, first.public_id)
    old, token = entry.number, entry.token
    road = open_road(world).to(State.RELEASED)
    world.session.rollback()
    she_contests(people["aurora"], road)
    a_reviewer_reads(people["rita"], road)
    it_is_given_to_another(people["hilda"], road)
    she_judges_anew(people["lena"], road)
    it_is_reviewed(people["rita"], road)
    it_is_delivered(people["hilda"], people["aurora"], road)
    it_is_attested(people["carla"], road, old)
    aurora = people["aurora"]
    aurora.open(f"/verify/{token}")
    expect(aurora.page.get_by_text("uperseded").first).to_be_visible()
    aurora.open(f"{first.path}/attestation")
    expect(aurora.page.get_by_text("uperseded").first).to_be_visible()
    aurora.open(f"{road.path}/attestation")
