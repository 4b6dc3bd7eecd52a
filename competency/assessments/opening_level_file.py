"""Reading a CSV file of levels that people held before: every fault with row and column; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from competency.errors import message_id
from competency.people.import_file import RowFault, cell_faults, cells_of, read_table

LENGTHS = {
    "number": 32,
    "framework": 120,
    "part": 120,
    "level": 32,
    "since": 10,
    "source": 200,
}
"""The columns, and how many letters each takes."""
NEEDED = ("number", "framework", "level", "since", "source")
"""The cells that can't be empty: without a part the level is that of the whole framework."""


@dataclass(frozen=True)
class LevelLine:
    """One row of the file; ``part`` is empty for the whole framework."""

    row: int
    number: str
    framework: str
    part: str
    level: str
    since: date
    source: str


@dataclass(frozen=True)
class LevelsFile:
    """The rows without a fault, and every fault of the others."""

    lines: tuple[LevelLine, ...]
    faults: tuple[RowFault, ...]


def read_levels(content: bytes) -> LevelsFile:
    """Return the rows of a file and its faults; raise ``InvalidFile`` when it is no table."""
    table = read_table(content, LENGTHS, LENGTHS)
    lines, faults = [], list(table.faults)
    for row, cells in table.rows:
        values, wrong = cells_of(row, table.header, cells)
        wrong += cell_faults(row, values, LENGTHS, needed=NEEDED, days=("since",))
        faults += wrong
        if not wrong:
            lines.append(_line(row, values))
    faults += _repeated(lines)
    return LevelsFile(tuple(lines), tuple(faults))


def _line(row: int, values: dict[str, str]) -> LevelLine:
    """Return a row without a fault as a value."""
    return LevelLine(
        row,
        values["number"].upper(),
        values["framework"],
        values["part"],
        values["level"],
        date.fromisoformat(values["since"]),
        values["source"],
    )


def _repeated(lines: Iterable[LevelLine]) -> Iterable[RowFault]:
    """Yield rows about what an earlier row says something of already."""
    first: dict[tuple[object, ...], int] = {}
    for line in lines:
        key = (line.number, line.framework, line.part, line.since)
        if key in first:
            message = message_id("Row %(row)s is about the same person, part and day.")
            yield RowFault(line.row, "since", message, {"row": first[key]})
        first.setdefault(key, line.row)
