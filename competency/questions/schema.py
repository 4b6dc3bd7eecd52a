"""What a bank of questions is: frozen values of ``kind: questions`` files."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import FileHead, Part, SourceNote
from competency.frameworks.values import Count, Share, Slug, Text, YesOrNo

PASS_SHARE = Decimal("0.6")
"""The share of the points at which an item of knowledge is met, where a bank names none."""
POINTS_MAXIMUM = 100
OPTIONS_MAXIMUM = 12


class QuestionKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    OPEN = "open"


class BankStatus(StrEnum):
    """Where the questions come from."""

    STATED = "stated"
    OWN = "own"


class Option(Part):
    """One of the answers that a question offers."""

    text: Text
    """What can be chosen."""
    right: YesOrNo = False
    """True for a right answer; a question may have several, and then all of them are ticked."""


class Question(Part):
    """One question, what it tests, and what a right answer is."""

    id: Slug
    """Names the question; sessions keep it, so it never changes."""
    knowledge: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """The ids of the items of knowledge that it tests."""
    criteria: tuple[Slug, ...] = ()
    """The ids of criteria that the answer says something about, for whoever reads it."""
    kind: QuestionKind
    """Choice for options to tick, open for an answer in one's own words."""
    text: Text
    """The question."""
    options: Annotated[tuple[Option, ...], Field(max_length=OPTIONS_MAXIMUM)] = ()
    """What can be ticked, of a choice; the paper mixes their order."""
    model_answer: Text | None = None
    """What a good answer to an open question says; only examiners read it."""
    look_for: tuple[Text, ...] = ()
    """What an examiner looks for in the answer to an open question."""
    points: Annotated[Count, Field(le=POINTS_MAXIMUM)] = 1
    """The most points that it gives: all or none for a choice, up to it for an open one."""
    source: SourceNote | None = None
    """Where it stands in the source."""

    @property
    def right(self) -> frozenset[int]:
        """Return the places of the right options, from 0."""
        return frozenset(place for place, option in enumerate(self.options) if option.right)


class Questions(FileHead):
    """A bank of questions on the knowledge that one framework lists."""

    kind: Literal["questions"]
    """Says that this is a bank of questions."""
    framework: Slug
    """The id of the framework whose items of knowledge are tested."""
    status: BankStatus
    """Stated where the source has the questions, own where whoever keeps the file wrote them."""
    pass_share: Share = PASS_SHARE
    """The share of its points at which an item of knowledge is met."""
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    """The questions."""
