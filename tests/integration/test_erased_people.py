"""An erased person stays erased: every write about them is refused, and none comes too early."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.evidence import add_evidence
from competency.assessments.evidence_links import relink
from competency.assessments.models import Evidence
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition
from competency.extensions import db
from competency.frameworks.schema import EvidenceKind
from competency.people import leaving, operations
from competency.people.models import Employee
from competency.people.queries import standing
from competency.people.schema import Names
from tests.support.appraisals import open_road
from tests.support.cast import SLUG, World
from tests.support.races import PATIENCE, together
from tests.support.register import erase


def add(world: World, about: str, text: str) -> str:
    """Add an evidence about somebody as Simón; return its id."""
    return add_evidence(
        world.session,
        actor=world.actor("simon"),
        now=clock.now(),
        employee_public_id=about,
        kind=EvidenceKind.DIRECT_PERFORMANCE,
        title="",
        text=text,
        happened_on=clock.now().date() - timedelta(days=2),
        links=[],
    ).public_id


def test_every_write_about_an_erased_person_is_refused(world: World) -> None:
    session, aurora = world.session, world.employee("aurora")
    about = aurora.public_id
    with unit_of_work(session):
        before = add(world, about, "antes")
    erase(world)
    hilda: dict[str, Any] = {
        "actor": world.actor("hilda"),
        "now": clock.now(),
        "employee": aurora,
    }
    site = standing(session, world.employee("simon").id, clock.now().date()).site_id
    assert site is not None
    day = clock.now().date()
    writes: list[Callable[[], object]] = [
        lambda: add(world, about, "después"),
        lambda: relink(
            session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=before,
            links=[(SLUG, "ac1.cd3")],
        ),
        lambda: operations.change_details(
            session,
            names=Names("Aurora", "Otra"),
            national_id=None,
            email=None,
            document_language="es",
            weekly_hours=None,
            **hilda,
        ),
        lambda: operations.place(session, site_id=site, team_id=None, starts_on=day, **hilda),
        lambda: leaving.leave(session, left_on=day, **hilda),
    ]
    for write in writes:
        with pytest.raises(IllegalTransition, match="erased"), unit_of_work(session):
            write()


def test_evidence_that_is_being_added_is_erased_with_the_rest(app: Flask, world: World) -> None:
    about = world.employee("aurora").public_id
    world.session.rollback()
    checked, erased = threading.Event(), threading.Event()

    def until_the_erasure_waits_or_is_over(*_flushed: object) -> None:
        if threading.current_thread() is not adder:
            return
        checked.set()
        waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with db.engine.connect() as connection:
            while not (erased.is_set() or connection.scalar(waiting)):
                connection.rollback()

    adder: threading.Thread | None = None

    def adding() -> None:
        nonlocal adder
        adder = threading.current_thread()
        with unit_of_work(db.session):
            if db.engine.dialect.name == "postgresql":
                sa.event.listen(db.session, "before_flush", until_the_erasure_waits_or_is_over)
            add(World(db.session), about, "durante")
            checked.set()

    def erasing() -> None:
        assert checked.wait(PATIENCE)
        erase(World(db.session))
        erased.set()

    try:
        together(app, [adding, erasing])
    finally:
        if db.engine.dialect.name == "postgresql":
            sa.event.remove(db.session, "before_flush", until_the_erasure_waits_or_is_over)
    world.session.rollback()
    assert world.session.scalars(sa.select(Evidence.text)).all() == [None]


def test_an_erasure_waits_until_the_appraisals_are_finished(world: World) -> None:
    open_road(world)
    with pytest.raises(IllegalTransition, match="Finish or cancel"):
        erase(world)
    world.session.rollback()
    assert world.session.scalars(
        sa.select(Employee.printed_name).where(Employee.id == world.employee("aurora").id)
    ).one()
