"""From what an examiner entered to points, scores and marks; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from competency.errors import Incomplete, Invalid
from competency.questions.rules import Score, points_of_choice
from competency.questions.schema import Question, QuestionKind


@dataclass(frozen=True)
class Override:
    """That an examiner decides otherwise about an item than its points do, and why."""

    met: bool
    reason: str


@dataclass(frozen=True)
class Answers:
    """What the sheet of a test with questions says."""

    ticked: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By question: the places in the bank of the options that were ticked."""
    unanswered: frozenset[str] = frozenset()
    """The choices that were left without a tick."""
    points: Mapping[str, str] = field(default_factory=dict)
    """By open question: its points as they were typed."""
    notes: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    """By item of knowledge."""
    note: str = ""


def points_given(questions: Sequence[Question], answers: Answers) -> dict[str, int]:
    """Return the points of each question; a choice has them from its ticks.

    Raises ``Incomplete`` with the questions that nothing was entered for, or that have
    less than all points and no note, ``Invalid`` for points that can't be.
    """
    found: dict[str, int] = {}
    for number, question in enumerate(questions, start=1):
        given = _points(number, question, answers)
        if given is not None:
            found[question.id] = given
    missing = [question.id for question in questions if question.id not in found]
    if missing:
        raise Incomplete(
            "Not every question has its answer yet: %(count)s missing.",
            missing,
            count=len(missing),
        )
    silent = [
        question.id
        for question in questions
        if question.kind is QuestionKind.OPEN
        and found[question.id] < question.points
        and not answers.notes.get(question.id, "").strip()
    ]
    if silent:
        raise Incomplete(
            "An open question with less than all its points needs a note: %(count)s without one.",
            silent,
            count=len(silent),
        )
    return found


def _points(number: int, question: Question, answers: Answers) -> int | None:
    """Return the points of one question, ``None`` where nothing was entered."""
    if question.kind is QuestionKind.CHOICE:
        ticked = answers.ticked.get(question.id, frozenset())
        is_blank = question.id in answers.unanswered
        if ticked and is_blank:
            raise Invalid(
                "Question %(number)s has a tick and is said to be unanswered: keep one of them.",
                question.id,
                number=number,
            )
        if any(place >= len(question.options) for place in ticked):
            raise Invalid("This form is not complete. Reload the page and try again.")
        return points_of_choice(question, ticked) if ticked or is_blank else None
    said = answers.points.get(question.id, "").strip()
    if not said:
        return None
    points = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else -1  # noqa: PLR2004 - at most 100
    if not 0 <= points <= question.points:
        raise Invalid(
            "Question %(number)s gives whole points from 0 to %(maximum)s.",
            question.id,
            number=number,
            maximum=question.points,
        )
    return points


def met_by(scores: Mapping[str, Score], overrides: Mapping[str, Override]) -> dict[str, bool]:
    """Return whether each item is met: by its points, unless an examiner decides otherwise.

    Raises ``Incomplete`` for an override without a reason, ``Invalid`` for one that says
    what the points say anyhow.
    """
    silent = [i for i in scores if i in overrides and not overrides[i].reason.strip()]
    if silent:
        raise Incomplete("Say why you decide otherwise than the points.", silent)
    for item, override in overrides.items():
        if item in scores and override.met == scores[item].reached:
            raise Invalid("The points say so already: take back what you decided otherwise.", item)
    return {i: overrides[i].met if i in overrides else scores[i].reached for i in scores}
