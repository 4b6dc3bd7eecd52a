"""Calibration sessions as pages show them: the grid, how levels are spread, the log.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from competency.assessments.calibration_queries import SHOWN, Levels, Logged, Row
from competency.assessments.presenters import level_label
from competency.assessments.schema import State
from competency.files.tables.cells import Grid as Table
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import BELOW, Framework

BAR = 12
"""The width of one bar of a drawing, in its units."""
BAR_HIGHEST = 24


@dataclass(frozen=True)
class Column:
    """One criterion of the grid."""

    id: str
    number: str
    title: str


@dataclass(frozen=True)
class Cell:
    """The level that stands of one criterion; ``was`` is the assessor's where it is another."""

    column: Column
    label: str
    was: str = ""


@dataclass(frozen=True)
class GridRow:
    """One person's levels; ``note`` says why there are none."""

    row: Row
    cells: tuple[Cell, ...]
    note: str = ""


def columns_of(framework: Framework, rows: Iterable[Row]) -> tuple[Column, ...]:
    """Return the criteria that any of the appraisals asks for, in the framework's order."""
    scopes = [row.appraisal.scope for row in rows]
    asked = None if any(s is None for s in scopes) else {i for s in scopes for i in s or ()}
    place = numbers(framework)
    return tuple(
        Column(criterion.id, place[criterion.id], criterion.title)
        for criterion in framework.criteria()
        if asked is None or criterion.id in asked
    )


def said(framework: Framework, criterion_id: str, level: str | None) -> str:
    """Return a level in the framework's words; ``None`` is "not judged"."""
    return gettext("Not judged") if level is None else level_label(framework, criterion_id, level)


def grid(
    framework: Framework,
    columns: Sequence[Column],
    rows: Iterable[Row],
    submitted: Levels,
    stands: Levels,
) -> tuple[GridRow, ...]:
    """Return the rows of the grid; an appraisal without submitted levels says why."""
    return tuple(_grid_row(framework, columns, row, submitted, stands) for row in rows)


def _grid_row(
    framework: Framework, columns: Sequence[Column], row: Row, submitted: Levels, stands: Levels
) -> GridRow:
    """Return one person's row."""
    if row.appraisal.state not in SHOWN:
        return GridRow(row, (), _note(row.appraisal.state))
    lead, now = submitted[row.appraisal.id], stands[row.appraisal.id]
    cells = []
    for column in columns:
        if column.id not in now:
            cells.append(Cell(column, ""))
            continue
        label = said(framework, column.id, now[column.id])
        was = said(framework, column.id, lead.get(column.id))
        cells.append(Cell(column, label, was if was != label else ""))
    return GridRow(row, tuple(cells))


def _note(state: State) -> str:
    """Return why an appraisal shows no levels."""
    if state is State.OPEN:
        return gettext("Back with its assessor")
    return gettext("Suspended") if state is State.SUSPENDED else gettext("Cancelled")


@dataclass(frozen=True)
class Bar:
    """One bar of a small drawing."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Spread:
    """How often each level occurs for one assessor or one criterion."""

    name: str
    counts: tuple[int, ...]

    @property
    def width(self) -> int:
        """Return how wide the drawing is."""
        return BAR * len(self.counts)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Return the counts drawn beside one another, the greatest as high as there is room."""
        most = max(self.counts) or 1
        heights = [round(BAR_HIGHEST * count / most) for count in self.counts]
        return tuple(
            Bar(place * BAR, BAR_HIGHEST - height, height) for place, height in enumerate(heights)
        )


@dataclass(frozen=True)
class OnScale:
    """How levels of one scale are spread, over assessors and over criteria."""

    levels: tuple[str, ...]
    assessors: tuple[Spread, ...]
    criteria: tuple[Spread, ...]


def spreads(
    framework: Framework,
    columns: Sequence[Column],
    rows: Sequence[Row],
    submitted: Levels,
    stands: Levels,
) -> tuple[OnScale, ...]:
    """Return how levels are spread, a scale at a time, assessors by name, never as a rank.

    Of assessors what they submitted, of criteria what stands. What was not judged is
    counted apart, last.
    """
    scales: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        scales.setdefault(framework.scale_of(column.id).codes(), []).append(column)
    names = {r.appraisal.lead_id: (r.lead_key, r.lead_name) for r in rows}
    found = []
    for codes, own in scales.items():
        order: tuple[str | None, ...] = (BELOW, *codes, None)
        ids = {column.id for column in own}
        by_lead: dict[int, Counter[str | None]] = {}
        by_criterion: dict[str, Counter[str | None]] = {}
        for row in rows:
            lead, now = submitted.get(row.appraisal.id, {}), stands.get(row.appraisal.id, {})
            by_lead.setdefault(row.appraisal.lead_id, Counter()).update(
                level for i, level in lead.items() if i in ids
            )
            for i in ids & now.keys():
                by_criterion.setdefault(i, Counter())[now[i]] += 1
        first = own[0].id
        found.append(
            OnScale(
                tuple(said(framework, first, level) for level in order),
                tuple(
                    Spread(names[lead_id][1], tuple(by_lead[lead_id][level] for level in order))
                    for lead_id in sorted(by_lead, key=lambda one: (names[one], one))
                    if by_lead[lead_id].total()
                ),
                tuple(
                    Spread(
                        f"{column.number} {column.title}",
                        tuple(by_criterion[column.id][level] for level in order),
                    )
                    for column in own
                    if column.id in by_criterion
                ),
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class LogLine:
    """One adjustment in words."""

    at: datetime
    by: str
    subject_name: str
    number: str
    title: str
    before: str
    after: str
    undone: bool
    rationale: str


def log(framework: Framework, found: Iterable[Logged]) -> tuple[LogLine, ...]:
    """Return what a session adjusted, in words."""
    place = numbers(framework)
    return tuple(
        LogLine(
            each.adjustment.adjusted_at,
            each.by,
            each.subject_name,
            place[each.adjustment.criterion_id],
            framework.criterion(each.adjustment.criterion_id).title,
            said(framework, each.adjustment.criterion_id, each.adjustment.from_level),
            said(framework, each.adjustment.criterion_id, each.adjustment.to_level),
            each.adjustment.undone,
            each.adjustment.rationale or "",
        )
        for each in found
    )


def log_table(lines: Iterable[LogLine]) -> Table:
    """Return the log as a table for a spreadsheet; instants in UTC."""
    head = (
        gettext("When"),
        gettext("Who"),
        gettext("Name"),
        gettext("Criterion"),
        gettext("Level before"),
        gettext("Level after"),
        gettext("Taken back"),
        gettext("Rationale"),
    )
    rows = [
        (
            line.at.isoformat(timespec="seconds"),
            line.by,
            line.subject_name,
            f"{line.number} {line.title}",
            line.before,
            line.after,
            gettext("yes") if line.undone else gettext("no"),
            line.rationale,
        )
        for line in lines
    ]
    return (head, *rows)
