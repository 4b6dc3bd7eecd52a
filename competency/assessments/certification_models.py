"""Tables of certifications: who assesses, what was confirmed, and the sessions of tests."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.assessments.models import OF_SUBJECT
from competency.assessments.schema import Instrument, MoveAction, SessionState
from competency.database.base import Base, not_personal, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration

ATTEMPTS = 3
"""How often a test may be taken, where the cycle says nothing else."""


class CycleCertification(Base):
    """What a cycle of certifications has beside: its assessor, its units, its attempts."""

    __tablename__ = "cycle_certification"
    __table_args__ = (sa.CheckConstraint("attempts_maximum >= 1", name="attempts"),)

    cycle_id: Mapped[int] = mapped_column(
        sa.ForeignKey("cycle.id"), primary_key=True, autoincrement=False
    )
    assessor_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    unit_ids: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=not_personal())
    """The units that it is narrowed to; null for all."""
    attempts_maximum: Mapped[int] = mapped_column(sa.Integer, default=ATTEMPTS)


class EvidenceConfirmation(Base):
    """That the assessor of a certification relies on one evidence, item by item.

    It says that the evidence is valid, authentic, current and sufficient.
    """

    __tablename__ = "evidence_confirmation"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "evidence_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    confirmed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Utc)


class ShortfallReason(Base):
    """Why a criterion of a certification has less evidence than it asks for."""

    __tablename__ = "shortfall_reason"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "criterion_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class ShortfallAcceptance(Base):
    """That a certifier accepted why less evidence sufficed, before deciding on a document."""

    __tablename__ = "shortfall_acceptance"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "accepted_by_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    accepted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    accepted_at: Mapped[datetime] = mapped_column(Utc)


def _attempt_index(name: str, columns: tuple[str, ...], condition: str) -> sa.Index:
    """Return the index that keeps two sessions from being the same attempt of one test."""
    where = sa.text(f"state <> 'cancelled' AND {condition}")
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class AssessmentSession(Base):
    """One attempt of one test of an appraisal: planned, then held or cancelled for good."""

    __tablename__ = "assessment_session"
    __table_args__ = (
        _attempt_index(
            "uq_assessment_session_unit_attempt",
            ("appraisal_id", "instrument", "unit_id", "attempt"),
            "unit_id IS NOT NULL",
        ),
        _attempt_index(
            "uq_assessment_session_attempt",
            ("appraisal_id", "instrument", "attempt"),
            "unit_id IS NULL",
        ),
        sa.CheckConstraint("attempt >= 1", name="attempt"),
        sa.CheckConstraint(
            "(instrument <> 'practical_test' OR unit_id IS NOT NULL) "
            "AND (instrument <> 'knowledge_test' OR unit_id IS NULL)",
            name="tests_something",
        ),
        sa.CheckConstraint(
            "(state = 'held') = (held_at IS NOT NULL) AND (held_at IS NULL) = (passed IS NULL) "
            "AND (held_at IS NULL) = (recorded_by_id IS NULL) "
            "AND (held_at IS NULL) = (evidence_id IS NULL)",
            name="held",
        ),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        sa.CheckConstraint(
            "recorded_by_id IS NULL OR recorded_by_id <> subject_id", name="recorded_by_another"
        ),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    instrument: Mapped[Instrument] = mapped_column(enumeration(Instrument, "instrument"))
    unit_id: Mapped[str | None] = mapped_column(sa.String(120), info=not_personal())
    """The unit that is tested; null for the knowledge of the whole framework."""
    attempt: Mapped[int] = mapped_column(sa.Integer)
    items: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())
    """What this attempt covers: ids of indicators or knowledge, and the expected result."""
    state: Mapped[SessionState] = mapped_column(
        enumeration(SessionState, "state"), default=SessionState.PLANNED
    )
    planned_for: Mapped[datetime] = mapped_column(Utc)
    planned_on: Mapped[date] = mapped_column(sa.Date)
    """The day of ``planned_for`` at the site of the person."""
    time_zone: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    """The time zone of that site, in which day and time are meant."""
    place: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    situation: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    planned_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)
    held_at: Mapped[datetime | None] = mapped_column(Utc)
    passed: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=False))
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employee.id"))
    evidence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(Utc)
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class SessionExaminer(Base):
    """Who examines in a session."""

    __tablename__ = "session_examiner"
    __table_args__ = (
        sa.CheckConstraint("employee_id <> subject_id", name="examines_another"),
        {"info": OF_SUBJECT},
    )

    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assessment_session.id"), primary_key=True
    )
    employee_id: Mapped[int] = mapped_column(
        sa.ForeignKey("employee.id"), primary_key=True, index=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)


class SessionItem(Base):
    """Whether one item was met in a session that was held, with what was noted."""

    __tablename__ = "session_item"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "item_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_session.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    item_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    met: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    note: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class SessionMove(Base):
    """That a planned session was moved, or that somebody asked for it; with the reason."""

    __tablename__ = "session_move"
    __table_args__ = (
        sa.CheckConstraint("(action = 'move') = (planned_for IS NOT NULL)", name="moved"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_session.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    action: Mapped[MoveAction] = mapped_column(enumeration(MoveAction, "action"))
    was_for: Mapped[datetime] = mapped_column(Utc)
    """When it was planned until then; ``time_zone`` is the one in which both are meant."""
    was_place: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    planned_for: Mapped[datetime | None] = mapped_column(Utc)
    """When it is since then; only a move has it."""
    place: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    time_zone: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    moved_at: Mapped[datetime] = mapped_column(Utc)


register(
    AppendOnly("evidence_confirmation"),
    AppendOnly("shortfall_reason", "subject_id", ("reason",)),
    AppendOnly("shortfall_acceptance"),
    AppendOnly(
        "assessment_session",
        "subject_id",
        ("place", "situation", "note", "cancel_reason"),
        frozen_when="OLD.state <> 'planned'",
    ),
    AppendOnly(
        "session_examiner",
        frozen_when="EXISTS (SELECT 1 FROM assessment_session s "
        "WHERE s.id = OLD.session_id AND s.state <> 'planned')",
    ),
    AppendOnly("session_item", "subject_id", ("note",)),
    AppendOnly("session_move", "subject_id", ("was_place", "place", "reason")),
)
