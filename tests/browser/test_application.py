"""From an application to its tests on a telephone: one is moved, another candidate withdraws."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser, ViewportSize, expect

from competency import clock
from tests.support.applications import applied, certified, published
from tests.support.browser import Visitor, visitor
from tests.support.cast import NUMBERS, World

PHONE: ViewportSize = {"width": 390, "height": 844}
WORDS = "Sono pronta per la prova."


def checked(one: Visitor) -> None:
    """Check the page at every width, and go on at a telephone's."""
    one.check()
    one.page.set_viewport_size(PHONE)


def send(one: Visitor, button: str) -> None:
    """Press a button, and check the page that follows."""
    with one.page.expect_navigation():
        one.page.get_by_role("button", name=button, exact=True).click()
    checked(one)


def go(one: Visitor, link: str) -> None:
    """Follow a link, and check the page that follows."""
    with one.page.expect_navigation():
        one.page.get_by_role("link", name=link).first.click()
    checked(one)


def she_applies(aurora: Visitor, framework: str) -> None:
    """Choose framework and unit, say why and declare that it is true."""
    aurora.page.set_viewport_size(PHONE)
    aurora.sign_in("aurora")
    aurora.page.set_viewport_size(PHONE)
    aurora.open("/requests")
    aurora.page.set_viewport_size(PHONE)
    go(aurora, "Apply to be certified")
    go(aurora, framework)
    page = aurora.page
    page.locator("input[name=units][value=uc1]").check()
    page.get_by_label("Why now, in your own words").fill(WORDS)
    page.locator("#declares").check()
    send(aurora, "Apply")
    expect(page.get_by_text("You have applied.")).to_be_visible()


def it_is_answered(hilda: Visitor) -> None:
    """Find it at home, name an assessor and accept, as human resources."""
    hilda.sign_in("hilda")
    page = hilda.page
    hilda.follow(page.locator("a[href^='/requests/']").first)
    expect(page.get_by_text(WORDS).first).to_be_visible()
    form = page.locator("form[action$='/certify']")
    form.locator("textarea").first.fill("È il momento giusto.")
    form.get_by_label("Employee number of the assessor").fill(NUMBERS["bruno"])
    hilda.follow(form.get_by_role("button"))
    expect(page.get_by_text("the certification is open").first).to_be_visible()


def its_test_is_planned(bruno: Visitor) -> None:
    """Plan the practical test, as the assessor."""
    bruno.sign_in("bruno")
    bruno.follow(bruno.page.locator("a[href^='/appraisals/']").first)
    bruno.follow(bruno.page.get_by_role("link", name="Plan a session").first)
    page = bruno.page
    page.get_by_label("Day", exact=True).fill(str(clock.now().date() + timedelta(days=9)))
    page.get_by_label("Time").fill("10:00")
    page.get_by_label("Examiners").fill(NUMBERS["bruno"])
    bruno.follow(page.get_by_role("button", name="Plan the session"))


def test_a_candidate_applies_is_answered_and_has_her_test_moved_and_another_withdraws(
    browser: Browser, base: str, world: World
) -> None:
    framework = "Addetto alla gestione operativa assistenza clienti"
    published(world)
    with visitor(browser, base) as aurora, visitor(browser, base) as hilda:
        she_applies(aurora, framework)
        it_is_answered(hilda)
        with visitor(browser, base) as bruno:
            its_test_is_planned(bruno)
            aurora.open("/home")
            aurora.page.set_viewport_size(PHONE)
            with aurora.page.expect_navigation():
                aurora.page.locator("a[href^='/sessions/']").first.click()
            checked(aurora)
            go(aurora, "Ask for another day")
            aurora.page.get_by_label("Why, and when you could").fill("Quel giorno ho un esame.")
            send(aurora, "Ask for another day")
            bruno.open("/home")
            bruno.follow(bruno.page.locator("a[href^='/sessions/']").first)
            bruno.page.get_by_role("link", name="Postpone").click()
            expect(bruno.page.get_by_text("Quel giorno ho un esame.")).to_be_visible()
            moved = clock.now().date() + timedelta(days=12)
            bruno.page.get_by_label("Day", exact=True).fill(str(moved))
            bruno.page.get_by_label("Reason").first.fill("Va bene lunedì.")
            bruno.follow(bruno.page.get_by_role("button", name="Move the session"))
        aurora.page.reload()
        expect(aurora.page.get_by_text("Va bene lunedì.")).to_be_visible()
        checked(aurora)
    road = certified(world, applied(world, "simon"), assessor="bruno")
    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(f"/appraisals/{road.public_id}")
        simon.page.set_viewport_size(PHONE)
        go(simon, "Withdraw from this certification")
        simon.page.get_by_label("Why you withdraw").fill("Cambio turno.")
        simon.page.get_by_label("I withdraw from this certification.").check()
        send(simon, "Withdraw from this certification")
        expect(
            simon.page.get_by_text("You have withdrawn from this certification.")
        ).to_be_visible()
