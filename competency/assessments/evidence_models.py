"""Tables around evidence: its further files, its versions, what was read, doubted, set aside."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration


class FurtherFile(Base):
    """A further file of an evidence, after the first one, which the evidence names itself."""

    __tablename__ = "further_file"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "position"),
        sa.CheckConstraint("position >= 2", name="further"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer)
    sha256: Mapped[str | None] = mapped_column(
        sa.ForeignKey("stored_file.sha256"), index=True, info=personal()
    )
    name: Mapped[str | None] = mapped_column(sa.String(200), info=personal())


class EvidenceReplacement(Base):
    """That an evidence takes the place of an earlier version, which stays readable."""

    __tablename__ = "evidence_replacement"
    __table_args__ = (
        sa.CheckConstraint("evidence_id <> replaced_id", name="replaces_another"),
        {"info": OF_SUBJECT},
    )

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("evidence.id"), primary_key=True, autoincrement=False
    )
    replaced_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), unique=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    replaced_at: Mapped[datetime] = mapped_column(Utc)


class EvidenceQuarantine(Base):
    """A step of human resources: an evidence is set aside, then perhaps given back.

    Steps are numbered from 1; an odd one sets aside. So the evidence is in quarantine
    while the number of its steps is odd.
    """

    __tablename__ = "evidence_quarantine"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "number"),
        sa.CheckConstraint("number >= 1", name="number"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    number: Mapped[int] = mapped_column(sa.Integer)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Utc)


class EvidenceDoubt(Base):
    """Evidence that the lead did not rely on at a submission: what is not so, and why."""

    __tablename__ = "evidence_doubt"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "evidence_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    points: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())
    """Which of valid, authentic, current and sufficient it is not."""
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class ReadingState(StrEnum):
    """How far a file is read: its text for the search, its pictures for the page."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


class FileReading(Base):
    """What was read out of a file of a person: folded text, and pictures drawn anew.

    A row waits until a reader claims it; who breaks off leaves it to the next (ADR 0026).
    """

    __tablename__ = "file_reading"
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "sha256"),
        sa.CheckConstraint("tries >= 0", name="tries"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    sha256: Mapped[str | None] = mapped_column(
        sa.ForeignKey("stored_file.sha256"), index=True, info=personal()
    )
    state: Mapped[ReadingState] = mapped_column(
        enumeration(ReadingState, "state"), default=ReadingState.WAITING, index=True
    )
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(Utc)
    text_key: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    previews: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=personal())
    """The SHA-256 of each picture; they lie beside the files."""
    read_at: Mapped[datetime | None] = mapped_column(Utc)


class EvidenceWords(Base):
    """The folded words of an evidence, for the search; written anew from it at any time."""

    __tablename__ = "evidence_words"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    words_key: Mapped[str | None] = mapped_column(sa.Text, info=personal())


_FROZEN = (
    "EXISTS (SELECT 1 FROM frozen_evidence f WHERE f.evidence_id = OLD.evidence_id) "
    "OR EXISTS (SELECT 1 FROM assessment_session s WHERE s.evidence_id = OLD.evidence_id)"
)

register(
    AppendOnly("further_file", "subject_id", ("sha256", "name"), frozen_when=_FROZEN),
    AppendOnly("evidence_replacement", "subject_id", ("reason",)),
    AppendOnly("evidence_quarantine", "subject_id", ("reason",)),
    AppendOnly("evidence_doubt", "subject_id", ("reason",)),
)
