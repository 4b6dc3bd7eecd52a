"""Five hundred races of submitting against editing, on each database."""

from __future__ import annotations

import pytest
from flask import Flask

from competency.assessments.schema import AssessorKind
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.races import submit_against_edits

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def test_in_five_hundred_races_what_is_frozen_is_what_stands(app: Flask, world: World) -> None:
    road = open_road(world)
    road.judge("simon", AssessorKind.LEAD)
    road.collect()
    assert submit_against_edits(app, road, 500) == []
