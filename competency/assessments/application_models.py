"""Tables of applications to be certified: what was chosen and declared, and exceptions made."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Utc


class CertificationApplication(Base):
    """What a request has beside that asks for a certification: its units and the declaration."""

    __tablename__ = "certification_application"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("appraisal_request.id"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    unit_ids: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=not_personal())
    """The units that were chosen; null for all."""
    declaration: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    """The words that were ticked, exactly as they were shown."""
    declaration_language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    declared_at: Mapped[datetime] = mapped_column(Utc)
    unmet: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())
    """The conditions that were not met when it was handed in, by their codes."""


class ApplicationException(Base):
    """That human resources accepted an application although conditions were not met."""

    __tablename__ = "application_exception"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("certification_application.request_id"),
        primary_key=True,
        autoincrement=False,
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    unmet: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())
    """The conditions that were not met when it was accepted, by their codes."""
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)


register(
    AppendOnly("certification_application"),
    AppendOnly("application_exception", "subject_id", ("reason",)),
)
