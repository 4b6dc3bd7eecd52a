"""Files of measurements as tables of text: CSV, XLSX and Parquet from strangers.

Sizes are looked at before anything is unpacked; columns are read by polars. Every cell
becomes text as the profile says that numbers and days are written, so that one set of
rules reads them all, and no decimal goes through a float unless the file holds one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl
import python_calamine

from competency.errors import message_id
from competency.files.said import Said
from competency.files.tables.limits import TableLimits
from competency.files.tables.unpacking import Refused, repacked
from competency.kpis.import_faults import ImportFault
from competency.kpis.import_schema import DateOrder, Encoding, Format

MEGABYTE = 1024 * 1024
MAXIMUM_BYTES = 256 * MEGABYTE
"""Of one file."""
MAXIMUM_ROWS = 5_000_000
MAXIMUM_COLUMNS = 500
LONGEST_CELL = 1_000
WORKBOOK_LIMITS = TableLimits(
    bytes=32 * MEGABYTE,
    unpacked=400_000_000,
    rows=300_000,
    columns=MAXIMUM_COLUMNS,
    cells=4_000_000,
    area=6_000_000,
)
SEPARATORS = (",", ";", "\t", "|")
FORMULA = re.compile(rb"<([A-Za-z0-9]+:)?f[\s/>]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
QUOTES = message_id("This is not a CSV file: its quotes don't match, or a cell has no end.")
DAYS = {DateOrder.YMD: "%Y-%m-%d", DateOrder.DMY: "%d-%m-%Y", DateOrder.MDY: "%m-%d-%Y"}


@dataclass(frozen=True)
class NamedFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class TextTable:
    """A file's headings, and its rows as columns of text named ``0``, ``1`` and so on."""

    headings: tuple[str, ...]
    rows: pl.DataFrame

    def place(self, heading: str) -> str | None:
        """Return the name of a column by its heading."""
        return str(self.headings.index(heading)) if heading in self.headings else None


class Unreadable(Exception):
    """A file is no table; ``fault`` says why and what to do."""

    def __init__(self, fault: ImportFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _unreadable(
    file: NamedFile, message: str, *, row: int = 0, column: str = "", **params: object
) -> Unreadable:
    """Return the error of a file that is no table."""
    return Unreadable(ImportFault(file.name, row, column, message, params))


def read_table(file: NamedFile, wanted: Format) -> TextTable:
    """Return a file's cells; raise ``Unreadable`` where it is no table, or too large a one."""
    if len(file.content) > MAXIMUM_BYTES:
        message = message_id("The file is larger than %(most)s MB; split it.")
        raise _unreadable(file, message, most=MAXIMUM_BYTES // MEGABYTE)
    if not file.content.strip():
        raise _unreadable(file, message_id("The file is empty; its first row names the columns."))
    if file.content.startswith(b"PAR1"):
        table = _parquet(file, wanted)
    elif file.content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        table = _workbook(file, wanted)
    else:
        table = _csv(file, wanted)
    _check_cells(file, table)
    return table


def _table(file: NamedFile, headings: list[str], rows: pl.DataFrame) -> TextTable:
    """Return the table, its headings with single spaces and its columns numbered."""
    named = tuple(" ".join(heading.split()) for heading in headings)
    if not any(named):
        raise _unreadable(file, message_id("The file is empty; its first row names the columns."))
    if len(named) > MAXIMUM_COLUMNS:
        raise _too_wide(file, len(named))
    if rows.height > MAXIMUM_ROWS:
        raise _too_long(file)
    rows.columns = [str(number) for number in range(rows.width)]
    return TextTable(named, rows)


def _too_wide(file: NamedFile, columns: int) -> Unreadable:
    """Return the error of a file with too many columns."""
    message = message_id("The file has %(columns)s columns; %(most)s are the most.")
    return _unreadable(file, message, row=1, columns=columns, most=MAXIMUM_COLUMNS)


def _too_long(file: NamedFile) -> Unreadable:
    """Return the error of a file with too many rows."""
    message = message_id("The file has more than %(number)s rows; split it.")
    return _unreadable(file, message, number=MAXIMUM_ROWS)


def _check_cells(file: NamedFile, table: TextTable) -> None:
    """Refuse cells that no program of this kind writes."""
    if table.rows.is_empty():
        return
    longest = table.rows.select(pl.all().str.len_bytes().max()).row(0)
    for number, length in enumerate(longest):
        if (length or 0) > LONGEST_CELL:
            found = table.rows[str(number)].str.len_bytes() > LONGEST_CELL
            row = int(found.fill_null(value=False).arg_true()[0]) + 2
            message = message_id("A cell has more than %(most)s letters; shorten it.")
            heading = table.headings[number]
            raise _unreadable(file, message, row=row, column=heading, most=LONGEST_CELL)


def _csv(file: NamedFile, wanted: Format) -> TextTable:
    """Return the cells of a CSV file."""
    text = _decoded(file, wanted.encoding)
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        message = message_id("The file holds zero bytes: it is not a CSV file.")
        raise _unreadable(file, message, row=row)
    first = text.split("\n", 1)[0]
    separator = {"tab": "\t"}.get(wanted.separator, wanted.separator)
    if separator == "auto":
        separator = max(SEPARATORS, key=first.count)
    try:
        headings = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error as error:
        raise _unreadable(file, QUOTES, row=1) from error
    if len(headings) > MAXIMUM_COLUMNS:
        raise _too_wide(file, len(headings))
    _refuse_ragged(file, text, separator, len(headings))
    try:
        rows = pl.read_csv(
            io.BytesIO(text.encode("utf-8")),
            separator=separator,
            has_header=False,
            skip_rows=0,
            new_columns=[str(number) for number in range(len(headings))],
            infer_schema=False,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _ragged(file, text, separator, len(headings)) from error
    return _table(file, headings, rows.slice(1))


def _decoded(file: NamedFile, encoding: Encoding) -> str:
    """Return the text of a file, its lines ended alike."""
    content = file.content
    name = encoding.value
    if encoding is Encoding.FOUND_OUT:
        name = "utf-16" if content.startswith(UTF_16_MARKS) else "utf-8"
    try:
        text = content.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        message = message_id(
            "The file is not %(encoding)s (byte %(place)s); say its encoding in the profile, "
            "or save it as “CSV UTF-8”."
        )
        raise _unreadable(file, message, row=row, encoding=name, place=error.start) from error
    return text.replace("\r\n", "\n")


def _refuse_ragged(file: NamedFile, text: str, separator: str, columns: int) -> None:
    """Refuse rows with more or fewer cells than headings; polars fills short ones in silence."""
    if '"' in text:
        raggeds = _lengths(file, text, separator)
        row = next((row for row, cells in raggeds if cells not in {0, columns}), None)
    else:
        lines = pl.Series(text.split("\n"))
        cells = lines.str.count_matches(re.escape(separator)) + 1
        wrong = ((cells != columns) & (lines.str.len_bytes() > 0)).arg_true()
        row = int(wrong[0]) + 1 if len(wrong) else None
    if row is not None:
        raise _ragged_row(file, row, columns)


def _lengths(file: NamedFile, text: str, separator: str) -> Iterator[tuple[int, int]]:
    """Yield each row's number and how many cells it has, where cells are in quotes."""
    row = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        for row, cells in enumerate(reader, 1):
            yield row, len(cells)
    except csv.Error as error:
        raise _unreadable(file, QUOTES, row=row + 1) from error


def _ragged_row(file: NamedFile, row: int, columns: int) -> Unreadable:
    """Return the error of a row that is longer or shorter than the headings."""
    message = message_id("This row does not have %(columns)s cells as the headings have; mend it.")
    return _unreadable(file, message, row=row, columns=columns)


def _ragged(file: NamedFile, text: str, separator: str, columns: int) -> Unreadable:
    """Return the error of the row at which the engine stopped, where it can be found."""
    for row, cells in _lengths(file, text, separator):
        if cells not in {0, columns}:
            return _ragged_row(file, row, columns)
    return _unreadable(file, QUOTES)


def _workbook(file: NamedFile, wanted: Format) -> TextTable:
    """Return the cells of a sheet of a workbook."""
    try:
        if len(file.content) > WORKBOOK_LIMITS.bytes:
            most = WORKBOOK_LIMITS.bytes // MEGABYTE
            large = Said("the file is larger than %(most)s MB", most=most)
            raise Refused(large, Said("split it into smaller ones"))  # noqa: TRY301 - one place
        content = repacked(file.content, WORKBOOK_LIMITS)
        _refuse_formulas(content)
        with python_calamine.load_workbook(io.BytesIO(content)) as book:
            title = wanted.sheet or book.sheet_names[0]
            if title not in book.sheet_names:
                known = ", ".join(book.sheet_names[:10])
                missing = Said("it has no sheet “%(sheet)s”", sheet=title)
                raise Refused(missing, Said("use one of %(known)s", known=known))  # noqa: TRY301 - one place
            cells = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except Refused as error:
        raise _broken(file, error.message, error.remedy) from error
    except (python_calamine.CalamineError, ValueError, OSError, IndexError) as error:
        raise _broken(file, Said("it is damaged"), Said("save it again as .xlsx")) from error
    if not cells:
        raise _unreadable(file, message_id("The file is empty; its first row names the columns."))
    headings = [_text(cell, wanted) or "" for cell in cells[0]]
    columns = {
        str(number): pl.Series([_text(cell, wanted) for cell in column], dtype=pl.String)
        for number, column in enumerate(zip(*cells[1:], strict=True))
    }
    empty = {str(number): pl.Series([], dtype=pl.String) for number in range(len(headings))}
    return _table(file, headings, pl.DataFrame(columns or empty))


def _broken(file: NamedFile, reason: Said, remedy: Said) -> Unreadable:
    """Return the error of a workbook that can't be read."""
    message = message_id("This workbook can't be read: %(reason)s; %(remedy)s.")
    words = {"reason": reason.template, "remedy": remedy.template}
    params = {**words, **reason.params, **remedy.params}
    return Unreadable(ImportFault(file.name, 0, "", message, params))


def _refuse_formulas(content: bytes) -> None:
    """Refuse a workbook whose values hang on others: nobody knows when they were computed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and FORMULA.search(archive.read(name)):
                remedy = Said("copy its cells and insert them as values")
                raise Refused(Said("it holds formulas"), remedy)


def _text(value: object, wanted: Format) -> str | None:
    """Return a cell of a workbook as the profile says that such cells are written."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() else repr(value)
        return text.replace(".", wanted.decimal)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return day.strftime(DAYS[wanted.dates])
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def _parquet(file: NamedFile, wanted: Format) -> TextTable:
    """Return the cells of a Parquet file; how large it is stands at its end."""
    broken = message_id("This Parquet file can't be read; write it again.")
    try:
        lazy = pl.scan_parquet(io.BytesIO(file.content))
        schema = lazy.collect_schema()
        if len(schema) > MAXIMUM_COLUMNS:
            raise _too_wide(file, len(schema))
        if lazy.select(pl.len()).collect().item() > MAXIMUM_ROWS:
            raise _too_long(file)
        expressions = [_as_text(name, kind, wanted) for name, kind in schema.items()]
        strange = [name for name, one in zip(schema, expressions, strict=True) if one is None]
        if strange:
            name = strange[0]
            message = message_id("This column holds no text, number, day or time; leave it out.")
            raise _unreadable(file, message, column=name)
        rows = lazy.select(one for one in expressions if one is not None).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise _unreadable(file, broken) from error
    return _table(file, list(schema), rows)


def _as_text(name: str, kind: pl.DataType, wanted: Format) -> pl.Expr | None:
    """Return a column of a Parquet file as text, or ``None`` for what is no cell."""
    column = pl.col(name)
    if kind == pl.String:
        return column
    if (
        kind.is_integer()
        or kind in {pl.Boolean, pl.Null}
        or isinstance(kind, pl.Categorical | pl.Enum)
    ):
        return column.cast(pl.String)
    if kind.is_float() or isinstance(kind, pl.Decimal):
        text = column.cast(pl.String).str.replace(r"\.0+$", "")
        return text.str.replace(".", wanted.decimal, literal=True)
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return column.dt.strftime(DAYS[wanted.dates])
    if isinstance(kind, pl.Duration):
        seconds = column.dt.total_seconds()
        hours = (seconds // 3600).cast(pl.String)
        rest = [(seconds // 60 % 60), (seconds % 60)]
        parts = [hours, *(part.cast(pl.String).str.zfill(2) for part in rest)]
        return pl.concat_str(parts, separator=":").alias(name)
    return None
