"""The files of evidence: named with it, listed for pages, and queued to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_models import (
    EvidenceWords,
    FileReading,
    FurtherFile,
    ReadingState,
)
from competency.assessments.models import Evidence, StoredFile
from competency.assessments.storage import Upload
from competency.database.inserting import insert_new
from competency.database.text import fold

AnySession = Session | scoped_session[Session]

FILES_MAXIMUM = 12


@dataclass(frozen=True)
class FileLine:
    """One file of an evidence: its place among them, its name, size in bytes and pictures.

    ``previews`` are the hashes of pictures that we drew of it; ``state`` says whether it
    was read yet, ``None`` where nobody asked for it.
    """

    position: int
    sha256: str
    name: str
    size: int
    media_type: str
    previews: tuple[str, ...]
    state: ReadingState | None


def name_files(
    session: AnySession, uploads: Sequence[Upload], subject_id: int, now: datetime
) -> None:
    """Insert the rows of stored files, unless somebody did, and queue each to be read."""
    for upload in uploads:
        stored = insert_new(session, StoredFile).values(
            sha256=upload.sha256,
            size=upload.size,
            media_type=upload.media_type,
            stored_at=now,
        )
        reading = insert_new(session, FileReading).values(
            subject_id=subject_id, sha256=upload.sha256, state=ReadingState.WAITING, tries=0
        )
        session.execute(stored)
        session.execute(reading)


def add_further(session: AnySession, evidence: Evidence, further: Sequence[Upload]) -> None:
    """Name the files of an evidence after its first one."""
    session.add_all(
        FurtherFile(
            evidence_id=evidence.id,
            subject_id=evidence.subject_id,
            position=position,
            sha256=upload.sha256,
            name=upload.name,
        )
        for position, upload in enumerate(further, start=2)
    )
    session.flush()


def write_words(session: AnySession, evidence: Evidence, further: Sequence[str] = ()) -> None:
    """Fold what an evidence says for the search; ``further`` are the names of further files."""
    said = (evidence.title, evidence.text, evidence.place, evidence.source_name, evidence.file_name)
    session.merge(
        EvidenceWords(
            evidence_id=evidence.id,
            subject_id=evidence.subject_id,
            words_key=fold(" ".join([*(part for part in said if part), *further])),
        )
    )
    session.flush()


def further_hashes(session: AnySession, evidence_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the hashes of the further files of each evidence, in their order."""
    rows = session.execute(
        sa.select(FurtherFile.evidence_id, FurtherFile.sha256)
        .where(FurtherFile.evidence_id.in_(evidence_ids), FurtherFile.sha256.is_not(None))
        .order_by(FurtherFile.evidence_id, FurtherFile.position)
    )
    found: dict[int, list[str]] = {}
    for evidence_id, sha256 in rows:
        found.setdefault(evidence_id, []).append(str(sha256))
    return found


def files_of(session: AnySession, evidence: Sequence[Evidence]) -> dict[int, list[FileLine]]:
    """Return the files of each evidence by its id, in their order; one query."""
    ids = [each.id for each in evidence]
    first = sa.select(
        Evidence.id.label("evidence_id"),
        sa.literal(1).label("position"),
        Evidence.file_sha256.label("sha256"),
        Evidence.file_name.label("name"),
        Evidence.subject_id,
    ).where(Evidence.id.in_(ids), Evidence.file_sha256.is_not(None))
    rest = sa.select(
        FurtherFile.evidence_id,
        FurtherFile.position,
        FurtherFile.sha256,
        FurtherFile.name,
        FurtherFile.subject_id,
    ).where(FurtherFile.evidence_id.in_(ids), FurtherFile.sha256.is_not(None))
    files = sa.union_all(first, rest).subquery()
    rows = session.execute(
        sa.select(
            files.c.evidence_id,
            files.c.position,
            files.c.sha256,
            files.c.name,
            StoredFile.size,
            StoredFile.media_type,
            FileReading.previews,
            FileReading.state,
        )
        .join(StoredFile, StoredFile.sha256 == files.c.sha256)
        .outerjoin(
            FileReading,
            (FileReading.sha256 == files.c.sha256) & (FileReading.subject_id == files.c.subject_id),
        )
        .order_by(files.c.evidence_id, files.c.position)
    )
    found: dict[int, list[FileLine]] = {}
    for row in rows:
        found.setdefault(row.evidence_id, []).append(
            FileLine(
                row.position,
                row.sha256,
                row.name or "file",
                row.size,
                row.media_type,
                tuple(row.previews or ()),
                row.state,
            )
        )
    return found
