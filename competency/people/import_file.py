"""Reading a CSV file of people: every fault of its form with row and column; pure.

UTF-8 with or without a mark, separated by commas or semicolons, dates as 2026-03-31.
A column that is left out changes nothing; nor does an empty cell, except that it
clears a second family name, a patronymic, a national identifier or an e-mail address.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from competency.errors import InvalidFile, message_id
from competency.people.rules import is_email_address, parsed_hours
from competency.people.schema import Names
from competency.wording import LANGUAGES

LENGTHS = {
    "employer": 32,
    "employee_number": 32,
    "given_name": 80,
    "family_name": 80,
    "second_family_name": 80,
    "patronymic": 80,
    "national_id": 32,
    "email": 254,
    "document_language": 8,
    "weekly_hours": 5,
    "hired_on": 10,
    "site": 120,
    "team": 120,
    "position": 120,
    "supervisor": 32,
    "campaign": 120,
}
"""The columns, and how many letters each takes."""
REQUIRED = ("employer", "employee_number", "given_name", "family_name", "hired_on")
FREE = (
    "national_id",
    "email",
    "document_language",
    "site",
    "team",
    "position",
    "supervisor",
    "campaign",
)
"""The columns that may be left out or empty, the parts of the name aside."""
MAXIMUM_BYTES = 5 * 1024 * 1024
MAXIMUM_ROWS = 20_000
NO_DATE = date.min
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one cell; ``row`` counts from 1, the headings being row 1."""

    row: int
    column: str
    message: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English sentence with its place."""
        place = f"row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.message % self.params if self.params else self.message}"


@dataclass(frozen=True)
class PersonLine:
    """One row of the file; ``None`` means that the cell asks for no change.

    In an incomplete row a cell with a fault is ``None`` or empty, the date ``NO_DATE``.
    """

    row: int
    columns: frozenset[str]
    employer: str
    employee_number: str
    names: Names
    hired_on: date
    national_id: str | None = None
    email: str | None = None
    document_language: str | None = None
    weekly_hours: Decimal | None = None
    site: str | None = None
    team: str | None = None
    position: str | None = None
    supervisor: str | None = None
    campaign: str | None = None

    @property
    def key(self) -> str:
        """Return the employee number as it is compared."""
        return self.employee_number.upper()


@dataclass(frozen=True)
class PeopleFile:
    """The rows without a fault, every fault, and what can be read of the rows with one."""

    lines: tuple[PersonLine, ...]
    faults: tuple[RowFault, ...]
    incomplete: tuple[PersonLine, ...] = ()


def suggestion(value: str, known: Iterable[str]) -> str:
    """Return the nearest known value, or an empty text."""
    near = difflib.get_close_matches(value, list(known), n=1)
    return near[0] if near else ""


def unknown(row: int, column: str, value: str, known: Iterable[str]) -> RowFault:
    """Return the fault of a value that must exist and does not, with the nearest one."""
    near = suggestion(value, known)
    if near:
        message = message_id("“%(value)s” does not exist; did you mean “%(near)s”?")
        return RowFault(row, column, message, {"value": value, "near": near})
    return RowFault(row, column, message_id("“%(value)s” does not exist."), {"value": value})


@dataclass(frozen=True)
class Table:
    """A CSV file: its headings in small letters, its rows by number, and faults of its headings.

    With such a fault no row can be read, and there is none.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    faults: tuple[RowFault, ...] = ()


def read_table(content: bytes, columns: Iterable[str], required: Iterable[str]) -> Table:
    """Return the rows that hold something; raise ``InvalidFile`` when the file is no table."""
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), delimiter=_delimiter(content))
    try:
        table = [[" ".join(cell.split()) for cell in row] for row in reader]
    except csv.Error as error:
        raise InvalidFile("This is not a CSV file: %(reason)s.", reason=str(error)) from error
    if not table or not any(table[0]):
        raise InvalidFile("The file is empty; its first row names the columns.")
    if len(table) > MAXIMUM_ROWS + 1:
        raise InvalidFile("The file has more than %(number)s rows.", number=MAXIMUM_ROWS)
    header = tuple(name.lower() for name in table[0])
    faults = tuple(_header_faults(header, list(columns), required))
    if faults:
        return Table(header, (), faults)
    return Table(
        header, tuple((row, cells) for row, cells in enumerate(table[1:], 2) if any(cells))
    )


def cells_of(
    row: int, header: Sequence[str], cells: Sequence[str]
) -> tuple[dict[str, str], list[RowFault]]:
    """Return the cells of a row by heading, and the fault of one that has too many."""
    faults = []
    if len(cells) > len(header):
        message = message_id("This row has %(cells)s cells, the headings have %(columns)s.")
        faults.append(RowFault(row, "", message, {"cells": len(cells), "columns": len(header)}))
    padded = [*cells, *[""] * (len(header) - len(cells))][: len(header)]
    return dict(zip(header, padded, strict=True)), faults


def cell_faults(
    row: int,
    values: Mapping[str, str],
    lengths: Mapping[str, int],
    *,
    needed: Collection[str],
    days: Collection[str],
) -> Iterable[RowFault]:
    """Yield what is wrong with single cells: one fault each, the worst first."""
    for name, value in values.items():
        if not value:
            if name in needed:
                yield RowFault(row, name, message_id("This is needed."))
        elif not value.isprintable():
            yield RowFault(row, name, message_id("There is a letter that cannot be printed."))
        elif name in days:
            if not is_date(value):
                message = message_id("“%(value)s” is not a date; write it as 2026-03-31.")
                yield RowFault(row, name, message, {"value": value})
        elif len(value) > lengths[name]:
            message = message_id("At most %(number)s letters are possible.")
            yield RowFault(row, name, message, {"number": lengths[name]})


def read_people(content: bytes) -> PeopleFile:
    """Return the rows of a file and its faults; raise ``InvalidFile`` when it is no table."""
    table = read_table(content, LENGTHS, REQUIRED)
    faults = list(table.faults)
    lines: list[PersonLine] = []
    incomplete: list[PersonLine] = []
    for number, cells in table.rows:
        line, wrong = _line(number, table.header, cells)
        faults += wrong
        (incomplete if wrong else lines).append(line)
    faults += _repeated([*lines, *incomplete])
    return PeopleFile(tuple(lines), tuple(faults), tuple(incomplete))


def _decoded(content: bytes) -> str:
    """Return the text of the file."""
    if len(content) > MAXIMUM_BYTES:
        raise InvalidFile("The file is larger than 5 MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(
            "The file is not UTF-8 (byte %(place)s). Save it as “CSV UTF-8”.", place=error.start
        ) from error
    if "\0" in text:
        raise InvalidFile("The file holds zero bytes: it is not a CSV file.")
    return text


def _delimiter(content: bytes) -> str:
    """Return the separator that the row of headings uses more."""
    first = content.split(b"\n", 1)[0]
    return ";" if first.count(b";") > first.count(b",") else ","


def _header_faults(
    header: Sequence[str], columns: Sequence[str], required: Iterable[str]
) -> Iterable[RowFault]:
    """Yield columns that are missing, unknown or there twice."""
    for name in required:
        if name not in header:
            yield RowFault(1, name, message_id("This column is missing."))
    for index, name in enumerate(header):
        if name not in columns:
            near = suggestion(name, columns)
            known = ", ".join(columns)
            if near:
                message = message_id("There is no such column; did you mean “%(near)s”?")
                yield RowFault(1, name, message, {"near": near})
            else:
                message = message_id("There is no such column; known are %(known)s.")
                yield RowFault(1, name, message, {"known": known})
        elif name in header[:index]:
            yield RowFault(1, name, message_id("This column is there twice."))


def _line(
    row: int, header: Sequence[str], cells: Sequence[str]
) -> tuple[PersonLine, list[RowFault]]:
    """Return one row as a value, and its faults."""
    values, faults = cells_of(row, header, cells)
    faults += _cell_faults(row, values)
    for fault in faults:
        values[fault.column] = ""
    names = Names(
        values["given_name"],
        values["family_name"],
        values.get("second_family_name") or None,
        values.get("patronymic") or None,
    )
    line = PersonLine(
        row=row,
        columns=frozenset(header),
        employer=values["employer"],
        employee_number=values["employee_number"],
        names=names,
        hired_on=date.fromisoformat(values["hired_on"]) if values["hired_on"] else NO_DATE,
        weekly_hours=parsed_hours(values.get("weekly_hours", "")),
        **{name: values.get(name) or None for name in FREE},
    )
    return line, faults


def _cell_faults(row: int, values: dict[str, str]) -> Iterable[RowFault]:
    """Yield what is wrong with single cells."""
    for name, value in values.items():
        if not value and name in REQUIRED:
            yield RowFault(row, name, message_id("This is needed."))
        elif name != "hired_on" and len(value) > LENGTHS[name]:
            message = message_id("At most %(number)s letters are possible.")
            yield RowFault(row, name, message, {"number": LENGTHS[name]})
        elif name == "employee_number" and not value.isascii():
            message = message_id("An employee number has Latin letters and digits only.")
            yield RowFault(row, name, message)
        elif not value.isprintable():
            yield RowFault(row, name, message_id("There is a letter that cannot be printed."))
    yield from _form_faults(row, values)
    if values.get("team") and not values.get("site"):
        yield RowFault(row, "team", message_id("A team needs its site."))


def _form_faults(row: int, values: dict[str, str]) -> Iterable[RowFault]:
    """Yield what is not written as its column wants it: dates, codes, hours, addresses."""
    if values["hired_on"] and not is_date(values["hired_on"]):
        message = message_id("“%(value)s” is not a date; write it as 2026-03-31.")
        yield RowFault(row, "hired_on", message, {"value": values["hired_on"]})
    language = values.get("document_language", "")
    if language and language not in LANGUAGES:
        yield unknown(row, "document_language", language, LANGUAGES)
    hours = values.get("weekly_hours", "")
    if hours and parsed_hours(hours) is None:
        message = message_id("Hours a week are more than 0 and at most 80, as in 37.5.")
        yield RowFault(row, "weekly_hours", message)
    email = values.get("email", "")
    if email and not is_email_address(email):
        message = message_id("“%(value)s” is not an e-mail address.")
        yield RowFault(row, "email", message, {"value": email})


def is_date(value: str) -> bool:
    """Return whether the text is a date as this project writes it, and in the calendar."""
    if not _ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _repeated(lines: Iterable[PersonLine]) -> Iterable[RowFault]:
    """Yield employee numbers that the file has twice."""
    first: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: line.row):
        if line.key and line.key in first:
            message = message_id("The employee number is in row %(row)s already.")
            yield RowFault(line.row, "employee_number", message, {"row": first[line.key]})
        first.setdefault(line.key, line.row)
