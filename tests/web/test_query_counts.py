"""What the pages that are asked for most may ask of the database: counts, never times."""

from __future__ import annotations

import pytest
from flask import Flask

from competency.assessments.schema import State
from tests.support.appraisals import open_road, publish_longer
from tests.support.cast import World
from tests.support.client import JSON, Browser, sign_in

SCORING = 10
"""Six of them for the judgements; the others for what indicators say, where criteria link some."""
SAVE = 9
STRUCTURE = {
    "/organisation/": 3,
    "/organisation/sites": 4,
    "/organisation/teams": 4,
    "/organisation/campaigns": 4,
    "/organisation/positions": 5,
    "/people/moves": 8,
    "/accounts/invitations": 5,
}
HOME = {"simon": 7, "aurora": 3, "hilda": 5, "renata": 6}


def queries(browser: Browser, path: str) -> int:
    """Return how many queries a page took, its framework being known to the process."""
    browser.get(path)
    return int(browser.get(path).headers["X-Query-Count"])


def test_the_scoring_page_takes_ten_queries_whatever_its_length(app: Flask, world: World) -> None:
    road = open_road(world, version_id=publish_longer(world, 3))
    road.collect()
    assert queries(sign_in(app, "simon"), road.path) <= SCORING
    assert queries(sign_in(app, "aurora"), road.path) <= SCORING


def test_a_save_takes_nine_queries_with_its_link_of_the_chain(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    queries(simon, road.path)
    for version, level in enumerate(("met", "below")):
        answer = simon.post(
            f"{road.path}/drafts/{road.criteria[0]}",
            {"kind": "lead", "level": level, "version": str(version), "note": "n"},
            headers=JSON,
        )
        assert answer.json is not None
        assert answer.json["version"] == version + 1
        assert int(answer.headers["X-Query-Count"]) <= SAVE


@pytest.mark.parametrize("name", sorted(HOME))
def test_a_home_page_takes_a_query_for_who_it_is_and_one_a_list(
    app: Flask, world: World, name: str
) -> None:
    open_road(world).to(State.SUBMITTED)
    assert queries(sign_in(app, name), "/home") <= HOME[name]


@pytest.mark.parametrize("path", sorted(STRUCTURE))
def test_a_page_of_the_structure_takes_a_query_a_list(app: Flask, world: World, path: str) -> None:
    assert world.employee("hilda")
    assert queries(sign_in(app, "hilda"), path) <= STRUCTURE[path]
