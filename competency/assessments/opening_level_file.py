"""Reading a CSV file of levels that people held before: every fault with row and column; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from competency.errors import message_id
from competency.people.import_file import RowFault, cells_of, is_date, read_table

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
        wrong += _cell_faults(row, values)
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


def _cell_faults(row: int, values: dict[str, str]) -> Iterable[RowFault]:
    """Yield what is wrong with single cells."""
    for name, value in values.items():
        if not value and name in NEEDED:
            yield RowFault(row, name, message_id("This is needed."))
        elif len(value) > LENGTHS[name] and name != "since":
            message = message_id("At most %(number)s letters are possible.")
            yield RowFault(row, name, message, {"number": LENGTHS[name]})
        elif not value.isprintable():
            yield RowFault(row, name, message_id("There is a letter that cannot be printed."))
    if values["since"] and not is_date(values["since"]):
        message = message_id("“%(value)s” is not a date; write it as 2026-03-31.")
        yield RowFault(row, "since", message, {"value": values["since"]})


def _repeated(lines: Iterable[LevelLine]) -> Iterable[RowFault]:
    """Yield rows about what an earlier row says something of already."""
    first: dict[tuple[object, ...], int] = {}
    for line in lines:
        key = (line.number, line.framework, line.part, line.since)
        if key in first:
            message = message_id("Row %(row)s is about the same person, part and day.")
            yield RowFault(line.row, "since", message, {"row": first[key]})
        first.setdefault(key, line.row)
