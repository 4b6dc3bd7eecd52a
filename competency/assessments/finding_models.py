"""The table of what assessors did with findings of indicators."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.database.base import Base, not_personal, personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration


class FindingStep(StrEnum):
    """What became of a finding: what an assessor did, or that a submission kept it."""

    ACCEPTED = "accepted"
    SET_ASIDE = "set_aside"
    KEPT = "kept"


class FindingDecision(Base):
    """That an assessor accepted a finding as evidence, or set it aside, and why.

    ``facts`` are the finding's figures as they were then (ADR 0033). The last decision about
    a criterion and an indicator in a round holds. A submission keeps every finding as it stood
    beside the judgements, whatever was decided; ``turn`` is the submission's, else 0.
    """

    __tablename__ = "finding_decision"
    __table_args__ = (
        sa.CheckConstraint("(step = 'accepted') = (evidence_id IS NOT NULL)", name="evidence"),
        sa.CheckConstraint("(step = 'kept') = (turn > 0)", name="turn"),
        sa.Index("ix_finding_decision_criterion", "appraisal_id", "criterion_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    kpi: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    step: Mapped[FindingStep] = mapped_column(enumeration(FindingStep, "step"))
    turn: Mapped[int] = mapped_column(sa.Integer, default=0)
    evidence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    """The evidence that it became, where it was accepted."""
    facts: Mapped[dict[str, object] | None] = mapped_column(CanonicalJson, info=personal())
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    decided_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(Utc)


register(AppendOnly("finding_decision", "subject_id", ("facts", "reason")))
