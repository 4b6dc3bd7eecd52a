"""Tables of cycles, appraisals, judgements and evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from competency.assessments.rules import DECIDED, UNFINISHED
from competency.assessments.schema import (
    SINGLE_REVIEW_PERCENT,
    Action,
    AssessorKind,
    Mode,
    NominationState,
    RequestAction,
    RequestState,
    Review,
    State,
)
from competency.database.base import Base, Erase, not_personal, of_subject, personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc, enumeration
from competency.frameworks.schema import EvidenceKind

_DECIDED = ", ".join(f"'{state}'" for state in sorted(DECIDED))
_UNFINISHED = sa.text("state IN ({})".format(", ".join(f"'{state}'" for state in UNFINISHED)))
OF_SUBJECT = of_subject("subject_id")


def _public_id() -> Mapped[str]:
    """Return the column of the random identifier that URLs carry."""
    return mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )


class Cycle(Base):
    """Appraisals of a population against one framework version, with dates."""

    __tablename__ = "cycle"
    __table_args__ = (
        sa.CheckConstraint("submit_due_on >= opened_on", name="due_after_opening"),
        sa.CheckConstraint("contest_days >= 0", name="contest_days"),
        sa.CheckConstraint(
            "self_assessment_due_on BETWEEN opened_on AND submit_due_on", name="self_assessment_due"
        ),
        sa.CheckConstraint("review_due_on >= submit_due_on", name="review_due"),
        sa.CheckConstraint("single_review_percent BETWEEN 0 AND 100", name="single_review_percent"),
        sa.CheckConstraint("peers_maximum BETWEEN 0 AND 20", name="peers_maximum"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    title: Mapped[str] = mapped_column(sa.String(200), info=not_personal())
    framework_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("framework_version.id"), index=True
    )
    scope_id: Mapped[str | None] = mapped_column(sa.String(120), info=not_personal())
    """The scope of the framework that its appraisals are narrowed to, if any."""
    scope_by_position: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=False), default=False
    )
    """Whether each appraisal has the scope that the person's position asks for."""
    mode: Mapped[Mode] = mapped_column(enumeration(Mode, "mode"), default=Mode.APPRAISAL)
    review: Mapped[Review] = mapped_column(enumeration(Review, "review"), default=Review.ALL)
    self_assessment: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    blind: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    opened_on: Mapped[date] = mapped_column(sa.Date)
    submit_due_on: Mapped[date] = mapped_column(sa.Date)
    self_assessment_due_on: Mapped[date | None] = mapped_column(sa.Date)
    """Without it self-assessments are due when the assessors are."""
    review_due_on: Mapped[date | None] = mapped_column(sa.Date)
    releases_on: Mapped[date | None] = mapped_column(sa.Date)
    contest_days: Mapped[int] = mapped_column(sa.Integer, default=10)
    single_review_percent: Mapped[int] = mapped_column(
        sa.Integer, default=SINGLE_REVIEW_PERCENT, server_default="10"
    )
    """How many in a hundred unflagged appraisals are drawn to be looked at one by one."""
    peers_maximum: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    """How many peers can be asked in each appraisal; 0 where peers are not asked."""
    peers_anonymous: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=False), default=False, server_default=sa.false()
    )
    """Whether nobody learns which peer said what, nor who was asked."""
    population: Mapped[dict[str, object] | None] = mapped_column(CanonicalJson, info=not_personal())
    """Whom it was opened for, by ids and without anybody's number; for the next one."""
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)

    @property
    def own_due_on(self) -> date:
        """Return by when self-assessments are due: with the assessors', if nothing is said."""
        return self.self_assessment_due_on or self.submit_due_on

    @property
    def reviewed_by_on(self) -> date:
        """Return the day that reviewers go by: their own, else the assessors'."""
        return self.review_due_on or self.submit_due_on


class Appraisal(Base):
    """One person, one framework version, one cycle: all judgements and their outcome."""

    __tablename__ = "appraisal"
    __table_args__ = (
        sa.UniqueConstraint("cycle_id", "subject_id"),
        sa.Index(
            "uq_appraisal_one_unfinished",
            "subject_id",
            "framework_version_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        sa.CheckConstraint(
            f"(state IN ({_DECIDED})) = (decided_at IS NOT NULL) "
            "AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided",
        ),
        sa.CheckConstraint("state <> 'in_review' OR reviewer_id IS NOT NULL", name="reviewer"),
        sa.CheckConstraint("lead_id <> subject_id", name="lead_is_another"),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR (reviewer_id <> subject_id AND reviewer_id <> lead_id)",
            name="reviewer_is_another",
        ),
        sa.CheckConstraint("(state = 'suspended') = (resumes_to IS NOT NULL)", name="suspended"),
        sa.CheckConstraint("(round > 1) = (judged_anew IS NOT NULL)", name="judged_anew"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    cycle_id: Mapped[int] = mapped_column(sa.ForeignKey("cycle.id"), index=True)
    mode: Mapped[Mode] = mapped_column(enumeration(Mode, "mode"), default=Mode.APPRAISAL)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    framework_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("framework_version.id"), index=True
    )
    scope_id: Mapped[str | None] = mapped_column(sa.String(120), info=not_personal())
    """The scope of the framework that it is narrowed to, if any; ``scope`` is what is left."""
    scope: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=not_personal())
    round: Mapped[int] = mapped_column(sa.Integer, default=1)
    judged_anew: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=not_personal())
    """The criteria that a later round judges: what was contested; the others carry over."""
    turn: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Submissions of this round so far: a returned appraisal is submitted again."""
    state: Mapped[State] = mapped_column(enumeration(State, "state"), default=State.PLANNED)
    resumes_to: Mapped[State | None] = mapped_column(enumeration(State, "resumes_to"))
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    flags: Mapped[dict[str, list[str]]] = mapped_column(
        CanonicalJson, default=dict, info=not_personal()
    )
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    released_at: Mapped[datetime | None] = mapped_column(Utc)
    contest_until: Mapped[date | None] = mapped_column(sa.Date)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)

    cycle: Mapped[Cycle] = relationship()


class Assessor(Base):
    """One person's part in one round of an appraisal; ``review`` holds the reviewer's."""

    __tablename__ = "assessor"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "kind", "employee_id"),
        sa.Index(
            "uq_assessor_one_lead",
            "appraisal_id",
            "round",
            unique=True,
            sqlite_where=sa.text("kind = 'lead'"),
            postgresql_where=sa.text("kind = 'lead'"),
        ),
        sa.CheckConstraint("NOT drawn OR kind = 'second'", name="drawn_second"),
        sa.CheckConstraint(
            "ended_at IS NULL OR (kind IN ('second', 'peer') AND submitted_at IS NULL)",
            name="ended_beside",
        ),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer, default=1)
    kind: Mapped[AssessorKind] = mapped_column(enumeration(AssessorKind, "kind"))
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)
    drawn: Mapped[bool] = mapped_column(
        sa.Boolean(create_constraint=False), default=False, server_default=sa.false()
    )
    """Whether a second judges because the appraisal was drawn to be scored twice."""
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    """When the part of a second or peer who had begun to judge ended without judgements."""


class PeerNomination(Base):
    """A colleague proposed as a peer in one round, and what became of it."""

    __tablename__ = "peer_nomination"
    __table_args__ = (
        sa.Index(
            "uq_peer_nomination_standing",
            "appraisal_id",
            "round",
            "employee_id",
            unique=True,
            sqlite_where=sa.text("state IN ('proposed', 'approved')"),
            postgresql_where=sa.text("state IN ('proposed', 'approved')"),
        ),
        sa.CheckConstraint("employee_id <> subject_id", name="peer_is_another"),
        sa.CheckConstraint("(state = 'proposed') = (answered_at IS NULL)", name="answered"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[NominationState] = mapped_column(
        enumeration(NominationState, "state"), default=NominationState.PROPOSED
    )
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    """Why human resources refused, or the peer declined."""


class EarlierLead(Base):
    """Who led an appraisal until it was handed over: an assessor of it all the same."""

    __tablename__ = "earlier_lead"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(
        sa.ForeignKey("employee.id"), primary_key=True, index=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    handed_over_at: Mapped[datetime] = mapped_column(Utc)


class Draft(Base):
    """What an assessor has written so far about one criterion; versioned, not yet a judgement."""

    __tablename__ = "draft"
    __table_args__ = (
        sa.UniqueConstraint("assessor_id", "criterion_id"),
        sa.CheckConstraint("NOT excused OR level IS NULL", name="excused_without_level"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    assessor_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assessor.id", ondelete="CASCADE"), index=True
    )
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    level: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    excused: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    note: Mapped[str] = mapped_column(sa.Text, default="", info=personal(Erase.BLANK))
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    saved_at: Mapped[datetime] = mapped_column(Utc)


class Judgement(Base):
    """One assessor's level for one criterion, with the reason; never updated."""

    __tablename__ = "judgement"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "assessor_id", "criterion_id"),
        sa.CheckConstraint("excused = (level IS NULL)", name="level_or_excused"),
        sa.CheckConstraint(
            "carried_from IS NULL OR (carried_from > 0 AND carried_from < round)", name="carried"
        ),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    assessor_id: Mapped[int] = mapped_column(sa.ForeignKey("assessor.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    employee_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    """Who judged: an assessor's part can be handed over, what they judged can't."""
    kind: Mapped[AssessorKind] = mapped_column(enumeration(AssessorKind, "kind"))
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    level: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    excused: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    carried_from: Mapped[int | None] = mapped_column(sa.Integer)
    """The round in which it was judged, where a later one carries it over uncontested."""
    reason: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    judged_at: Mapped[datetime] = mapped_column(Utc)


class AppraisalStep(Base):
    """One step of the workflow: from, to, who, when, and what was said."""

    __tablename__ = "appraisal_step"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    action: Mapped[Action] = mapped_column(enumeration(Action, "action"))
    source: Mapped[State] = mapped_column(enumeration(State, "source"))
    target: Mapped[State] = mapped_column(enumeration(State, "target"))
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Utc)
    comment: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class Contest(Base):
    """What an employee contests of a result; the statement is the comment of its step."""

    __tablename__ = "contest"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round"),
        {"info": OF_SUBJECT},
    )

    step_id: Mapped[int] = mapped_column(
        sa.ForeignKey("appraisal_step.id"), primary_key=True, autoincrement=False
    )
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    criteria: Mapped[list[str]] = mapped_column(CanonicalJson, info=not_personal())


class OutcomeRecord(Base):
    """The outcome as it was decided, with its explanation, and what it followed from."""

    __tablename__ = "outcome"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    result: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    tree: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, info=not_personal())
    decided_at: Mapped[datetime] = mapped_column(Utc)


_OPEN_REQUEST = sa.text("state = 'open'")


class AppraisalRequest(Base):
    """That an employee asks to be assessed against a framework, or one unit of it."""

    __tablename__ = "appraisal_request"
    __table_args__ = (
        sa.Index(
            "uq_appraisal_request_one_open",
            "subject_id",
            "framework_slug",
            unique=True,
            sqlite_where=_OPEN_REQUEST,
            postgresql_where=_OPEN_REQUEST,
        ),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("(state = 'accepted') = (appraisal_id IS NOT NULL)", name="accepted"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    framework_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("framework_version.id"), index=True
    )
    """The version that the employee read while asking, and is assessed against."""
    framework_slug: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    unit_id: Mapped[str | None] = mapped_column(sa.String(120), info=not_personal())
    mode: Mapped[Mode] = mapped_column(
        enumeration(Mode, "mode"), default=Mode.APPRAISAL, server_default="appraisal"
    )
    """A certification has its units and its declaration in ``certification_application``."""
    level: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    """The level aimed at, where one was named."""
    criteria: Mapped[list[str] | None] = mapped_column(CanonicalJson, info=not_personal())
    """The single criteria that are to be assessed anew, where some were named."""
    state: Mapped[RequestState] = mapped_column(
        enumeration(RequestState, "state"), default=RequestState.OPEN
    )
    answer_by: Mapped[date | None] = mapped_column(sa.Date)
    """The day by which an answer was promised when it was asked."""
    overdue_told_at: Mapped[datetime | None] = mapped_column(Utc)
    """When those who can answer were told, once, that this day has passed."""
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    appraisal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appraisal.id"), unique=True)


class RequestStep(Base):
    """One step of a request: who, when, and their words; each state is reached once."""

    __tablename__ = "request_step"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "target"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal_request.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    action: Mapped[RequestAction] = mapped_column(enumeration(RequestAction, "action"))
    target: Mapped[RequestState] = mapped_column(enumeration(RequestState, "target"))
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Utc)
    comment: Mapped[str | None] = mapped_column(sa.Text, info=personal())


class StoredFile(Base):
    """A file by its SHA-256; its bytes lie on disk under that name."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True, info=not_personal())
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(sa.String(100), info=not_personal())
    stored_at: Mapped[datetime] = mapped_column(Utc)


class Evidence(Base):
    """Something that shows performance; frozen by the first submission that relies on it."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.CheckConstraint("(file_sha256 IS NULL) = (file_name IS NULL)", name="file_named"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = _public_id()
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(enumeration(EvidenceKind, "kind"))
    title: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    text: Mapped[str | None] = mapped_column(sa.Text, info=personal())
    happened_on: Mapped[date] = mapped_column(sa.Date)
    place: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    source_name: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    """Whom it comes from, where that is not who recorded it."""
    source_key: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    """What tells that source from others: a folded name, or the person's own id."""
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    """The last day on which it counts, where it has one."""
    file_sha256: Mapped[str | None] = mapped_column(
        sa.ForeignKey("stored_file.sha256"), index=True, info=personal()
    )
    """The first file; further ones are rows of ``further_file`` (ADR 0026)."""
    file_name: Mapped[str | None] = mapped_column(sa.String(200), info=personal())
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"))
    added_at: Mapped[datetime] = mapped_column(Utc)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)


class EvidenceLink(Base):
    """That an evidence speaks to a criterion of a framework, whatever its version."""

    __tablename__ = "evidence_link"
    __table_args__ = {"info": OF_SUBJECT}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True
    )
    framework_slug: Mapped[str] = mapped_column(
        sa.String(120), primary_key=True, info=not_personal()
    )
    criterion_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True, info=not_personal())
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)


class FrozenEvidence(Base):
    """An evidence as a submission relied on it: the hash of all it said."""

    __tablename__ = "frozen_evidence"
    __table_args__ = (
        sa.UniqueConstraint("appraisal_id", "round", "turn", "criterion_id", "evidence_id"),
        {"info": OF_SUBJECT},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(sa.ForeignKey("appraisal.id"), index=True)
    round: Mapped[int] = mapped_column(sa.Integer)
    turn: Mapped[int] = mapped_column(sa.Integer)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("employee.id"), index=True)
    criterion_id: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("evidence.id"), index=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    frozen_at: Mapped[datetime] = mapped_column(Utc)


_FROZEN = (
    "EXISTS (SELECT 1 FROM frozen_evidence f WHERE f.evidence_id = OLD.{column}) "
    "OR EXISTS (SELECT 1 FROM assessment_session s WHERE s.evidence_id = OLD.{column})"
)
"""A submission relies on it, or it is the record of a session."""

register(
    AppendOnly("judgement", "subject_id", ("reason",)),
    AppendOnly("appraisal_step", "subject_id", ("comment",)),
    AppendOnly("contest"),
    AppendOnly("outcome"),
    AppendOnly("request_step", "subject_id", ("comment",)),
    AppendOnly("earlier_lead"),
    AppendOnly("frozen_evidence"),
    AppendOnly(
        "evidence",
        "subject_id",
        (
            "title",
            "text",
            "place",
            "source_name",
            "source_key",
            "file_sha256",
            "file_name",
        ),
        frozen_when=_FROZEN.format(column="id"),
    ),
    AppendOnly("evidence_link", frozen_when=_FROZEN.format(column="evidence_id")),
)
