"""Tables of development plans."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, Erase, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.progression.schema import ActionKind, ActionState

OF_SUBJECT = of_subject("subject_id")


class DevelopmentPlan(Base):
    """What is done about the gaps of one appraisal."""

    __tablename__ = "development_plan"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), unique=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)


class PlanAction(Base):
    """One thing to do: by whom, by when, and how it will show."""

    __tablename__ = "plan_action"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    plan_id: Mapped[int] = mapped_column(
        sa.ForeignKey("development_plan.id", ondelete="CASCADE"), index=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    criteria: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())
    kind: Mapped[ActionKind] = mapped_column(enumeration(ActionKind, "kind"))
    text: Mapped[str] = mapped_column(sa.Text, info=personal(Erase.BLANK))
    measure: Mapped[str] = mapped_column(sa.Text, default="", info=personal(Erase.BLANK))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    due_on: Mapped[date] = mapped_column(sa.Date)
    state: Mapped[ActionState] = mapped_column(
        enumeration(ActionState, "state"), default=ActionState.OPEN
    )
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(Utc)
