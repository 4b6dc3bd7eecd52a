"""What is closed takes nobody in, whichever way they come; closing waits for whoever is coming."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile, NotAllowed
from competency.extensions import db
from competency.people import closing, operations
from competency.people.import_file import read_people
from competency.people.importing import import_people, preview_people
from competency.people.leaving import leave, take_back
from competency.people.models import Campaign, Position, Site, Team
from competency.people.places import add_campaign, add_position, add_site, add_team
from tests.integration.test_importing_people import AGENT, table
from tests.support.cast import World
from tests.support.races import PATIENCE, together

BETA = "Servicio Beta"


def empty_places(world: World) -> dict[str, int]:
    """Add a place of each kind where nobody is; return their ids."""
    session, system, now = world.session, world.system(), clock.now()
    here = session.scalars(sa.select(Site)).one()
    employer = here.employer
    with unit_of_work(session):
        common: dict[str, Any] = {"actor": system, "now": now}
        site = add_site(session, employer=employer, name="Arica", zone="America/Lima", **common)
        team = add_team(session, site=here, name="Equipo Dos", **common)
        campaign = add_campaign(
            session, employer=employer, code="BETA", name="Servicio Beta", **common
        )
        position = add_position(session, code="agent", title="Agente", **common)
        return {
            "site": site.id,
            "team": team.id,
            "here": here.id,
            "campaign": campaign.id,
            "position": position.id,
        }


def close(world: World, table: type[closing.Place], row_id: int) -> None:
    """Close a place as the system."""
    with unit_of_work(world.session):
        place: Any = world.session.get_one(table, row_id)
        closing.close(world.session, actor=world.system(), now=clock.now(), place=place)


def day(world: World) -> date:
    return world.actor("hilda").today(clock.now())


@pytest.mark.parametrize("kind", ["site", "team", "campaign", "position"])
def test_nobody_is_placed_at_what_is_closed(world: World, kind: str) -> None:
    found = empty_places(world)
    session, starts_on = world.session, day(world)
    nowhere: dict[str, Any] = {"site_id": found["site"], "team_id": None}
    at: dict[str, Any] = {}
    works: dict[str, tuple[type[closing.Place], Callable[[], object]]] = {
        "site": (
            Site,
            lambda: operations.place(session, **nowhere, **at),
        ),
        "team": (
            Team,
            lambda: operations.place(session, site_id=found["here"], team_id=found["team"], **at),
        ),
        "campaign": (
            Campaign,
            lambda: operations.assign_campaign(session, campaign_id=found["campaign"], **at),
        ),
        "position": (
            Position,
            lambda: operations.assign_position(session, position_id=found["position"], **at),
        ),
    }
    table, work = works[kind]
    close(world, table, found[kind])
    at |= {
        "actor": world.actor("hilda"),
        "now": clock.now(),
        "employee": world.employee("bruno"),
        "starts_on": starts_on,
    }
    with pytest.raises(Invalid, match="is closed"), unit_of_work(session):
        work()
    with unit_of_work(session):
        place: Any = session.get_one(table, found[kind])
        closing.reopen(session, actor=world.system(), now=clock.now(), place=place)
    with unit_of_work(session):
        assert work()


def test_whoever_comes_back_is_not_placed_at_what_is_closed(world: World) -> None:
    found = empty_places(world)
    close(world, Site, found["site"])
    common: dict[str, Any] = {"actor": world.actor("hilda"), "now": clock.now()}
    with unit_of_work(world.session):
        leave(world.session, employee=world.employee("bruno"), left_on=day(world), **common)
    with pytest.raises(Invalid, match="is closed"), unit_of_work(world.session):
        take_back(
            world.session,
            employee=world.employee("bruno"),
            site_id=found["site"],
            team_id=None,
            starts_on=day(world),
            **common,
        )


NAMED: dict[str, tuple[type[closing.Place], str, str]] = {
    "site": (Site, ",Santiago,Equipo Uno,", ",Arica,,"),
    "team": (Team, ",Equipo Uno,", ",Equipo Dos,"),
    "campaign": (Campaign, ",Servicio Alfa", ",Servicio Beta"),
    "position": (Position, ",supervisor,", ",agent,"),
}


@pytest.mark.parametrize("kind", sorted(NAMED))
def test_a_file_names_nothing_that_is_closed(world: World, kind: str) -> None:
    found = empty_places(world)
    closed, before, after = NAMED[kind]
    row = AGENT.replace("n1", "E200")
    assert before in row
    file = read_people(table(row.replace(before, after)).encode())
    common: dict[str, Any] = {"actor": world.actor("hilda"), "now": clock.now()}
    assert preview_people(world.session, file=file, **common).faults == ()
    close(world, closed, found[kind])
    faults = preview_people(world.session, file=file, **common).faults
    assert {fault.column for fault in faults} == {kind}
    with pytest.raises(InvalidFile), unit_of_work(world.session):
        import_people(world.session, rows=file.lines, **common)


def test_closing_waits_for_whoever_is_being_placed_and_sees_them(app: Flask, world: World) -> None:
    found = empty_places(world)
    placed, closed = threading.Event(), threading.Barrier(2, timeout=PATIENCE)
    told: list[str] = []
    world.session.rollback()

    def placing() -> None:
        here = World(db.session)
        with unit_of_work(db.session):
            operations.place(
                db.session,
                actor=here.actor("hilda"),
                now=clock.now(),
                employee=here.employee("bruno"),
                site_id=found["here"],
                team_id=found["team"],
                starts_on=day(here),
            )
            placed.set()
            closed.wait()

    def closing_it() -> None:
        assert placed.wait(PATIENCE)
        here = World(db.session)
        closed.wait()
        try:
            close(here, Team, found["team"])
        except Invalid as error:
            told.append(str(error))

    together(app, [placing, closing_it])
    assert len(told) == 1
    assert "Bruno Inventado" in told[0]
    world.session.rollback()
    assert world.session.get_one(Team, found["team"]).closed_on is None


@pytest.mark.parametrize("name", ["simon", "augusto", "ada", "aurora", "carla"])
def test_only_human_resources_change_the_structure(world: World, name: str) -> None:
    found = empty_places(world)
    session = world.session
    common: dict[str, Any] = {"actor": world.actor(name), "now": clock.now()}
    site = session.get_one(Site, found["site"])
    works: tuple[Callable[[], object], ...] = (
        lambda: add_site(session, employer=site.employer, name="X", zone="Europe/Rome", **common),
        lambda: add_team(session, site=site, name="X", **common),
        lambda: add_campaign(session, employer=site.employer, code="X", name="X", **common),
        lambda: add_position(session, code="x", title="X", **common),
        lambda: closing.close(session, place=site, **common),
    )
    for work in works:
        with pytest.raises(NotAllowed), unit_of_work(session):
            work()
