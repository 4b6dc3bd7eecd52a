"""The table of days on which somebody was reminded."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, of_subject
from competency.database.types import Utc


class Reminder(Base):
    """That somebody was reminded on a day: its key lets no second digest go out that day."""

    __tablename__ = "reminder"
    __table_args__ = {"info": of_subject("employee_id")}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    """The date at the person's own place of work."""
    made_at: Mapped[datetime] = mapped_column(Utc)
