"""A cycle for two hundred people: opened in six clicks, and watched to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, expect

from competency import clock
from competency.assessments.advancing import advance
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.import_file import read_people
from competency.people.importing import import_people
from tests.support.browser import Visitor, visitor
from tests.support.cast import CAST, PASSWORD, World

ADDED, SUPERVISED, CLICKS = 197, 3, 6
"""With those of the cast who have a supervisor they are two hundred."""


@pytest.fixture
def hilda(browser: Browser, base: str) -> Iterator[Visitor]:
    """Return human resources' window."""
    with visitor(browser, base) as guest:
        yield guest


def hire(world: World) -> None:
    """Bring in people who report to Simón."""
    lines = ["employer,employee_number,given_name,family_name,hired_on,site,team,supervisor"]
    lines += [
        f"CDP,L{number:03},Alba,Inventada,2025-02-03,Santiago,Equipo Uno,E200"
        for number in range(ADDED)
    ]
    read = read_people("\n".join([*lines, ""]).encode())
    with unit_of_work(world.session):
        import_people(world.session, actor=world.actor("hilda"), now=clock.now(), rows=read.lines)


def moved_on(world: World, count: int, state: State) -> None:
    """Let the work of so many appraisals have been done, as rows."""
    now = clock.now()
    with unit_of_work(world.session):
        exempt(world.session, "a test lets two hundred people be appraised")
        first = (
            sa.select(Appraisal.id)
            .where(Appraisal.state.in_([State.OPEN, State.SUBMITTED]))
            .order_by(Appraisal.id)
            .limit(count)
        )
        values: dict[str, object] = {"state": state, "submitted_at": now, "turn": 1}
        if state is State.APPROVED:
            values |= {"decided_at": now, "decided_by_id": world.account("renata").id}
        world.session.execute(
            sa.update(Appraisal).where(Appraisal.id.in_(first.scalar_subquery())).values(values)
        )


def counted(guest: Visitor, name: str, number: int) -> None:
    """Look at the cycle's page: so many appraisals are in a state."""
    guest.page.reload()
    shown = guest.page.locator(".switch a", has_text=name)
    expect(shown.locator(".number")).to_have_text(str(number))


def test_two_hundred_people_in_six_clicks_and_watched_to_the_end(
    hilda: Visitor, world: World
) -> None:
    hire(world)
    page, clicks = hilda.page, 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    page.goto(f"{hilda.base}/sign-in")
    page.get_by_label("Employee number").fill(CAST["hilda"][0])
    page.get_by_label("Password").fill(PASSWORD)
    click(page.get_by_role("button", name="Sign in"))
    click(page.get_by_role("link", name="Cycles", exact=True).first)
    click(page.get_by_role("link", name="New cycle"))
    page.get_by_label("Title").fill("Evaluación anual")
    due = date.today() + timedelta(days=20)  # noqa: DTZ011 - the browser's own day
    page.get_by_label("Due date for assessors").fill(due.isoformat())
    click(page.get_by_label("Everybody whom I may include"))
    with page.expect_navigation():
        click(page.get_by_role("button", name="Preview", exact=True))
    hilda.check()
    page.evaluate("addEventListener('pagehide', () => { localStorage.busy = busyText(); })")
    page.evaluate("window.busyText = () => document.querySelector('.busy')?.textContent ?? ''")
    click(page.get_by_role("button", name="Open 200 appraisals"))
    expect(page.get_by_role("status")).to_contain_text("The cycle is open.")
    assert clicks <= CLICKS
    assert "Opening 200 appraisals" in page.evaluate("localStorage.busy")
    hilda.check()
    counted(hilda, "To do", ADDED + SUPERVISED)

    moved_on(world, 120, State.SUBMITTED)
    counted(hilda, "To do", 80)
    counted(hilda, "In review", 120)
    hilda.follow(page.get_by_role("link", name="Progress"))
    expect(page.get_by_role("cell", name="198").first).to_be_visible()
    page.go_back()
    moved_on(world, 200, State.APPROVED)
    counted(hilda, "Ready to deliver", 200)
    page.get_by_text("Release 200 approved results").click()
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_role("status")).to_contain_text("200 results are released.")
    counted(hilda, "Delivered", 200)
    with unit_of_work(world.session):
        later = clock.now() + timedelta(days=30)
        assert advance(world.session, actor=world.system(), now=later).lapsed == ADDED + SUPERVISED
    counted(hilda, "Closed", 200)
    page.get_by_text("Close this cycle").click()
    page.get_by_role("button", name="Close the cycle").click()
    expect(page.get_by_role("status")).to_contain_text("The cycle is closed.")
    expect(page.get_by_text(re.compile("Remind those who are late"))).to_have_count(0)
    hilda.check()
    world.session.rollback()
    assert world.session.scalars(sa.select(Cycle.closed_at)).one() is not None
