"""The workflow's machine at length: five hundred lives of fifty steps."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.cast import World
from tests.support.workflow import Workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def test_no_illegal_state_is_reached_in_five_hundred_lives(app: Flask, world: World) -> None:
    assert app
    machine = type("Machine", (Workflow,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=500,
            stateful_step_count=50,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
