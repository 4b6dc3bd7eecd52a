"""The workflow's machine at length: five hundred lives of fifty steps, and some on PostgreSQL."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.cast import World
from tests.support.contests import widen
from tests.support.workflow import Workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

PARTS = 5
LIVES = 100
"""Lives of one part; the parts run beside each other."""


def live(world: World, lives: int) -> None:
    """Let a machine live so often, fifty steps at most each time."""
    widen(world)
    machine = type("Machine", (Workflow,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=50,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_illegal_state_is_reached_in_five_hundred_lives(
    app: Flask, world: World, part: int
) -> None:
    assert app
    assert part < PARTS
    live(world, LIVES)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_agrees_in_a_hundred_lives(app: Flask, world: World) -> None:
    assert app
    live(world, LIVES)
