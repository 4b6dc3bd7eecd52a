"""Evidence files on the disk: none is lost to a sweep, and none stays that nothing names."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency import clock
from competency.assessments.evidence import add_evidence
from competency.assessments.models import Evidence, StoredFile
from competency.assessments.storage import Upload, path_of, receive, remove_stale
from competency.audit.models import AuditEvent
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.schema import EvidenceKind
from competency.privacy import sweep as module
from competency.privacy.sweep import Swept, sweep
from tests.support.cast import SLUG, World
from tests.support.races import PATIENCE, together
from tests.support.register import erase

BYTES = b"turnos de la semana"
LATER = timedelta(hours=2)


@pytest.fixture
def folder(app: Flask) -> Path:
    """Return where this test's files lie."""
    found: Path = app.extensions["competency"].data_folder
    return found


def upload(folder: Path, content: bytes = BYTES) -> Upload:
    """Receive a file."""
    return receive(io.BytesIO(content), "turnos.txt", folder=folder, maximum=1000)


def add(world: World, received: Upload) -> str:
    """Add a received file as evidence about Aurora; return the evidence's id."""
    with unit_of_work(world.session):
        evidence = add_evidence(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PRODUCT,
            title="Turnos",
            text="",
            happened_on=clock.now().date() - timedelta(days=2),
            links=[(SLUG, "ac1.cd3")],
            upload=received,
        )
        return evidence.public_id


def swept(world: World, folder: Path, *, dry_run: bool = False, wait: timedelta = LATER) -> Swept:
    """Sweep some time from now."""
    now = clock.now() + wait
    return sweep(world.session, actor=world.system(), now=now, folder=folder, dry_run=dry_run)


def files(folder: Path) -> set[str]:
    """Return the names of all files that lie there."""
    return {path.name for path in (folder / "evidence").rglob("*") if path.is_file()}


def test_what_a_refused_or_broken_upload_left_goes_after_an_hour_and_the_rest_stays(
    world: World, folder: Path
) -> None:
    kept, left = upload(folder), upload(folder, b"rechazado")
    add(world, kept)
    (folder / "evidence" / "incoming-broken").write_bytes(b"a half")
    gone = {left.sha256, "incoming-broken"}

    young = swept(world, folder, wait=timedelta(minutes=30))
    assert (set(young.young), young.removed) == (gone, ())
    assert set(swept(world, folder, dry_run=True).removed) == gone
    assert files(folder) == gone | {kept.sha256}

    assert set(swept(world, folder).removed) == gone
    assert files(folder) == {kept.sha256}
    assert swept(world, folder) == Swept((), (), ())
    events = sa.select(AuditEvent.data).where(AuditEvent.action == "evidence.swept")
    assert world.session.scalars(events).all() == [{"files": 2}]


def test_evidence_whose_file_is_missing_is_named(world: World, folder: Path) -> None:
    lost = add(world, upload(folder))
    path_of(folder, upload(folder).sha256).unlink()
    assert swept(world, folder).missing == (lost,)


def test_a_crash_between_an_erasure_and_its_files_is_made_good(world: World, folder: Path) -> None:
    received = upload(folder)
    add(world, received)
    erase(world)
    assert files(folder) == {received.sha256}, "the process ended before any file was removed"
    assert swept(world, folder) == Swept((received.sha256,), (), ())
    assert files(folder) == set()


def test_an_upload_of_the_same_bytes_while_the_sweep_runs_keeps_its_file(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = upload(folder).sha256
    hours_ago = (clock.now() - LATER).timestamp()
    os.utime(path_of(folder, sha256), (hours_ago, hours_ago))
    added = []

    def received_meanwhile(where: Path, path: Path, before: datetime) -> bool:
        received = upload(folder)
        gone = remove_stale(where, path, before)
        added.append(add(world, received))
        return gone

    monkeypatch.setattr(module, "remove_stale", received_meanwhile)
    assert swept(world, folder, wait=timedelta()).removed == ()
    assert len(added) == 1
    assert files(folder) == {sha256}


def test_the_same_bytes_added_by_two_at_once_are_one_file_and_two_rows(
    app: Flask, world: World, folder: Path
) -> None:
    world.session.rollback()
    meeting = threading.Barrier(2, timeout=PATIENCE)

    def work() -> None:
        for number in range(5):
            received = upload(folder, f"the same {number}".encode())
            meeting.wait()
            add(World(db.session), received)

    together(app, [work, work])
    world.session.rollback()
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Evidence)) == 10
    assert world.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 5


def test_a_file_and_its_name_are_on_the_disk_before_it_counts_as_received(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    final = path_of(folder, upload(folder).sha256).resolve()
    assert final.read_bytes() == BYTES
    assert final.name == hashlib.sha256(BYTES).hexdigest()
    assert [path.name.partition("-")[0] for path in synced[:1]] == ["incoming"]
    assert synced[1:] == [final.parent.parent, final.parent]


def test_the_command_sweeps_and_fails_where_a_file_is_missing(
    app: Flask, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = upload(folder)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + LATER)

    def run(*words: str, code: int = 0) -> str:
        arguments = ["privacy", "sweep", *words]
        result = Context().run(CliRunner().invoke, main, arguments, obj=lambda: app)
        assert result.exit_code == code, result.output
        return result.stdout

    assert run("--dry-run") == "would be removed: 1\n"
    found = json.loads(run("--json"))
    assert found == {"removed": [left.sha256], "young": [], "missing": [], "dry_run": False}
    assert run() == "removed: 0\n"
    add(world, upload(folder))
    path_of(folder, left.sha256).unlink()
    assert run(code=1) == "removed: 0\n"
