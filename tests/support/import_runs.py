"""Runs of imports for tests: files that wait, a run of them, and one that is held at a step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.kpis.import_carrying import bring_in
from competency.kpis.import_drafts import keep_files
from competency.kpis.import_progress import Step, Tell
from competency.kpis.import_running import Kind, Outcome, Run, Work, folder_of, start
from tests.support.cast import World
from tests.support.measurements import HEAD, WIDE, named

ROWS = "".join(f"E301,2026-03-0{day},20,1:40:00\n" for day in range(1, 8))
FILE = named(HEAD + ROWS)
PATIENCE = 60.0


def waiting(world: World, profile: str = WIDE) -> str:
    """Keep a file of Hilda's that waits to be imported; return its draft."""
    with unit_of_work(world.session):
        return keep_files(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            files=[FILE],
            profile=profile,
        ).public_id


def applying(world: World, draft: str, watch: Callable[[Step, int, int], None]) -> Work:
    """Return the work of importing a draft, watched before each thing that it tells."""
    actor, now = world.actor("hilda"), clock.now()

    def work(tell: Tell) -> Outcome:
        def told(step: Step, done: int, total: int) -> None:
            watch(step, done, total)
            tell(step, done, total)

        return bring_in(db.session, actor=actor, now=now, public_id=draft, tell=told)

    return work


def begin(app: Flask, world: World, draft: str, work: Work) -> tuple[Path, threading.Thread]:
    """Begin a run that imports; return its folder and its thread."""
    folder = folder_of(app.extensions["competency"].data_folder, draft)
    account_id = world.account("hilda").id
    world.session.rollback()
    return folder, start(app, folder, Run(Kind.APPLY, account_id), work)


def run_to_its_end(app: Flask, world: World, draft: str, work: Work) -> None:
    """Run an import and wait until it has ended."""
    _, thread = begin(app, world, draft, work)
    thread.join(PATIENCE)
    assert not thread.is_alive()


@contextmanager
def held_at(app: Flask, world: World, draft: str, at: Step) -> Iterator[Path]:
    """Import a draft, and keep it waiting at a step while the block runs."""
    reached, go_on = threading.Event(), threading.Event()

    def watch(step: Step, done: int, total: int) -> None:
        if step is at and done == total:
            reached.set()
            assert go_on.wait(PATIENCE)

    folder, thread = begin(app, world, draft, applying(world, draft, watch))
    assert reached.wait(PATIENCE)
    try:
        yield folder
    finally:
        go_on.set()
        thread.join(PATIENCE)
