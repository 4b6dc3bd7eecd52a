"""Value types of appraisals; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from competency.frameworks.schema import EvidenceKind


class Mode(StrEnum):
    """A supervisor's appraisal, or a formal certification."""

    APPRAISAL = "appraisal"
    CERTIFICATION = "certification"


class State(StrEnum):
    """The states of an appraisal; ``rules.TRANSITIONS`` is their only author."""

    PLANNED = "planned"
    OPEN = "open"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASED = "released"
    CONTESTED = "contested"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class VisibleState(StrEnum):
    """The five states that people see, and the two exits."""

    TO_DO = "to_do"
    IN_REVIEW = "in_review"
    READY = "ready_to_deliver"
    DELIVERED = "delivered"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done to an appraisal as a whole."""

    OPEN = "open"
    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105 - a step of the workflow
    TAKE = "take"
    RETURN = "return"
    APPROVE = "approve"
    RELEASE = "release"
    ACKNOWLEDGE = "acknowledge"
    LAPSE = "lapse"
    CANCEL = "cancel"


class RequestState(StrEnum):
    """The states of an employee's request to be assessed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RequestAction(StrEnum):
    """What is done to a request."""

    ASK = "ask"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"


class By(StrEnum):
    """In which relation to the appraisal somebody must stand to take an action."""

    HR = "hr"
    LEAD = "lead"
    REVIEWER = "reviewer"
    TAKING_REVIEWER = "taking_reviewer"
    SUBJECT = "subject"
    SYSTEM = "system"


class AssessorKind(StrEnum):
    """Whose judgement it is; only ``lead`` and ``review`` decide."""

    SELF = "self"
    LEAD = "lead"
    SECOND = "second"
    PEER = "peer"
    REVIEW = "review"


SINGLE_REVIEW_PERCENT = 10
"""How many in a hundred unflagged appraisals a reviewer looks at one by one, as a rule."""


class Review(StrEnum):
    """Which submitted appraisals of a cycle somebody reviews."""

    ALL = "all"
    FLAGGED = "flagged"
    NONE = "none"


class Flag(StrEnum):
    """Why review should look at an appraisal."""

    EVIDENCE_SHORTFALL = "evidence_shortfall"
    SELF_DIFFERS = "self_differs"
    NO_SELF_ASSESSMENT = "no_self_assessment"


class Instrument(StrEnum):
    """What an assessment session is: what is tried, and how."""

    PRACTICAL_TEST = "practical_test"
    KNOWLEDGE_TEST = "knowledge_test"
    SIMULATION = "simulation"
    INTERVIEW = "interview"


class SessionState(StrEnum):
    """Whether an assessment session is still to come; held and cancelled are final."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class AppraisalFacts:
    """What permission and workflow are decided on."""

    state: State
    subject_id: int
    lead_id: int | None
    reviewer_id: int | None = None
    review: Review = Review.ALL
    flagged: bool = False
    self_assessment: bool = True
    self_submitted: bool = False
    blind: bool = True


@dataclass(frozen=True)
class Answer:
    """One assessor's level for one criterion, or the reason why there is none."""

    criterion_id: str
    level: str | None = None
    excused: bool = False
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """What decides about a criterion: a level, or excused; neither is not judged."""

    level: str | None = None
    excused: bool = False


@dataclass(frozen=True)
class SessionResults:
    """What the sessions of a certification came to.

    ``units`` holds by unit whether its practical test was passed, without those in which
    none was held; ``knowledge`` is ``None`` where no knowledge test was held.
    """

    units: Mapping[str, bool] = field(default_factory=dict)
    knowledge: bool | None = None


@dataclass(frozen=True)
class Confirmations:
    """What the lead of a certification says at submission.

    ``relied_on`` holds of each evidence, by public id, whether the assessor relies on it
    as valid, authentic, current and sufficient; ``shortfalls`` why less than a criterion
    asks for suffices, by criterion.
    """

    relied_on: Mapping[str, bool] = field(default_factory=dict)
    shortfalls: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """All that an outcome follows from, frozen; the order of nothing matters."""

    judgements: dict[str, Judged]
    scope: frozenset[str] | None = None
    reading_confirmed: bool = False
    """Whether human resources confirmed a framework whose reading is inferred."""
    tests: SessionResults | None = None
    """The tests of a certification; an appraisal has none."""


@dataclass(frozen=True)
class EvidenceFact:
    """What sufficiency asks of one piece of evidence; ``source`` says whom it comes from."""

    kind: EvidenceKind
    happened_on: date
    source: int


@dataclass(frozen=True)
class Sufficiency:
    """How the evidence of one criterion stands against its rule.

    ``counted`` pieces from ``sources`` people count; ``others`` are of another kind or
    too old.
    """

    counted: int
    sources: int
    others: int
    suffices: bool


@dataclass(frozen=True)
class Line:
    """One line of an explanation: a code with its params, worded in each language."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """The result of one criterion, unit or framework, and what decided it.

    ``result`` is a level code, ``competent`` or ``not_yet_competent``, or ``None``
    where nothing is decided; ``lines`` always say why.
    """

    id: str
    kind: str
    result: str | None
    rule: str | None
    lines: tuple[Line, ...]
    children: tuple[Node, ...] = ()
