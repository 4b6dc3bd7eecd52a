"""The scoring page of 45 criteria and one save, beside the floor, on one database."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade

from benchmarks import floor
from benchmarks.load import Request, ask, measured, peak_megabytes, served
from competency.app import create_app
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.operations import publish
from competency.frameworks.schema import Criterion, Descriptor, Unit
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
    """Fill the database; return the appraisal's path and the ids of its criteria."""
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
        db.session.remove()
        db.engine.dispose()
    floor.prepare(_driver(address))
    return road.path, road.criteria


def _driver(address: str) -> str:
    """Return the address as the floor's engine takes it."""
    return Config(database_url=address).database


def _sign_in(port: int) -> dict[str, str]:
    """Return the headers of a browser in which the lead is signed in."""
    page, content = ask(port, "GET", "/sign-in")
    cookie = _cookies(page.headers.get_all("Set-Cookie"))
    form = {
        "csrf_token": _token(content),
        "employee_number": CAST["simon"][0],
        "password": PASSWORD,
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(port, "POST", "/sign-in", urlencode(form), {**kind, "Cookie": cookie})
    return {**kind, "Cookie": _cookies(answer.headers.get_all("Set-Cookie"))}


def _cookies(headers: list[str] | None) -> str:
    """Return what a browser sends back."""
    return "; ".join(header.split(";", 1)[0] for header in headers or [])


def _token(content: bytes) -> str:
    """Return a page's form token."""
    found = re.search(rb'name="csrf_token" value="([^"]+)"', content)
    if found is None:
        raise RuntimeError(content[:400].decode(errors="replace"))
    return found[1].decode()


def measure(address: str, folder: Path) -> list[Row]:
    """Return the rows of the table for one database."""
    path, criteria = prepare(address, folder)
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
        size = len(ask(port, "GET", "/")[1])
        for browsers in (1, 4):
            take("floor page", browsers, lambda _b, _n: ask(port, "GET", "/"), size)
            take(
                "floor save",
                browsers,
                lambda b, n: ask(port, "POST", f"/{b}", f"level=level{n}", form),
                0,
            )
    with served(lambda: app_of(address, folder), WORKERS) as (port, process_id):
        headers = _sign_in(port)
        first, page = ask(port, "GET", path, headers=headers)
        if renewed := _cookies(first.headers.get_all("Set-Cookie")):
            headers["Cookie"] = renewed
        token, versions = _token(page), dict.fromkeys(criteria, 0)

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
