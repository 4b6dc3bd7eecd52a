"""An import of measurements that is killed at one of its statements, and what stands then."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.kpis.importing import reverse_import
from competency.kpis.models import ImportState, KpiImport, ReplacedMeasurement
from tests.support.cast import NOW, World
from tests.support.databases import application
from tests.support.measurements import HEAD, Values, bring_in, named, stored, with_source

ROOT = Path(__file__).parents[2]
FIRST = HEAD + "".join(f"E301,{NOW.date() - timedelta(days=n)},20,1:40:00\n" for n in range(1, 40))
SECOND = FIRST.replace(",20,", ",21,") + FIRST.replace("E301", "E302").removeprefix(HEAD)


def run(address: str, folder: str, at: str) -> None:
    """Import the second file, and die at the statement of that number; print how many there are."""
    app = application(address, Path(folder))
    with app.app_context():
        count, last = itertools.count(1), 0

        def strike(*_: object) -> None:
            nonlocal last
            last = next(count)
            if last == int(at):
                os.kill(os.getpid(), signal.SIGKILL)

        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            sa.event.listen(db.engine, name, strike)
        bring_in(World(db.session), named(SECOND))
        print(last, flush=True)  # noqa: T201 - its parent reads it


def serve(address: str, folder: str) -> None:
    """Run an import in a fork for each number that is asked for; say what became of it."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(address, folder, line)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print("killed" if os.WIFSIGNALED(status) else "failed", flush=True)  # noqa: T201 - as above


@contextmanager
def importer(address: str, folder: Path) -> Iterator[Callable[[int], str]]:
    """Give what runs the import up to a statement: it says how many there are, or "killed"."""
    code = "import sys; from tests.support.import_kills import serve; serve(*sys.argv[1:])"
    command = [sys.executable, "-c", code, address, str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def ask(at: int) -> str:
            print(at, file=asked, flush=True)
            return answers.readline().strip()

        yield ask
        asked.close()


def kill_at(world: World, address: str, folder: Path, points: int) -> tuple[int, list[str]]:
    """Kill an import at so many points; return how many died before it was done, and faults."""
    with_source(world)
    bring_in(world, named(FIRST))
    before = stored(world)
    with importer(address, folder) as ask:
        return _killed(world, before, ask, points)


def _killed(
    world: World, before: Values, ask: Callable[[int], str], points: int
) -> tuple[int, list[str]]:
    """Kill the import at so many points between its first and its last statement."""
    total = int(ask(0))
    after = stored(world)
    _reverse(world)
    died, broken = 0, []
    for point in sorted({1 + round(n * (total - 1) / max(1, points - 1)) for n in range(points)}):
        assert ask(point) == "killed"
        now, history = stored(world), stored(world, ReplacedMeasurement)
        applied = len(_applied(world))
        is_before = (now, history, applied) == (before, {}, 1)
        is_after = now == after and bool(history) and applied == 2
        if not (is_before or is_after):
            broken.append(f"point {point} of {total}: {len(now)} rows, {applied} imports")
        died += is_before
        broken += verify(world.session)
        world.session.rollback()
        if is_after:
            _reverse(world)
    return died, broken


def _applied(world: World) -> list[str]:
    """Return the imports that hold, the last one first."""
    query = sa.select(KpiImport.public_id).where(KpiImport.state == ImportState.APPLIED)
    found = list(world.session.scalars(query.order_by(KpiImport.id.desc())))
    world.session.rollback()
    return found


def _reverse(world: World) -> None:
    """Take the last import back."""
    with unit_of_work(world.session):
        reverse_import(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            public_id=_applied_now(world),
            reason="Again",
        )


def _applied_now(world: World) -> str:
    """Return the last import that holds."""
    query = sa.select(KpiImport.public_id).where(KpiImport.state == ImportState.APPLIED)
    return world.session.scalars(query.order_by(KpiImport.id.desc()).limit(1)).one()
