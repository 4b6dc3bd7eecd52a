"""Tables of calibration sessions: whom they are about, who takes part, what was adjusted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import Identity, Utc


class Calibration(Base):
    """A session in which reviewers look at a group of a cycle's appraisals together."""

    __tablename__ = "calibration"
    __table_args__ = (
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    cycle_id: Mapped[int] = mapped_column(sa.ForeignKey("cycle.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Utc)


class CalibrationMember(Base):
    """A reviewer who takes part in a session."""

    __tablename__ = "calibration_member"

    calibration_id: Mapped[int] = mapped_column(sa.ForeignKey("calibration.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(
        sa.ForeignKey("employee.id"), primary_key=True, index=True
    )


class CalibrationAppraisal(Base):
    """An appraisal that a session is about."""

    __tablename__ = "calibration_appraisal"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    calibration_id: Mapped[int] = mapped_column(sa.ForeignKey("calibration.id"), primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(
        sa.ForeignKey("appraisal.id"), primary_key=True, index=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)


class CalibrationAdjustment(Base):
    """That a session changed the level of a criterion, or took a change back.

    A level of null is "not judged".
    """

    __tablename__ = "calibration_adjustment"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    calibration_id: Mapped[int] = mapped_column(sa.ForeignKey("calibration.id"), index=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    from_level: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    to_level: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    undone: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    """Whether this row takes a change back, so that the assessor's level stands again."""
    rationale: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    adjusted_at: Mapped[datetime] = mapped_column(Utc)


register(
    AppendOnly("calibration", frozen_when="OLD.closed_at IS NOT NULL"),
    AppendOnly("calibration_member"),
    AppendOnly("calibration_appraisal"),
    AppendOnly("calibration_adjustment", "subject_id", ("rationale",)),
)
