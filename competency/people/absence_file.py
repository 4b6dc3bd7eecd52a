"""Reading a CSV file of leave: whose, from which day, until which; every fault by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from competency.people.import_file import RowFault, cell_faults, cells_of, read_table

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
        wrong += cell_faults(row, values, LENGTHS, needed=LENGTHS, days=("from", "until"))
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
