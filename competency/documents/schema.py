"""The facts that documents are drawn from: plain values, frozen, already in words.

Labels (levels, results, states) come translated by whoever gathers the facts,
because a framework speaks its own language; the fixed words of a document are
the document's own, in ``language``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Issuer:
    """The organisation and employer that a document speaks for."""

    organisation: str
    employer: str
    tax_number: str | None
    country: str
    accent_colour: str = "#1f4e79"
    logo: bytes | None = None


@dataclass(frozen=True)
class Holder:
    """The person a document is about, as their name is written."""

    name: str
    employee_number: str
    national_id: str | None = None
    national_id_scheme: str | None = None
    position: str | None = None
    site: str | None = None


@dataclass(frozen=True)
class Signatory:
    """A person who answers for the document, and in which role."""

    role: str
    name: str
    job: str | None = None


@dataclass(frozen=True)
class Narrowing:
    """The narrower use of a framework: its title, and how many criteria of all it keeps."""

    title: str
    kept: int
    total: int


@dataclass(frozen=True)
class CriterionResult:
    """What was decided on one criterion; ``excused`` is out of every count."""

    title: str
    level_label: str
    excused: bool = False


@dataclass(frozen=True)
class UnitResult:
    """What was decided on one unit, and on its criteria in the framework's order.

    ``code`` is what stands before its title: its number, and its code where it has one.
    """

    code: str | None
    title: str
    result_label: str
    competent: bool
    criteria: tuple[CriterionResult, ...]
    test_passed_on: date | None = None
    """The day on which its practical test was passed, where there was one."""


@dataclass(frozen=True)
class Statutory:
    """What makes a document statutory: its name in law, and under what it is issued.

    ``name`` is in ``language``; ``covers`` lists the titles of the frameworks that the
    authorisation is for; ``valid_until`` is its last day, ``None`` where none was set.
    """

    name: str
    language: str
    law: str | None
    authority: str
    number: str
    covers: tuple[str, ...]
    starts_on: date
    valid_until: date | None


@dataclass(frozen=True)
class AttestationFacts:
    """Everything an attestation says: an internal one, unless it has ``statutory`` facts."""

    language: str
    number: str
    issued_on: date
    issuer: Issuer
    holder: Holder
    framework_title: str
    framework_version: str
    framework_language: str
    framework_hash: str
    framework_source: str | None
    overall_label: str | None
    units: tuple[UnitResult, ...]
    assessed_from: date
    assessed_to: date
    signatories: tuple[Signatory, ...]
    verification_url: str
    check_code: str
    notices: tuple[str, ...] = ()
    units_in_all: int | None = None
    """How many units the framework has, attested or not; ``None`` says nothing of it."""
    scope: Narrowing | None = None
    valid_until: date | None = None
    """The last day on which it stands; ``None`` where it doesn't expire."""
    statutory: Statutory | None = None
    commission: tuple[Signatory, ...] = ()
    """Who decided together, each in a seat; empty where no commission was asked for."""
    replaces: str | None = None
    """The number of the document in whose place it stands."""
    demonstration_key: bool = False
    """Whether it is signed with a key for demonstration, which proves nothing."""


@dataclass(frozen=True)
class LevelBar:
    """One criterion in the picture of levels.

    ``judged`` and ``required`` count levels from 1 (the lowest) to ``top``; 0 is
    below the lowest. ``judged`` is ``None`` where nothing was judged: not zero;
    ``required`` is ``None`` where nothing is asked.
    """

    title: str
    unit_title: str
    judged: int | None
    required: int | None
    top: int
    judged_label: str | None
    required_label: str | None


@dataclass(frozen=True)
class GapRow:
    """One criterion under its required level, and what that level asks."""

    unit_title: str
    criterion_title: str
    judged_label: str | None
    required_label: str
    reason: str | None
    next_text: str | None


@dataclass(frozen=True)
class ActionRow:
    """One action of a plan: for which criteria, by whom, by when, shown how."""

    criteria: tuple[str, ...]
    kind_label: str
    text: str
    owner: str
    due_on: date | None
    measure: str | None
    state_label: str


@dataclass(frozen=True)
class PlanFacts:
    """Everything a development plan says."""

    language: str
    issuer: Issuer
    holder: Holder
    framework_title: str
    framework_version: str
    framework_language: str
    appraised_on: date
    supervisor: str | None
    outcome_label: str | None
    bars: tuple[LevelBar, ...]
    gaps: tuple[GapRow, ...]
    actions: tuple[ActionRow, ...]
    signatories: tuple[Signatory, ...]
    made_on: date
    reference: str
    scope: Narrowing | None = None
