"""From a table of text to rows with person, day, campaign and values, column by column."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from competency.errors import message_id
from competency.kpis.import_cells import amount_fault, amount_of, day_of, thousandths
from competency.kpis.import_faults import ImportFault, Wrong
from competency.kpis.import_files import TextTable
from competency.kpis.import_schema import (
    TIMES,
    CampaignFrom,
    ContactColumns,
    FieldSource,
    ImportProfile,
    Others,
    Shape,
    Where,
)
from competency.kpis.models import SCALE
from competency.kpis.schema import Kpi, KpiScope, MeasureUnit

FAULTS: dict[str, type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "column": pl.String,
    "wrong": pl.String,
    "value": pl.String,
}
KEY = ["employee_id", "kpi", "day", "campaign_id"]
MEASUREMENTS: dict[str, type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "who": pl.String,
    "employee_id": pl.Int64,
    "campaign_id": pl.Int64,
    "day": pl.Date,
    "kpi": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}
CONTACT_PARTS = {"reference": 80, "channel": 64, "line": 80}
"""What names a contact, and how many letters are kept of each."""
MAXIMUM_MEASUREMENTS = 20_000_000
"""Of one import: what a machine of 4 GB holds."""


@dataclass(frozen=True)
class Definition:
    """What an import needs to know of an indicator."""

    id: str
    numerator: str | None
    denominator: str | None
    is_ratio: bool
    unit: MeasureUnit


def definitions_of(kpis: Iterable[Kpi]) -> dict[str, Definition]:
    """Return the definitions that can be of a person or a team, by their names."""
    return {
        kpi.id: Definition(
            kpi.id,
            kpi.numerator.field,
            kpi.denominator.field if kpi.denominator else None,
            kpi.denominator is not None,
            kpi.unit,
        )
        for kpi in kpis
        if kpi.scope is not KpiScope.QUEUE
    }


def measured_by(profile: ImportProfile, known: Mapping[str, Definition]) -> list[Definition]:
    """Return the indicators whose fields a profile reads, in the order of the definitions."""
    return [
        definition
        for definition in known.values()
        if (not profile.kpis or definition.id in profile.kpis)
        and definition.numerator in profile.fields
        and (not definition.is_ratio or definition.denominator in profile.fields)
    ]


def profile_faults(
    profile: ImportProfile, known: Mapping[str, Definition]
) -> Iterator[ImportFault]:
    """Yield what a profile asks for that the definitions don't have."""
    name = "profile"
    for kpi in {*profile.kpis, *(profile.long.names.values() if profile.long else ())} - {*known}:
        message = message_id("“%(value)s” is no indicator of a person; see the list of indicators.")
        yield ImportFault(name, 0, "", message, {"value": kpi})
    if profile.shape is Shape.LONG:
        return
    measured = measured_by(profile, known)
    if not measured:
        message = message_id(
            "No indicator has all its fields here; add the ones that the definitions name."
        )
        yield ImportFault(name, 0, "fields", message)
    for definition in measured:
        sides = [
            profile.fields[side] for side in (definition.numerator, definition.denominator) if side
        ]
        is_time = {side.written in TIMES for side in sides}
        if definition.unit is MeasureUnit.SHARE and len(is_time) > 1:
            message = message_id("Of “%(kpi)s” one part is a time and the other is none; mend it.")
            yield ImportFault(name, 0, "fields", message, {"kpi": definition.id})


def heading_faults(file: str, table: TextTable, profile: ImportProfile) -> Iterator[ImportFault]:
    """Yield columns that are missing, there twice, or more than the profile names."""
    wanted = dict.fromkeys(heading for heading, _ in profile.headings())
    for heading in wanted:
        if heading not in table.headings:
            near = difflib.get_close_matches(heading, [h for h in table.headings if h], n=1)
            if near:
                message = message_id("This column is missing; did you mean “%(near)s”?")
                yield ImportFault(file, 1, heading, message, {"near": near[0]})
            else:
                message = message_id("This column is missing; mend the file or the profile.")
                yield ImportFault(file, 1, heading, message)
        elif table.headings.count(heading) > 1:
            yield ImportFault(file, 1, heading, message_id("This column is there twice."))
    if profile.others is Others.REFUSE:
        for number, heading in enumerate(table.headings, 1):
            if heading not in wanted:
                message = message_id("The profile doesn't name this column; remove it.")
                yield ImportFault(file, 1, heading or str(number), message)


@dataclass(frozen=True)
class Rows:
    """Rows with ``who``, ``day``, ``campaign`` and values, and the faults of their cells."""

    rows: pl.DataFrame
    faults: pl.DataFrame
    count: int


def read_rows(number: int, table: TextTable, profile: ImportProfile, first: int = 2) -> Rows:
    """Return the rows of a table whose headings are sound; ``number`` is that of its file.

    ``first`` is the number of the first row, where the table is a part of the file's.
    """
    columns = [pl.col(name).str.strip_chars().alias(name) for name in table.rows.columns]
    cells = (
        table.rows.lazy()
        .with_row_index("row", offset=first)
        .with_columns(columns)
        .with_columns(pl.col(pl.String).replace("", None))
        .filter(pl.any_horizontal(pl.col(pl.String).is_not_null()))
        .with_columns(pl.lit(number, dtype=pl.UInt16).alias("file"))
    )
    parts = [*_common(table, profile)]
    if profile.long is not None:
        parts += _long(table, profile)
    else:
        for name, field in profile.fields.items():
            parts += _field(table, profile, name, field)
    if profile.contact is not None:
        parts += _contact(table, profile.contact)
    frame = cells.select(
        "file", "row", *(expression for part in parts for expression in part.expressions())
    ).collect()
    faults = [part.faults(frame) for part in parts if part.wrong is not None]
    kept = [name for name in frame.columns if not name.startswith("?")]
    return Rows(frame.select(kept), joined(faults), frame.height)


@dataclass(frozen=True)
class _Part:
    """One value of a row, with the text that it was, and what is wrong with it."""

    name: str
    heading: str
    value: pl.Expr
    text: pl.Expr
    wrong: pl.Expr | None = None

    def expressions(self) -> list[pl.Expr]:
        """Return what is to be computed of each row."""
        found = [self.value.alias(self.name)]
        if self.wrong is not None:
            found += [
                self.wrong.alias(f"?wrong {self.name}"),
                self.text.alias(f"?text {self.name}"),
            ]
        return found

    def faults(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the faults of this value."""
        wrong = f"?wrong {self.name}"
        return frame.filter(pl.col(wrong).is_not_null()).select(
            "file",
            pl.col("row").cast(pl.UInt32),
            pl.lit(self.heading).alias("column"),
            pl.col(wrong).alias("wrong"),
            pl.col(f"?text {self.name}").alias("value"),
        )


def _column(table: TextTable, heading: str) -> pl.Expr:
    """Return a column by its heading."""
    place = table.place(heading)
    if place is None:
        raise LookupError(heading)
    return pl.col(place)


def _needed(text: pl.Expr, wrong: Wrong) -> pl.Expr:
    """Return the fault of an empty cell."""
    nothing = pl.lit(None, dtype=pl.String)
    return pl.when(text.is_null()).then(pl.lit(wrong.value)).otherwise(nothing)


def _common(table: TextTable, profile: ImportProfile) -> Iterator[_Part]:
    """Yield who, when and on which campaign."""
    who = _column(table, profile.person.column)
    yield _Part("who", profile.person.column, who, who, _needed(who, Wrong.NO_PERSON))
    text = _column(table, profile.day)
    day = day_of(text, profile.files.dates)
    wrong = (
        pl.when(text.is_null())
        .then(pl.lit(Wrong.NO_DAY.value))
        .when(day.is_null())
        .then(pl.lit(Wrong.BAD_DAY.value))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
    yield _Part("when", profile.day, text, text)
    yield _Part("day", profile.day, day, text, wrong)
    heading = profile.campaign.column
    if profile.campaign.take is CampaignFrom.COLUMN and heading is not None:
        campaign = _column(table, heading)
        yield _Part("campaign", heading, campaign, campaign, _needed(campaign, Wrong.NO_CAMPAIGN))
    else:
        yield _Part("campaign", "", pl.lit(profile.campaign.code, dtype=pl.String), pl.lit(""))


def _field(
    table: TextTable, profile: ImportProfile, name: str, field: FieldSource
) -> Iterator[_Part]:
    """Yield the value of a field; of a contact that doesn't count it is nothing."""
    counts = _counts(table, field.where)
    if field.column is None:
        yield _Part(name, "", counts.cast(pl.Int64) * SCALE, pl.lit(""))
        return
    text = _column(table, field.column)
    if profile.shape is Shape.CALLS:
        text = pl.when(counts).then(text)
    amount = amount_of(text, field.written, profile.files)
    wrong = amount_fault(text, amount, field.written, profile.files)
    yield _Part(name, field.column, thousandths(amount), text, wrong)


def _counts(table: TextTable, where: Where | None) -> pl.Expr:
    """Return whether a contact counts."""
    if where is None:
        return pl.lit(value=True)
    cell, values = _column(table, where.column), list(where.values)
    return cell.is_in(values).fill_null(value=False) if values else cell.is_not_null()


def _contact(table: TextTable, contact: ContactColumns) -> Iterator[_Part]:
    """Yield what names a contact that can be drawn; nothing of one that can't be."""
    counts = _counts(table, contact.where)
    nothing = pl.lit(None, dtype=pl.String)
    for name, most in CONTACT_PARTS.items():
        heading = getattr(contact, name)
        if heading is None:
            yield _Part(f"contact {name}", "", nothing, pl.lit(""))
            continue
        text = pl.when(counts).then(_column(table, heading))
        too_long = text.str.len_chars() > most
        wrong = pl.when(too_long).then(pl.lit(Wrong.LONG_REFERENCE.value)).otherwise(nothing)
        yield _Part(f"contact {name}", heading, text, text, wrong)


def _long(table: TextTable, profile: ImportProfile) -> Iterator[_Part]:
    """Yield the indicator's name and both values, the numerator as number and as time."""
    if profile.long is None:
        return
    kpi = _column(table, profile.long.kpi)
    named = kpi.replace(dict(profile.long.names)) if profile.long.names else kpi
    yield _Part("kpi", profile.long.kpi, named, kpi, _needed(kpi, Wrong.NO_KPI))
    top = _column(table, profile.long.numerator)
    yield _Part("top", profile.long.numerator, top, top)
    below = pl.lit(None, dtype=pl.String)
    if profile.long.denominator is not None:
        below = _column(table, profile.long.denominator)
    yield _Part("below", profile.long.denominator or "", below, below)


def joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return all faults as one table."""
    found = [frame.cast(pl.Schema(FAULTS)) for frame in frames if not frame.is_empty()]
    return pl.concat(found) if found else pl.DataFrame(schema=FAULTS)


def faults_where(
    rows: pl.DataFrame, condition: pl.Expr, heading: str, wrong: Wrong, value: str
) -> pl.DataFrame:
    """Return a fault for each row that meets a condition."""
    return rows.filter(condition).select(
        "file",
        pl.col("row").cast(pl.UInt32),
        pl.lit(heading).alias("column"),
        pl.lit(wrong.value).alias("wrong"),
        pl.col(value).cast(pl.String).alias("value"),
    )


def without(rows: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that no fault is about."""
    if faults.is_empty():
        return rows
    keys = faults.select("file", pl.col("row").cast(rows.schema["row"])).unique()
    return rows.join(keys, on=["file", "row"], how="anti")
