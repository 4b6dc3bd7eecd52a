"""A table as a folder of CSV files, one a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path as FilePath

from competency.files.faults import Fault
from competency.files.tables.cells import Cell, Grid, escaped, fault_at, unescaped
from competency.files.tables.limits import CELL, TABLE_LIMITS, TableLimits
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
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    name = str(folder)
    if not paths:
        return {}, (fault_at(name, Cell(), "it holds no CSV files", "give the folder with them"),)
    if sum(path.stat().st_size for path in paths) > limits.bytes:
        most = f"{limits.bytes / 1_000_000:g} MB"
        return {}, (fault_at(name, Cell(), f"it holds more than {most}", "split the table"),)
    grids: dict[str, Grid] = {}
    faults = []
    for path in paths:
        grid = _grid(path, name, limits)
        if isinstance(grid, Fault):
            faults.append(grid)
        else:
            grids[path.stem] = grid
    return grids, tuple(faults)


def _grid(path: FilePath, name: str, limits: TableLimits) -> Grid | Fault:
    """Return the cells of one CSV file."""
    sheet = path.stem
    try:
        text = decode(path.read_bytes(), name)
    except OSError as error:
        return fault_at(name, Cell(sheet), f"it can't be read ({error.strerror})", "mend that")
    if isinstance(text, Fault):
        remedy = "save it as CSV UTF-8"
        return fault_at(name, Cell(sheet, text.line), text.message, remedy)
    csv.field_size_limit(CELL * 4)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows = []
    try:
        for row in reader:
            rows.append(tuple(unescaped(cell) for cell in row))
            if len(rows) > limits.rows or len(row) > limits.columns:
                most = f"{limits.rows} rows or {limits.columns} columns"
                return fault_at(name, Cell(sheet), f"it has more than {most}", "split the table")
    except csv.Error as error:
        remedy = "save it again as CSV UTF-8"
        return fault_at(name, Cell(sheet, len(rows) + 1), f"this is not CSV ({error})", remedy)
    return tuple(rows)


def _separator(text: str) -> str:
    """Return what separates the headings, which hold no separator themselves."""
    headings = text.partition("\n")[0]
    return max((SEPARATOR, ",", "\t"), key=headings.count)
