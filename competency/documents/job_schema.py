"""The facts of a position's job sheet: plain values, frozen, already in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from competency.documents.schema import Issuer


@dataclass(frozen=True)
class Worded:
    """Words and the language that they are in: a translation may not have all of them."""

    text: str
    language: str


@dataclass(frozen=True)
class JobItem:
    """One thing said of a position; ``number`` is what the source prints before it.

    ``remarks`` are about the item, in the sheet's language: its channels, that it is
    welcome and not required, that the source breaks off, that it was inferred.
    """

    words: Worded
    number: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobGroup:
    """Items of one kind; ``title`` is ``None`` where a section has no kinds."""

    title: Worded | None
    items: tuple[JobItem, ...]
    remark: Worded | None = None


@dataclass(frozen=True)
class JobSection:
    """A part of the sheet: its title in the sheet's language, and what is in it."""

    title: str
    groups: tuple[JobGroup, ...]
    remark: str | None = None


@dataclass(frozen=True)
class Reading:
    """What was read into the source of the position, and why."""

    reading: Worded
    note: Worded


@dataclass(frozen=True)
class JobFacts:
    """Everything that a job sheet says; ``made_on`` is the day its file was published."""

    language: str
    issuer: Issuer
    made_on: date
    title: Worded
    also_called: tuple[Worded, ...]
    purpose: JobItem | None
    about: tuple[JobSection, ...]
    """Short facts: span, reporting, who appoints, who stands in."""
    sections: tuple[JobSection, ...]
    readings: tuple[Reading, ...]
    file_title: Worded
    version: str
    source: str | None
    file_language: str
    notices: tuple[str, ...] = ()
