"""From columns of text to days and exact thousandths, by the engine's own expressions.

A number is taken apart into its digits before and after the decimal mark and put together
as billionths in 64 bits, so that nothing is rounded that the profile does not round.
"""

from __future__ import annotations

import re

import polars as pl

from competency.kpis.import_faults import Wrong
from competency.kpis.import_schema import TIMES, Amount, DateOrder, Format
from competency.kpis.models import LARGEST, SCALE

PLACES = 9
NANO = 10**PLACES
FINE = NANO // SCALE
WHOLE_DIGITS = 6
SECONDS = {Amount.SECONDS: 1, Amount.MINUTES: 60, Amount.HOURS: 3600}
PARTS = {
    DateOrder.YMD: r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ].*)?$",
    DateOrder.DMY: r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?:[T ].*)?$",
    DateOrder.MDY: r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})(?:[T ].*)?$",
}
CLOCK = r"^(?P<h>\d{1,3}):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?$"
SHORT_CLOCK = r"^(?P<m>\d{1,5}):(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?$"


def day_of(text: pl.Expr, order: DateOrder) -> pl.Expr:
    """Return the day of a text, null where it is none."""
    parts = text.str.extract_groups(PARTS[order])
    return pl.concat_str(
        parts.struct.field("y"),
        pl.lit("-"),
        parts.struct.field("m").str.zfill(2),
        pl.lit("-"),
        parts.struct.field("d").str.zfill(2),
    ).str.to_date("%Y-%m-%d", strict=False)


def _number(text: pl.Expr, wanted: Format) -> pl.Expr:
    """Return a number as billionths, null where it is none; too large a one is cut short.

    Digits past the ninth place are left out of the value; ``_is_finer`` tells of them.
    """
    parts = text.str.extract_groups(_number_pattern(wanted))
    whole = parts.struct.field("whole")
    if wanted.thousands != "none":
        whole = whole.str.replace_all(wanted.thousands, "", literal=True)
    whole = whole.str.strip_chars_start("0").str.pad_start(1, "0")
    # a longer one is beyond the limit whatever follows
    capped = (
        pl.when(whole.str.len_bytes() > WHOLE_DIGITS)
        .then(pl.lit("9" * WHOLE_DIGITS))
        .otherwise(whole)
    )
    rest = parts.struct.field("rest").fill_null("").str.pad_end(PLACES, "0").str.head(PLACES)
    value = capped.cast(pl.Int64, strict=False) * NANO + rest.cast(pl.Int64, strict=False)
    return pl.when(parts.struct.field("sign") == "-").then(-value).otherwise(value)


def _number_pattern(wanted: Format) -> str:
    """Return the pattern of a number as the profile says."""
    mark = re.escape(wanted.decimal)
    whole = r"\d{1,18}"
    if wanted.thousands != "none":
        group = re.escape(wanted.thousands)
        whole = rf"\d{{1,3}}(?:{group}\d{{3}}){{1,5}}|{whole}"
    return rf"^(?P<sign>[+-]?)(?P<whole>{whole})(?:{mark}(?P<rest>\d{{1,30}}))?$"


def _is_finer(text: pl.Expr, wanted: Format) -> pl.Expr:
    """Return whether there are digits past the ninth place that say something."""
    rest = text.str.extract(_number_pattern(wanted), 3).fill_null("")
    return rest.str.slice(PLACES).str.contains("[1-9]")


def _clock(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return a time of hours, minutes and seconds as billionths of a second."""
    parts = text.str.extract_groups(pattern)

    def part(name: str) -> pl.Expr:
        return parts.struct.field(name).cast(pl.Int64, strict=False)

    fraction = parts.struct.field("f").fill_null("").str.pad_end(PLACES, "0")
    seconds = part("m") * 60 + part("s")
    if "?P<h>" in pattern:
        seconds = seconds + part("h") * 3600
    return seconds * NANO + fraction.cast(pl.Int64, strict=False)


def amount_of(text: pl.Expr, written: Amount, wanted: Format) -> pl.Expr:
    """Return the amount of a text as billionths of its unit, null where it is none.

    ``hh:mm:ss`` says by itself what it is, and is read wherever a time is wanted.
    """
    if written is Amount.SHORT_CLOCK:
        return _clock(text, SHORT_CLOCK).fill_null(_clock(text, CLOCK))
    if written is Amount.CLOCK:
        return _clock(text, CLOCK)
    value = _number(text, wanted)
    if written in SECONDS:
        return (value * SECONDS[written]).fill_null(_clock(text, CLOCK))
    return value


def is_too_fine(text: pl.Expr, amount: pl.Expr, written: Amount, wanted: Format) -> pl.Expr:
    """Return whether an amount is finer than a thousandth, and the profile doesn't round."""
    if wanted.rounds:
        return pl.lit(value=False)
    finer = amount % FINE != 0
    if written in {Amount.CLOCK, Amount.SHORT_CLOCK}:
        return finer
    return finer | _is_finer(text, wanted).fill_null(value=False)


def thousandths(amount: pl.Expr) -> pl.Expr:
    """Return billionths as thousandths, halves rounded away from nothing."""
    rounded = (amount.abs() + FINE // 2) // FINE
    return rounded * amount.sign()


def amount_fault(text: pl.Expr, amount: pl.Expr, written: Amount, wanted: Format) -> pl.Expr:
    """Return what is wrong with an amount, null where nothing is; an empty cell is none."""
    bad = Wrong.BAD_TIME if written in TIMES else Wrong.BAD_NUMBER
    return (
        pl.when(text.is_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(amount.is_null())
        .then(pl.lit(bad.value))
        .when(thousandths(amount).abs() > LARGEST)
        .then(pl.lit(Wrong.TOO_LARGE.value))
        .when(is_too_fine(text, amount, written, wanted))
        .then(pl.lit(Wrong.TOO_FINE.value))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
