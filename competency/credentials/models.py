"""Tables of the register: who may issue, what was issued, and its bytes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.database.base import Base, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.frameworks.schema import DocumentKind


class Issuer(Base):
    """An employer that issues: its numbers begin with ``prefix``.

    By itself it is internal and attests. It certifies by statute only under an
    authorisation in force.
    """

    __tablename__ = "issuer"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), unique=True)
    prefix: Mapped[str] = mapped_column(sa.String(12), unique=True, info=not_personal())


class IssuerAuthorisation(Base):
    """That a named authority lets an issuer issue statutory documents, from a day on.

    A change is a new row; one that ends early gets an ``AuthorisationEnd``.
    """

    __tablename__ = "issuer_authorisation"
    __table_args__ = (
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    issuer_id: Mapped[int] = mapped_column(sa.ForeignKey("issuer.id"), index=True)
    authority: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    number: Mapped[str] = mapped_column(sa.String(100), info=not_personal())
    starts_on: Mapped[date] = mapped_column(sa.Date)
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    """The last day; none where the authority set none."""
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Utc)


class AuthorisationScope(Base):
    """One statutory document of one framework that an authorisation covers."""

    __tablename__ = "authorisation_scope"
    __table_args__ = (sa.CheckConstraint("document <> 'attestation'", name="statutory"),)

    authorisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("issuer_authorisation.id"), primary_key=True, autoincrement=False
    )
    slug: Mapped[str] = mapped_column(sa.String(120), primary_key=True, info=not_personal())
    document: Mapped[DocumentKind] = mapped_column(
        enumeration(DocumentKind, "document"), primary_key=True
    )


class AuthorisationEnd(Base):
    """That an authorisation was ended early; ``ended_on`` is the first day without it."""

    __tablename__ = "authorisation_end"

    authorisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("issuer_authorisation.id"), primary_key=True, autoincrement=False
    )
    ended_on: Mapped[date] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.String(1000), info=not_personal())
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Utc)


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
        sa.CheckConstraint(
            "(document = 'attestation') = (authorisation_id IS NULL)", name="authorised"
        ),
        sa.CheckConstraint("replaces_id IS NULL OR replaces_id < id", name="replaces"),
        sa.Index(
            "uq_register_entry_current",
            "appraisal_id",
            "document",
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
    document: Mapped[DocumentKind] = mapped_column(
        enumeration(DocumentKind, "document"), default=DocumentKind.ATTESTATION
    )
    authorisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issuer_authorisation.id"))
    """Under what a statutory document was issued; none for an internal attestation."""
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("register_entry.id"), unique=True)
    """The earlier entry of the same kind whose place it takes: of the same appraisal, or of an
    earlier one that a reassessed appraisal supersedes."""
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


class EntryStep(Base):
    """What was done to an entry after it was issued, by whom, when and why."""

    __tablename__ = "entry_step"
    __table_args__ = {"info": of_subject("subject_id")}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("register_entry.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    action: Mapped[StatusAction] = mapped_column(enumeration(StatusAction, "action"))
    category: Mapped[Reason] = mapped_column(enumeration(Reason, "category"))
    """What anybody who verifies the document reads."""
    reason: Mapped[str | None] = mapped_column(sa.String(1000), info=personal())
    """What only those who read the register read."""
    taken_on: Mapped[date] = mapped_column(sa.Date)
    """The day at the issuer."""
    taken_at: Mapped[datetime] = mapped_column(Utc)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class CommissionMember(Base):
    """Who was appointed to a seat of an appraisal's commission.

    The last row of a seat counts; the earlier ones are members who were replaced before
    they had decided.
    """

    __tablename__ = "commission_member"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "seat", "turn"),
        sa.CheckConstraint("seat >= 0 AND turn > 0", name="place"),
        sa.CheckConstraint("employee_id <> subject_id", name="impartial"),
        {"info": of_subject("subject_id")},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    seat: Mapped[int] = mapped_column(sa.Integer)
    """The place of the seat in the framework's list, from 0."""
    turn: Mapped[int] = mapped_column(sa.Integer)
    """1 for the first member of a seat, and one more for each that follows."""
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    appointed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    appointed_at: Mapped[datetime] = mapped_column(Utc)


class CommissionVote(Base):
    """What a member decided, and why; nobody decides twice."""

    __tablename__ = "commission_vote"
    __table_args__ = {"info": of_subject("subject_id")}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("commission_member.id"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    approves: Mapped[bool] = mapped_column(sa.Boolean)
    reason: Mapped[str | None] = mapped_column(sa.String(2000), info=personal())
    voted_at: Mapped[datetime] = mapped_column(Utc)


register(
    AppendOnly("issued_document", "subject_id", ("content",)),
    AppendOnly(
        "register_entry",
        "subject_id",
        ("facts",),
        frozen_when="OLD.state IN ('revoked', 'superseded')",
    ),
    AppendOnly("issuer_authorisation"),
    AppendOnly("authorisation_scope"),
    AppendOnly("authorisation_end"),
    AppendOnly("entry_step", "subject_id", ("reason",)),
    AppendOnly("commission_member"),
    AppendOnly("commission_vote", "subject_id", ("reason",)),
)
