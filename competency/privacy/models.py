"""Tables of erasure: asked for by one person, carried out by another."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import Identity, Utc


class ErasureRequest(Base):
    """That somebody asked for an employee's data to be erased."""

    __tablename__ = "erasure_request"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), unique=True)
    requested_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    requested_at: Mapped[datetime] = mapped_column(Utc)


class Erasure(Base):
    """That it was carried out: the record which opens the one way in append-only tables."""

    __tablename__ = "erasure"
    __table_args__ = (
        sa.CheckConstraint("carried_out_by_id <> requested_by_id", name="two_people"),
    )

    employee_id: Mapped[int] = mapped_column(
        sa.ForeignKey("employee.id"), primary_key=True, autoincrement=False
    )
    requested_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    carried_out_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    carried_out_at: Mapped[datetime] = mapped_column(Utc)


register(AppendOnly("erasure"))
