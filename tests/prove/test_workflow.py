"""The workflow's machines at length: hundreds of lives of fifty steps, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.cast import World
from tests.support.certification_workflow import certifying
from tests.support.workflow import Workflow, appraising, let_live

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

PARTS = 5
CERTIFICATION_PARTS = 3
LIVES = 100
"""Lives of one part; the parts run beside each other."""
STEPS = 50


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_illegal_state_is_reached_in_five_hundred_lives(
    app: Flask, world: World, part: int
) -> None:
    assert app
    assert part < PARTS
    let_live(appraising(world), lives=LIVES, steps=STEPS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(CERTIFICATION_PARTS))
def test_no_illegal_state_of_a_certification_is_reached_in_three_hundred_lives(
    app: Flask, world: World, part: int
) -> None:
    assert app
    assert part < CERTIFICATION_PARTS
    let_live(certifying(world), lives=LIVES, steps=STEPS)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("machine", [appraising, certifying])
def test_postgresql_agrees_in_fifty_lives_of_each(
    app: Flask, world: World, machine: Callable[[World], type[Workflow]]
) -> None:
    assert app
    let_live(machine(world), lives=LIVES // 2, steps=STEPS)
