"""Which questions are drawn for a test, and what the answers come to; pure.

A draw follows from the bank, the seed and what was asked before, and from nothing else:
neither from the order of the questions in their file nor from that of the items asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from competency.questions.schema import Question

PER_ITEM = 2
"""Questions that are drawn on each item of knowledge, where the planner says nothing else."""
PER_ITEM_MAXIMUM = 20


@dataclass(frozen=True)
class Drawn:
    """A question of a test, and in which order its options stand on the paper."""

    id: str
    options: tuple[int, ...] = ()
    """Their places in the bank, from 0."""


@dataclass(frozen=True)
class Score:
    """What the questions on one item came to, and whether that reaches the share."""

    points: int
    maximum: int
    reached: bool


def draw(
    questions: Iterable[Question],
    items: Sequence[str],
    *,
    per_item: int,
    seed: str,
    used: Collection[str] = (),
) -> tuple[Drawn, ...]:
    """Return ``per_item`` questions on each of ``items``, or all that there are; none twice.

    Those in ``used`` come only where no other is left. A question on several of the items
    counts for each. They come in the order of ``items``, mixed within one.
    """
    ranked = sorted(questions, key=lambda q: (q.id in used, lot(seed, q.id), q.id))
    chosen: dict[str, Question] = {}
    for item in sorted(items):
        fitting = [question for question in ranked if item in question.knowledge]
        missing = per_item - sum(question.id in chosen for question in fitting)
        fresh = [question for question in fitting if question.id not in chosen]
        chosen.update({question.id: question for question in fresh[: max(missing, 0)]})
    grouped = sorted(chosen.values(), key=lambda q: (_first(q, items), lot(seed, q.id)))
    return tuple(Drawn(question.id, _mixed(question, seed)) for question in grouped)


def lot(seed: str, *names: object) -> str:
    """Return the lot that decides the place of something: the same for the same seed."""
    return sha256("\0".join([seed, *map(str, names)]).encode()).hexdigest()


def _first(question: Question, items: Sequence[str]) -> int:
    """Return the place of the first item asked that a question is on."""
    return min(place for place, item in enumerate(items) if item in question.knowledge)


def _mixed(question: Question, seed: str) -> tuple[int, ...]:
    """Return the places of a question's options in the order of the paper."""
    places = range(len(question.options))
    return tuple(sorted(places, key=lambda place: lot(seed, question.id, place)))


def without_questions(questions: Iterable[Question], items: Iterable[str]) -> tuple[str, ...]:
    """Return the items that no question is on."""
    asked = {item for question in questions for item in question.knowledge}
    return tuple(item for item in items if item not in asked)


def points_of_choice(question: Question, ticked: Collection[int]) -> int:
    """Return all points where exactly the right options are ticked, else none."""
    return question.points if frozenset(ticked) == question.right else 0


def scores(
    questions: Sequence[Question],
    points: Mapping[str, int],
    items: Iterable[str],
    share: Decimal,
) -> dict[str, Score]:
    """Return what each item came to: the points of its questions, by item.

    An item is reached from ``share`` of its points up. ``points`` are by question; every
    question of the test needs some.
    """
    found = {}
    for item in items:
        own = [question for question in questions if item in question.knowledge]
        given = sum(points[question.id] for question in own)
        most = sum(question.points for question in own)
        found[item] = Score(given, most, Decimal(given) >= share * most)
    return found
