"""Levels held before: imported whole or not at all, counted by gates, shown, removed, erased."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.opening_level_file import read_levels
from competency.assessments.opening_level_models import OpeningLevel
from competency.assessments.opening_level_presenters import levels_of
from competency.assessments.opening_levels import (
    LevelsResult,
    import_levels,
    preview_levels,
    remove_level,
)
from competency.audit.operations import verify
from competency.credentials.models import RegisterEntry
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, InvalidFile, NotAllowed, NotFound
from competency.people.access import grant_role
from competency.people.models import Site
from competency.people.schema import Role, ScopeKind
from tests.integration.test_cli import run
from tests.integration.test_gates import SERVED, START, closed, gated, judged
from tests.support.cast import SLUG, World

HEADING = "number,framework,part,level,since,source\n"
HELD = HEADING + "e301,gated-service,u,F,2025-01-31,Registro anterior\n"


def levels(world: World, text: str, name: str = "hilda") -> LevelsResult:
    file = read_levels(text.encode())
    assert file.faults == ()
    with unit_of_work(world.session):
        return import_levels(
            world.session, actor=world.actor(name), now=clock.now(), lines=file.lines
        )


def faults(world: World, text: str, name: str = "hilda") -> list[tuple[int, str]]:
    found = preview_levels(
        world.session,
        actor=world.actor(name),
        now=clock.now(),
        file=read_levels(text.encode()),
    ).faults
    return [(fault.row, fault.column) for fault in found]


def kept(world: World) -> list[OpeningLevel]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(OpeningLevel).order_by(OpeningLevel.id)))


def remove(world: World, name: str = "hilda", reason: str = "Wrong person") -> None:
    level = kept(world)[-1]
    with unit_of_work(world.session):
        remove_level(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            public_id=level.public_id,
            reason=reason,
        )


def test_the_same_file_again_changes_nothing(world: World) -> None:
    gated(world, SERVED)
    assert levels(world, HELD) == LevelsResult(added=1)
    assert levels(world, HELD) == LevelsResult(unchanged=1)
    (level,) = kept(world)
    assert (level.node_id, level.result, level.held_since) == ("u", "F", date(2025, 1, 31))
    assert level.imported_by_id == world.account("hilda").id
    assert verify(world.session) == []


def test_every_fault_has_its_row_and_column_and_nothing_is_imported(world: World) -> None:
    gated(world, SERVED)
    levels(world, HELD)
    text = HEADING + (
        "E999,gated-service,u,F,2025-01-31,x\n"
        "E301,gated-servise,u,F,2025-01-31,x\n"
        "E301,gated-service,uu,F,2025-01-31,x\n"
        "E301,gated-service,c,H,2025-02-01,x\n"
        "E301,gated-service,u,E,2025-01-31,Registro anterior\n"
        "E301,gated-service,,F,2099-01-31,x\n"
        "E302,gated-service,u,F,31.1.2025,x\n"
        "E302,gated-service,u,F,2025-01-31,\n"
        "E302,gated-service,u,F,2025-03-01,x\n"
        "E302,gated-service,u,G,2025-03-01,x\n"
        "E100,gated-service,u,G,2025-03-01,x\n"
    )
    assert faults(world, text) == [
        (2, "number"),
        (3, "framework"),
        (4, "part"),
        (5, "level"),
        (6, "level"),
        (7, "since"),
        (8, "since"),
        (9, "source"),
        (11, "since"),
        (12, "number"),
    ]
    lines = read_levels((HELD + text.splitlines()[1] + "\n").encode()).lines
    with pytest.raises(InvalidFile), unit_of_work(world.session):
        import_levels(world.session, actor=world.actor("hilda"), now=clock.now(), lines=lines)
    assert len(kept(world)) == 1


def test_another_level_or_source_for_the_same_day_is_a_fault_that_says_so(world: World) -> None:
    gated(world, SERVED)
    levels(world, HELD)
    for text, column, said in (
        (HELD.replace(",F,", ",E,"), "level", "another level is recorded: “F”"),
        (HELD.replace("Registro", "Fichero"), "source", "another source: “Registro anterior”"),
    ):
        result = preview_levels(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            file=read_levels(text.encode()),
        )
        (fault,) = result.faults
        assert fault.column == column
        assert said in str(fault)


def test_only_a_level_that_the_part_can_have_is_held(world: World) -> None:
    assert faults(world, HEADING + f"E301,{SLUG},ac1,met,2025-01-31,x\n") == [(2, "level")]
    assert faults(world, HEADING + f"E301,{SLUG},ac1,competent,2025-01-31,x\n") == []
    assert faults(world, HEADING + f"E301,{SLUG},ac1.cd1,met,2025-01-31,x\n") == []
    assert faults(world, HEADING + f"E301,{SLUG},,competent,2025-01-31,x\n") == []


@pytest.mark.parametrize("name", ["simon", "aurora", "renata", "carla", "augusto", "ada"])
def test_only_human_resources_import_and_remove(world: World, name: str) -> None:
    gated(world, SERVED)
    levels(world, HELD)
    with pytest.raises(NotAllowed):
        levels(world, HELD, name)
    with pytest.raises((NotAllowed, NotFound)):
        remove(world, name)


def test_human_resources_of_another_site_know_nobody_here(world: World) -> None:
    gated(world, SERVED)
    levels(world, HELD)
    with unit_of_work(world.session):
        here = world.session.scalars(sa.select(Site)).one()
        there = Site(employer_id=here.employer_id, name="Lejos", time_zone="America/Santiago")
        world.session.add(there)
        world.session.flush()
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("renata"),
            role=Role.HR,
            scope_kind=ScopeKind.SITE,
            scope_id=there.id,
        )
    assert faults(world, HELD, "renata") == [(2, "number")]


@pytest.mark.parametrize(("days", "level"), [(29, "F"), (30, "E")])
def test_an_imported_level_counts_as_history_for_a_gate(
    world: World, days: int, level: str
) -> None:
    with time_machine.travel(START, tick=False):
        version_id = gated(world, SERVED)
        since = clock.now().date().isoformat()
        levels(world, HELD.replace("2025-01-31", since))
    with time_machine.travel(START + timedelta(days), tick=False):
        assert closed(judged(world, version_id, "E")).result == level
    assert world.session.scalars(sa.select(RegisterEntry)).all() == []


def test_a_removed_level_counts_no_longer_and_stays_with_its_reason(world: World) -> None:
    with time_machine.travel(START, tick=False):
        version_id = gated(world, SERVED)
        levels(world, HELD)
        remove(world)
        assert closed(judged(world, version_id, "E")).result == "F"
        aurora = world.employee("aurora").id
        assert levels_of(world.session, aurora) == ()
        ((shown,),) = (of.levels for of in levels_of(world.session, aurora, with_removed=True))
        assert (shown.reason, shown.removed_by) == ("Wrong person", "Hilda Ejemplo")
        with pytest.raises(IllegalTransition):
            remove(world)
        again = levels(world, HELD.replace(",F,", ",G,"))
    assert again == LevelsResult(added=1)
    assert [row.entry for row in kept(world)] == [1, 2]
    assert verify(world.session) == []


def test_a_removal_needs_its_reason(world: World) -> None:
    gated(world, SERVED)
    levels(world, HELD)
    for reason in (" ", "x" * 2001):
        with pytest.raises(Invalid):
            remove(world, reason=reason)


def test_the_command_line_looks_first_and_says_every_fault(
    app: Flask, world: World, tmp_path: Path
) -> None:
    gated(world, SERVED)
    path = tmp_path / "levels.csv"
    path.write_text(HELD, encoding="utf-8")
    command = ["appraisals", "import-levels", str(path), "--as", "E100"]
    assert run(app, *command, "--check").output == "would be added: 1, unchanged: 0\n"
    assert kept(world) == []
    assert run(app, *command).output == "added: 1, unchanged: 0\n"
    assert run(app, *command).output == "added: 0, unchanged: 1\n"
    path.write_text(HELD.replace(",F,", ",E,"), encoding="utf-8")
    refused = run(app, *command, code=1)
    assert "row 2, level: For 2025-01-31 another level is recorded" in refused.output
