"""Tables of the audit chain and of the access log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc

GENESIS = "0" * 64


class AuditEvent(Base):
    """One change: who did what to which row; identifiers and codes, never personal text."""

    __tablename__ = "audit_event"

    sequence: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime] = mapped_column(Utc)
    actor: Mapped[str] = mapped_column(sa.String(20), index=True, info=not_personal())
    action: Mapped[str] = mapped_column(sa.String(64), index=True, info=not_personal())
    subject_kind: Mapped[str] = mapped_column(sa.String(32), info=not_personal())
    subject: Mapped[str] = mapped_column(sa.String(64), index=True, info=not_personal())
    data: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, info=not_personal())
    previous_hash: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())


class AuditTail(Base):
    """The one row that every writer locks last: the end of the chain."""

    __tablename__ = "audit_tail"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[str] = mapped_column(sa.String(64), info=not_personal())


class AccessLog(Base):
    """Who read whose data: written in batches, kept for a time, not chained."""

    __tablename__ = "access_log"
    __table_args__ = {"info": {"subject_column": "employee_id"}}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    read_at: Mapped[datetime] = mapped_column(Utc, index=True)
    actor: Mapped[str] = mapped_column(sa.String(20), info=not_personal())
    employee_id: Mapped[int] = mapped_column(
        sa.ForeignKey("employee.id", ondelete="CASCADE"), index=True
    )
    what: Mapped[str] = mapped_column(sa.String(64), info=not_personal())


register(AppendOnly("audit_event"))
