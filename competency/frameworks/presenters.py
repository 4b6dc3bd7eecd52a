"""Frameworks and their comparison as pages show them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, pgettext
from markupsafe import Markup, escape

from competency.database.text import fold
from competency.files.faults import Fault, Severity
from competency.files.said import English, Said
from competency.files.text import LINE_END, made_visible
from competency.frameworks.comparison import Change, ChangeSort, plain
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import AssessmentMethod, Criterion, Framework, Unit


@dataclass(frozen=True)
class Section:
    """A unit with those of its criteria that a page shows; ``number`` as in 2.1."""

    unit: Unit
    number: str
    criteria: tuple[tuple[str, Criterion], ...]


def titles(framework: Framework) -> dict[str, str]:
    """Return the titles of units and criteria by id."""
    units = {unit.id: unit.title for unit in framework.all_units()}
    return units | {criterion.id: criterion.title for criterion in framework.criteria()}


def found_criteria(framework: Framework, search: str) -> tuple[Criterion, ...]:
    """Return the criteria whose words hold ``search``, all without one."""
    wanted = fold(search)
    if not wanted:
        return framework.criteria()
    return tuple(c for c in framework.criteria() if wanted in fold(_words(c)))


def _words(criterion: Criterion) -> str:
    """Return everything that a criterion says."""
    texts = (descriptor.text or "" for descriptor in criterion.levels.values())
    return " ".join((criterion.id, criterion.title, *texts))


def sections(framework: Framework, criteria: Sequence[Criterion]) -> tuple[Section, ...]:
    """Return the units around ``criteria``, in order, with the units around these."""
    wanted = {criterion.id for criterion in criteria}
    place = numbers(framework)
    return tuple(
        Section(
            unit,
            place[unit.id],
            tuple((place[c.id], c) for c in unit.criteria if c.id in wanted),
        )
        for unit in framework.all_units()
        if not wanted.isdisjoint(c.id for c in framework.criteria_in(unit))
    )


@dataclass(frozen=True)
class ShownChange:
    """One change in words; ``before`` and ``after`` are empty where there is nothing."""

    thing: str
    id: str
    title: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeGroup:
    """Changes of one sort under their heading."""

    sort: ChangeSort
    heading: str
    changes: tuple[ShownChange, ...]


def shown_changes(changes: Sequence[Change]) -> tuple[ChangeGroup, ...]:
    """Return the changes by sort, those first that touch judgements most."""
    headings = {
        ChangeSort.RESCALED: gettext("Judged on other levels"),
        ChangeSort.DROPPED: pgettext("changes", "Dropped"),
        ChangeSort.ADDED: pgettext("changes", "Added"),
        ChangeSort.MOVED: gettext("Moved to another unit"),
        ChangeSort.REWORDED: gettext("Worded otherwise"),
        ChangeSort.CHANGED: gettext("Changed otherwise"),
    }
    groups = []
    for sort, heading in headings.items():
        found = tuple(_shown(change) for change in changes if change.sort is sort)
        if found:
            groups.append(ChangeGroup(sort, heading, found))
    return tuple(groups)


def thing_label(thing: str) -> str:
    """Return what a thing is, in words."""
    return {
        "framework": gettext("The framework"),
        "positions": gettext("Positions"),
        "kpis": gettext("Indicators"),
        "paths": gettext("Career paths"),
        "questions": gettext("Question bank"),
        "translation": gettext("Translation"),
        "position": gettext("Position"),
        "duty": gettext("Duty"),
        "right": gettext("Right"),
        "requirement": gettext("Requirement"),
        "obligation": gettext("Obligation"),
        "law": gettext("Law named"),
        "note": gettext("Note"),
        "kpi": gettext("Indicator"),
        "step": gettext("Step"),
        "question": gettext("Question"),
        "scale": gettext("Scale"),
        "unit": gettext("Unit"),
        "criterion": gettext("Criterion"),
        "indicator": gettext("Indicator"),
        "knowledge": gettext("Knowledge"),
        "script": gettext("Script"),
        "scope": gettext("Scope"),
    }[thing]


def _shown(change: Change) -> ShownChange:
    """Return one change in words."""
    return ShownChange(
        thing_label(change.thing),
        change.id,
        change.title,
        change.field,
        plain(change.before),
        plain(change.after),
    )


def kind_label(kind: str) -> str:
    """Return a kind of file in words; a kind that nobody reads as it is written."""
    return {
        "framework": gettext("Framework"),
        "positions": gettext("Positions"),
        "kpis": gettext("Indicators"),
        "paths": gettext("Career paths"),
        "questions": gettext("Question bank"),
        "translation": gettext("Translation"),
    }.get(kind, kind)


def channel_label(channel: str) -> str:
    """Return a channel in words; one that a file made up as it is written."""
    return {
        "voice": gettext("Telephone"),
        "chat": gettext("Chat"),
        "email": gettext("E-mail"),
        "fax": gettext("Fax"),
        "in-person": gettext("In person"),
    }.get(channel, channel)


def method_label(method: AssessmentMethod) -> str:
    """Return a method of assessment in words."""
    return {
        AssessmentMethod.PRACTICAL_TEST: gettext("Practical test"),
        AssessmentMethod.SIMULATION: gettext("Simulation"),
        AssessmentMethod.KNOWLEDGE_TEST: gettext("Knowledge test"),
        AssessmentMethod.INTERVIEW: gettext("Interview"),
        AssessmentMethod.FIELD_OBSERVATION: gettext("Observation at work"),
        AssessmentMethod.CASE_ANALYSIS: gettext("Case analysis"),
        AssessmentMethod.PORTFOLIO: gettext("Portfolio"),
    }[method]


CONTEXT = 2
"""Lines shown before and after one with a fault."""
LINE_MAXIMUM = 300
"""Letters of a line that are shown."""


@dataclass(frozen=True)
class ShownFault:
    """A fault or a warning in the words of the page."""

    severity: Severity
    column: int
    path: str
    message: Markup
    remedy: Markup


@dataclass(frozen=True)
class MarkedLine:
    """One line of a file with what is wrong on it; ``gap`` where lines before are left out."""

    number: int
    text: str
    faults: tuple[ShownFault, ...]
    gap: bool


def marked_lines(text: str, faults: Sequence[Fault]) -> tuple[MarkedLine, ...]:
    """Return the lines that faults and warnings stand on, each with the lines around it.

    What is about the whole file (line 0) stands in line 1.
    """
    lines = LINE_END.split(text)
    by_line: dict[int, list[ShownFault]] = {}
    for fault in faults:
        by_line.setdefault(min(max(fault.line, 1), len(lines)), []).append(_shown_fault(fault))
    wanted = sorted(
        {
            number
            for line in by_line
            for number in range(line - CONTEXT, line + CONTEXT + 1)
            if 1 <= number <= len(lines)
        }
    )
    return tuple(
        MarkedLine(
            number,
            made_visible(lines[number - 1][:LINE_MAXIMUM]),
            tuple(by_line.get(number, ())),
            number > 1 and number - 1 not in wanted,
        )
        for number in wanted
    )


def _shown_fault(fault: Fault) -> ShownFault:
    """Return a fault in the language of the page."""
    return ShownFault(
        fault.severity,
        fault.column,
        fault.path,
        in_page_language(fault.message),
        in_page_language(fault.remedy),
    )


def in_page_language(said: Said) -> Markup:
    """Return a sentence in the language of the page; what is only in English is marked so."""
    text = escape(gettext(said.template))
    filled = {name: _filled(value) for name, value in said.params.items()}
    return text % filled if filled else text


def _filled(value: object) -> Markup:
    """Return what is filled into a sentence."""
    if isinstance(value, Said):
        return in_page_language(value)
    words = escape(value)
    return (
        Markup('<span lang="en">{}</span>').format(words) if isinstance(value, English) else words
    )
