"""Tables of knowledge tests with questions: what was drawn, answered, and came to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc

SEED_LENGTH = 32


class WrittenTest(Base):
    """The questions of one session: from which version of which bank, drawn by which seed."""

    __tablename__ = "written_test"
    __table_args__ = (
        sa.CheckConstraint("per_item >= 1", name="draws_something"),
        {"info": OF_SUBJECT},
    )

    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assessment_session.id"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    catalogue_file_id: Mapped[int] = mapped_column(sa.ForeignKey("catalogue_file.id"), index=True)
    bank_hash: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    per_item: Mapped[int] = mapped_column(sa.Integer)
    seed: Mapped[str] = mapped_column(sa.String(SEED_LENGTH), info=not_personal())
    questions: Mapped[list[dict[str, object]]] = mapped_column(CanonicalJson, info=not_personal())
    """The id of each question in the order of the paper, and the order of its options."""
    drawn_at: Mapped[datetime] = mapped_column(Utc)


class WrittenAnswer(Base):
    """What one question of a held session came to, as an examiner entered it."""

    __tablename__ = "written_answer"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "question_id"),
        sa.CheckConstraint("points >= 0 AND points <= maximum", name="points"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_session.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    question_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    ticked: Mapped[list[int] | None] = mapped_column(CanonicalJson, info=not_personal())
    """The places in the bank of the options that were ticked; null for an open question."""
    points: Mapped[int] = mapped_column(sa.Integer)
    maximum: Mapped[int] = mapped_column(sa.Integer)
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class WrittenScore(Base):
    """What one item of knowledge came to by its questions; ``session_item`` has what counts.

    Where the two differ an examiner decided otherwise than the points.
    """

    __tablename__ = "written_score"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "item_id"),
        sa.CheckConstraint("points >= 0 AND points <= maximum", name="points"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_session.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    item_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    points: Mapped[int] = mapped_column(sa.Integer)
    maximum: Mapped[int] = mapped_column(sa.Integer)
    reached: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    """Whether the points reach the bank's share."""
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    """Why an examiner decided otherwise."""


register(
    AppendOnly("written_test"),
    AppendOnly("written_answer", "subject_id", ("note",)),
    AppendOnly("written_score", "subject_id", ("reason",)),
)
