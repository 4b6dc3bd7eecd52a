"""Opening cycles: of one person and framework version there is one unfinished appraisal."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from competency.assessments import cycles
from competency.assessments.candidates import Candidate, candidates
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.errors import Invalid
from competency.extensions import db
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.races import PATIENCE, together


def count(world: World, table: type[Any]) -> int:
    """Return how many rows a table holds now."""
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_of_two_who_open_a_cycle_for_the_same_person_at_once_one_is_refused(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.session.rollback()
    meeting = threading.Barrier(2, timeout=PATIENCE)
    refused: list[Exception] = []
    at_once = db.engine.dialect.name == "postgresql"

    def met(*arguments: Any, **named: Any) -> list[Candidate]:  # noqa: ANN401 - of candidates
        found = candidates(*arguments, **named)
        if at_once:
            meeting.wait()
        return found

    monkeypatch.setattr(cycles, "candidates", met)

    def work() -> None:
        try:
            open_road(World(db.session))
        except (IntegrityError, Invalid) as error:
            refused.append(error)

    together(app, [work, work])
    assert len(refused) == 1
    assert isinstance(refused[0], IntegrityError if at_once else Invalid)
    assert (count(world, Appraisal), count(world, Cycle)) == (1, 1)


def test_what_is_finished_does_not_stand_in_the_way(world: World) -> None:
    open_road(world).to(State.CLOSED)
    open_road(world).step("cancel", "hilda", reason="Por error.")
    open_road(world)
    with pytest.raises(Invalid):
        open_road(world)
    assert count(world, Appraisal) == 3
