"""Imports of the pages work beside the requests, in a thread of the process that was asked.

What a run does stands in files of a folder of its own, since SQLite lets nobody write while
an import does (ADR 0037). The thread holds a lock on one of them: where a run is under way
by its words and nobody holds the lock, its process was ended, and its transaction with it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from flask import Flask
from pydantic import TypeAdapter
from sqlalchemy.exc import OperationalError

from competency.errors import CompetencyError, IllegalTransition, InvalidFile, NotFound, message_id
from competency.extensions import db
from competency.kpis.import_faults import ImportFault
from competency.kpis.import_preparing import Prepared
from competency.kpis.import_progress import Step, Tell
from competency.kpis.import_staging import Merge
from competency.kpis.importing import Imported

FOLDER = "imports"
LOCK, STATE, STOP = "lock", "run.json", "stop"
FAULTS_SHOWN = 100
UNKNOWN_SHOWN = 30
SOON = 2.0
"""Seconds for which a request waits for a run that it began, so that small ones are done then."""
BUSY = message_id("The database was busy with something else for too long. Try again.")
DEFECT = message_id("It stopped because of a defect of ours, which was noted.")

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a run is for."""

    CHECK = "check"
    APPLY = "apply"


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by who began it
    FAILED = "failed"
    ENDED = "ended"  # with its process; said of a run, never written


@dataclass(frozen=True)
class Found:
    """What looking at files came to, as their page shows it."""

    rows_read: int
    people: int
    days: tuple[date, date] | None
    left_out: int
    is_refused: bool
    fault_count: int
    faults: tuple[ImportFault, ...]
    unknown: tuple[str, ...]
    merge: Merge | None
    aside: int = 0
    """Rows that were not set aside before."""
    contacts: int = 0
    """Contacts that were not known before."""

    @classmethod
    def of(cls, prepared: Prepared, would: Imported | None) -> Found:
        """Return what was prepared, and what importing it would do."""
        return cls(
            prepared.rows_read,
            prepared.people,
            prepared.days,
            prepared.left_out,
            prepared.is_refused,
            prepared.fault_count,
            prepared.faults[:FAULTS_SHOWN],
            prepared.unknown[:UNKNOWN_SHOWN],
            would.merge if would else None,
            would.set_aside if would else 0,
            would.contacts if would else 0,
        )


@dataclass(frozen=True)
class Outcome:
    """What a run came to: what was found, or the import that it became."""

    found: Found | None = None
    import_id: str | None = None
    """``None`` too where everything was there already."""


@dataclass(frozen=True)
class Run:
    """A run as its files tell it."""

    kind: Kind
    account_id: int
    state: RunState = RunState.RUNNING
    step: Step = Step.READING
    done: int = 0
    total: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    error: str = ""
    """A message id; it says nothing about anybody."""
    params: dict[str, object] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    is_stopping: bool = False


RUN = TypeAdapter(Run)
Work = Callable[[Tell], Outcome]


class StoppedRun(Exception):
    """Who began a run asked for its end."""


def folder_of(data_folder: Path, public_id: str) -> Path:
    """Return the folder of a draft's runs; raise ``NotFound`` for what is no identifier."""
    if not public_id.isalnum():
        raise NotFound
    return data_folder / FOLDER / public_id


def look(folder: Path) -> Run | None:
    """Return the last run of a folder, ``None`` where there was none."""
    try:
        run = RUN.validate_json((folder / STATE).read_bytes())
    except FileNotFoundError:
        return None
    if run.state is not RunState.RUNNING:
        return run
    if _is_held(folder):
        return replace(run, is_stopping=(folder / STOP).exists())
    # it may have come to its end between the two looks
    run = RUN.validate_json((folder / STATE).read_bytes())
    return replace(run, state=RunState.ENDED) if run.state is RunState.RUNNING else run


def is_running(folder: Path) -> bool:
    """Return whether a run is under way."""
    run = look(folder)
    return run is not None and run.state is RunState.RUNNING


def ask_to_stop(folder: Path) -> None:
    """Ask a run to stop at its next step; without one this does nothing."""
    with suppress(FileNotFoundError):
        (folder / STOP).touch()


def forget(folder: Path) -> None:
    """Forget the runs of a draft."""
    shutil.rmtree(folder, ignore_errors=True)


def forget_old(data_folder: Path, now: datetime, kept: timedelta) -> None:
    """Forget runs that were touched longer ago than files wait."""
    before = (now - kept).timestamp()
    for folder in (data_folder / FOLDER).glob("*"):
        with suppress(FileNotFoundError):  # another process was first
            if folder.stat().st_mtime < before and not _is_held(folder):
                forget(folder)


def start(app: Flask, folder: Path, run: Run, work: Work) -> threading.Thread:
    """Begin a run in a thread; ``IllegalTransition`` where one is under way already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise IllegalTransition("These files are being worked on already.") from error
    (folder / STOP).unlink(missing_ok=True)
    _write(folder, run)

    def carry_out() -> None:
        try:
            with app.app_context():
                _write(folder, _ended(folder, run, work))
        finally:
            os.close(lock)

    thread = threading.Thread(target=carry_out, name="import", daemon=True)
    thread.start()
    return thread


def _ended(folder: Path, run: Run, work: Work) -> Run:
    """Do the work, and return how the run ended."""

    def tell(step: Step, done: int, total: int) -> None:
        if (folder / STOP).exists():
            raise StoppedRun
        _write(folder, replace(run, step=step, done=done, total=total))

    try:
        return replace(run, state=RunState.DONE, outcome=work(tell))
    except StoppedRun:
        return replace(run, state=RunState.STOPPED)
    except CompetencyError as error:
        faults = error.faults if isinstance(error, InvalidFile) else ()
        failed = replace(run, state=RunState.FAILED, error=error.message)
        return replace(failed, params=dict(error.params), faults=faults)
    except OperationalError as error:
        logger.warning("an import was given up: %s", error)
        return replace(run, state=RunState.FAILED, error=BUSY)
    except Exception:
        logger.exception("an import was given up: a defect of ours")
        return replace(run, state=RunState.FAILED, error=DEFECT)
    finally:
        db.session.rollback()


def _write(folder: Path, run: Run) -> None:
    """Let the files say how a run stands; a reader sees the one before or this one."""
    new = folder / f"{STATE}.new"
    new.write_bytes(RUN.dump_json(run))
    new.replace(folder / STATE)


def _is_held(folder: Path) -> bool:
    """Return whether a run of this folder is alive, in whichever process."""
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
