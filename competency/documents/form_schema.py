"""The facts of papers to write on: a framework's blank form, a practical test's sheet.

Everything that isn't known yet is ``None`` and gets a place to be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from competency.documents.schema import Holder, Issuer, Narrowing


@dataclass(frozen=True)
class FormChoice:
    """What a criterion can be judged at, and what that looks like where the file says it."""

    label: str
    text: str | None = None


@dataclass(frozen=True)
class FormCriterion:
    """One criterion to be judged; ``basis`` is what it must agree with and the cases it covers."""

    title: str
    choices: tuple[FormChoice, ...]
    basis: str | None = None


@dataclass(frozen=True)
class FormUnit:
    """One unit of a form; ``depth`` is 1 for an outermost unit."""

    title: str
    depth: int
    criteria: tuple[FormCriterion, ...]


@dataclass(frozen=True)
class FormFacts:
    """Everything that a blank form says; ``made_on`` is the day its framework was published."""

    language: str
    issuer: Issuer
    made_on: date
    framework_title: str
    framework_version: str
    framework_language: str
    framework_source: str | None
    units: tuple[FormUnit, ...]
    notices: tuple[str, ...] = ()
    scope: Narrowing | None = None


@dataclass(frozen=True)
class Indicator:
    """One indicator of a test: whether it was seen, ``None`` before the test, and notes."""

    text: str
    is_met: bool | None = None
    note: str | None = None


class SheetKind(StrEnum):
    """What a sheet is of; an interview has criteria in place of indicators, and no result."""

    PRACTICAL_TEST = "practical_test"
    SIMULATION = "simulation"
    INTERVIEW = "interview"


@dataclass(frozen=True)
class PracticalTestFacts:
    """Everything that the sheet of a practical test says, before the test or after it.

    So does the sheet of a simulation and of an interview.
    """

    language: str
    issuer: Issuer
    made_on: date
    framework_title: str
    framework_version: str
    framework_language: str
    framework_source: str | None
    unit_title: str
    indicators: tuple[Indicator, ...]
    capabilities: tuple[tuple[str, str], ...]
    """Number and words of each."""
    expected_result: str | None
    result_labels: tuple[str, str]
    """The framework's words for competent and for not yet competent."""
    holder: Holder | None = None
    happened_on: date | None = None
    place: str | None = None
    attempt: int | None = None
    situation: str | None = None
    examiners: tuple[str, ...] = ()
    marks_capabilities: bool = True
    """Whether, without indicators, the capabilities themselves are marked."""
    is_achieved: bool | None = None
    """Whether the expected result was achieved."""
    result_note: str | None = None
    """What was noted about the expected result."""
    is_competent: bool | None = None
    reason: str | None = None
    notices: tuple[str, ...] = ()
    kind: SheetKind = SheetKind.PRACTICAL_TEST
