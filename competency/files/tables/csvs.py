"""A table as a folder of CSV files, one a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path as FilePath

from competency.files.faults import Fault
from competency.files.tables.cells import Cell, Grid, escaped, fault_at, unescaped
from competency.files.tables.layout import HELP
from competency.files.tables.limits import TABLE_LIMITS, TableLimits
from competency.files.text import decode

SEPARATOR = ";"
"""What spreadsheet programs expect in most of the languages spoken here."""

MARK = "\ufeff"
"""Tells spreadsheet programs that a file is UTF-8."""


def csv_files(grids: Mapping[str, Grid]) -> dict[str, bytes]:
    """Return the files of a folder by name: UTF-8 with a mark, no cell a formula."""
    files = {}
    for name, grid in grids.items():
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=SEPARATOR)
        writer.writerows([escaped(cell) for cell in row] for row in grid)
        files[f"{name}.csv"] = (MARK + stream.getvalue()).encode("utf-8")
    return files


def read_folder(
    folder: FilePath, limits: TableLimits = TABLE_LIMITS
) -> tuple[dict[str, Grid], tuple[Fault, ...]]:
    """Return the sheets of a folder of CSV files, and what can't be read of them."""
    name = str(folder)
    grids: dict[str, Grid] = {}
    faults: list[Fault] = []
    left = limits.bytes
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() != ".csv" or path.stem == HELP or not path.is_file():
                continue
            left -= path.stat().st_size
            if left < 0:
                most = f"{limits.bytes / 1_000_000:g} MB"
                fault = fault_at(name, Cell(), f"it holds more than {most}", "split the table")
                return {}, (fault,)
            grid = _grid(path.read_bytes(), Cell(path.stem), name, limits)
            if isinstance(grid, Fault):
                faults.append(grid)
            else:
                grids[path.stem] = grid
    except OSError as error:
        fault = fault_at(name, Cell(), f"it can't be read ({error.strerror})", "make it readable")
        return {}, (fault,)
    if not grids and not faults:
        faults.append(fault_at(name, Cell(), "it holds no CSV files", "give the folder with them"))
    return grids, tuple(faults)


def _grid(content: bytes, sheet: Cell, name: str, limits: TableLimits) -> Grid | Fault:
    """Return the cells of one CSV file."""
    text = decode(content, name)
    if isinstance(text, Fault):
        at = Cell(sheet.sheet, text.line)
        return fault_at(name, at, text.message, "save it as CSV UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows: list[tuple[str, ...]] = []
    cells = 0
    try:
        for row in reader:
            rows.append(tuple(unescaped(cell) for cell in row))
            cells += len(row)
            if len(rows) > limits.rows or len(row) > limits.columns or cells > limits.area:
                most = f"{limits.rows} rows or {limits.columns} columns"
                return fault_at(name, sheet, f"it has more than {most}", "split the table")
    except csv.Error as error:
        at = Cell(sheet.sheet, len(rows) + 1)
        return fault_at(name, at, f"this is not CSV ({error})", "save it again as CSV UTF-8")
    return tuple(rows)


def _separator(text: str) -> str:
    """Return what separates the headings, which hold no separator themselves."""
    headings = text.partition("\n")[0]
    return max((SEPARATOR, ",", "\t"), key=headings.count)
