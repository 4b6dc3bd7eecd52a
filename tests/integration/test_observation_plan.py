"""The plan of observations: dated rows, whom they are about, and what is still due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed, NotFound
from competency.observations.form_operations import retire_form
from competency.observations.models import ObservationPlan
from competency.observations.plan_queries import due_lines, plan_lines, still_due_now
from competency.observations.plan_rules import month_of, months_from
from competency.observations.plans import NewPlan, end_plan, set_plan
from competency.people.absences import record_absence
from competency.people.models import Campaign, Position
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.observations import allow, begun, disallow, handed_in, made_form, planned


def this_month(world: World) -> date:
    """Return the first day of this month at the people's site."""
    return month_of(world.actor("simon").today(clock.now()))


def due(world: World, name: str = "simon") -> list[tuple[str, int, int, int]]:
    """Return what somebody reads as due this month: number, planned, done and due."""
    world.session.rollback()
    lines = due_lines(world.session, world.actor(name), clock.now(), first=this_month(world))
    return [(line.employee.employee_number, line.planned, line.done, line.due) for line in lines]


def plan(world: World, form: str, starts_on: date, contacts: int = 4, by: str = "hilda") -> None:
    """Plan contacts of everybody from a month on."""
    with unit_of_work(world.session):
        set_plan(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            new=NewPlan(form, contacts, starts_on, "Acuerdo"),
        )


def end(world: World, public_id: str, ends_on: date) -> None:
    """End a row of the plan."""
    with unit_of_work(world.session):
        end_plan(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=public_id,
            ends_on=ends_on,
        )


def test_what_is_handed_in_this_month_is_done_and_the_rest_is_due(world: World) -> None:
    allow(world)
    form = made_form(world)
    assert due(world) == []
    planned(world, form)
    assert due(world) == [("E301", 4, 0, 4)]
    handed_in(world, form, days=0)
    begun(world, form, days=0)
    handed_in(world, form, days=40)
    assert due(world) == [("E301", 4, 1, 3)]
    assert still_due_now(world.session, world.actor("simon"), clock.now()) == 3
    assert due(world, "aurora") == []
    assert due(world, "carla") == []
    overseen = due(world, "hilda")
    assert ("E301", 4, 1, 3) in overseen
    assert len(overseen) == 8
    assert still_due_now(world.session, world.actor("hilda"), clock.now()) == 0


def test_leave_asks_for_less_and_a_month_away_for_nothing(world: World) -> None:
    allow(world)
    planned(world, made_form(world))
    first = this_month(world)
    with unit_of_work(world.session):
        record_absence(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("aurora"),
            starts_on=first - timedelta(days=3),
            last_on=first + timedelta(days=14),
        )
    assert due(world) == [("E301", 2, 0, 2)]
    with unit_of_work(world.session):
        record_absence(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("aurora"),
            starts_on=first + timedelta(days=15),
            last_on=first + timedelta(days=60),
        )
    assert due(world) == []


def test_the_row_that_narrows_most_holds(world: World) -> None:
    allow(world)
    form = made_form(world)
    campaign = world.session.scalars(sa.select(Campaign.id)).one()
    position = world.session.scalars(sa.select(Position.id)).one()
    planned(world, form, 2)
    planned(world, form, 5, position_id=position)
    assert due(world) == [("E301", 5, 0, 5)]
    planned(world, form, 7, campaign_id=campaign)
    assert due(world) == [("E301", 7, 0, 7)]


def test_a_plan_is_followed_by_another_and_its_history_stays(world: World) -> None:
    allow(world)
    form = made_form(world)
    now, later, last = months_from(this_month(world), 3)
    first = planned(world, form, 2).public_id
    plan(world, form, last, 6)
    plan(world, form, later, 4)
    rows = world.session.scalars(sa.select(ObservationPlan).order_by(ObservationPlan.starts_on))
    assert [(row.contacts, row.starts_on, row.ends_on) for row in rows] == [
        (2, now, later),
        (4, later, last),
        (6, last, None),
    ]
    for starts_on in (later, now - timedelta(days=1), later + timedelta(days=1)):
        with pytest.raises(Invalid) as error:
            plan(world, form, starts_on)
        assert error.value.field == "starts_on"
    for contacts in (0, 101):
        with pytest.raises(Invalid, match="number of contacts"):
            plan(world, form, last, contacts)
    with pytest.raises(NotAllowed):
        plan(world, form, last, by="simon")
    with pytest.raises(Invalid, match="before that month"):
        end(world, first, last)
    with pytest.raises(NotFound):
        end(world, "0" * 20, last)
    for ends_on in (now - timedelta(days=1), later + timedelta(days=1)):
        with pytest.raises(Invalid, match="this month or a later one"):
            end(world, first, ends_on)
    end(world, first, now)
    assert due(world) == []
    held = next(line.row for line in plan_lines(world.session, now) if line.row.ends_on)
    assert held.ends_on is not None
    ended = datetime.combine(held.ends_on, time(12), UTC)
    with (
        time_machine.travel(ended, tick=False),
        pytest.raises(Invalid, match="ended already"),
    ):
        end(world, held.public_id, held.ends_on)
    today = world.actor("simon").today(clock.now())
    assert [line.row.contacts for line in plan_lines(world.session, today)] == [6, 4]
    assert verify(world.session) == []


def test_a_retired_form_and_people_without_a_basis_are_not_due(world: World) -> None:
    allow(world)
    form = made_form(world)
    planned(world, form)
    disallow(world)
    assert due(world) == []
    allow_again = made_form(world, title="Otra")
    assert allow_again
    with unit_of_work(world.session):
        retire_form(world.session, actor=world.actor("hilda"), now=clock.now(), public_id=form)
    assert due(world) == []
    with pytest.raises(Invalid, match="used no more"):
        plan(world, form, this_month(world))


def test_the_pages_plan_end_and_show_what_is_due(app: Flask, world: World) -> None:
    allow(world)
    form = made_form(world)
    hilda, simon = sign_in(app, "hilda"), sign_in(app, "simon")
    assert "Nothing is planned" in simon.get("/observations/due").text
    first = this_month(world).isoformat()
    sent = {"form": form, "contacts": "4", "starts_on": first, "reason": "  "}
    sent |= dict.fromkeys(("campaign", "position", "site"), "")
    answer = hilda.post("/observation-plans/new", sent)
    assert answer.status_code == 422
    assert 'value="4"' in answer.text
    sent["reason"] = "Acuerdo de calidad"
    assert hilda.post("/observation-plans/new", sent).status_code == 302
    assert hilda.post("/observation-plans/new", sent).status_code == 422
    page = simon.get("/observations/due?search=aurora").text
    assert "0 of 4" in page
    assert "/observations/new?person=" in page
    assert "4 contacts are still to be observed" in simon.get("/observations").text
    assert "Observations planned this month" in simon.get("/home").text
    assert "Observations planned this month" not in sign_in(app, "bruno").get("/home").text
    assert "Nothing found" in simon.get("/observations/due?search=zzz").text
    assert "Acuerdo de calidad" in sign_in(app, "aurora").get("/observation-plans").text
    plan_id = world.session.scalars(sa.select(ObservationPlan.public_id)).one()
    assert hilda.post(f"/observation-plans/{plan_id}/end", {"ends_on": "x"}).status_code == 422
    hilda.post(f"/observation-plans/{plan_id}/end", {"ends_on": first})
    assert "Nothing is planned" in simon.get("/observations/due").text
