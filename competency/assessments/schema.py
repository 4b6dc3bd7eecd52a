"""Value types of appraisals; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

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
    CONTEST = "contest"
    UPHOLD = "uphold"
    REASSESS = "reassess"
    REOPEN = "reopen"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"


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
    CANDIDATE = "candidate"
    """The subject of a certification."""
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
    UNIT_SHORTFALL = "unit_shortfall"
    KPI_CONTRADICTS = "kpi_contradicts"
    SELF_DIFFERS = "self_differs"
    NO_SELF_ASSESSMENT = "no_self_assessment"


class NominationState(StrEnum):
    """What became of a peer who was proposed."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Instrument(StrEnum):
    """What an assessment session is: what is tried, and how."""

    PRACTICAL_TEST = "practical_test"
    KNOWLEDGE_TEST = "knowledge_test"
    SIMULATION = "simulation"
    INTERVIEW = "interview"


class MoveAction(StrEnum):
    """What is said about the day of a planned session: moved, asked to be, or kept."""

    ASK = "ask"
    MOVE = "move"
    KEEP = "keep"


class SessionState(StrEnum):
    """Whether an assessment session is still to come; held and cancelled are final."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class BesidePart:
    """The part of a second or a peer who is asked in this round; neither decides.

    ``drawn`` says that the appraisal was drawn to be scored twice.
    """

    employee_id: int
    kind: AssessorKind
    handed_in: bool = False
    drawn: bool = False


@dataclass(frozen=True)
class AppraisalFacts:
    """What permission and workflow are decided on."""

    state: State
    subject_id: int
    lead_id: int | None
    reviewer_id: int | None = None
    review: Review = Review.ALL
    flagged: bool = False
    mode: Mode = Mode.APPRAISAL
    self_assessment: bool = True
    self_submitted: bool = False
    blind: bool = True
    turn: int = 0
    cycle_closed: bool = False
    beside: tuple[BesidePart, ...] = ()
    judged_beside: frozenset[int] = frozenset()
    """Who is or was second or peer in any round, by employee id."""
    led_or_examined: frozenset[int] = frozenset()
    """Who led it until it was handed over, in any round, or examined in one of its tests."""
    resumes_to: State | None = None
    """The state that a suspended one left."""
    round: int = 1
    involved: frozenset[int] = frozenset()
    """Who had a part that keeps them from deciding anew, by employee id.

    While it is contested that is whoever led, assessed or reviewed it; in a later round
    whoever did so in the rounds before.
    """

    def part_beside(self, employee_id: int | None) -> BesidePart | None:
        """Return somebody's part as second or peer in this round, if they are asked."""
        return next((p for p in self.beside if p.employee_id == employee_id), None)

    @property
    def reached(self) -> State:
        """Return how far it has come, which suspending does not change."""
        return self.resumes_to or self.state


@dataclass(frozen=True)
class Answer:
    """One assessor's level for one criterion, or the reason why there is none."""

    criterion_id: str
    level: str | None = None
    excused: bool = False
    note: str = ""


class WrittenDraft(NamedTuple):
    """What one criterion's draft says, for pages that only show it."""

    criterion_id: str
    level: str | None
    excused: bool
    note: str
    version: int
    saved_at: datetime


@dataclass(frozen=True)
class Judged:
    """What decides about a criterion: a level, or excused; neither is not judged."""

    level: str | None = None
    excused: bool = False


@dataclass(frozen=True)
class Carried:
    """A criterion's level from an earlier outcome, ``None`` where it was excused.

    ``on`` is the day on which it was decided (ISO), ``appraisal`` the one that judged it.
    """

    level: str | None
    on: str
    appraisal: str


@dataclass(frozen=True)
class SessionResults:
    """What the sessions of a certification came to.

    ``units`` holds by unit whether its practical test was passed, without those in which
    none was held; ``knowledge`` is ``None`` where no knowledge test was held.
    ``simulations`` is as ``units``; ``interviewed`` holds by criterion whether an interview
    showed it, without those that none was about.
    """

    units: Mapping[str, bool] = field(default_factory=dict)
    knowledge: bool | None = None
    simulations: Mapping[str, bool] = field(default_factory=dict)
    interviewed: Mapping[str, bool] = field(default_factory=dict)


class Point(StrEnum):
    """What an assessor confirms of evidence that they rely on."""

    VALID = "valid"
    AUTHENTIC = "authentic"
    CURRENT = "current"
    SUFFICIENT = "sufficient"


@dataclass(frozen=True)
class Doubt:
    """Why an assessor does not rely on one piece: the points that are not so, and the reason."""

    points: tuple[Point, ...]
    reason: str


@dataclass(frozen=True)
class Confirmations:
    """What the lead says of the evidence at submission.

    ``doubts`` holds, by public id, why a piece is not relied on. In a certification
    ``relied_on`` says of each piece whether the assessor relies on it as valid, authentic,
    current and sufficient; ``shortfalls`` why less than a criterion or a unit asks for
    suffices, by its id.
    """

    relied_on: Mapping[str, bool] = field(default_factory=dict)
    shortfalls: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, Doubt] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceFact:
    """What sufficiency asks of one piece of evidence; ``source`` says whom it comes from."""

    kind: EvidenceKind
    happened_on: date
    source: int | str
    valid_until: date | None = None
    """The last day on which it counts, where it has one."""


@dataclass(frozen=True)
class PastOutcome:
    """What an earlier outcome of the same framework came to, and on which day it was decided.

    ``results`` holds the result of every node by id, ``reached`` what it would have been
    without gates where they held it back; ``is_imported`` says that it was brought in from
    elsewhere and not decided here.
    """

    decided_on: date
    results: Mapping[str, str | None]
    reached: Mapping[str, str] = field(default_factory=dict)
    is_imported: bool = False


@dataclass(frozen=True)
class Facts:
    """All that an outcome follows from, frozen; the order of nothing matters."""

    judgements: dict[str, Judged]
    scope: frozenset[str] | None = None
    reading_confirmed: bool = False
    """Whether human resources confirmed a framework whose reading is inferred."""
    carried: Mapping[str, Carried] = field(default_factory=dict)
    """What carries over from an earlier outcome, by criterion; only a reassessment has any."""
    tests: SessionResults | None = None
    """The tests of a certification; an appraisal has none."""
    evidence: Mapping[str, Sequence[tuple[int, EvidenceFact]]] = field(default_factory=dict)
    """What is linked to each criterion, with what tells one piece from another; for gates."""
    history: tuple[PastOutcome, ...] = ()
    """Earlier outcomes of the same person and framework; only gates ask for them."""
    approvals: frozenset[str] = frozenset()
    """The ids of the approvals that were given; only gates ask for them."""
    verdicts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """What indicators say of each level, by criterion and indicator; only gates ask for it."""
    as_of: date | None = None
    """The day of the decision where the person works; only gates ask for it."""


@dataclass(frozen=True)
class Sufficiency:
    """How the evidence of one criterion stands against its rule.

    ``counted`` pieces from ``sources`` people count; ``others`` don't: they are no longer
    valid (``ended``), of another kind, or too old. ``missing`` pieces and
    ``missing_sources`` people are still asked for.
    """

    counted: int
    sources: int
    others: int
    suffices: bool
    missing: int = 0
    missing_sources: int = 0
    ended: int = 0
    other_kind: int = 0
    too_old: int = 0


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
    rules: tuple[Node, ...] = ()
    """What the rules inside its rule came to; they have no children, and rules of their own."""
