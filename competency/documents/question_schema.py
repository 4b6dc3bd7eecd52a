"""The facts of a knowledge test's papers: the candidate's sheet, and the examiner's key.

They are two types, so that nothing of the key can reach the sheet: a sheet has no place
for what is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from competency.documents.schema import Holder, Issuer


@dataclass(frozen=True)
class PaperHead:
    """What both papers begin with; ``language`` is that of the bank."""

    language: str
    issuer: Issuer
    made_on: date
    framework_title: str
    framework_version: str
    framework_language: str
    questions_title: str
    questions_version: str
    holder: Holder
    happened_on: date
    place: str | None
    attempt: int
    examiners: tuple[str, ...]


@dataclass(frozen=True)
class AskedQuestion:
    """One question as the candidate reads it; without options it is answered in words."""

    number: int
    text: str
    points: int
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskedItem:
    """An item of knowledge, in the framework's words, with the questions on it."""

    text: str
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True)
class QuestionSheetFacts:
    """Everything that the candidate's sheet says."""

    head: PaperHead
    items: tuple[AskedItem, ...]


@dataclass(frozen=True)
class KeyOption:
    """An option in the order of the sheet, and whether it is right."""

    text: str
    is_right: bool


@dataclass(frozen=True)
class KeyQuestion:
    """One question with what a right answer is."""

    number: int
    id: str
    text: str
    points: int
    options: tuple[KeyOption, ...] = ()
    model_answer: str | None = None
    look_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeyItem:
    """An item of knowledge with the questions on it, and the points that reach the share."""

    text: str
    questions: tuple[KeyQuestion, ...]
    points: int
    enough: int


@dataclass(frozen=True)
class QuestionKeyFacts:
    """Everything that the examiner's key says; ``bank_hash`` names the questions' version."""

    head: PaperHead
    items: tuple[KeyItem, ...]
    bank_hash: str
    pass_share: str
    """As a number of a hundred, such as 60 %."""
