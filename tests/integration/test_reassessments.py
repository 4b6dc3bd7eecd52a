"""Single criteria assessed anew: the others carry over, and the earlier appraisal stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from competency import clock
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal, Judgement, OutcomeRecord
from competency.assessments.nodes import carried_in, nodes_by_id, takes_no_part
from competency.assessments.queries import outcome_of
from competency.assessments.reassessment_models import Reassessment
from competency.assessments.reassessments import ReassessmentPlan, reassess
from competency.assessments.requests import Wish, ask
from competency.assessments.schema import Answer, AssessorKind, Node, State
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import CompetencyError, IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from tests.integration.test_gates import START
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.cast import World
from tests.support.requests import step, wish

TITLE = "Un criterio"


def finished(road: Road, levels: Mapping[str, str] | None = None) -> None:
    """Take an open appraisal to its end."""
    road.judge("simon", AssessorKind.LEAD, levels=levels)
    end(road)


def end(road: Road) -> None:
    """Take a judged appraisal to its end."""
    road.step("submit", "simon", evidence_confirmed=True)
    for action, name in (
        ("take", "renata"),
        ("approve", "renata"),
        ("release", "hilda"),
        ("acknowledge", "aurora"),
    ):
        road.step(action, name)


def closed(world: World) -> Road:
    """Return Aurora's closed appraisal, in which one criterion is below."""
    road = open_road(world, self_assessment=False)
    finished(road)
    return road


def anew(
    world: World,
    base: Road,
    criteria: Sequence[str] = (SHORT,),
    name: str = "simon",
    reason: str = "Coached since",
) -> Road:
    """Open a reassessment as somebody; return its road."""
    with unit_of_work(world.session):
        opened = reassess(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=base.public_id,
            plan=ReassessmentPlan(criteria, reason, TITLE, clock.now().date() + timedelta(days=30)),
        )
        return Road(world, opened.public_id, opened.cycle.public_id, tuple(criteria))


def tree(road: Road) -> Node:
    session = road.world.session
    session.rollback()
    node = outcome_of(
        session,
        session.scalars(sa.select(Appraisal).where(Appraisal.public_id == road.public_id)).one(),
    )
    assert node is not None
    return node


def written(world: World, road: Road) -> tuple[list[tuple[object, ...]], list[object]]:
    """Return all that was decided in an appraisal."""
    session = world.session
    session.rollback()
    appraisal = sa.select(Appraisal.id).where(Appraisal.public_id == road.public_id)
    judged = session.execute(
        sa.select(Judgement.criterion_id, Judgement.level, Judgement.judged_at)
        .where(Judgement.appraisal_id == appraisal.scalar_subquery())
        .order_by(Judgement.id)
    )
    trees = session.scalars(
        sa.select(OutcomeRecord.tree).where(
            OutcomeRecord.appraisal_id == appraisal.scalar_subquery()
        )
    )
    return [tuple(row) for row in judged], list(trees)


def test_the_result_follows_from_what_is_judged_anew_and_what_carries_over(world: World) -> None:
    with time_machine.travel(START, tick=False):
        base = closed(world)
        before = written(world, base)
        assert tree(base).result == "not_yet_competent"
    with time_machine.travel(START + timedelta(days=40), tick=False):
        road = anew(world, base)
        finished(road, {SHORT: "met"})
    outcome = tree(road)
    nodes = nodes_by_id(outcome)
    assert outcome.result == "competent"
    assert carried_in(outcome) == set(base.criteria) - {SHORT}
    assert [line.code for line in nodes[SHORT].lines] == ["judged"]
    (line,) = nodes[base.criteria[0]].lines
    assert line.params == {"on": START.date().isoformat(), "appraisal": base.public_id}
    assert written(world, base) == before
    judged, _trees = written(world, road)
    assert {row[0] for row in judged} == {SHORT}
    assert verify(world.session) == []


def test_what_was_carried_once_keeps_its_day_when_it_carries_again(world: World) -> None:
    with time_machine.travel(START, tick=False):
        base = closed(world)
    other = base.criteria[0]
    with time_machine.travel(START + timedelta(days=40), tick=False):
        second = anew(world, base)
        finished(second, {SHORT: "met"})
    with time_machine.travel(START + timedelta(days=80), tick=False):
        third = anew(world, second, (other,))
        finished(third, {other: "below"})
    nodes = nodes_by_id(tree(third))
    assert nodes[SHORT].lines[0].params["appraisal"] == second.public_id
    assert nodes[base.criteria[1]].lines[0].params["appraisal"] == base.public_id
    assert tree(third).result == "not_yet_competent"


@pytest.mark.parametrize("name", ["aurora", "bruno", "renata", "carla", "augusto", "ada"])
def test_only_the_supervisor_and_human_resources_open_one(world: World, name: str) -> None:
    base = closed(world)
    with pytest.raises((NotAllowed, NotFound)):
        anew(world, base, name=name)
    assert anew(world, base, name="hilda").state() is State.OPEN


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [((), "x"), (("nothing",), "x"), ((SHORT,), " "), ((SHORT,), "x" * 2001)],
)
def test_it_names_some_criteria_of_the_result_and_says_why(
    world: World, criteria: tuple[str, ...], reason: str
) -> None:
    base = closed(world)
    with pytest.raises(Invalid):
        anew(world, base, criteria, reason=reason)
    with pytest.raises(Invalid):
        anew(world, base, base.criteria)


def test_it_starts_from_the_last_closed_result_and_one_is_open_at_a_time(world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    with pytest.raises(IllegalTransition):
        anew(world, road)
    road.step("acknowledge", "aurora")
    second = anew(world, road)
    with pytest.raises(IllegalTransition):
        anew(world, road)
    finished(second, {SHORT: "met"})
    with pytest.raises(IllegalTransition):
        anew(world, road)
    assert anew(world, second).state() is State.OPEN


def test_an_employee_asks_and_the_answer_yes_opens_it(world: World) -> None:
    base = closed(world)
    version = world.session.scalars(sa.select(FrameworkVersion.public_id)).one()
    made = Wish(framework=version, words="Now I can", criteria=(SHORT,))
    with unit_of_work(world.session):
        asked = ask(
            world.session, actor=world.actor("aurora"), now=clock.now(), wish=made
        ).public_id
    step(world, "accept", "simon", asked)
    row = world.session.scalars(sa.select(Reassessment)).one()
    opened = world.session.get_one(Appraisal, row.appraisal_id)
    assert opened.scope == [SHORT]
    assert world.session.get_one(Appraisal, row.of_id).public_id == base.public_id


def test_whoever_has_no_closed_result_asks_for_no_criteria(world: World) -> None:
    with pytest.raises(CompetencyError), unit_of_work(world.session):
        ask(
            world.session,
            actor=world.actor("aurora"),
            now=clock.now(),
            wish=wish(world, criteria=(SHORT,)),
        )


def test_what_was_excused_stays_so_and_is_shown_as_carried_over(world: World) -> None:
    base = open_road(world, self_assessment=False)
    excused = base.criteria[3]
    base.judge("simon", AssessorKind.LEAD, but=(excused,))
    with unit_of_work(world.session):
        save_draft(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=base.public_id,
            kind=AssessorKind.LEAD,
            answer=Answer(excused, None, excused=True, note="No such work here"),
            version=0,
        )
    end(base)
    road = anew(world, base)
    finished(road, {SHORT: "met"})
    outcome = tree(road)
    assert outcome.result == "competent"
    assert carried_in(outcome) == set(base.criteria) - {SHORT}
    assert takes_no_part(nodes_by_id(outcome)[excused])
