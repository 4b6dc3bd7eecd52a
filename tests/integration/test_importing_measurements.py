"""Importing measurements: all or nothing, once, with history, and back again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, InvalidFile, NotAllowed, NotFound
from competency.kpis.import_drafts import forget_alias, save_profile
from competency.kpis.import_preparing import prepare
from competency.kpis.import_profile import read_profile
from competency.kpis.importing import rehearse, reverse_import
from competency.kpis.models import (
    DataSource,
    KpiImport,
    Measurement,
    ReplacedMeasurement,
    SavedProfile,
)
from tests.integration.test_cli import run
from tests.support.cast import NOW, World
from tests.support.import_kills import kill_at
from tests.support.measurements import (
    HEAD,
    WIDE,
    bring_in,
    faults,
    named,
    prepared,
    stored,
    with_source,
)

AHT, CONTACTS = "average-handling-time", "contacts-handled"
DAY = date(2026, 3, 2)
FIRST = HEAD + "E301,2026-03-02,20,1:40:00\ne302,2026-03-02,10,0:50:00\n"


def reverse(
    world: World, public_id: str | None, name: str = "hilda", reason: str = "Wrong file"
) -> None:
    with unit_of_work(world.session):
        reverse_import(
            world.session,
            actor=world.actor(name),
            now=NOW,
            public_id=public_id or "",
            reason=reason,
        )


def events(world: World) -> list[str]:
    found = list(world.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.sequence)))
    world.session.rollback()
    return [action for action in found if action.startswith("measurements")]


def test_what_was_measured_is_added_once_corrected_with_history_and_taken_back(
    world: World,
) -> None:
    with_source(world)
    assert rehearse(world.session, prepared(world, named(FIRST))).merge.added == 4
    assert stored(world) == {}
    first = bring_in(world, named(FIRST))
    before = stored(world)
    assert before == {
        ("E301", AHT, DAY): (6_000_000, 20_000),
        ("E301", CONTACTS, DAY): (20_000, None),
        ("E302", AHT, DAY): (3_000_000, 10_000),
        ("E302", CONTACTS, DAY): (10_000, None),
    }
    again = bring_in(world, named(FIRST), named(FIRST, "b.csv"))
    assert (again.public_id, again.merge.unchanged) == (None, 4)
    corrected = bring_in(world, named(FIRST.replace(",10,", ",12,")))
    assert (corrected.merge.added, corrected.merge.changed, corrected.merge.unchanged) == (0, 2, 2)
    assert stored(world)["E302", CONTACTS, DAY] == (12_000, None)
    assert stored(world, ReplacedMeasurement) == {
        key: value for key, value in before.items() if key[0] == "E302"
    }
    reverse(world, corrected.public_id)
    assert stored(world) == before
    reverse(world, first.public_id)
    assert stored(world) == stored(world, ReplacedMeasurement) == {}
    assert events(world) == ["measurements.imported"] * 2 + ["measurements.reversed"] * 2
    with pytest.raises(IllegalTransition):
        reverse(world, first.public_id)


def test_an_earlier_import_is_taken_back_from_under_a_later_one(world: World) -> None:
    with_source(world)
    first = bring_in(world, named(FIRST))
    second = bring_in(world, named(FIRST.replace(",10,", ",12,")))
    third = bring_in(world, named(FIRST.replace(",10,", ",13,")))
    reverse(world, second.public_id)
    assert stored(world)["E302", CONTACTS, DAY] == (13_000, None)
    reverse(world, third.public_id)
    assert stored(world)["E302", CONTACTS, DAY] == (10_000, None)
    reverse(world, first.public_id)
    assert stored(world) == {}


def test_an_import_is_reversed_for_a_reason_that_is_kept_whole(world: World) -> None:
    with_source(world)
    found = bring_in(world, named(FIRST))
    before = stored(world)
    for reason in (" ", "a" * 1001):
        with pytest.raises(Invalid) as error:
            reverse(world, found.public_id, reason=reason)
        assert error.value.field == "reason"
    with pytest.raises(NotFound):
        reverse(world, "0" * 20)
    assert stored(world) == before
    reverse(world, found.public_id, reason="a" * 1000)
    assert stored(world) == {}


def test_a_profile_has_a_name_and_what_is_named_is_forgotten_once(world: World) -> None:
    with_source(world)
    for name in (" ", "a" * 121):
        with pytest.raises(Invalid, match="name"), unit_of_work(world.session):
            save_profile(world.session, actor=world.actor("hilda"), now=NOW, name=name, text=WIDE)
    assert world.session.scalars(sa.select(SavedProfile)).all() == []
    with pytest.raises(NotFound), unit_of_work(world.session):
        forget_alias(world.session, actor=world.actor("hilda"), now=NOW, public_id="0" * 20)


def test_nobody_but_human_resources_over_everyone_imports_or_reverses(world: World) -> None:
    with_source(world)
    found = bring_in(world, named(FIRST))
    for name in ("simon", "augusto", "ada"):
        with pytest.raises(NotAllowed):
            prepare(
                world.session,
                actor=world.actor(name),
                now=NOW,
                files=[named(FIRST)],
                profile=read_profile(WIDE),
            )
        with pytest.raises(NotAllowed):
            reverse(world, found.public_id, name)


def test_every_fault_has_its_file_row_and_column_and_nothing_is_imported(world: World) -> None:
    with_source(world)
    bad = HEAD + (
        "E999,2026-03-02,1,0:01:00\n"
        "E301,2026-02-30,1,0:01:00\n"
        "E301,2026-03-03,x,0:01:00\n"
        "E301,2026-03-04,1,90\n"
        "E301,2026-03-05,NaN,0:01:00\n"
        "E301,2026-03-06,1,\n"
        "E301,2026-03-07,999999,0:01:00\n"
        "E301,2023-03-08,1,0:01:00\n"
        ",2026-03-09,1,0:01:00\n"
        "E301,2026-04-09,1,0:01:00\n"
        "E301,2026-03-01,1.0005,0:01:00\n"
    )
    found = faults(world, named(FIRST), named(bad, "b.csv"))
    assert [text.split(":")[0] for text in found] == [
        "b.csv, row 2, Agent",
        "b.csv, row 3, Date",
        "b.csv, row 4, Calls",
        "b.csv, row 5, Time",
        "b.csv, row 6, Calls",
        "b.csv, row 7, Time",
        "b.csv, row 8, Calls",
        "b.csv, row 9, Agent",
        "b.csv, row 10, Agent",
        "b.csv, row 11, Date",
        "b.csv, row 12, Calls",
    ]
    with pytest.raises(InvalidFile, match="Nothing was imported"):
        bring_in(world, named(FIRST), named(bad, "b.csv"))
    assert stored(world) == {}
    assert world.session.scalar(sa.select(sa.func.count()).select_from(KpiImport)) == 0


def test_figures_that_were_observed_here_are_not_replaced(world: World) -> None:
    with_source(world)
    bring_in(world, named(FIRST))
    with unit_of_work(world.session):
        world.session.connection().execute(sa.update(Measurement).values(import_id=None))
    with pytest.raises(InvalidFile, match="observed here"):
        bring_in(world, named(FIRST.replace(",10,", ",12,")))


def test_a_dry_run_says_what_the_import_would_and_refuses_what_it_would(
    app: Flask, world: World, tmp_path: Path
) -> None:
    with_source(world)
    profile, file = tmp_path / "profile.yaml", tmp_path / "a.csv"
    profile.write_text(WIDE + "bad_rows: set_aside\n", encoding="utf-8")
    told = ("kpis", "import", file, "--profile", profile)

    def said(text: str, *more: str, code: int = 0) -> str:
        file.write_text(FIRST + "E302,2026-03-03,many,0:01:00\n" + text, encoding="utf-8")
        return run(app, *told, *more, code=code).output

    assert "would be set aside: 1" in said("", "--dry-run")
    assert "set aside: 1" in said("")
    assert "would be set aside: 0" in said("", "--dry-run")
    assert "would be set aside: 1" in said("E302,2026-03-04,many,0:01:00\n", "--dry-run")
    with unit_of_work(world.session):
        world.session.connection().execute(
            sa.update(Measurement).values(import_id=None, numerator=1)
        )
    for more in ([], ["--dry-run"]):
        assert "observed here" in said("", *more, code=1)


def test_an_import_killed_at_three_points_leaves_one_of_two_states(
    world: World, database_url: str, tmp_path: Path
) -> None:
    died, broken = kill_at(world, database_url, tmp_path, 3)
    assert broken == []
    assert died > 0


KEYS = ("E301", "E302")
VALUES = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3), min_size=1)
STEPS = st.lists(st.one_of(VALUES, st.integers(0, 5)), min_size=2, max_size=7)


@given(steps=STEPS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_imports_and_reversals_is_what_piles_of_values_say(
    world: World, steps: list[dict[str, int] | int]
) -> None:
    if world.session.scalar(sa.select(DataSource.id)) is None:
        world.session.rollback()
        with_source(world)
    world.session.rollback()
    piles: dict[str, list[tuple[str, int]]] = {key: [] for key in KEYS}
    alive: list[str] = []
    for step in steps:
        if isinstance(step, int):
            if alive:
                gone = alive.pop(step % len(alive))
                reverse(world, gone)
                piles = {
                    key: [one for one in pile if one[0] != gone] for key, pile in piles.items()
                }
        else:
            rows = "".join(f"{key},2026-03-02,{value}\n" for key, value in step.items())
            done = bring_in(world, named("Agent,Date,Calls\n" + rows), profile=CALLS).public_id
            if done is not None:
                alive.append(done)
            for key, value in step.items():
                if not piles[key] or piles[key][-1][1] != value:
                    assert done is not None
                    piles[key].append((done, value))
        tops = {
            (key, CONTACTS, DAY): (pile[-1][1] * 1000, None) for key, pile in piles.items() if pile
        }
        assert stored(world) == tops
    kept = world.session.scalar(sa.select(sa.func.count()).select_from(ReplacedMeasurement))
    world.session.rollback()
    assert kept == sum(max(0, len(pile) - 1) for pile in piles.values())
    for one in alive:
        reverse(world, one)
    assert stored(world) == {}


CALLS = """format: 1
source: telephony
shape: wide
person: {column: Agent}
day: Date
fields: {handled: {column: Calls}}
"""
