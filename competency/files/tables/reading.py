"""From a workbook or a folder of CSV files to what it says, with every fault at its cell."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path as FilePath

import python_calamine

from competency.files.checking import Checked, check_document
from competency.files.faults import Fault
from competency.files.limits import LIMITS
from competency.files.reader import Document
from competency.files.said import English, Said
from competency.files.tables.assembling import assembled
from competency.files.tables.cells import Cell, Grid, fault_at
from competency.files.tables.csvs import read_folder
from competency.files.tables.layout import HELP
from competency.files.tables.limits import TABLE_LIMITS, TableLimits
from competency.files.tables.unpacking import Refused, repacked

Sheets = tuple[dict[str, Grid], tuple[Fault, ...]]


def check_table(path: FilePath, limits: TableLimits = TABLE_LIMITS) -> Checked:
    """Return what a table says, with every fault and warning; nothing is raised.

    First what can't be read of its cells and sheets is reported, then, where nothing is
    wrong with these, what its data says that a file of its kind may not.
    """
    name = str(path)
    grids, faults = read_folder(path, limits) if path.is_dir() else _workbook(path, limits)
    if faults:
        return Checked(Document(name, "", None, faults), "", None, faults[: LIMITS.faults])
    document = assembled(grids, name)
    checked = check_document(document)
    return replace(checked, faults=document.in_order(checked.faults))


def _workbook(path: FilePath, limits: TableLimits) -> Sheets:
    """Return the sheets of a workbook, and what can't be read of them."""
    name = str(path)
    if path.suffix.lower() != ".xlsx":
        remedy = "give a workbook (.xlsx), or the folder that holds the CSV files"
        return {}, (fault_at(name, Cell(), "it is no table that can be read", remedy),)
    try:
        content = _bytes(path, limits)
        return _sheets(repacked(content, limits), name, limits)
    except Refused as error:
        return {}, (fault_at(name, Cell(), error.message, error.remedy),)


def _bytes(path: FilePath, limits: TableLimits) -> bytes:
    """Return a workbook's bytes; its size is looked at before it is read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limits.bytes + 1)
    except OSError as error:
        reason = Said("it can't be read (%(reason)s)", reason=English(error.strerror))
        raise Refused(reason, Said("make it readable")) from error
    if len(content) > limits.bytes:
        most = f"{limits.bytes / 1_000_000:g}"
        message = Said("the file is larger than %(most)s MB", most=most)
        raise Refused(message, Said("split the table into smaller ones"))
    return content


def _sheets(content: bytes, name: str, limits: TableLimits) -> Sheets:
    """Return the cells of every sheet as text."""
    grids: dict[str, Grid] = {}
    faults: list[Fault] = []
    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as book:
            if len(book.sheet_names) > limits.sheets:
                message = Said("it has more than %(most)s sheets", most=limits.sheets)
                raise Refused(message, Said("remove some"))
            for title in book.sheet_names:
                if title == HELP:
                    continue
                rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                grids[title] = tuple(
                    tuple(
                        _text(value, Cell(title, row, column), name, faults)
                        for column, value in enumerate(cells, start=1)
                    )
                    for row, cells in enumerate(rows, start=1)
                )
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise Refused(Said("it is not an XLSX workbook"), Said("save it again as .xlsx")) from error
    return grids, tuple(faults)


def _text(value: object, cell: Cell, name: str, faults: list[Fault]) -> str:
    """Return the text of a cell; what a program made of the text is noted as a fault."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    message = f"{value} is a number, a time or a duration, no text"
    remedy = "format the cell as text, then write it again"
    faults.append(fault_at(name, cell, message, remedy))
    return ""
