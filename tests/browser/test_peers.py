"""Peers with anonymity in a real browser: proposed, asked, answering by keyboard, shown."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from competency.assessments.schema import State
from tests.support.appraisals import Road, open_road
from tests.support.browser import Visitor, visitor
from tests.support.cast import CAST, World

PEERS = ("bruno", "carla", "ada")
UNABLE = "ac1.cd2"
TOGETHER = "3 peers have answered."


def full_name(name: str) -> str:
    """Return somebody's printed name."""
    return f"{CAST[name][1]} {CAST[name][2]}"


def propose(guest: Visitor, road: Road, names: tuple[str, ...]) -> None:
    """Propose colleagues on the page that the scoring page leads to."""
    guest.open(road.path)
    guest.follow(guest.page.get_by_role("link", name="Propose colleagues as peers"))
    for name in names:
        guest.page.get_by_label("Employee number").fill(CAST[name][0])
        guest.page.get_by_role("button", name="Propose").click()
        expect(guest.page.get_by_role("cell", name=full_name(name)).first).to_be_visible()
    guest.check()


def approve(hilda: Visitor, count: int) -> None:
    """Ask every proposed peer from the page that home leads to."""
    hilda.sign_in("hilda")
    hilda.follow(hilda.page.locator("section[aria-labelledby=proposals] a"))
    for left in range(count, 0, -1):
        expect(hilda.page.get_by_role("button", name=re.compile("Ask this peer"))).to_have_count(
            left
        )
        with hilda.page.expect_navigation():
            hilda.page.get_by_role("button", name=re.compile("Ask this peer")).first.click()
    hilda.check()


def answer(peer: Visitor, name: str) -> None:
    """Answer every criterion by keyboard, one with *can't say*, and hand in."""
    peer.sign_in(name)
    peer.follow(peer.page.locator("section[aria-labelledby=beside] a"))
    main = peer.page.locator("main").inner_text()
    assert full_name("aurora") in main
    assert "Evidence" not in main
    peer.page.locator("#c-ac1\\.cd1").focus()
    for done in range(1, 16):
        peer.page.keyboard.press("0" if done == 1 and name == "bruno" else "1")
        count = peer.page.locator("[data-count]")
        expect(count).to_contain_text(re.compile(rf"^{done} of 15"))
        expect(peer.page.locator(".bar-state")).to_contain_text("Saved")
    expect(peer.page.locator("[data-missing-count]")).to_have_text("Nothing is missing")
    unable = peer.page.locator(f"[id='c-{UNABLE}'] input[value='-']")
    if name == "bruno":
        unable.focus()
        peer.page.keyboard.press("Space")
    peer.page.locator(f"[id='n-{UNABLE}']").focus()
    peer.page.keyboard.type(f"palabra-{name}")
    peer.page.keyboard.press("Escape")
    expect(peer.page.locator(f"[id='c-{UNABLE}'] .save-state")).to_contain_text("Saved")
    with peer.page.expect_navigation():
        peer.page.get_by_role("button", name="Hand in").last.press("Enter")
    peer.check()
    peer.page.get_by_role("button", name="Hand it in").press("Enter")
    expect(peer.page.get_by_text("Your answers are handed in.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [2, 3])
def test_peers_are_read_together_from_three_up(
    world: World, browser: Browser, base: str, count: int
) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    names = PEERS[:count]
    with ExitStack() as stack:
        window = {
            name: stack.enter_context(visitor(browser, base))
            for name in ("aurora", "simon", "hilda", *names)
        }
        window["simon"].sign_in("simon")
        propose(window["simon"], road, names)
        approve(window["hilda"], count)
        for name in names:
            answer(window[name], name)
        road.to(State.RELEASED, own=False)
        aurora = window["aurora"]
        aurora.sign_in("aurora")
        aurora.open(road.path)
        main = aurora.page.locator("main").inner_text()
        assert (TOGETHER in main) == (count == 3)
        for name in names:
            assert full_name(name) not in main
            assert f"palabra-{name}" not in main, "two could judge it, which is too few"
        first = aurora.page.locator("[id='c-ac1.cd1'] .peer-count")
        if count == 3:
            expect(first).to_have_count(2)
            expect(first.first).to_contain_text("× 1")
            expect(first.last).to_contain_text("× 2")
        else:
            expect(first).to_have_count(0)
            assert "at least 3 of them have answered" in main
