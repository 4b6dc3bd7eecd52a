"""The scoring page of 45 criteria and one save, beside the floor, on one database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade

from benchmarks import catalogue, floor, in_process, organisation
from benchmarks.browser import cookies, form_token
from benchmarks.load import Request, ask, measured, peak_megabytes, served
from competency import clock
from competency.app import create_app
from competency.assessments.evidence import add_evidence
from competency.assessments.judging import save_draft
from competency.assessments.schema import Answer, AssessorKind
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.operations import publish
from competency.frameworks.schema import Criterion, Descriptor, EvidenceKind, Unit
from tests.support.appraisals import open_road
from tests.support.cast import CAST, NOW, PASSWORD, World, build_cast
from tests.support.frameworks import framework

CRITERIA, UNITS = 45, 9
WORKERS = 2
REQUESTS = 200
HEADS = ("what", "browsers", "p50 ms", "p95 ms", "per s", "queries", "KB", "times the floor")

Row = tuple[object, ...]


def app_of(address: str, folder: Path) -> Flask:
    """Return the application, counting its queries."""
    app = create_app(
        Config(data_folder=folder, database_url=address, public_url="http://127.0.0.1")
    )
    app.testing = True
    return app


def prepare(address: str, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Fill the database; return the appraisal's path and the ids of its criteria.

    Every criterion has an answer with a note, and every other one a piece of evidence.
    """
    app = app_of(address, folder)
    with app.app_context():
        upgrade()
        build_cast(db.session)
        world = World(db.session)
        each = CRITERIA // UNITS
        text = "Attends the customer by the protocol: greeting, need, solution, farewell. " * 2
        units = tuple(
            Unit(
                id=f"u{unit}",
                title=f"Unit {unit}",
                criteria=tuple(
                    Criterion(
                        id=f"u{unit}.c{one}",
                        title=text,
                        scale="steps",
                        levels={code: Descriptor(text=text) for code in ("G", "F", "E")},
                    )
                    for one in range(each)
                ),
            )
            for unit in range(UNITS)
        )
        with unit_of_work(db.session):
            version = publish(
                db.session,
                actor=world.system(),
                now=NOW,
                framework=framework(units),
                source_text="generated",
            )
            version_id = version.id
        road = open_road(world, version_id=version_id)
        _judge(world, road.public_id, road.criteria)
        db.session.remove()
        db.engine.dispose()
    floor.prepare(_driver(address))
    return road.path, road.criteria


def _judge(world: World, public_id: str, criteria: tuple[str, ...]) -> None:
    """Answer every criterion as the lead, and add evidence to every other one."""
    lead, now = world.actor("simon"), clock.now()
    with unit_of_work(db.session):
        for number, criterion in enumerate(criteria):
            answer = Answer(criterion, "GFE"[number % 3], note="Seen on three days this month.")
            save_draft(
                db.session,
                actor=lead,
                now=now,
                public_id=public_id,
                kind=AssessorKind.LEAD,
                answer=answer,
                version=0,
            )
            if number % 2:
                add_evidence(
                    db.session,
                    actor=lead,
                    now=now,
                    employee_public_id=world.employee("aurora").public_id,
                    kind=EvidenceKind.OBSERVATION,
                    title=f"Contact {number}",
                    text="The whole contact was watched.",
                    happened_on=now.date(),
                    links=[("generated", criterion)],
                )


def _driver(address: str) -> str:
    """Return the address as the floor's engine takes it."""
    return Config(database_url=address).database


def _sign_in(port: int) -> dict[str, str]:
    """Return the headers of a browser in which the lead is signed in."""
    page, content = ask(port, "GET", "/sign-in")
    cookie = cookies(page.headers.get_all("Set-Cookie"))
    form = {
        "csrf_token": form_token(content),
        "employee_number": CAST["simon"][0],
        "password": PASSWORD,
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(port, "POST", "/sign-in", urlencode(form), {**kind, "Cookie": cookie})
    return {**kind, "Cookie": cookies(answer.headers.get_all("Set-Cookie"))}


def measure(address: str, folder: Path) -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    """Return the tables for one database: in process, over HTTP, and among a thousand people."""
    path, criteria = prepare(address, folder)
    versions = dict.fromkeys(criteria, 1)
    app, least = app_of(address, folder), floor.app_of(_driver(address))
    called = in_process.measure(app, least, path, versions)
    catalogue_pages = catalogue.pages(app)
    with app.app_context():
        db.engine.dispose()
    over_http = _served(address, folder, path, versions)
    with app.app_context():
        organisation.fill(World(db.session), path.rpartition("/")[2], criteria)
        db.session.remove()
    among = in_process.measure(app, least, path, versions)
    with app.app_context():
        db.engine.dispose()
    return {
        "in process": (in_process.HEADS, called),
        "the catalogue, in process": (catalogue.PAGE_HEADS, catalogue_pages),
        f"over HTTP, {WORKERS} processes": (HEADS, over_http),
        f"in process, {organisation.PEOPLE:,} people": (in_process.HEADS, among),
    }


def _served(address: str, folder: Path, path: str, versions: dict[str, int]) -> list[Row]:
    """Return the rows of the table over HTTP."""
    criteria = tuple(versions)
    rows: list[Row] = []
    floors: dict[tuple[str, int], float] = {}

    def take(what: str, browsers: int, send: Request, size: int, least: str = "") -> None:
        figures = measured(send, browsers=browsers, requests=REQUESTS)
        floors[what, browsers] = figures.p50
        times = f"{figures.p50 / floors[least, browsers]:.1f}" if least else "1"
        rows.append(
            (
                what,
                browsers,
                f"{figures.p50:.1f}",
                f"{figures.p95:.1f}",
                f"{figures.per_second:.0f}",
                figures.queries,
                f"{size / 1024:.0f}",
                times,
            )
        )

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with served(lambda: floor.app_of(_driver(address)), WORKERS) as (port, _):
        signed, page = ask(port, "GET", "/sign-in")
        inside = {"Cookie": cookies(signed.headers.get_all("Set-Cookie"))}
        allowed = form_token(page)
        size = len(ask(port, "GET", "/", headers=inside)[1])
        for browsers in (1, 4):
            take("floor page", browsers, lambda _b, _n: ask(port, "GET", "/", headers=inside), size)
            take(
                "floor save",
                browsers,
                lambda b, n: ask(
                    port,
                    "POST",
                    f"/{b}",
                    urlencode({"csrf_token": allowed, "level": f"level {n}"}),
                    {**form, **inside},
                ),
                0,
            )
    with served(lambda: app_of(address, folder), WORKERS) as (port, process_id):
        headers = _sign_in(port)
        first, page = ask(port, "GET", path, headers=headers)
        if renewed := cookies(first.headers.get_all("Set-Cookie")):
            headers["Cookie"] = renewed
        token = form_token(page)

        def save(browser: int, number: int) -> object:
            criterion = criteria[browser]
            body = urlencode(
                {
                    "csrf_token": token,
                    "kind": "lead",
                    "level": "GFE"[number % 3],
                    "note": f"{browser} {number} {versions[criterion]}",
                    "version": versions[criterion],
                }
            )
            accept = {**headers, "Accept": "application/json"}
            answer = ask(port, "POST", f"{path}/drafts/{criterion}", body, accept)
            versions[criterion] += 1
            return answer

        for browsers in (1, 4):
            take(
                "scoring page",
                browsers,
                lambda _b, _n: ask(port, "GET", path, headers=headers),
                len(page),
                "floor page",
            )
            take("one save", browsers, save, 0, "floor save")  # type: ignore[arg-type]  # the same shape
        rows.append(
            ("peak of a worker", "", f"{peak_megabytes(process_id):.0f} MB", "", "", "", "", "")
        )
    return rows
