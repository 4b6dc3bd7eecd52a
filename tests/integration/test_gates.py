"""Gates on the way of an appraisal: history, approvals, and who may give one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.approval_models import OutcomeApproval
from competency.assessments.approvals import approve_gate
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.nodes import nodes_by_id
from competency.assessments.queries import outcome_of
from competency.assessments.schema import AssessorKind, Node, Review, State
from competency.audit.operations import exempt, verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.operations import publish
from competency.frameworks.outcome_schema import GateKind
from competency.frameworks.schema import Framework
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.client import sign_in

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
SERVED = {"gate": GateKind.TIME_IN_LEVEL, "days": 30, "from_level": "E"}
LASTING = {"gate": GateKind.SUSTAINED_FOR, "days": 30, "from_level": "F"}
BOARD = {"gate": GateKind.HUMAN_APPROVAL, "role": "hr", "id": "board", "title": "The board"}


def gated(world: World, *gates: Mapping[str, object], rule: str = "minimum") -> int:
    """Publish a framework of one unit of levels with these gates; return its version's id."""
    levels = [{"code": code, "label": code} for code in ("G", "F", "E")]
    data = {
        "id": "gated-service",
        "version": "1.0.0",
        "title": "Gated service",
        "language": "en",
        "scales": {"steps": {"levels": levels, "below_label": "Under G"}},
        "units": [
            {
                "id": "u",
                "title": "Serves",
                "criteria": [{"id": "c", "title": "Serves people", "scale": "steps"}],
            }
        ],
        "outcome": {
            "unit": {"rule": rule, "gates": list(gates)},
            "framework": {"rule": rule},
        },
    }
    with unit_of_work(world.session):
        return publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=Framework.model_validate(data),
            source_text="for tests",
        ).id


def judged(world: World, version_id: int, level: str) -> Road:
    """Return an appraisal by the framework that is submitted at ``level``."""
    road = open_road(world, version_id=version_id, self_assessment=False)
    road.judge("simon", AssessorKind.LEAD, levels={"c": level})
    road.step("submit", "simon", evidence_confirmed=True)
    return road


def closed(road: Road) -> Node:
    """Take a submitted appraisal to its end; return its unit's node."""
    for step, name in (
        ("take", "renata"),
        ("approve", "renata"),
        ("release", "hilda"),
        ("acknowledge", "aurora"),
    ):
        road.step(step, name)
    return unit(road)


def unit(road: Road) -> Node:
    session = road.world.session
    session.rollback()
    query = sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    node = outcome_of(session, session.scalars(query).one())
    assert node is not None
    return nodes_by_id(node)["u"]


def approve(road: Road, name: str, gate_id: str = "board", reason: str = "As agreed") -> None:
    with unit_of_work(road.world.session):
        approve_gate(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=road.public_id,
            gate_id=gate_id,
            reason=reason,
        )


@pytest.mark.parametrize(("days", "level"), [(29, "F"), (30, "E")])
def test_time_at_the_level_before_is_counted_from_delivered_outcomes(
    world: World, days: int, level: str
) -> None:
    with time_machine.travel(START, tick=False):
        version_id = gated(world, SERVED)
        assert closed(judged(world, version_id, "F")).result == "F"
    with time_machine.travel(START + timedelta(days), tick=False):
        assert closed(judged(world, version_id, "E")).result == level


@pytest.mark.parametrize(("days", "level"), [(29, "G"), (30, "F")])
def test_what_a_gate_held_back_counts_as_reached_once_it_has_lasted(
    world: World, days: int, level: str
) -> None:
    with time_machine.travel(START, tick=False):
        version_id = gated(world, LASTING)
        assert closed(judged(world, version_id, "F")).result == "G"
    with time_machine.travel(START + timedelta(days), tick=False):
        assert closed(judged(world, version_id, "F")).result == level


def test_a_verdict_that_a_gate_held_back_counts_as_reached_too(world: World) -> None:
    lasting = {"gate": GateKind.SUSTAINED_FOR, "days": 30}
    with time_machine.travel(START, tick=False):
        version_id = gated(world, lasting, rule="all")
        assert closed(judged(world, version_id, "G")).result is None
    with time_machine.travel(START + timedelta(30), tick=False):
        assert closed(judged(world, version_id, "G")).result == "competent"


def test_an_outcome_that_was_not_delivered_counts_for_nothing(world: World) -> None:
    with time_machine.travel(START, tick=False):
        version_id = gated(world, SERVED)
        road = judged(world, version_id, "F")
        road.step("take", "renata")
        road.step("approve", "renata")
    with time_machine.travel(START + timedelta(40), tick=False):
        assert closed(judged(world, version_id, "E")).result == "F"


def test_a_result_is_left_open_until_the_approval_is_given(world: World) -> None:
    road = judged(world, gated(world, BOARD), "F")
    assert closed(road).result is None
    other = judged(world, road_version(world), "F")
    approve(other, "hilda")
    node = closed(other)
    assert (node.result, node.lines[-1].code) == ("F", "approved")
    assert verify(world.session) == []


def road_version(world: World) -> int:
    query = sa.select(Appraisal.framework_version_id).order_by(Appraisal.id.desc()).limit(1)
    return world.session.scalars(query).one()


def test_what_was_decided_without_an_approval_says_so(app: Flask, world: World) -> None:
    road = judged(world, gated(world, BOARD), "E")
    hilda = sign_in(app, "hilda")
    assert "Not approved yet" in hilda.get(road.path).text
    road.step("take", "renata")
    road.step("approve", "renata")
    page = hilda.get(road.path).text
    assert "Not approved yet" not in page
    assert "It was decided without it." in page


def test_a_missing_approval_is_never_passed_on_by_the_system(world: World) -> None:
    version_id = gated(world, BOARD)
    road = open_road(world, version_id=version_id, self_assessment=False)
    with unit_of_work(world.session):
        exempt(world.session, "a test changes what its cycle reviews")
        world.session.execute(sa.update(Cycle).values(review=Review.NONE))
    road.judge("simon", AssessorKind.LEAD, levels={"c": "F"})
    road.step("submit", "simon", evidence_confirmed=True)
    assert road.state() is State.SUBMITTED


@pytest.mark.parametrize("name", ["simon", "renata", "augusto"])
def test_only_the_role_that_a_gate_names_gives_an_approval(world: World, name: str) -> None:
    road = judged(world, gated(world, BOARD), "F")
    with pytest.raises(NotAllowed):
        approve(road, name)


def test_an_approval_has_a_reason_a_gate_and_is_given_once(world: World) -> None:
    road = judged(world, gated(world, BOARD), "F")
    with pytest.raises(Invalid):
        approve(road, "hilda", reason="  ")
    with pytest.raises(NotFound):
        approve(road, "hilda", gate_id="another")
    with pytest.raises(NotFound):
        approve(road, "ada")
    approve(road, "hilda")
    with pytest.raises(IllegalTransition):
        approve(road, "hilda")
    assert world.session.scalar(sa.select(sa.func.count()).select_from(OutcomeApproval)) == 1
