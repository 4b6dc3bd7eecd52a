"""The tables of levels that were held before: imported, labelled so, and never attested."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import Identity, Utc


class OpeningLevel(Base):
    """That somebody held a level of a part of a framework since a day, as a source says."""

    __tablename__ = "opening_level"
    __table_args__ = (
        sa.UniqueConstraint(
            "subject_id",
            "framework_slug",
            "node_id",
            "held_since",
            "entry",
            name="uq_opening_level_held",
        ),
        sa.CheckConstraint("entry >= 1", name="entry"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    framework_slug: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    node_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    """A criterion, a unit, or the framework's own id for the whole, as in outcomes."""
    result: Mapped[str] = mapped_column(sa.String(32), info=not_personal())
    held_since: Mapped[date] = mapped_column(sa.Date)
    entry: Mapped[int] = mapped_column(sa.Integer, default=1)
    """1, and one more for each that was removed before for the same part and day."""
    source: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    imported_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(Utc)


class OpeningLevelRemoval(Base):
    """That an imported level counts no longer, and why."""

    __tablename__ = "opening_level_removal"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    opening_level_id: Mapped[int] = mapped_column(
        sa.ForeignKey("opening_level.id"), primary_key=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    removed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    removed_at: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


register(
    AppendOnly("opening_level", "subject_id", ("source",)),
    AppendOnly("opening_level_removal", "subject_id", ("reason",)),
)
