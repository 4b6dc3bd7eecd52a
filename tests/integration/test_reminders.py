"""Reminders: on some days, one digest a person and day, never after they did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.advancing import advance
from competency.assessments.batches import Batch
from competency.assessments.bulk_steps import Bulk, Order, concerned, take_in_portions
from competency.assessments.candidates import Population
from competency.assessments.cycle_people import add_people
from competency.assessments.models import Appraisal, Assessor, Cycle
from competency.assessments.reminder_models import Reminder
from competency.assessments.reminders import remind_late, remind_of_dates, reminds
from competency.assessments.schema import AssessorKind, State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.extensions import db
from competency.mail.kinds import KINDS
from competency.mail.rules import KEPT
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.contests import CONTESTED, STATEMENT, contested, take_step
from tests.support.mail import kinds, messages
from tests.support.races import together

REMINDERS = {kind for kind in KINDS if kind.startswith("reminder")}


def told(world: World, name: str) -> list[str]:
    """Return the reminders in somebody's mailbox."""
    return [kind for kind in kinds(world, name) if kind in REMINDERS]


def due(world: World, **days: int) -> datetime:
    """Set a cycle's dates, counted from today at the site; return now."""
    now = clock.now()
    today = world.actor("hilda").today(now)
    with unit_of_work(world.session):
        exempt(world.session, "a test sets dates")
        dates = {f"{name}_due_on": today + timedelta(days=d) for name, d in days.items()}
        opened = today - timedelta(days=60)
        world.session.execute(sa.update(Cycle).values(opened_on=opened, **dates))
    return now


def run(world: World, now: datetime) -> int:
    """Advance at a moment; return how many were reminded."""
    with unit_of_work(world.session):
        return advance(world.session, actor=world.system(), now=now).reminded


@pytest.mark.parametrize(
    ("days", "expected"),
    [(8, 0), (7, 2), (6, 0), (3, 2), (1, 2), (0, 2), (-1, 2), (-2, 0), (-8, 2)],
)
def test_lead_and_employee_are_reminded_on_the_days(world: World, days: int, expected: int) -> None:
    open_road(world)
    assert run(world, due(world, submit=days)) == expected
    if expected:
        assert told(world, "simon") == ["reminder_to_judge"]
        assert told(world, "aurora") == ["reminder_of_self_assessment"]


def test_nobody_is_reminded_twice_on_a_day_whoever_asks(world: World) -> None:
    road = open_road(world)
    now = due(world, submit=-1)
    assert run(world, now) == 2
    assert run(world, now + timedelta(seconds=1)) == 0
    with unit_of_work(world.session):
        cycle = world.session.scalars(sa.select(Cycle)).one()
        hilda = world.actor("hilda")
        assert remind_late(world.session, actor=hilda, now=now, cycle=cycle) == 0
    assert told(world, "simon") == ["reminder_to_judge"]
    with unit_of_work(world.session):
        cycle = world.session.scalars(sa.select(Cycle)).one()
        tomorrow = now + timedelta(days=1)
        assert remind_late(world.session, actor=hilda, now=tomorrow, cycle=cycle) == 2
    assert road.state() is State.OPEN


def test_several_things_are_one_digest(world: World) -> None:
    open_road(world)
    with unit_of_work(world.session):
        exempt(world.session, "a test gives the lead an appraisal of their own")
        world.session.execute(
            sa.update(Appraisal).values(
                subject_id=world.employee("simon").id, lead_id=world.employee("renata").id
            )
        )
        world.session.execute(sa.update(Assessor).values(subject_id=world.employee("simon").id))
    open_road(world)
    now = due(world, submit=1, self_assessment=0)
    run(world, now)
    assert told(world, "simon") == ["reminder_of_all"]
    params = [m.params for m in messages(world) if m.kind == "reminder_of_all"]
    assert [(p["to_judge"], p["own"], p["to_review"]) for p in params if p] == [(1, 1, 0)]


def test_who_did_some_of_it_today_is_left_in_peace(world: World) -> None:
    road = open_road(world)
    now = due(world, submit=0)
    with unit_of_work(world.session):
        exempt(world.session, "a test says when somebody handed another one in")
        world.session.execute(
            sa.update(Assessor)
            .where(Assessor.kind == AssessorKind.LEAD)
            .values(submitted_at=now - timedelta(seconds=1))
        )
    assert run(world, now) == 1
    assert told(world, "simon") == []
    assert told(world, "aurora") == ["reminder_of_self_assessment"]
    assert run(world, now + timedelta(days=1)) == 2, "the day after it is the lead's turn"
    assert told(world, "simon") == ["reminder_to_judge"]
    assert road.state() is State.OPEN


def test_reviewers_are_reminded_where_the_cycle_says_by_when(world: World) -> None:
    open_road(world).to(State.SUBMITTED)
    run(world, due(world, submit=-30))
    assert told(world, "renata") == []
    run(world, due(world, submit=-30, review=1) + timedelta(seconds=1))
    assert told(world, "renata") == ["reminder_to_review"]
    assert told(world, "carla") == []


def test_a_self_assessment_has_its_own_day(world: World) -> None:
    open_road(world)
    run(world, due(world, submit=20, self_assessment=3))
    assert told(world, "aurora") == ["reminder_of_self_assessment"]
    assert told(world, "simon") == []


def test_what_is_closed_or_done_reminds_nobody(world: World) -> None:
    road = open_road(world)
    now = due(world, submit=0)
    with unit_of_work(world.session):
        exempt(world.session, "a test closes a cycle")
        world.session.execute(sa.update(Cycle).values(closed_at=now))
    assert run(world, now) == 0
    assert road.state() is State.OPEN


def test_two_who_remind_at_once_remind_once(app: Flask, world: World) -> None:
    open_road(world)
    now = due(world, submit=0)
    counts: list[int] = []

    def work() -> None:
        with unit_of_work(db.session):
            counts.append(remind_of_dates(db.session, actor=World(db.session).system(), now=now))

    together(app, [work, work])
    assert sorted(counts) == [0, 2]
    assert told(world, "simon") == ["reminder_to_judge"]


def by_hand(world: World, now: datetime) -> Batch:
    """Remind whoever the appraisals of all the newest cycle wait for, as a step for many."""
    cycle = world.session.scalars(sa.select(Cycle).order_by(Cycle.id.desc())).first()
    assert cycle is not None
    cycle_id, hilda = cycle.id, world.actor("hilda")
    ids = concerned(world.session, hilda, now, cycle, Bulk.REMIND)
    whole = Batch()
    for _portion, done in take_in_portions(
        world.session, Order(Bulk.REMIND), cycle_id, ids, actor=hilda, now=now
    ):
        whole.taken += done.taken
        whole.refused |= done.refused
    return whole


def reminded_in_all(world: World, name: str) -> list[str]:
    """Return every message to somebody that reminds them, whichever way it came."""
    by_name = {"appraisal_reminder", "self_assessment_waiting"}
    return [kind for kind in kinds(world, name) if kind in REMINDERS | by_name]


def test_a_reminder_by_hand_and_one_by_a_date_are_one_a_day(world: World) -> None:
    open_road(world)
    now = due(world, submit=-1) + timedelta(seconds=1)
    before = reminded_in_all(world, "aurora")
    done = by_hand(world, now)
    assert (done.taken, done.refused) == (1, {})
    assert reminded_in_all(world, "simon") == ["appraisal_reminder"]
    later = now + timedelta(seconds=1)
    assert run(world, later) == 0, "the day is taken"
    with unit_of_work(world.session):
        cycle = world.session.scalars(sa.select(Cycle)).one()
        assert remind_late(world.session, actor=world.actor("hilda"), now=later, cycle=cycle) == 0
    assert list(map(str, by_hand(world, later).refused.values())) == [
        "Whoever this appraisal waits for was reminded today already."
    ]
    assert reminded_in_all(world, "simon") == ["appraisal_reminder"]
    assert len(reminded_in_all(world, "aurora")) <= len(before) + 1
    tomorrow = now + timedelta(days=1)
    assert by_hand(world, tomorrow).taken == 1
    assert reminded_in_all(world, "simon") == ["appraisal_reminder"] * 2


def test_a_date_that_reminded_leaves_nothing_to_remind_by_hand(world: World) -> None:
    open_road(world)
    now = due(world, submit=-1)
    assert run(world, now) == 2
    assert len(by_hand(world, now + timedelta(seconds=1)).refused) == 1
    assert reminded_in_all(world, "simon") == ["reminder_to_judge"]


def test_who_leads_many_is_reminded_of_all_of_them_at_once(world: World) -> None:
    road = open_road(world)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    with unit_of_work(world.session):
        add_people(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            cycle=cycle,
            population=Population(employee_numbers=("E302", "E600", "E700")),
        )
        world.session.execute(sa.update(Appraisal).values(lead_id=world.employee("simon").id))
    world.session.rollback()
    mine = len(world.session.scalars(sa.select(Appraisal)).all())
    now = due(world, submit=4)
    done = by_hand(world, now)
    assert (done.taken, done.refused) == (mine, {})
    assert told(world, "simon") == ["reminder_to_judge"]
    [digest] = [m.params for m in messages(world, "simon") if m.kind == "reminder_to_judge"]
    assert digest is not None
    assert digest["count"] == mine > 1
    assert road.state() is State.OPEN


def test_who_decides_about_several_contested_results_is_told_of_them_at_once(
    world: World,
) -> None:
    road = open_road(world)
    contested(world, road)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    with unit_of_work(world.session):
        add_people(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            cycle=cycle,
            population=Population(employee_numbers=("E302",)),
        )
    second = sa.select(Appraisal.public_id).where(Appraisal.public_id != road.public_id)
    other = replace(road, public_id=world.session.scalars(second).one())
    other.judge("renata", AssessorKind.LEAD)
    other.step("submit", "renata")
    for step, name in (("take", "rita"), ("approve", "rita"), ("release", "hilda")):
        other.step(step, name)
    take_step(other, "contest", "bruno", statement=STATEMENT, criteria=CONTESTED)
    tomorrow = clock.now() + timedelta(days=1)
    before = {name: len(messages(world, name)) for name in ("hilda", "remo", "renata")}
    assert by_hand(world, tomorrow).taken == 2
    new = {name: messages(world, name)[count:] for name, count in before.items()}
    assert {name: [m.kind for m in found] for name, found in new.items()} == {
        "hilda": ["results_contested"],
        "remo": ["results_contested"],
        "renata": [],
    }
    assert [m.params for m in new["hilda"]] == [{"cycle": cycle.title, "count": 2}]


def test_two_who_remind_by_hand_and_by_date_at_once_remind_once(app: Flask, world: World) -> None:
    open_road(world)
    now = due(world, submit=0)

    def hand() -> None:
        by_hand(World(db.session), now)

    def date() -> None:
        run(World(db.session), now)

    together(app, [hand, date])
    assert len(reminded_in_all(world, "simon")) == 1


def test_only_the_system_and_human_resources_remind(world: World) -> None:
    open_road(world)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    with pytest.raises(NotAllowed):
        remind_of_dates(world.session, actor=world.actor("hilda"), now=clock.now())
    with pytest.raises(NotAllowed):
        remind_late(world.session, actor=world.actor("simon"), now=clock.now(), cycle=cycle)


def test_old_days_are_forgotten(world: World) -> None:
    open_road(world)
    now = due(world, submit=0)
    run(world, now)
    run(world, now + KEPT + timedelta(days=3))
    world.session.rollback()
    kept = world.session.scalars(sa.select(Reminder.made_at)).all()
    assert all(made > now for made in kept)


def test_days_of_reminders() -> None:
    day = clock.now().date()
    on = [d for d in range(-16, 10) if reminds(day + timedelta(days=d), day)]
    assert on == [-15, -8, -1, 0, 1, 3, 7]
