"""The sheet that explains the others: what each column is for and what may stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from competency.files.tables.cells import Grid
from competency.files.tables.layout import ANY, Column, Form, Sheet, Sort

HEADINGS = ("sheet", "column", "what it is", "what a cell holds", "one of", "needed")


def help_grid(layout: tuple[Sheet, ...]) -> Grid:
    """Return a row for each sheet and each of its columns."""
    return (HEADINGS, *(row for sheet in layout for row in _rows(sheet)))


def _rows(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one sheet."""
    yield sheet.name, "", _plain(sheet.note), "", "", ""
    if sheet.owner:
        words = f"The id, in the sheet {sheet.owner.sheet}, of what the row belongs to."
        top = " Empty at the top." if sheet.nests else ""
        yield (
            sheet.name,
            sheet.owner.column,
            words + top,
            Form.ONE,
            "",
            _needed(is_needed=not sheet.nests),
        )
    if sheet.sort in {Sort.NAMED, Sort.TEXTS}:
        yield sheet.name, "id", "The name of the row.", Form.ONE, "", _needed(is_needed=True)
    for column in sheet.columns:
        yield (
            sheet.name,
            column.name,
            _about(column),
            column.form,
            "\n".join(column.choices),
            _needed(is_needed=column.needed),
        )


def _about(column: Column) -> str:
    """Return what a column is for."""
    chosen = f" Instead of {ANY} write the code of a level." if ANY in column.path else ""
    return (_plain(column.note) + chosen).strip()


def _plain(text: str) -> str:
    """Return a description without its marks for programmers."""
    return text.replace("``", "")


def _needed(*, is_needed: bool) -> str:
    """Return the word of the last column."""
    return "yes" if is_needed else ""
