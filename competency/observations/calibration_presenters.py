"""Calibrations as pages show them: item by item side by side, and how far observers agree."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, format_percent, gettext, ngettext

from competency.assessments.agreement import (
    Coefficient,
    Pair,
    Undefined,
    alpha_of,
    kappa,
    nominal,
    percent_agreement,
)
from competency.frameworks.numbering import numbers
from competency.observations.form_queries import Form
from competency.observations.rules import score
from competency.observations.schema import Mark, Sheet
from competency.observations.words import mark_words, percent
from competency.wording import Words

PAIRS_FOR_COEFFICIENTS = 10
"""With fewer pairs of marks no coefficient is shown: it would say nothing."""
TWO = 2
Named = tuple[str, Sheet]
"""An observer's name and complete sheet."""


@dataclass(frozen=True)
class ShownMark:
    """What one observer marked, in words, with the note."""

    observer: str
    words: str
    mark: Mark
    note: str


@dataclass(frozen=True)
class ComparedItem:
    """One behaviour with all observers' marks; ``alike`` where they are one."""

    number: str
    title: str
    critical: bool
    marks: tuple[ShownMark, ...]
    alike: bool


@dataclass(frozen=True)
class ShownAgreement:
    """How far observers agree: in plain words, and as coefficients where there is enough."""

    plain: str
    coefficients: tuple[tuple[str, str], ...]


def compared(form: Form, sheets: Sequence[Named], words: Words) -> tuple[ComparedItem, ...]:
    """Return a form's behaviours with the marks of all observers."""
    places = numbers(form.framework)
    found = []
    for item in form.items:
        criterion = form.framework.criterion(item.criterion_id)
        marks = tuple(
            ShownMark(
                name,
                mark_words(
                    sheet.marks[item.criterion_id],
                    prohibited=criterion.polarity is not None,
                    words=words,
                ),
                sheet.marks[item.criterion_id],
                sheet.notes.get(item.criterion_id, ""),
            )
            for name, sheet in sheets
        )
        alike = len({one.mark for one in marks}) <= 1
        found.append(
            ComparedItem(places[criterion.id], criterion.title, item.critical, marks, alike)
        )
    return tuple(found)


def scores(form: Form, sheets: Sequence[Named], words: Words) -> list[tuple[str, str]]:
    """Return what each sheet would come to, in a hundred; it becomes no measurement."""
    return [
        (name, percent(score(form.items, sheet.marks, form.row.cap_percent).percent, words))
        for name, sheet in sheets
    ]


def agreement(sheets: Sequence[Mapping[str, Mark]]) -> ShownAgreement | None:
    """Return how far observers agree over the behaviours; ``None`` for fewer than two sheets.

    Marks are categories without an order: not applicable is no middle.
    """
    if len(sheets) < TWO:
        return None
    place = {mark: number for number, mark in enumerate(Mark)}
    units = [tuple(place[sheet[item]] for sheet in sheets) for item in sheets[0]]
    pairs: Counter[Pair] = Counter(
        (one, other) for unit in units for one, other in itertools.combinations(unit, TWO)
    )
    same = percent_agreement(pairs)
    alike = sum(len(set(unit)) == 1 for unit in units)
    plain = ngettext(
        "Of %(num)d behaviour all observers marked %(alike)d alike; of two observers' marks "
        "%(share)s are the same.",
        "Of %(num)d behaviours all observers marked %(alike)d alike; of two observers' marks "
        "%(share)s are the same.",
        len(units),
        alike=alike,
        share=format_percent(same.value or 0.0),
    )
    if same.pairs < PAIRS_FOR_COEFFICIENTS:
        return ShownAgreement(plain, ())
    counted = Counter(tuple(sorted(unit)) for unit in units)
    found = [(gettext("Krippendorff's alpha, nominal"), _worded(alpha_of(counted, nominal)))]
    if len(sheets) == TWO:
        found.insert(0, (gettext("Cohen's kappa"), _worded(kappa(pairs))))
    return ShownAgreement(plain, tuple(found))


def _worded(found: Coefficient) -> str:
    """Return a coefficient in words, with its interval where it has one."""
    if found.value is None:
        return _why(found.why)
    value = str(format_decimal(found.value, "0.00"))
    if found.interval is None:
        return value
    low, high = (format_decimal(one, "0.00") for one in (found.interval.low, found.interval.high))
    return gettext(
        "%(value)s (95 in a hundred: %(low)s to %(high)s)", value=value, low=low, high=high
    )


def _why(why: Undefined | None) -> str:
    """Return why there is no value."""
    if why is Undefined.ONE_LEVEL:
        return gettext("not defined: all marks are the same")
    return gettext("not defined")
