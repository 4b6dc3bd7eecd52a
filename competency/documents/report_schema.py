"""The facts of an appraisal report: plain values, frozen, already in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from competency.documents.schema import Holder, Issuer, Narrowing, Signatory


@dataclass(frozen=True)
class Given:
    """Somebody's answer on one criterion: the level in words, and what they wrote."""

    label: str
    note: str | None = None


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence as a submission relied on it.

    ``title`` and ``source`` (who recorded it) are ``None`` for readers who may not know
    them; ``content_hash`` is the SHA-256 in hex of all that it said when it was frozen.
    """

    kind_label: str
    title: str | None
    happened_on: date
    source: str | None
    content_hash: str


@dataclass(frozen=True)
class MeasuredWeek:
    """One step of a window: its last day, and the value, ``None`` where nothing was measured."""

    until: date
    value: float | None


@dataclass(frozen=True)
class LevelFinding:
    """What figures say of one level: its name, its threshold and the verdict, in words."""

    label: str
    threshold: str
    verdict: str


@dataclass(frozen=True)
class ReportFinding:
    """What an indicator said about a criterion when it was submitted, and what became of it.

    ``unit`` is ``share``, ``seconds``, ``count`` or ``score``; ``low`` and ``high`` are the
    interval in it, both ``None`` where too little was measured.
    """

    title: str
    unit: str
    value: str
    between: str
    sample: str
    window: str
    decision: str
    """That it was accepted or set aside, in words; empty where the assessor did neither."""
    reason: str = ""
    """Why it was set aside."""
    role: str = ""
    """What it is, where it is no evidence: context, or a condition."""
    notes: tuple[str, ...] = ()
    """What it says of the levels together, how it moved, and where thresholds come from."""
    levels: tuple[LevelFinding, ...] = ()
    weeks: tuple[MeasuredWeek, ...] = ()
    low: float | None = None
    high: float | None = None
    is_context: bool = False


@dataclass(frozen=True)
class ReportCriterion:
    """One criterion with everything that decided it.

    ``decided`` is ``None`` where nothing was judged; ``before_review`` is what the
    assessor had said of a criterion that review changed.
    """

    title: str
    decided: Given | None
    why: tuple[str, ...] = ()
    before_review: Given | None = None
    own: Given | None = None
    evidence: tuple[EvidenceLine, ...] = ()
    falls_short: tuple[str, ...] = ()
    """What the evidence rule asks for, where the evidence does not meet it; else nothing."""
    findings: tuple[ReportFinding, ...] = ()


@dataclass(frozen=True)
class ReportUnit:
    """One unit with its result, and why; ``result_label`` is ``None`` where undecided."""

    title: str
    result_label: str | None
    why: tuple[str, ...]
    criteria: tuple[ReportCriterion, ...]


@dataclass(frozen=True)
class AfterDelivery:
    """One step after the result was delivered: what, when, by whom, and what they said."""

    label: str
    taken_on: date
    who: str | None
    comment: str | None


@dataclass(frozen=True)
class ReportFacts:
    """Everything that an appraisal report says."""

    language: str
    reference: str
    made_on: date
    issuer: Issuer
    holder: Holder
    framework_title: str
    framework_version: str
    framework_language: str
    cycle_title: str
    assessor: str
    reviewer: str | None
    days: tuple[tuple[str, date], ...]
    """What happened when, in words and in order: opened, submitted, decided …"""
    result_label: str | None
    why: tuple[str, ...]
    units: tuple[ReportUnit, ...]
    answers: tuple[AfterDelivery, ...]
    signatories: tuple[Signatory, ...]
    notices: tuple[str, ...] = ()
    scope: Narrowing | None = None
    left_out: tuple[str, ...] = ()
    """The criteria that the scope leaves out."""
