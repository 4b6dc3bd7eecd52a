"""Handing over: who judged stays who judged, and whoever did no longer reviews."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.bulk_steps import Bulk, Order, take_in_portions
from competency.assessments.candidates import Population
from competency.assessments.cycle_people import add_people
from competency.assessments.models import Appraisal, Cycle, Judgement
from competency.assessments.operations import take
from competency.assessments.permissions import can_take
from competency.assessments.queries import load
from competency.assessments.schema import Action, AssessorKind, State
from competency.assessments.telling import possible_reviewers
from competency.assessments.worklists import waits_for_review
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed, NotFound
from competency.people.access import grant_role
from competency.people.models import Employee
from competency.people.schema import Role
from tests.support.appraisals import Road, open_road
from tests.support.cast import CAST, FURTHER, World
from tests.support.contests import judged_anew, reassessed
from tests.support.mail import kinds


def returned_and_handed_over(world: World) -> Road:
    """Return an appraisal that Simón submitted first and Bruno again."""
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="Falta un motivo.")
    road.hand_over("bruno")
    road.step("submit", "bruno", evidence_confirmed=True)
    return road


def test_each_judgement_names_who_judged_whoever_leads_now(world: World) -> None:
    returned_and_handed_over(world)
    found = world.session.execute(
        sa.select(Judgement.turn, Judgement.kind, Judgement.employee_id)
        .distinct()
        .order_by(Judgement.turn)
    ).all()
    assert found == [
        (0, AssessorKind.SELF, world.employee("aurora").id),
        (1, AssessorKind.LEAD, world.employee("simon").id),
        (2, AssessorKind.LEAD, world.employee("bruno").id),
    ]


def test_whoever_submitted_it_before_a_handover_does_not_review_it(world: World) -> None:
    road = returned_and_handed_over(world)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("simon"),
            role=Role.REVIEWER,
        )
    with pytest.raises((NotAllowed, NotFound)):
        road.step("take", "simon")
    road.step("take", "renata")


def test_the_new_lead_is_told_once_however_many_are_handed_over(world: World) -> None:
    road = open_road(world)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    with unit_of_work(world.session):
        population = Population(employee_numbers=("E302", "E600"))
        hilda = world.actor("hilda")
        add_people(world.session, actor=hilda, now=clock.now(), cycle=cycle, population=population)
    world.session.rollback()
    before = kinds(world, "carla")
    ids = list(world.session.scalars(sa.select(Appraisal.public_id)))
    assert len(ids) > 1
    order = Order(Bulk.REASSIGN, lead_id=world.employee("carla").id)
    cycle_id, hilda = cycle.id, world.actor("hilda")
    for _ in take_in_portions(world.session, order, cycle_id, ids, actor=hilda, now=clock.now()):
        pass
    assert kinds(world, "carla") == [*before, "appraisals_handed_over"]
    road.hand_over("hilda")
    assert "appraisals_handed_over" not in kinds(world, "hilda"), "who took it over knows"


def handed_over_in_a_later_round(world: World) -> Road:
    """Return an appraisal whose second round Lena led first and Leo submitted."""
    road = open_road(world)
    reassessed(world, road)
    road.hand_over("leo")
    judged_anew(road, "leo")
    return road


def is_taken_by(world: World, road: Road, name: str) -> bool:
    """Return whether somebody could take it into review; it is not kept."""
    try:
        with unit_of_work(world.session), world.session.begin_nested() as tried:
            take(world.session, actor=world.actor(name), now=clock.now(), public_id=road.public_id)
            tried.rollback()
            exempt(world.session, "a test tries a step")
    except (NotAllowed, NotFound):
        return False
    return True


@pytest.mark.parametrize("prepare", [returned_and_handed_over, handed_over_in_a_later_round])
def test_pages_lists_and_the_step_agree_on_who_may_review(
    world: World, prepare: Callable[[World], Road]
) -> None:
    road = prepare(world)
    names = [*CAST, *FURTHER] if prepare is handed_over_in_a_later_round else [*CAST]
    session, now = world.session, clock.now()
    for name in names:
        with unit_of_work(session):
            account = world.account(name)
            if not world.actor(name).has(Role.REVIEWER):
                grant_role(
                    session, actor=world.system(), now=now, account=account, role=Role.REVIEWER
                )
    listed, offered, taken = set[str](), set[str](), set[str]()
    for name in names:
        session.rollback()
        me = world.actor(name)
        of_list = sa.select(Appraisal.public_id).join(Employee, Employee.id == Appraisal.subject_id)
        if session.scalar(of_list.where(waits_for_review(me, me.today(now)))):
            listed.add(name)
        loaded = load(session, actor=me, now=now, public_id=road.public_id, admitted=True)
        if can_take(me, Action.TAKE, loaded.facts, loaded.standing):
            offered.add(name)
        people = possible_reviewers(session, loaded)
        assert (me.employee_id in people) is (name in offered)
        if is_taken_by(world, road, name):
            taken.add(name)
    assert listed == offered == taken
    led = {"simon", "bruno"} if prepare is returned_and_handed_over else {"simon", "lena", "leo"}
    assert not listed & {"aurora", *led}
    assert "augusto" in listed
