"""What stands in one cell: a text, a list one item a line, or names and values a line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from competency.files.faults import Fault, Severity
from competency.files.said import Said

CONTINUED = "|"
"""Begins a line that goes on with the item of the line before."""

MARKED = re.compile(r"\\*\|")
"""An item that begins so gets a backslash before it, and loses it again when read."""

UNMARKED = re.compile(r"\\+\|")

FORMULA = re.compile(r"'*[=+\-@]")
"""A CSV cell that begins so gets an apostrophe before it: no program may calculate it."""

ESCAPED = re.compile(r"'+[=+\-@]")

Grid = tuple[tuple[str, ...], ...]
"""The cells of a sheet, row by row; the first row has the headings."""

Grids = Mapping[str, Grid]
"""Sheets by name, in their order."""


@dataclass(frozen=True, order=True)
class Cell:
    """A place in a table; row and column count from 1 and are 0 for all of them."""

    sheet: str = ""
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return the place as spreadsheet programs write it: ``criteria!D12``."""
        place = f"{letters(self.column)}{self.row or ''}"
        return f"{self.sheet}!{place}" if place else self.sheet


@dataclass(frozen=True, order=True)
class CellFault(Fault):
    """A fault in a cell; ``line`` is its row."""

    sheet: str = ""

    def __str__(self) -> str:
        cell = str(Cell(self.sheet, self.line, self.column))
        place = f"{self.file}: {cell}" if cell else self.file
        subject = f"{self.path}: " if self.path else ""
        return f"{place}: {subject}{self.message}; {self.remedy}"


def fault_at(
    file: str,
    cell: Cell,
    message: str,
    remedy: str,
    subject: str = "",
    severity: Severity = Severity.FAULT,
) -> CellFault:
    """Return the fault of a cell; ``subject`` is the heading of its column."""
    place = (cell.row, cell.column)
    words = (_said(message), _said(remedy))
    return CellFault(file, *place, subject, *words, severity, sheet=cell.sheet)


def _said(words: str) -> Said:
    """Return words as a sentence; what tables say is only read on the command line."""
    return words if isinstance(words, Said) else Said(words)


def letters(column: int) -> str:
    """Return the letters of a column: A for 1, AA for 27, nothing for 0."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def joined(items: Iterable[str]) -> str:
    """Return items one a line; what is more than a line goes on after a vertical bar."""
    return "\n".join(
        ("\\" + item if MARKED.match(item) else item).replace("\n", f"\n{CONTINUED} ")
        for item in items
    )


def split(text: str) -> list[str]:
    """Return the items of a cell; empty lines are none."""
    items: list[str] = []
    for line in text.split("\n"):
        if line.startswith(CONTINUED) and items:
            items[-1] += "\n" + line.removeprefix(CONTINUED).removeprefix(" ")
        elif line.strip():
            begins = line.lstrip()
            items.append(begins[1:] if UNMARKED.match(begins) else begins)
    return [item.strip() for item in items]


def escaped(text: str) -> str:
    """Return how a text is written into CSV, so that it is no formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """Return the text of a CSV cell."""
    return text[1:] if ESCAPED.match(text) else text
