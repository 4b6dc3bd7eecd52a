"""What files of every kind are made of: frozen parts that know where they come from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from competency.frameworks.values import Count, Day, Slug, Text, Words, YesOrNo


class Part(BaseModel):
    """The base of every part of a file: frozen, and no key that isn't known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceNote(Part):
    """Where one item stands in the source, and what was mended in it."""

    line: Annotated[Count | None, Field(description="Line in the source, from 1.")] = None
    also: Annotated[
        tuple[Count, ...], Field(description="Further lines of the source that repeat it.")
    ] = ()
    raw_text: Annotated[Text | None, Field(description="The source, letter by letter.")] = None
    correction: Annotated[Text | None, Field(description="What was mended, and why.")] = None


class Correction(Part):
    """One mending of damage in the source."""

    line: Count | None = None
    raw: Annotated[Text, Field(description="What the source has.")]
    mended: Annotated[Text, Field(description="What this file has instead.")]
    reason: Text


class AbsentPart(Part):
    """Something that the standard would have and this source has not: it stays null."""

    part: Words
    note: Text


class LeftOut(Part):
    """Lines of the source that this file has no place for, and why."""

    lines: Annotated[tuple[Count, ...], Field(min_length=1)]
    raw: Text | None = None
    reason: Text


class Placed(Part):
    """Words of the source that stand in a part without a source note of its own."""

    path: Annotated[Words, Field(description="As in title, references, units[uc1].title")]
    line: Count
    raw_text: Annotated[Text, Field(description="The source, letter by letter.")]


class Source(Part):
    """The document that a file was made from."""

    document: Words
    publisher: Words | None = None
    url: Words | None = None
    licence: Words | None = None
    verified_on: Annotated[
        Day | None, Field(description="The day somebody compared it with the original.")
    ] = None
    note: Text | None = None
    partial: Annotated[
        YesOrNo | None, Field(description="True where only a part of the document was had.")
    ] = None
    corrections: tuple[Correction, ...] = ()
    absent: tuple[AbsentPart, ...] = ()
    placed: tuple[Placed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Reference(Part):
    """A place in a public classification; a code means nothing without its scheme."""

    scheme: Words
    version: Words | None = None
    code: Words
    title: Words | None = None


class InferredReading(Part):
    """Something that the source doesn't say and this file had to read into it."""

    path: Annotated[Words, Field(description="As in title, outcome.unit, units[ac1].title")]
    reading: Text
    note: Text


class Statement(Part):
    """A sentence with an id of its own: something to know, or an indicator."""

    id: Slug
    text: Text
    source: SourceNote | None = None
