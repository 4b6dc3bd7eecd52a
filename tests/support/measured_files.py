"""Measurements written in any way that a profile knows, and files that are damaged."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial

import polars as pl
import xlsxwriter
import yaml

from competency.kpis.import_files import NamedFile
from competency.kpis.import_matching import (
    ALIASES,
    ASSIGNMENTS,
    CAMPAIGNS,
    PEOPLE,
    Organisation,
)
from competency.kpis.import_rows import Definition
from competency.kpis.schema import MeasureUnit

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
FIRST = date(2025, 1, 1)
AHT, CONTACTS = "average-handling-time", "contacts-handled"
KNOWN = {
    AHT: Definition(AHT, "handle-seconds", "handled", is_ratio=True, unit=MeasureUnit.SECONDS),
    CONTACTS: Definition(CONTACTS, "handled", None, is_ratio=False, unit=MeasureUnit.COUNT),
}
NUMBERS = ("E301", "E302", "E400")


def organisation() -> Organisation:
    """Return three people, one of whom has a name of the source."""
    people = [(n, number, FIRST, None) for n, number in enumerate(NUMBERS, 1)]
    return Organisation(
        people=pl.DataFrame(people, schema=PEOPLE, orient="row"),
        aliases=pl.DataFrame([("Zoë; “x”", 2)], schema=ALIASES, orient="row"),
        campaigns=pl.DataFrame([(7, "ALFA", "Servicio Alfa")], schema=CAMPAIGNS, orient="row"),
        assignments=pl.DataFrame([(1, 7, FIRST, None)], schema=ASSIGNMENTS, orient="row"),
        last_day=NOW.date() + timedelta(days=1),
    )


@dataclass(frozen=True)
class Row:
    """A person's day: thousandths of contacts, and of seconds."""

    who: int
    day: date
    handled: int
    seconds: int


@dataclass(frozen=True)
class Way:
    """One way to write a file."""

    kind: str = "csv"
    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = "none"
    dates: str = "ymd"
    written: str = "seconds"
    shape: str = "wide"
    quoted: bool = False

    def profile(self) -> str:
        """Return the profile of this way."""
        files = {
            "separator": "tab" if self.separator == "\t" else self.separator,
            "encoding": self.encoding,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "dates": self.dates,
        }
        data: dict[str, object] = {
            "format": "1",
            "source": "telephony",
            "shape": self.shape,
            "files": files,
            "person": {"column": "Agent"},
            "day": "Date",
        }
        if self.shape == "long":
            data["long"] = {
                "kpi": "KPI",
                "numerator": "Top",
                "denominator": "Below",
                "names": {"TMO": AHT},
                "times": self.written,
            }
        else:
            data["fields"] = {
                "handled": {"column": "Calls"},
                "handle-seconds": {"column": "Time", "written": self.written},
            }
        return yaml.safe_dump(data, allow_unicode=True)

    def number(self, thousandths: int) -> str:
        """Return a number as this way writes it."""
        value = Decimal(thousandths).scaleb(-3)
        text = f"{value:,f}" if self.thousands != "none" else f"{value:f}"
        whole, _, rest = text.partition(".")
        rest = rest.rstrip("0")
        whole = whole.replace(",", "" if self.thousands == "none" else self.thousands)
        return f"{whole}{self.decimal}{rest}" if rest else whole

    def time(self, thousandths: int) -> str:
        """Return a time as this way writes it."""
        if self.written == "seconds":
            return self.number(thousandths)
        seconds, rest = divmod(thousandths, 1000)
        tail = f".{rest:03}" if rest else ""
        if self.written == "mm:ss":
            return f"{seconds // 60}:{seconds % 60:02}{tail}"
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{tail}"

    def date(self, day: date) -> str:
        """Return a day as this way writes it."""
        forms = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m.%d.%Y"}
        return day.strftime(forms[self.dates])

    def table(self, rows: list[Row]) -> list[list[str]]:
        """Return the cells of a file, its headings first."""
        cells = [["Agent", "Date", "Calls", "Time", "Stray"]]
        if self.shape == "long":
            cells = [["KPI", "Below", "Agent", "Top", "Date"]]
        for row in rows:
            who, day = ("E301", "Zoë; “x”", "e400")[row.who], self.date(row.day)
            calls, time = self.number(row.handled), self.time(row.seconds)
            if self.shape == "long":
                cells.append(["TMO", calls, who, time, day])
                cells.append([CONTACTS, "", who, calls, day])
            else:
                cells.append([who, day, calls, time, "ignored"])
        return cells

    def file(self, rows: list[Row]) -> NamedFile:
        """Return the file."""
        cells = self.table(rows)
        if self.kind == "xlsx":
            return NamedFile("a.xlsx", workbook(cells))
        if self.kind == "parquet":
            frame = pl.DataFrame(cells[1:], schema=cells[0], orient="row")
            stream = io.BytesIO()
            frame.write_parquet(stream)
            return NamedFile("a.parquet", stream.getvalue())
        lines = [self.separator.join(self._cell(cell) for cell in row) for row in cells]
        return NamedFile("a.csv", ("\r\n".join(lines) + "\r\n").encode(self.encoding))

    def _cell(self, text: str) -> str:
        """Return one cell, in quotes where it must be."""
        needs = self.quoted or self.separator in text or '"' in text
        doubled = text.replace('"', '""')
        return f'"{doubled}"' if needs else text


def workbook(cells: list[list[str]]) -> bytes:
    """Return a workbook of texts."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("Data")
    for number, row in enumerate(cells):
        for column, text in enumerate(row):
            page.write_string(number, column, text)
    book.close()
    return stream.getvalue()


def damaged(seed: int) -> NamedFile:
    """Return a sound file of three days, spoilt in one of many ways."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    kind = chance.choice(("csv", "xlsx", "parquet"))
    way = Way(kind=kind, written="hh:mm:ss")
    rows = [Row(n % 2 * 2, NOW.date() - timedelta(days=n + 1), 20_000, 6_000_000) for n in range(3)]
    file = way.file(rows)
    content = bytearray(file.content)
    spoil: Callable[[], bytes] = chance.choice(
        (
            lambda: bytes(content[: chance.randrange(len(content))]),
            partial(_flipped, content, chance),
            partial(_with_cell, way, rows, chance),
            lambda: bytes(content) * 2,
            lambda: b"\0" + bytes(content),
            lambda: chance.randbytes(chance.randrange(2_000)),
            lambda: b"PK\x03\x04" + chance.randbytes(300),
            lambda: b"PAR1" + chance.randbytes(300) + b"PAR1",
            partial(str.encode, ",".join(f"c{n}" for n in range(10_000))),
            lambda: b"Agent,Date,Calls,Time\n" + b'"' + b"x" * 5_000,
            bomb,
        )
    )
    return NamedFile(f"damaged-{seed}.{kind}", spoil())


def _flipped(content: bytearray, chance: random.Random) -> bytes:
    """Return bytes of which a few are others."""
    for _ in range(chance.randint(1, 5)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


HOSTILE = (
    *("=1+1", "NaN", "inf", "-inf", "1e300", "9" * 40, "0x10", "１２", "--1", "1,5,5", "\t", "'"),
    *("2026-02-30", "99:99:99", "1:2:3:4", "E999", "'; DROP TABLE measurement;--", "𝟓", "-0", "∞"),
    *("1" + "0" * 2_000, "\u202e5", "1 000", "true", "null", "<script>", "150001", "-5", "1.00001"),
)


def _with_cell(way: Way, rows: list[Row], chance: random.Random) -> bytes:
    """Return a file in which one cell is not what it should be."""
    cells = way.table(rows)
    row = chance.randrange(1, len(cells))
    cells[row][chance.randrange(4)] = chance.choice(HOSTILE)
    if way.kind == "xlsx":
        return workbook(cells)
    return "\n".join(",".join(row) for row in cells).encode()


@cache
def bomb() -> bytes:
    """Return a workbook that says that it is far larger than it is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1_000)
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 450_000_000)
    return stream.getvalue()
