"""Names of indicators get their numbers, also from two people at the same moment."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.kpis.models import KpiName
from competency.kpis.names import number_of, numbers_of
from tests.support.cast import World
from tests.support.races import PATIENCE, somebody_waits, together


def numbered(slug: str) -> int:
    with unit_of_work(db.session):
        exempt(db.session, "a test numbers an indicator")
        return number_of(db.session, slug)


def test_a_name_has_one_number_for_good_and_new_ones_follow(world: World) -> None:
    first = numbered("resolution")
    with unit_of_work(world.session):
        exempt(world.session, "a test numbers indicators")
        known = numbers_of(world.session, ["handling", "resolution", "adherence"])
    assert known["resolution"] == first
    assert first < known["handling"] < known["adherence"]
    assert numbered("adherence") == known["adherence"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_who_number_a_name_first_get_the_same_number(app: Flask) -> None:
    numbers: list[int] = []
    added, answered = threading.Event(), threading.Event()

    def one() -> None:
        with unit_of_work(db.session):
            exempt(db.session, "a test numbers an indicator")
            numbers.append(number_of(db.session, "resolution"))
            added.set()
            while not answered.wait(0.01) and not somebody_waits():
                pass

    def other() -> None:
        assert added.wait(PATIENCE)
        numbers.append(numbered("resolution"))
        answered.set()

    together(app, (one, other))
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(KpiName)) == 1
