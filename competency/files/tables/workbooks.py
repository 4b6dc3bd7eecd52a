"""A table as an XLSX workbook that only holds text: nothing in it is ever calculated."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import xlsxwriter

from competency.errors import InvalidFile
from competency.files.tables.cells import Cell, Grid
from competency.files.tables.layout import ABOUT, Column, Form, Sheet
from competency.files.tables.limits import CELL

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
NARROW, WIDE = 14, 60
LAST_ROW = 1_048_575
LIST = 255
"""Characters of all the choices that a cell can offer."""


def workbook(grids: Mapping[str, Grid], layout: Iterable[Sheet]) -> bytes:
    """Return the workbook of a file's sheets.

    Raises ``InvalidFile`` where a cell would be longer than a workbook can keep.
    """
    _refuse_long_cells(grids)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    heading = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    sheets = {sheet.name: sheet for sheet in layout}
    for name, grid in grids.items():
        page = book.add_worksheet(name)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        page.freeze_panes(1, 0)
        for number, title in enumerate(grid[0]):
            page.set_column(number, number, _width(grid, number), text)
            page.write_string(0, number, title, heading)
        for row, cells in enumerate(grid[1:], start=1):
            for number, cell in enumerate(cells):
                if cell:
                    page.write_string(row, number, cell, text)
        if name in sheets:
            _offer_choices(page, sheets[name], grid)
    book.close()
    return stream.getvalue()


def _width(grid: Grid, column: int) -> int:
    """Return a width, in characters, that most cells of a column are readable in."""
    longest = max(len(line) for row in grid for line in row[column].split("\n"))
    return min(max(NARROW, longest), WIDE)


def _offer_choices(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, grid: Grid) -> None:
    """Let cells that take few values offer them."""
    for column in sheet.columns:
        if column.form is not Form.ONE or not 0 < len(",".join(column.choices)) <= LIST:
            continue
        area = _area(column, sheet, grid)
        if area:
            page.data_validation(*area, {"validate": "list", "source": list(column.choices)})


def _area(column: Column, sheet: Sheet, grid: Grid) -> tuple[int, int, int, int] | None:
    """Return first row and column, last row and column, of the cells of ``column``."""
    if sheet.name == ABOUT:
        row = [cells[0] for cells in grid].index(column.name)
        return row, 1, row, 1
    if column.name not in grid[0]:
        return None
    number = grid[0].index(column.name)
    return 1, number, LAST_ROW, number


def _refuse_long_cells(grids: Mapping[str, Grid]) -> None:
    """Raise ``InvalidFile`` with every cell that a workbook can't keep."""
    long = [
        str(Cell(name, row, column))
        for name, grid in grids.items()
        for row, cells in enumerate(grid, start=1)
        for column, cell in enumerate(cells, start=1)
        if len(cell.encode("utf-16-le")) > CELL * 2
    ]
    if long:
        raise InvalidFile(
            "A cell of a workbook holds at most %(most)s characters; export to csv.",
            tuple(f"{place} has more" for place in long),
            most=CELL,
        )
