"""How the files of one source are read: the import profile; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import Part
from competency.frameworks.values import Slug, Words, YesOrNo

Heading = Annotated[str, Field(min_length=1, max_length=120)]
"""A column of a file, as its heading names it."""
Cell = Annotated[str, Field(max_length=120)]


class Shape(StrEnum):
    """What one row of the files is."""

    WIDE = "wide"  # a person's day, with a column for each field
    LONG = "long"  # one measurement
    CALLS = "calls"  # one contact; they are counted and added up by person and day


class Amount(StrEnum):
    """How the numbers of a column are written; times come to seconds."""

    NUMBER = "number"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    CLOCK = "hh:mm:ss"
    SHORT_CLOCK = "mm:ss"


TIMES = frozenset(Amount) - {Amount.NUMBER}


class DateOrder(StrEnum):
    """In which order days are written."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Encoding(StrEnum):
    """How letters are kept; found out are UTF-8 and what says so itself."""

    FOUND_OUT = "auto"
    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WESTERN = "windows-1252"
    CYRILLIC = "windows-1251"
    LATIN = "iso-8859-15"


class PersonBy(StrEnum):
    """What the person's column holds."""

    NUMBER = "number"
    EXTERNAL = "external"


class CampaignFrom(StrEnum):
    """How the campaign of a row is known."""

    ASSIGNMENT = "assignment"  # what the person is assigned to on that day
    COLUMN = "column"
    FIXED = "fixed"
    NONE = "none"


class Others(StrEnum):
    """What is done about columns that the profile doesn't name."""

    IGNORE = "ignore"
    REFUSE = "refuse"


class BadRows(StrEnum):
    """What is done about rows with a fault."""

    REFUSE = "refuse"  # nothing is imported
    SET_ASIDE = "set_aside"  # the rest is imported, and a person looks at them


class Format(Part):
    """How the files are written."""

    separator: Literal["auto", ",", ";", "tab", "|"] = "auto"
    """What stands between two cells of a CSV file; auto: found out from the headings."""
    encoding: Encoding = Encoding.FOUND_OUT
    """How a CSV file keeps its letters."""
    sheet: Words | None = None
    """The sheet of a workbook; absent: the first one."""
    decimal: Literal[".", ","] = "."
    """What stands before the decimals."""
    thousands: Literal["none", ".", ",", " ", "'"] = "none"
    """What groups the digits of large numbers."""
    dates: DateOrder = DateOrder.YMD
    """In which order days are written."""
    rounds: YesOrNo | None = None
    """True: what is finer than a thousandth is rounded; else it is a fault."""


class PersonColumn(Part):
    """Who a row is about."""

    column: Heading
    """The column."""
    by: PersonBy = PersonBy.NUMBER
    """What it holds: our employee number, or the source's own name for the person."""


class CampaignColumn(Part):
    """On which campaign a row was measured."""

    take: CampaignFrom = CampaignFrom.ASSIGNMENT
    """From a column, one for all rows, from the assignment of that day, or none."""
    column: Heading | None = None
    """The column with the campaign's code or name."""
    code: Cell | None = None
    """The code of the one campaign."""


class Where(Part):
    """Which contacts count."""

    column: Heading
    """The column that decides."""
    values: tuple[Cell, ...] = ()
    """What it holds where the contact counts; absent: anything at all."""


class FieldSource(Part):
    """Where the value of a field of the definitions comes from."""

    column: Heading | None = None
    """The column; in a file of contacts it is added up, and absent means counting them."""
    written: Amount = Amount.NUMBER
    """How its numbers are written."""
    where: Where | None = None
    """In a file of contacts: which of them count."""


class LongColumns(Part):
    """The columns of a file with a measurement a row."""

    kpi: Heading
    """The column with the indicator's name."""
    numerator: Heading
    """What was counted or added up."""
    denominator: Heading | None = None
    """What it is divided by; empty where the indicator is a plain sum."""
    names: Mapping[str, Slug] = Field(default_factory=dict)
    """The source's names of indicators, and ours."""
    times: Amount = Amount.SECONDS
    """How numerators of indicators in seconds are written."""


class ContactColumns(Part):
    """Which columns of a file of contacts name the contact, so that it can be drawn.

    Name no column that says who called, as a telephone number does.
    """

    reference: Heading
    """The column with the contact's reference, as the recorder names it."""
    channel: Heading | None = None
    """The column with the channel, as frameworks name it."""
    line: Heading | None = None
    """The column with the line that was called."""
    where: Where | None = None
    """Which contacts can be drawn; absent: all with a reference."""
    kept_days: Annotated[int, Field(ge=1, le=100)] = 45
    """For how many days after the contact its reference is kept."""

    def headings(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is read, with the way to the key that names it."""
        for name in ("reference", "channel", "line"):
            column = getattr(self, name)
            if column is not None:
                yield column, f"contact.{name}"
        if self.where is not None:
            yield self.where.column, "contact.where.column"


class ImportProfile(Part):
    """How the files of one source are read."""

    format: Literal["1"]
    """The format of this text."""
    source: Slug
    """The code of the source."""
    shape: Shape
    """What one row is: a person's day, a measurement, or a contact."""
    files: Format = Format()
    """How the files are written."""
    person: PersonColumn
    """Who a row is about."""
    day: Heading
    """The column with the day, or with a moment of it."""
    campaign: CampaignColumn = CampaignColumn()
    """On which campaign it was measured."""
    fields: Mapping[Slug, FieldSource] = Field(default_factory=dict)
    """The fields of the definitions, and where each comes from."""
    long: LongColumns | None = None
    """The columns where a row is one measurement."""
    contact: ContactColumns | None = None
    """In a file of contacts: what names each of them, for drawing some to be observed."""
    kpis: tuple[Slug, ...] = ()
    """The indicators to be imported; absent: every one whose fields are there."""
    others: Others = Others.IGNORE
    """What is done about columns that are not named here."""
    bad_rows: BadRows = BadRows.REFUSE
    """What is done about rows with a fault."""

    def headings(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is read, with the way to the key that names it."""
        yield self.person.column, "person.column"
        yield self.day, "day"
        if self.campaign.column is not None:
            yield self.campaign.column, "campaign.column"
        for name, field in self.fields.items():
            if field.column is not None:
                yield field.column, f"fields.{name}.column"
            if field.where is not None:
                yield field.where.column, f"fields.{name}.where.column"
        yield from () if self.contact is None else self.contact.headings()
        if self.long is not None:
            yield self.long.kpi, "long.kpi"
            yield self.long.numerator, "long.numerator"
            if self.long.denominator is not None:
                yield self.long.denominator, "long.denominator"
