"""What the pages of observations show, worded."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework, Script
from competency.observations.form_queries import Form
from competency.observations.rules import Score
from competency.observations.schema import Mark, Sheet
from competency.observations.words import mark_words
from competency.wording import Words

SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class ShownItem:
    """A behaviour on a sheet: its words, the choices, and what is written so far."""

    id: str
    number: str
    title: str
    critical: bool
    choices: tuple[tuple[Mark, str], ...]
    mark: Mark | None
    note: str
    missing: bool


def choices(words: Words, *, prohibited: bool) -> tuple[tuple[Mark, str], ...]:
    """Return what can be marked, worded; a prohibition is asked as avoided or not."""
    return tuple((mark, mark_words(mark, prohibited=prohibited, words=words)) for mark in Mark)


def shown_items(
    form: Form, sheet: Sheet, words: Words, missing: Collection[str] = ()
) -> tuple[ShownItem, ...]:
    """Return the behaviours of a form as its sheet shows them."""
    places = numbers(form.framework)
    both = {one: choices(words, prohibited=one) for one in (False, True)}
    found = []
    for item in form.items:
        criterion = form.framework.criterion(item.criterion_id)
        found.append(
            ShownItem(
                criterion.id,
                places[criterion.id],
                criterion.title,
                item.critical,
                both[criterion.polarity is not None],
                sheet.marks.get(criterion.id),
                sheet.notes.get(criterion.id, ""),
                criterion.id in missing,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class ScoreLine:
    """One behaviour's part of a score, as the page explains it."""

    number: str
    title: str
    mark: str
    is_met: bool | None
    reached: int
    weight: int
    counts: bool
    critical: bool
    failed_critical: bool
    note: str


def score_lines(
    framework: Framework, score: Score, notes: Mapping[str, str], words: Words
) -> tuple[ScoreLine, ...]:
    """Return a score line by line."""
    places = numbers(framework)
    found = []
    for line in score.lines:
        criterion = framework.criterion(line.item.criterion_id)
        prohibited = criterion.polarity is not None
        found.append(
            ScoreLine(
                places[criterion.id],
                criterion.title,
                mark_words(line.mark, prohibited=prohibited, words=words),
                (line.mark is Mark.MET) if line.counts else None,
                line.reached,
                line.item.weight,
                line.counts,
                line.item.critical,
                line.failed_critical,
                notes.get(criterion.id, ""),
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Part:
    """A part of a greeting: words as they are said, or what is filled in."""

    text: str
    is_slot: bool


def greeting(script: Script) -> tuple[Part, ...]:
    """Return a greeting in parts, each slot as what is said in its place."""
    meanings = {slot.id: slot.meaning for slot in script.slots}
    parts = SLOT.split(script.text)
    return tuple(
        Part(meanings.get(text, text) if place % 2 else text, bool(place % 2))
        for place, text in enumerate(parts)
        if text
    )
