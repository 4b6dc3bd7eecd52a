"""Handing in while something is still being saved: nothing is lost, and it is handed in."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Route, expect

from competency.assessments.models import Judgement
from competency.assessments.schema import AssessorKind, State
from tests.support.appraisals import SHORT, open_road
from tests.support.browser import visitor
from tests.support.cast import World

pytestmark = [
    pytest.mark.browser,
    # What a page does before it sends does not depend on where its rows are kept.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.mark.usefixtures("app")
def test_a_reason_that_changes_while_it_is_saved_is_saved_again_and_then_submitted(
    world: World, browser: Browser, base: str
) -> None:
    road = open_road(world, self_assessment=False)
    road.judge("simon", AssessorKind.LEAD)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    with visitor(browser, base) as simon:
        simon.sign_in("simon")
        simon.open(road.path)
        simon.page.route("**/drafts/**", hold_the_first)
        note = simon.page.locator(f"[id='c-{SHORT}'] textarea[name='note']")
        note.fill("primero")
        with simon.page.expect_request("**/drafts/**"):
            note.blur()
        note.fill("después")
        simon.page.locator("button[data-submit]").click()
        held[0].continue_()
        expect(simon.page.get_by_text("In review").first).to_be_visible()
    assert road.state() is State.SUBMITTED
    reasons = sa.select(Judgement.reason).where(Judgement.criterion_id == SHORT)
    assert world.session.scalars(reasons).all() == ["después"]
