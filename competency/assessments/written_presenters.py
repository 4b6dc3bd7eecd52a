"""A knowledge test with questions as pages show it; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from competency.assessments.written_models import WrittenAnswer, WrittenScore
from competency.assessments.written_queries import LoadedTest
from competency.assessments.written_rules import Answers
from competency.questions.rules import Score
from competency.questions.schema import Question


@dataclass(frozen=True)
class ShownOption:
    """An option in the order of the paper; ``place`` is that in the bank."""

    letter: str
    place: int
    text: str
    right: bool
    ticked: bool


@dataclass(frozen=True)
class ShownQuestion:
    """One question with what was entered, or recorded, of it."""

    number: int
    question: Question
    options: tuple[ShownOption, ...]
    points: str
    note: str
    unanswered: bool = False
    missing: bool = False


@dataclass(frozen=True)
class ShownItem:
    """One item of knowledge with the questions under it, and what it came to."""

    id: str
    text: str
    questions: tuple[ShownQuestion, ...]
    score: Score | None = None
    override: str = ""
    reason: str = ""
    missing: bool = False


def entered(
    test: LoadedTest,
    texts: Mapping[str, str],
    items: Sequence[str],
    answers: Answers,
    *,
    scores: Mapping[str, Score] | None = None,
    missing: Collection[str] = (),
) -> tuple[ShownItem, ...]:
    """Return the sheet with what an examiner entered; ``missing`` are questions and items."""
    shown = {
        question.id: ShownQuestion(
            number,
            question,
            _options(test, number - 1, answers.ticked.get(question.id, frozenset())),
            answers.points.get(question.id, ""),
            answers.notes.get(question.id, ""),
            question.id in answers.unanswered,
            question.id in missing,
        )
        for number, question in enumerate(test.questions, start=1)
    }
    overrides = answers.overrides
    return tuple(
        ShownItem(
            item,
            texts.get(item, ""),
            own,
            (scores or {}).get(item),
            ("yes" if overrides[item].met else "no") if item in overrides else "",
            overrides[item].reason if item in overrides else "",
            item in missing,
        )
        for item, own in _grouped(test, items, shown)
    )


def recorded(
    test: LoadedTest,
    texts: Mapping[str, str],
    items: Sequence[str],
    answers: Mapping[str, WrittenAnswer],
) -> tuple[ShownItem, ...]:
    """Return the sheet of a session that was held."""
    shown = {
        question.id: ShownQuestion(
            number,
            question,
            _options(test, number - 1, frozenset(answers[question.id].ticked or ())),
            points_words(answers[question.id].points, answers[question.id].maximum),
            answers[question.id].note or "",
        )
        for number, question in enumerate(test.questions, start=1)
        if question.id in answers
    }
    return tuple(
        ShownItem(item, texts.get(item, ""), own) for item, own in _grouped(test, items, shown)
    )


def points_words(points: int, maximum: int) -> str:
    """Return points of the most that there are, in words."""
    return gettext("%(points)s of %(maximum)s points", points=points, maximum=maximum)


def score_words(scores: Mapping[str, WrittenScore]) -> dict[str, str]:
    """Return what each item came to, in words, by item."""
    return {item: points_words(one.points, one.maximum) for item, one in scores.items()}


def _options(test: LoadedTest, place: int, ticked: Collection[int]) -> tuple[ShownOption, ...]:
    """Return the options of a question in the order of the paper."""
    question, drawn = test.questions[place], test.drawn[place]
    return tuple(
        ShownOption(
            chr(ord("a") + number),
            option,
            question.options[option].text,
            question.options[option].right,
            option in ticked,
        )
        for number, option in enumerate(drawn.options)
    )


def _grouped(
    test: LoadedTest, items: Sequence[str], shown: Mapping[str, ShownQuestion]
) -> list[tuple[str, tuple[ShownQuestion, ...]]]:
    """Return the items with the questions under each: each stands under its first item."""
    first = {
        question.id: next((item for item in items if item in question.knowledge), "")
        for question in test.questions
    }
    return [
        (item, tuple(one for key, one in shown.items() if first[key] == item)) for item in items
    ]
