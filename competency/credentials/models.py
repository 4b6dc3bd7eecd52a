"""Tables of the register: who may issue, what was issued, and its bytes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.credentials.schema import EntryState, IssuerKind
from competency.database.base import Base, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration


class Issuer(Base):
    """Who issues: internal, or authorised by a named authority until a day."""

    __tablename__ = "issuer"
    __table_args__ = (
        sa.CheckConstraint(
            "(kind = 'authorised') = (authority IS NOT NULL) "
            "AND (authority IS NULL) = (authorisation IS NULL)",
            name="authorised",
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), unique=True)
    kind: Mapped[IssuerKind] = mapped_column(
        enumeration(IssuerKind, "kind"), default=IssuerKind.INTERNAL
    )
    prefix: Mapped[str] = mapped_column(sa.String(12), unique=True, info=not_personal())
    authority: Mapped[str | None] = mapped_column(sa.String(200), info=not_personal())
    authorisation: Mapped[str | None] = mapped_column(sa.String(100), info=not_personal())
    valid_until: Mapped[date | None] = mapped_column(sa.Date)


class Counter(Base):
    """The last number that an issuer gave out in a year; locked while one is taken."""

    __tablename__ = "counter"

    issuer_id: Mapped[int] = mapped_column(sa.ForeignKey("issuer.id"), primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(sa.Integer)


class RegisterEntry(Base):
    """One number of the register, from the moment it is taken, for ever."""

    __tablename__ = "register_entry"
    __table_args__ = (
        sa.UniqueConstraint("issuer_id", "year", "sequence"),
        sa.CheckConstraint("sequence > 0", name="sequence"),
        sa.CheckConstraint("(state = 'issuing') = (issued_at IS NULL)", name="issued"),
        sa.Index(
            "uq_register_entry_current",
            "appraisal_id",
            unique=True,
            sqlite_where=sa.text("state IN ('issuing', 'active', 'suspended')"),
            postgresql_where=sa.text("state IN ('issuing', 'active', 'suspended')"),
        ),
        {"info": of_subject("subject_id")},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    issuer_id: Mapped[int] = mapped_column(sa.ForeignKey("issuer.id"))
    year: Mapped[int] = mapped_column(sa.Integer)
    sequence: Mapped[int] = mapped_column(sa.Integer)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True, info=not_personal())
    token: Mapped[str] = mapped_column(sa.String(43), unique=True, info=not_personal())
    check_code: Mapped[str] = mapped_column(sa.String(11), info=not_personal())
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    state: Mapped[EntryState] = mapped_column(
        enumeration(EntryState, "state"), default=EntryState.ISSUING
    )
    facts: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson, info=personal())
    decided_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Utc)
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    """The last day on which it stands; "expired" after it is a matter of the date alone."""


class IssuedDocument(Base):
    """The bytes of an issued document: stored once, never rendered again."""

    __tablename__ = "issued_document"
    __table_args__ = {"info": of_subject("subject_id")}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    entry_id: Mapped[int] = mapped_column(
        sa.ForeignKey("register_entry.id"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, info=personal())
    stored_at: Mapped[datetime] = mapped_column(Utc)


register(AppendOnly("issued_document", "subject_id", ("content",)))
