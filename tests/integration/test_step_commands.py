"""The commands of contests, of human resources' steps, and of steps for many."""

from __future__ import annotations

import json
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.daily import do_what_is_due
from competency.database.transactions import unit_of_work
from tests.integration.test_cli import run
from tests.support.appraisals import SHORT, open_road
from tests.support.cast import NUMBERS, World
from tests.support.contests import STATEMENT, UPHELD, widen


def test_a_contest_goes_by_command_too(app: Flask, world: World) -> None:
    widen(world)
    road = open_road(world).to(State.RELEASED)
    who = {name: ("--as", number) for name, number in NUMBERS.items()}
    step = ("appraisals", "contest", road.public_id, "--criterion", SHORT, "--comment", STATEMENT)
    run(app, *step, *who["simon"], code=1)
    run(app, *step, *who["aurora"])
    uphold = ("appraisals", "uphold", road.public_id, "--comment", UPHELD)
    run(app, *uphold, *who["renata"], code=1)
    run(app, "appraisals", "reassess", road.public_id, "--lead", "E210", *who["hilda"])
    assert road.state() is State.OPEN
    shown = run(app, "appraisals", "rounds", road.public_id, *who["aurora"], "--json")
    [first] = json.loads(shown.output)
    assert (first["contested"], first["statement"]) == ([SHORT], STATEMENT)
    run(app, "appraisals", "rounds", road.public_id, *who["lena"], code=1)
    for action, state in (("suspend", State.SUSPENDED), ("resume", State.OPEN)):
        run(app, "appraisals", action, road.public_id, "--reason", "De licencia.", *who["hilda"])
        assert road.state() is state


def test_a_step_for_many_names_each_and_exits_with_1_if_one_is_refused(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    bulk = ("cycles", "bulk", road.cycle_id)
    hilda = ("--as", NUMBERS["hilda"])
    run(app, *bulk, "suspend", *hilda, code=1)
    told = run(app, *bulk, "suspend", "--reason", "Feriado.", *hilda)
    assert "done: 1, refused: 0" in told.output
    only = run(app, *bulk, "release", "--only", road.public_id, *hilda, code=1)
    assert "done: 0, refused: 1" in only.output
    assert road.state() is State.SUSPENDED


def test_dates_are_heeded_by_the_process_and_nothing_is_written_where_nothing_is_due(
    app: Flask, world: World
) -> None:
    assert app
    road = open_road(world).to(State.APPROVED)
    assert do_what_is_due(world.session, clock.now()).cycles.released == 0
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a date")
        world.session.execute(sa.update(Cycle).values(releases_on=clock.now().date()))
    later = clock.now() + timedelta(days=1)
    assert do_what_is_due(world.session, later).cycles.released == 1
    assert do_what_is_due(world.session, later + timedelta(days=20)).cycles.lapsed == 1
    assert road.state() is State.CLOSED


def test_what_is_planned_opens_on_its_day(app: Flask, world: World) -> None:
    assert app
    road = open_road(world)
    with unit_of_work(world.session):
        exempt(world.session, "a test plans what is to open")
        world.session.execute(sa.update(Appraisal).values(state=State.PLANNED))
        tomorrow = clock.now().date() + timedelta(days=1)
        world.session.execute(sa.update(Cycle).values(opened_on=tomorrow))
    assert do_what_is_due(world.session, clock.now() - timedelta(days=1)).cycles.opened == 0
    assert do_what_is_due(world.session, clock.now() + timedelta(days=2)).cycles.opened == 1
    assert road.state() is State.OPEN
