"""Window sums over a year of measurements of everybody: a team, everyone, and the plan."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from benchmarks.organisation import further_people
from benchmarks.pages import app_of
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.kpis.models import DataSource, KpiName
from competency.kpis.schema import SourceKind
from competency.kpis.windows import Window, moments, steps
from tests.support.cast import World, build_cast

HEADS = ("what", "least ms", "median ms", "ms a person", "rows")
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000"))
"""Ten thousand make 29.2 million rows, which take minutes to write."""
TEAM, KPIS, DAYS, TURNS = 50, 8, 365, 3
LAST = date(2026, 3, 31)


def measure(address: str, folder: Path) -> list[tuple[object, ...]]:
    """Return the rows of one PostgreSQL database; the plan is printed beside them."""
    app = app_of(address, folder)
    with app.app_context():
        upgrade()
        build_cast(db.session)
        kpis, people = _fill(World(db.session))
        year, quarter = Window.until(LAST, DAYS), Window.until(LAST, 90)
        team = people[:TEAM]
        rows = [
            _timed(
                "a team, 90 days", TEAM, lambda: moments(db.session, quarter, kpis, people=team)
            ),
            _timed("the same by week", TEAM, lambda: steps(db.session, quarter, kpis, people=team)),
            _timed("a team, a year", TEAM, lambda: moments(db.session, year, kpis, people=team)),
            _timed("everyone, a year", len(people), lambda: moments(db.session, year, kpis)),
        ]
        print(_plan(team, kpis, quarter))
        db.session.remove()
        db.engine.dispose()
    return rows


def _fill(world: World) -> tuple[list[int], list[int]]:
    """Make people, indicators and a measurement of each on each day, in the database itself.

    The server's checks of keys are off meanwhile: what is written is sound, and is read only.
    """
    session = world.session
    people = [one.id for one in further_people(session, PEOPLE)]
    with unit_of_work(session):
        exempt(session, "rows of a benchmark")
        source = DataSource(code="bench", name="Bench", kind=SourceKind.FILES)
        names = [KpiName(slug=f"kpi-{number}") for number in range(KPIS)]
        session.add_all([source, *names])
        session.flush()
        kpis = [name.id for name in names]
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(
            sa.text(
                "INSERT INTO measurement "
                "(employee_id, kpi_id, day, source_id, numerator, denominator) "
                "SELECT e.id, k.id, CAST(:last AS date) - d.n, :source, "
                "((e.id * 7 + d.n * 13 + k.id) % 20) * 1000, 20000 "
                "FROM employee e CROSS JOIN kpi k CROSS JOIN generate_series(0, :days - 1) d(n) "
                "WHERE e.employee_number LIKE 'B%'"
            ),
            {"last": LAST, "source": source.id, "days": DAYS},
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE measurement")
    return kpis, people


def _timed(
    what: str, people: int, ask: Callable[[], Mapping[tuple[int, int], object]]
) -> tuple[object, ...]:
    """Return the row of one question, asked a few times."""
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        found = ask()
        took.append((time.perf_counter() - begun) * 1000)
        db.session.rollback()
    return (
        what,
        f"{min(took):.1f}",
        f"{statistics.median(took):.1f}",
        f"{min(took) / people:.3f}",
        len(found),
    )


def _plan(team: list[int], kpis: list[int], window: Window) -> str:
    """Return PostgreSQL's plan for a team's window."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401 - as the driver wants them
        asked.append(statement)
        with db.engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
            asked.extend(row[0] for row in rows)

    sa.event.listen(db.engine, "before_cursor_execute", note, once=True)
    moments(db.session, window, kpis, people=team)
    return "\n".join(asked[1:])
