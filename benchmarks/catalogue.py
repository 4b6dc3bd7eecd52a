"""Framework files read and kept, and the catalogue searched, beside the bare parser."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime

import yaml
from flask import Flask

from competency import formats
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.files.checking import check_document
from competency.files.content import compiled
from competency.files.reader import read
from competency.frameworks.compiled import load_compiled
from competency.frameworks.operations import publish
from competency.frameworks.queries import catalogue
from competency.frameworks.schema import Framework
from competency.people.access import ensure_system_account
from competency.people.queries import actor_of
from tests.support.client import sign_in

READ = formats.MODULES
HEADS = ("what", "least ms", "median ms", "times the floor")
PAGE_HEADS = ("what", "least ms", "median ms", "queries", "KB")
SIZES = (45, 5_000)
TURNS = {45: 60, 5_000: 5}
FRAMEWORKS = 400
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

HEAD = """\
format: 1
kind: framework
id: measured-{size}
version: 1.0.0
title: Measured framework of {size} criteria
language: en
source: {{document: measured.txt, verified_on: 2026-01-15}}
scales:
  steps:
    levels:
      - {{code: G, label: Basic}}
      - {{code: F, label: Advanced}}
      - {{code: E, label: Expert}}
    below_label: Not yet basic
outcome:
  unit: {{rule: minimum}}
  framework: {{rule: minimum}}
units:
"""
UNIT = """\
  - id: unit{unit}
    title: Unit {unit}
    criteria:
"""
CRITERION = """\
      - id: unit{unit}.c{number}
        title: >-
          Requests of the sort {number} are answered on the day they are received, in line with
          the procedure of the team.
        scale: steps
        levels:
          G: {{text: Answers the requests that come up every day., source_label: G}}
          F: {{text: Answers every request of the sort and finds what is missing., source_label: F}}
          E: {{text: Improves how requests of the sort are answered., source_label: E}}
        tags: [requests]
        evidence: {{minimum: 1, kinds: [direct_product]}}
        source: {{line: {line}, raw_text: requests of the sort are answered the same day}}
"""


def text_of(size: int) -> str:
    """Return a framework file of ``size`` criteria, fifteen a unit."""
    parts = [HEAD.format(size=size)]
    for number in range(size):
        unit, at = divmod(number, 15)
        if at == 0:
            parts.append(UNIT.format(unit=unit))
        parts.append(CRITERION.format(unit=unit, number=number, line=number + 1))
    return "".join(parts)


def bare(content: bytes) -> object:
    """Return what the bare C parser makes of a file, the collector paused."""
    gc.disable()
    try:
        return yaml.load(content, Loader=yaml.CSafeLoader)
    finally:
        gc.enable()


def timed(turns: int, *calls: Callable[[], object]) -> list[tuple[float, float]]:
    """Return least and median milliseconds of each call, all called in turns."""
    found: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(turns):
        for number, call in enumerate(calls):
            begun = time.perf_counter()
            call()
            found[number].append((time.perf_counter() - begun) * 1000)
    return [(min(took), sorted(took)[len(took) // 2]) for took in found]


def checked(content: bytes) -> Framework:
    """Return the framework of a file's bytes, checked by every rule."""
    value = check_document(read(content, "measured.yaml")).value
    if not isinstance(value, Framework):
        raise TypeError("the measured file is not sound")
    return value


def measure() -> list[tuple[object, ...]]:
    """Return the rows for reading and for the compiled form."""
    rows: list[tuple[object, ...]] = []
    for size in SIZES:
        content = text_of(size).encode("utf-8")
        kept = compiled(checked(content))
        floor, ours, loaded = timed(
            TURNS[size],
            lambda content=content: bare(content),  # type: ignore[misc]  # bound at once
            lambda content=content: checked(content),  # type: ignore[misc]  # bound at once
            lambda kept=kept: load_compiled(kept),  # type: ignore[misc]  # bound at once
        )
        for what, (least, median) in (
            (f"{size} criteria, bare CSafeLoader, {len(content) // 1024} KB", floor),
            (f"{size} criteria, read and checked", ours),
            (f"{size} criteria, from the compiled form", loaded),
        ):
            rows.append((what, f"{least:.1f}", f"{median:.1f}", f"{least / floor[0]:.2f}"))
        tracemalloc.start()
        checked(content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append((f"{size} criteria, peak memory while read", f"{peak / 2**20:.0f} MB", "", ""))
    return rows


def pages(app: Flask) -> list[tuple[object, ...]]:
    """Return the rows for a catalogue of 400 frameworks, and for the page of a large one."""
    with app.app_context():
        _fill()
        browser = sign_in(app, "simon").client
        large = _large()
        (search,) = timed(40, lambda: catalogue(db.session, "solicitud ñandú"))
        db.session.remove()
    rows: list[tuple[object, ...]] = [
        (f"search over {FRAMEWORKS}, query alone", f"{search[0]:.1f}", f"{search[1]:.1f}", "", "")
    ]
    for what, path in (
        (f"catalogue page, searched, of {FRAMEWORKS}", "/frameworks?search=nandu"),
        ("catalogue page, first of all", "/frameworks"),
        ("page of 5,000 criteria, first part", large),
        ("page of 5,000 criteria, searched in", f"{large}?find=sort+4711"),
    ):
        answer = Context().run(browser.get, path)
        (took,) = timed(20, lambda path=path: Context().run(browser.get, path))  # type: ignore[misc]  # bound at once
        size = f"{len(answer.data) / 1024:.0f}"
        queries = answer.headers.get("X-Query-Count", "-")
        rows.append((what, f"{took[0]:.1f}", f"{took[1]:.1f}", queries, size))
    return rows


def _publish(framework: Framework) -> str:
    """Publish a framework as the system; return its public id."""
    with unit_of_work(db.session):
        system = actor_of(db.session, ensure_system_account(db.session, NOW))
        row = publish(
            db.session, actor=system, now=NOW, framework=framework, source_text="measured: true\n"
        )
        return row.public_id


def _fill() -> None:
    """Publish 400 frameworks of 45 criteria, one of them about ñandúes."""
    base = checked(text_of(45).encode("utf-8"))
    for number in range(FRAMEWORKS):
        title = f"Marco {number}" + (" de los ñandúes" if number == FRAMEWORKS // 2 else "")
        _publish(base.model_copy(update={"id": f"marco-{number}", "title": title}))


def _large() -> str:
    """Publish a framework of 5,000 criteria; return the address of its page."""
    return f"/frameworks/{_publish(checked(text_of(5_000).encode('utf-8')))}"
