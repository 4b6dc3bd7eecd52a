"""Lists of people for a cycle: numbers that were typed or read from a file; pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from competency.errors import InvalidFile, message_id

COLUMN = "number"
MAXIMUM_BYTES = 1024 * 1024
MAXIMUM_NUMBERS = 10_000
NUMBER_MAXIMUM = 32


@dataclass(frozen=True)
class Listed:
    """One employee number and where it stands; rows count from 1, in a file the heading's is 1."""

    row: int
    number: str

    @property
    def key(self) -> str:
        """Return the number as it is compared."""
        return self.number.upper()


@dataclass(frozen=True)
class ListFault:
    """Why one entry of a list counts for nobody: its message is worded when it is shown."""

    row: int
    number: str
    message: str


@dataclass(frozen=True)
class NumberList:
    """The entries of a list, each number once, and what was wrong with others."""

    entries: tuple[Listed, ...] = ()
    faults: tuple[ListFault, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers in their order."""
        return tuple(entry.number for entry in self.entries)


def of_text(text: str) -> NumberList:
    """Return the numbers of a text, apart by commas, semicolons or spaces."""
    found = text.replace(";", " ").replace(",", " ").split()
    return _distinct(Listed(row, number) for row, number in enumerate(found, start=1))


def of_file(content: bytes) -> NumberList:
    """Return the numbers in the column ``number`` of a CSV file; other columns are passed over.

    Raises ``InvalidFile`` where it is no such table.
    """
    rows = _rows(content)
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    if COLUMN not in heading:
        raise InvalidFile("The file's first row names no column “%(name)s”.", name=COLUMN)
    place = heading.index(COLUMN)
    cells = (
        (number, row[place].strip() if place < len(row) else "")
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    )
    return _distinct(Listed(row, number) for row, number in cells)


def _rows(content: bytes) -> list[list[str]]:
    """Return the cells of a CSV file; raise ``InvalidFile``."""
    if len(content) > MAXIMUM_BYTES:
        raise InvalidFile("The file is larger than 1 MB.")
    try:
        text = content.decode("utf-8-sig")
        comma = ";" if ";" in text.split("\n", 1)[0] else ","
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=comma))
    except UnicodeDecodeError as error:
        raise InvalidFile(
            "The file is not UTF-8 (byte %(place)s). Save it as “CSV UTF-8”.", place=error.start
        ) from error
    except csv.Error as error:
        raise InvalidFile("This is not a CSV file: %(reason)s.", reason=str(error)) from error


def _distinct(entries: Iterable[Listed]) -> NumberList:
    """Return each number once, at its first place, with what is wrong at the others."""
    kept: dict[str, Listed] = {}
    faults = []
    for entry in entries:
        if not entry.number:
            faults.append(ListFault(entry.row, "", message_id("There is no number in this row.")))
        elif len(entry.number) > NUMBER_MAXIMUM or not entry.number.isprintable():
            message = message_id("This is no employee number.")
            faults.append(ListFault(entry.row, entry.number[:NUMBER_MAXIMUM], message))
        elif entry.key in kept:
            faults.append(ListFault(entry.row, entry.number, message_id("Stands in it twice.")))
        else:
            kept[entry.key] = entry
    if len(kept) > MAXIMUM_NUMBERS:
        raise InvalidFile("The list has more than %(count)s numbers.", count=MAXIMUM_NUMBERS)
    return NumberList(tuple(kept.values()), tuple(faults))


def not_found(listed: NumberList, known: Iterable[str]) -> tuple[ListFault, ...]:
    """Return a fault for each number of a list that is nobody's among ``known``."""
    keys = {number.upper() for number in known}
    message = message_id("Nobody in your scope whom the other choices leave has this number.")
    return tuple(
        ListFault(entry.row, entry.number, message)
        for entry in listed.entries
        if entry.key not in keys
    )


def in_order(*faults: Sequence[ListFault]) -> tuple[ListFault, ...]:
    """Return faults of all kinds by their row."""
    return tuple(sorted((f for some in faults for f in some), key=lambda fault: fault.row))
