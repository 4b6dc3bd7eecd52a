"""Opening a cycle for a thousand people, and the pages of one of ten thousand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextvars import Context
from http import HTTPStatus
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_migrate import upgrade

from benchmarks.pages import app_of
from competency import clock
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.models import Appraisal, Cycle
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.people.import_file import read_people
from competency.people.importing import import_people
from competency.people.models import Employee, Placement, ReportingLine, Site, Team
from tests.support.cast import CAST, HIRED, World, build_cast
from tests.support.client import sign_in

HEADS = ("what", "least ms", "median ms", "a person, ms", "queries", "KB")
OPENED, WATCHED, TEAM, TURNS = 1_000, 10_000, 20, 12
PAGES = ("", "?search=ejemplo&state=to_do", "/progress", "/progress?by=team", "/people")
HEADINGS = "employer,employee_number,given_name,family_name,hired_on,site,team,position,supervisor"


def measure(address: str, folder: Path) -> list[tuple[object, ...]]:
    """Return the rows of one database."""
    app = app_of(address, folder)
    with app.app_context():
        upgrade()
        build_cast(db.session)
        world = World(db.session)
        _hire(world)
        rows: list[tuple[object, ...]] = [_opening(world)]
        browser = sign_in(app, "hilda").client
        for added in (0, WATCHED):
            cycle = _watched(world, added)
            db.session.remove()
            rows += [_page(browser, cycle, rest, OPENED + added) for rest in PAGES]
    return rows


def _hire(world: World) -> None:
    """Bring in a thousand people, twenty to a supervisor."""
    lines = [HEADINGS]
    for number in range(OPENED - len(CAST)):
        team, place = divmod(number, TEAM)
        above = CAST["renata"][0] if place == 0 else f"P{team * TEAM:04}"
        lines.append(
            f"CDP,P{number:04},Alba,Ejemplo,2025-02-03,Santiago,Equipo Uno,supervisor,{above}"
        )
    read = read_people("\n".join([*lines, ""]).encode())
    with unit_of_work(world.session):
        import_people(world.session, actor=world.actor("hilda"), now=clock.now(), rows=read.lines)


def _plan(world: World) -> CyclePlan:
    """Return the plan of a cycle against the shipped framework."""
    version = world.session.scalars(sa.select(FrameworkVersion.id)).one()
    return CyclePlan("Ciclo", version, clock.now().date().replace(year=clock.now().year + 1))


def _opening(world: World) -> tuple[object, ...]:
    """Return the row of opening a cycle for everybody, in one transaction."""
    begun = time.perf_counter()
    with unit_of_work(world.session):
        cycle = open_cycle(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            plan=_plan(world),
            population=Population(),
        )
        identity = cycle.id
    took = (time.perf_counter() - begun) * 1000
    query = sa.select(sa.func.count()).where(Appraisal.cycle_id == identity)
    people = world.session.scalar(query) or 1
    what = f"opening a cycle for {people} people, whole"
    return (what, f"{took:.0f}", f"{took:.0f}", f"{took / people:.2f}", "-", "-")


def _watched(world: World, added: int) -> str:
    """Add so many more people to the cycle as rows; return its public id."""
    session = world.session
    with unit_of_work(session):
        exempt(session, "a benchmark writes rows that nobody wrote")
        cycle = session.scalars(sa.select(Cycle).order_by(Cycle.id)).first()
        if cycle is None:
            raise RuntimeError
        if added:
            _insert(world, cycle, added)
        return cycle.public_id


def _insert(world: World, cycle: Cycle, count: int) -> None:
    """Insert people with their place and appraisal, twenty to a team and a lead."""
    session = world.session
    one, site = world.employee("simon"), session.scalars(sa.select(Site)).one()
    leads = list(session.scalars(sa.select(Employee.id).order_by(Employee.id)))
    first = (session.scalar(sa.select(sa.func.max(Employee.id))) or 0) + 1
    teams = [Team(site_id=site.id, name=f"Equipo {n:04}") for n in range(count // TEAM)]
    session.add_all(teams)
    session.flush()
    ids = [team.id for team in teams]
    copied = {
        column.key: getattr(one, column.key)
        for column in sa.inspect(Employee).column_attrs
        if column.key not in {"id", "public_id", "employee_number"}
    }

    def places() -> Iterator[tuple[int, int, int]]:
        for number in range(count):
            yield first + number, ids[number // TEAM % len(ids)], leads[number // TEAM % 500]

    session.execute(
        sa.insert(Employee),
        [{**copied, "id": i, "employee_number": f"W{i}"} for i, _, _ in places()],
    )
    session.execute(
        sa.insert(Placement),
        [
            {"employee_id": i, "site_id": site.id, "team_id": team, "starts_on": HIRED}
            for i, team, _ in places()
        ],
    )
    session.execute(
        sa.insert(ReportingLine),
        [{"employee_id": i, "supervisor_id": lead, "starts_on": HIRED} for i, _, lead in places()],
    )
    shared = {"cycle_id": cycle.id, "framework_version_id": cycle.framework_version_id}
    session.execute(
        sa.insert(Appraisal),
        [{**shared, "subject_id": i, "lead_id": lead, "state": "open"} for i, _, lead in places()],
    )


def _page(browser: FlaskClient, cycle: str, rest: str, people: int) -> tuple[object, ...]:
    """Return the row of one page of a cycle of so many people."""
    path = f"/cycles/{cycle}{rest}"
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        answer = Context().run(browser.get, path)
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(path)
    queries, size = answer.headers.get("X-Query-Count", "-"), f"{len(answer.data) / 1024:.0f}"
    what = f"/cycles/…{rest} of {people} people"
    return (what, f"{min(took):.1f}", f"{statistics.median(took):.1f}", "-", queries, size)
