"""The table of messages: the mailbox of each person, and what is still to be mailed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.mail.schema import MessageState, Param


class MailMessage(Base):
    """One message to one person: a kind and its params, worded only when it is read.

    ``claim`` names the sender that has it until ``lease_until``; ``about_id`` is the
    person it speaks of, ``link_id`` the public id of the thing it leads to.
    """

    __tablename__ = "mail_message"
    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        sa.CheckConstraint("(claim IS NULL) = (lease_until IS NULL)", name="lease"),
        sa.Index(
            "ix_mail_message_waiting",
            "next_try_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        {"info": of_subject("employee_id")},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employee.id"))
    language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    kind: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    params: Mapped[dict[str, Param] | None] = mapped_column(CanonicalJson, info=personal())
    link_id: Mapped[str | None] = mapped_column(sa.String(PUBLIC_ID_LENGTH), info=not_personal())
    made_at: Mapped[datetime] = mapped_column(Utc, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(Utc)
    state: Mapped[MessageState] = mapped_column(
        enumeration(MessageState, "state"), default=MessageState.WAITING
    )
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(Utc)
    claim: Mapped[str | None] = mapped_column(sa.String(PUBLIC_ID_LENGTH), info=not_personal())
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    last_error: Mapped[str | None] = mapped_column(sa.String(300), info=personal())
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
