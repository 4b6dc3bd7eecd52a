"""Files are read after the commit that names them: their words, and pictures for the page.

Rows of ``file_reading`` wait; a reader claims one in a short transaction, has it read in
a process of its own outside of any, and stores what came of it in a second one. Who is
ended between the two leaves the row to the next, three times at most (ADR 0026).
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.evidence_models import FileReading, ReadingState
from competency.assessments.models import StoredFile
from competency.assessments.storage import keep_drawn, path_of
from competency.audit.operations import exempt
from competency.config import Config
from competency.database.text import fold
from competency.database.transactions import unit_of_work
from competency.extensions import db

AnySession = Session | scoped_session[Session]

TRIES = 3
SECONDS_MAXIMUM = 40
"""Of the clock, for a process that its own limits don't end."""
CLAIM = timedelta(seconds=3 * SECONDS_MAXIMUM)
INTERVAL_SECONDS = 2.0
READER = "competency.assessments.file_drawing"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Findings:
    """What was read out of a file: its words, and its pictures as JPEG bytes."""

    text: str
    pictures: tuple[bytes, ...]


def read_file(path: Path, media_type: str) -> Findings | None:
    """Return what a file holds, read in a limited process; ``None`` where that failed."""
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        command = [sys.executable, "-I", "-m", READER, str(path.resolve()), media_type, folder]
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                command,
                check=False,
                timeout=SECONDS_MAXIMUM,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"OMP_NUM_THREADS": "1"},
                cwd=folder,
            )
        except subprocess.TimeoutExpired:
            return None
        text = Path(folder) / "text.txt"
        if done.returncode != 0 or not text.is_file():
            return None
        pictures = sorted(Path(folder).glob("*.jpg"), key=lambda path: int(path.stem))
        return Findings(
            text.read_text(encoding="utf-8"), tuple(found.read_bytes() for found in pictures)
        )


def read_waiting(session: AnySession, *, now: datetime, folder: Path) -> int:
    """Read every file that waits and nobody else reads; return how many were looked at.

    Runs transactions of its own; nothing is read while one is open.
    """
    count = 0
    while (claimed := _claim(session, now)) is not None:
        _read_one(session, claimed, now, folder)
        count += 1
    return count


def _claim(session: AnySession, now: datetime) -> int | None:
    """Claim a row that waits; ``None`` where there is none. It reads before it locks."""
    free = (FileReading.state == ReadingState.WAITING) & sa.or_(
        FileReading.claimed_until.is_(None), FileReading.claimed_until < now
    )
    session.rollback()
    if session.scalar(sa.select(FileReading.id).where(free).limit(1)) is None:
        session.rollback()
        return None
    with unit_of_work(session):
        exempt(session, "what a file says is read again at any time; adding it was recorded")
        row = session.scalar(
            sa.select(FileReading)
            .where(free)
            .order_by(FileReading.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        if row.tries >= TRIES or row.sha256 is None:
            row.state, row.claimed_until = ReadingState.UNREADABLE, None
        else:
            row.tries, row.claimed_until = row.tries + 1, now + CLAIM
        return row.id


def _read_one(session: AnySession, reading_id: int, now: datetime, folder: Path) -> None:
    """Read a claimed file outside of any transaction, and store what came of it."""
    found = session.execute(
        sa.select(FileReading.sha256, StoredFile.media_type)
        .join(StoredFile, StoredFile.sha256 == FileReading.sha256)
        .where(FileReading.id == reading_id, FileReading.state == ReadingState.WAITING)
    ).one_or_none()
    session.rollback()
    if found is None or found.sha256 is None:
        return
    findings = read_file(path_of(folder, found.sha256), found.media_type)
    pictures = [] if findings is None else [keep_drawn(folder, p) for p in findings.pictures]
    with unit_of_work(session):
        exempt(session, "what a file says is read again at any time; adding it was recorded")
        row = session.get(FileReading, reading_id, with_for_update=True)
        if row is None or row.sha256 is None:
            return  # erased meanwhile
        row.claimed_until, row.read_at = None, now
        row.state = ReadingState.UNREADABLE if findings is None else ReadingState.READ
        row.text_key = fold(findings.text) if findings else None
        row.previews = pictures


def start_reader(app: Flask) -> threading.Event:
    """Start this process's reader; setting the returned event ends it."""
    stop = threading.Event()
    config: Config = app.extensions["competency"]

    def run() -> None:
        while not stop.wait(INTERVAL_SECONDS):
            try:
                with app.app_context():
                    read_waiting(db.session, now=clock.now(), folder=config.data_folder)
            except SQLAlchemyError as error:
                logger.warning("files wait to be read: %s", error)
            except Exception:
                logger.exception("files wait to be read: a defect of ours")

    threading.Thread(target=run, name="files", daemon=True).start()
    return stop
