"""The table of approvals that a result waits for, where its rule has such a gate."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import Identity, Utc


class OutcomeApproval(Base):
    """That somebody approved what a gate of the framework asks approval for, and why."""

    __tablename__ = "outcome_approval"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "gate_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    gate_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    approved_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    approved_at: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


register(AppendOnly("outcome_approval", "subject_id", ("reason",)))
