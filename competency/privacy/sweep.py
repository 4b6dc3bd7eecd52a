"""Files that no evidence names: what a refused upload or an erasure left on the disk.

An evidence and its file can't be written in one step, so the file comes first and goes
last: a crash between the two leaves a file too many, never a row without its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_models import FileReading, FurtherFile
from competency.assessments.models import Evidence
from competency.assessments.storage import is_older, path_of, remove_stale, unnamed_files
from competency.audit.operations import record
from competency.database.transactions import unit_of_work
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

UPLOAD_MAXIMUM = timedelta(hours=1)
"""Longer than any upload takes from its first byte to the commit of its row."""


@dataclass(frozen=True)
class Swept:
    """Names of the files removed and of those still too young, and what lacks its file."""

    removed: tuple[str, ...]
    young: tuple[str, ...]
    missing: tuple[str, ...]
    """Public ids of evidence."""


def sweep(
    session: AnySession, *, actor: Actor, now: datetime, folder: Path, dry_run: bool = False
) -> Swept:
    """Remove the files that no evidence names, and say which evidence lacks its file.

    Files younger than ``UPLOAD_MAXIMUM`` stay, so that an upload whose row is still to
    come keeps its file; receiving the same bytes again makes a file young. ``dry_run``
    removes nothing and returns what would be removed. Runs transactions of its own.
    """
    session.rollback()
    query = sa.select(Evidence.file_sha256, Evidence.public_id)
    further = sa.select(FurtherFile.sha256, Evidence.public_id).join(
        Evidence, Evidence.id == FurtherFile.evidence_id
    )
    rows = session.execute(query.union_all(further))
    named = [(sha256, public_id) for sha256, public_id in rows if sha256 is not None]
    session.rollback()
    before = now - UPLOAD_MAXIMUM
    drawn = _drawn(session)
    session.rollback()
    unnamed = unnamed_files(folder, {sha256 for sha256, _ in named} | drawn)
    removed = [
        path
        for path in unnamed
        if (is_older(path, before) if dry_run else remove_stale(folder, path, before))
    ]
    if removed and not dry_run:
        with unit_of_work(session):
            record(
                session,
                actor=actor.public_id,
                now=now,
                action="evidence.swept",
                subject_kind="account",
                subject=actor.public_id,
                data={"files": len(removed)},
            )
    return Swept(
        removed=tuple(path.name for path in removed),
        young=tuple(path.name for path in unnamed if path not in removed),
        missing=tuple(i for sha256, i in named if not path_of(folder, sha256).is_file()),
    )


def _drawn(session: AnySession) -> set[str]:
    """Return the names of the pictures that were drawn of files."""
    rows = session.scalars(sa.select(FileReading.previews).where(FileReading.previews.is_not(None)))
    return {sha256 for previews in rows for sha256 in previews or ()}
