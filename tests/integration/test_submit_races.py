"""Submitting while somebody edits: what is frozen is what stands, whoever comes first."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments import evidence as evidence_operations
from competency.assessments.models import Evidence, FrozenEvidence
from competency.assessments.schema import AssessorKind
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition
from competency.extensions import db
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.races import (
    edit_without_the_lock,
    somebody_waits,
    submit_against_edits,
    together,
)


def ready(world: World) -> Road:
    """Return an appraisal that could be submitted."""
    road = open_road(world)
    road.judge("simon", AssessorKind.LEAD)
    road.collect()
    return road


def test_in_fifty_races_what_is_frozen_is_what_stands(app: Flask, world: World) -> None:
    assert submit_against_edits(app, ready(world), 50) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_control_freezes_something_else_with_the_lock_switched_off(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert edit_without_the_lock(app, ready(world), monkeypatch) != []


def test_evidence_is_either_withdrawn_or_frozen_and_never_both(app: Flask, world: World) -> None:
    road, rounds = ready(world), 15
    meeting, outcomes = threading.Barrier(2, timeout=60), []
    world.session.rollback()

    def submit() -> None:
        mine = Road(World(db.session), road.public_id, road.cycle_id, road.criteria)
        for _ in range(rounds):
            meeting.wait()
            mine.step("submit", "simon", evidence_confirmed=True)
            meeting.wait()
            db.session.rollback()
            frozen = set(db.session.scalars(sa.select(FrozenEvidence.evidence_id)))
            withdrawn = set(
                db.session.scalars(sa.select(Evidence.id).where(Evidence.withdrawn_at.is_not(None)))
            )
            outcomes.append(frozen & withdrawn)
            mine.step("take", "renata")
            mine.step("return_for_rework", "renata", comment="Otra vez.")
            mine.collect()

    def withdraw() -> None:
        session = db.session
        simon = World(session).actor("simon")
        for _ in range(rounds):
            session.rollback()
            newest = session.scalar(sa.select(Evidence.public_id).order_by(Evidence.id.desc()))
            session.rollback()
            meeting.wait()
            try:
                with unit_of_work(session):
                    evidence_operations.withdraw(
                        session, actor=simon, now=clock.now(), public_id=str(newest)
                    )
            except IllegalTransition:
                session.rollback()
            meeting.wait()

    together(app, [submit, withdraw])
    assert outcomes == [set()] * rounds


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_withdrawal_between_reading_and_freezing_has_to_wait(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = ready(world)
    evidence_id = world.session.scalars(sa.select(Evidence.public_id)).one()
    world.session.rollback()
    was_read, withdrawn = threading.Event(), threading.Event()
    freeze = evidence_operations.freeze

    def freeze_late(*arguments: Any) -> None:  # noqa: ANN401 - freeze's own
        was_read.set()
        while not withdrawn.wait(0.01) and not somebody_waits():
            pass
        freeze(*arguments)

    monkeypatch.setattr("competency.assessments.operations.freeze", freeze_late)

    def submit() -> None:
        mine = Road(World(db.session), road.public_id, road.cycle_id, road.criteria)
        mine.step("submit", "simon", evidence_confirmed=True)

    def withdraw() -> None:
        simon = World(db.session).actor("simon")
        assert was_read.wait(60)
        try:
            with pytest.raises(IllegalTransition), unit_of_work(db.session):
                evidence_operations.withdraw(
                    db.session, actor=simon, now=clock.now(), public_id=evidence_id
                )
        finally:
            withdrawn.set()

    together(app, [submit, withdraw])
    world.session.rollback()
    assert world.session.scalars(sa.select(Evidence.withdrawn_at)).one() is None
