"""From rows whose person is known to measurements; contacts are added up first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from competency.kpis.import_cells import amount_fault, amount_of, thousandths
from competency.kpis.import_faults import Wrong
from competency.kpis.import_rows import (
    KEY,
    MEASUREMENTS,
    Definition,
    faults_where,
    joined,
    measured_by,
)
from competency.kpis.import_schema import Amount, ImportProfile, Shape
from competency.kpis.models import LARGEST
from competency.kpis.schema import MeasureUnit

Found = tuple[pl.DataFrame, pl.DataFrame]
"""Measurements, and what is wrong."""


def measured(rows: pl.DataFrame, profile: ImportProfile, known: Mapping[str, Definition]) -> Found:
    """Return the measurements of rows with ``employee_id`` and ``campaign_id``."""
    if profile.shape is Shape.LONG:
        return _long(rows, profile, known)
    if profile.shape is Shape.CALLS:
        rows = _added_up(rows, profile)
    frames, faults = [], []
    for definition in measured_by(profile, known):
        frame, wrong = _of_fields(rows, profile, definition)
        frames.append(frame)
        faults.append(wrong)
    return _together(frames), joined(faults)


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Return all measurements as one table."""
    if not frames:
        return pl.DataFrame(schema=MEASUREMENTS)
    return pl.concat(
        [frame.select(*MEASUREMENTS).cast(pl.Schema(MEASUREMENTS)) for frame in frames]
    )


def _added_up(rows: pl.DataFrame, profile: ImportProfile) -> pl.DataFrame:
    """Return contacts as people's days; the row is that of the first contact."""
    return rows.group_by("employee_id", "campaign_id", "day", maintain_order=True).agg(
        pl.col("file", "row", "who").first(),
        *(pl.col(name).sum() for name in profile.fields),
    )


def _of_fields(rows: pl.DataFrame, profile: ImportProfile, definition: Definition) -> Found:
    """Return the measurements of one indicator, where its fields are filled."""
    top = definition.numerator or ""
    below = definition.denominator if definition.is_ratio else None
    heading = profile.fields[top].column or top
    frame = rows.select(
        "file",
        "row",
        "who",
        "employee_id",
        "campaign_id",
        "day",
        pl.lit(definition.id).alias("kpi"),
        pl.col(top).alias("numerator"),
        (pl.col(below) if below else pl.lit(None, dtype=pl.Int64)).alias("denominator"),
    )
    faults = []
    if below is not None:
        alone = pl.col("numerator").is_null() != pl.col("denominator").is_null()
        faults.append(faults_where(frame, alone, heading, Wrong.ALONE, "who"))
        divided = profile.fields[below].column or below
        negative = pl.col("denominator") < 0
        faults.append(faults_where(frame, negative, divided, Wrong.NEGATIVE, "denominator"))
        if profile.shape is Shape.CALLS:
            # a day without anything to divide by says nothing
            frame = frame.filter(pl.col("denominator") > 0)
    large = (pl.col("numerator").abs() > LARGEST) | (pl.col("denominator").abs() > LARGEST)
    faults.append(faults_where(frame, large, heading, Wrong.TOO_LARGE, "numerator"))
    return frame.filter(pl.col("numerator").is_not_null()), joined(faults)


def _long(rows: pl.DataFrame, profile: ImportProfile, known: Mapping[str, Definition]) -> Found:
    """Return the measurements of a table that has one a row."""
    columns = profile.long
    if columns is None:
        return _together([]), joined([])
    times = [kpi.id for kpi in known.values() if kpi.unit is MeasureUnit.SECONDS]
    ratios = [kpi.id for kpi in known.values() if kpi.is_ratio]
    is_time = pl.col("kpi").is_in(times)
    files = profile.files
    top, below = pl.col("top"), pl.col("below")
    number, time = (amount_of(top, kind, files) for kind in (Amount.NUMBER, columns.times))
    divided = amount_of(below, Amount.NUMBER, files)
    frame = rows.with_columns(
        pl.when(is_time).then(thousandths(time)).otherwise(thousandths(number)).alias("numerator"),
        thousandths(divided).alias("denominator"),
        pl.when(is_time)
        .then(amount_fault(top, time, columns.times, files))
        .otherwise(amount_fault(top, number, Amount.NUMBER, files))
        .alias("wrong top"),
        amount_fault(below, divided, Amount.NUMBER, files).alias("wrong below"),
    )
    is_ratio = pl.col("kpi").is_in(ratios)
    is_known = pl.col("kpi").is_in(list(known))
    headings = {"top": columns.numerator, "below": columns.denominator or columns.numerator}
    checks = [
        (~is_known, columns.kpi, Wrong.UNKNOWN_KPI, "kpi"),
        (is_known & top.is_null(), headings["top"], Wrong.ALONE, "who"),
        (is_ratio & below.is_null(), headings["below"], Wrong.ALONE, "who"),
        (is_known & ~is_ratio & below.is_not_null(), headings["below"], Wrong.NOT_DIVIDED, "who"),
        (pl.col("denominator") < 0, headings["below"], Wrong.NEGATIVE, "below"),
    ]
    faults = [faults_where(frame, *check) for check in checks]
    for side, heading in headings.items():
        wrong = frame.filter(pl.col(f"wrong {side}").is_not_null())
        faults.append(
            wrong.select(
                "file",
                pl.col("row").cast(pl.UInt32),
                pl.lit(heading).alias("column"),
                pl.col(f"wrong {side}").alias("wrong"),
                pl.col(side).alias("value"),
            )
        )
    if profile.kpis:
        frame = frame.filter(pl.col("kpi").is_in(list(profile.kpis)))
    return _together([frame]), joined(faults)


def only_once(found: pl.DataFrame, day_heading: str) -> Found:
    """Return each measurement once, and what is there again with other values."""
    values = ["numerator", "denominator"]
    same = found.unique([*KEY, *values], keep="first", maintain_order=True)
    twice = same.filter(~pl.struct(KEY).is_first_distinct())
    faults = twice.select(
        "file",
        "row",
        pl.lit(day_heading).alias("column"),
        pl.lit(Wrong.TWICE.value).alias("wrong"),
        pl.col("who").alias("value"),
    )
    return same.filter(pl.struct(KEY).is_first_distinct()), joined([faults])
