"""The simple values of a framework file, each with its own words when it is wrong.

A file holds text only; these say what a text must look like and what it becomes.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from competency.files.fields import Holds
from competency.files.said import Said
from competency.files.validation import short, wrong

SLUG_PATTERN = r"^[a-z0-9]+([.-][a-z0-9]+)*$"
VERSION_PATTERN = r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$"
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_+-]*$"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
THRESHOLD_PATTERN = r"^(>=|<=) -?[0-9]{1,9}(\.[0-9]{1,6})?$"
SHARE_PATTERN = r"^0(\.[0-9]{1,6})?$|^1(\.0{1,6})?$"
LANGUAGE_PATTERN = r"^[a-z]{2}(-[A-Z]{2})?$"

NUMBER_PATTERN = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"

_SLUG, _VERSION, _CODE = (re.compile(p) for p in (SLUG_PATTERN, VERSION_PATTERN, CODE_PATTERN))
_LANGUAGE, _DAY = re.compile(LANGUAGE_PATTERN), re.compile(DAY_PATTERN)
_THRESHOLD, _SHARE = re.compile(THRESHOLD_PATTERN), re.compile(SHARE_PATTERN)
_NUMBER = re.compile(NUMBER_PATTERN)
DIGITS_ONLY = Said("write digits only, as in 2")

WORDS_MAXIMUM = 300
"""Letters of one line."""

BELOW = "below"
"""The judgement under the lowest level of any scale: seen, and not there yet."""


def _slug(text: str) -> str:
    """Return ``text`` when it is a slug."""
    if not _SLUG.fullmatch(text):
        raise wrong(
            Said("%(value)s is not an id", value=short(text)),
            Said(
                "use lower-case letters and digits, joined by single dots or hyphens, as in ac1.cd2"
            ),
        )
    return text


def _version(text: str) -> str:
    """Return ``text`` when it is a semantic version x.y.z."""
    if not _VERSION.fullmatch(text):
        raise wrong(
            Said("%(value)s is not a version", value=short(text)),
            Said("write three numbers, as in 1.0.0"),
        )
    return text


def _level_code(text: str) -> str:
    """Return ``text`` when it can name a level; ``below`` is taken by every scale."""
    if text.casefold() == BELOW:
        raise wrong(
            Said("%(value)s can't be a level, every scale has it already", value=short(text)),
            Said("leave it out and give its words as below_label"),
        )
    if not _CODE.fullmatch(text):
        raise wrong(
            Said("%(value)s is not a level code", value=short(text)),
            Said("use letters and digits without spaces, as in G or met"),
        )
    return text


def _language(text: str) -> str:
    """Return ``text`` when it is a language, with or without a country."""
    if not _LANGUAGE.fullmatch(text):
        raise wrong(
            Said("%(value)s is not a language", value=short(text)),
            Said("write it as in es or es-CL"),
        )
    return text


def _threshold(text: str) -> str:
    """Return ``text`` when it is a comparison with one number."""
    if not _THRESHOLD.fullmatch(text):
        raise wrong(
            Said("%(value)s is not a threshold", value=short(text)),
            Said("write it in quotes, as in '>= 0.85' or '<= 300'"),
        )
    return text


def _share(value: object) -> object:
    """Turn a share from 0 to 1 into a ``Decimal``."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _SHARE.fullmatch(value):
        raise wrong(
            Said("%(value)s is not a share", value=short(value)),
            Said("write a number from 0 to 1, as in 0.95"),
        )
    return Decimal(value)


def _number(value: object) -> object:
    """Turn a number of at most six places into a ``Decimal``; floats are not exact."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise wrong(
            Said("%(value)s is not a number", value=short(value)),
            Said("write a number from 0 up, as in 2 or 1.5"),
        )
    return Decimal(value)


def _result_code(text: str) -> str:
    """Return ``text`` when it can be a level code, or ``below``."""
    return text if text == BELOW else _level_code(text)


def _whole_number(value: object) -> object:
    """Turn digits into an integer; nothing else counts as one."""
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise wrong(Said("%(value)s is not a whole number", value=short(value)), DIGITS_ONLY)
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(Said("it is not a whole number"), DIGITS_ONLY)
    return value


def _yes_or_no(value: object) -> object:
    """Turn ``true`` and ``false`` into what they say; ``yes``, ``on`` and 1 are refused."""
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise wrong(
            Said("%(value)s is neither true nor false", value=short(value)),
            Said("write true or false"),
        )
    return value == "true"


def _day(value: object) -> object:
    """Let dates of the form 2021-12-02 through, and nothing that only counts seconds."""
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise wrong(
            Said("%(value)s is not a date", value=short(value)),
            Said("write year, month and day, as in 2021-12-02"),
        ) from None


Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    AfterValidator(_slug),
    Field(json_schema_extra={"pattern": SLUG_PATTERN}),
    Holds("an id, as in ac1.cd2"),
]
"""Lower-case letters and digits, joined by single dots or hyphens."""
SemanticVersion = Annotated[
    str,
    AfterValidator(_version),
    Field(json_schema_extra={"pattern": VERSION_PATTERN}),
    Holds("a version, as in 1.0.0"),
]
LevelCode = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20),
    AfterValidator(_level_code),
    Field(json_schema_extra={"pattern": CODE_PATTERN}),
    Holds("a level code, as in G"),
]
ResultCode = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20),
    AfterValidator(_result_code),
    Field(json_schema_extra={"pattern": CODE_PATTERN}),
    Holds("a level code or below, as in G"),
]
"""A level code, or ``below``."""
Language = Annotated[
    str,
    AfterValidator(_language),
    Field(json_schema_extra={"pattern": LANGUAGE_PATTERN}),
    Holds("a language, as in es or es-CL"),
]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS_MAXIMUM),
    Holds("one line of text"),
]
"""A label, a name or a code: one line."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    Holds("text"),
]
"""A statement or a paragraph."""
Threshold = Annotated[
    str,
    AfterValidator(_threshold),
    Field(json_schema_extra={"pattern": THRESHOLD_PATTERN}),
    Holds("a threshold, as in '>= 0.85'"),
]
"""A comparison with one number: ``>= 0.85``."""
Share = Annotated[Decimal, BeforeValidator(_share), Field(ge=0, le=1), Holds("a share, as in 0.95")]
"""From 0 to 1."""
Number = Annotated[Decimal, BeforeValidator(_number), Field(ge=0), Holds("a number, as in 1.5")]
"""From 0 up, with at most six places."""
Count = Annotated[
    int, BeforeValidator(_whole_number), Field(ge=1, le=1_000_000), Holds("a whole number")
]
FormatVersion = Annotated[Literal[1], BeforeValidator(_whole_number)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no), Holds("true or false")]
Day = Annotated[date, BeforeValidator(_day), Holds("a date, as in 2021-12-02")]
