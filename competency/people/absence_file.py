"""Reading a CSV file of leave: whose, from which day, until which; every fault by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from competency.errors import message_id
from competency.people.import_file import RowFault, cells_of, is_date, read_table

LENGTHS = {"number": 32, "from": 10, "until": 10}
"""The columns, all needed; ``until`` is the last day away. There is none for a reason."""


@dataclass(frozen=True)
class AbsenceLine:
    """One row of the file."""

    row: int
    number: str
    starts_on: date
    last_on: date


@dataclass(frozen=True)
class AbsencesFile:
    """The rows without a fault, and every fault of the others."""

    lines: tuple[AbsenceLine, ...]
    faults: tuple[RowFault, ...]


def read_absences(content: bytes) -> AbsencesFile:
    """Return the rows of a file and its faults; raise ``InvalidFile`` when it is no table."""
    table = read_table(content, LENGTHS, LENGTHS)
    lines, faults = [], list(table.faults)
    for row, cells in table.rows:
        values, wrong = cells_of(row, table.header, cells)
        wrong += _cell_faults(row, values)
        faults += wrong
        if not wrong:
            lines.append(
                AbsenceLine(
                    row,
                    values["number"].upper(),
                    date.fromisoformat(values["from"]),
                    date.fromisoformat(values["until"]),
                )
            )
    return AbsencesFile(tuple(lines), tuple(faults))


def _cell_faults(row: int, values: dict[str, str]) -> Iterable[RowFault]:
    """Yield what is wrong with single cells."""
    for name, value in values.items():
        if not value:
            yield RowFault(row, name, message_id("This is needed."))
        elif not value.isprintable():
            yield RowFault(row, name, message_id("There is a letter that cannot be printed."))
        elif name != "number" and not is_date(value):
            message = message_id("“%(value)s” is not a date; write it as 2026-03-31.")
            yield RowFault(row, name, message, {"value": value})
        elif len(value) > LENGTHS[name]:
            message = message_id("At most %(number)s letters are possible.")
            yield RowFault(row, name, message, {"number": LENGTHS[name]})
