"""The table of reassessments: appraisals of single criteria beside an earlier result."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import Utc


class Reassessment(Base):
    """That an appraisal judges some criteria anew; the others carry over from another's outcome."""

    __tablename__ = "reassessment"
    __table_args__ = (
        sa.CheckConstraint("appraisal_id <> of_id", name="of_another"),
        {"info": OF_SUBJECT},
    )

    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), primary_key=True)
    of_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    """A closed appraisal, whose outcome never changes any more."""
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


register(AppendOnly("reassessment", "subject_id", ("reason",)))
