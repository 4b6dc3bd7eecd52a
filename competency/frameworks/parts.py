"""What files of every kind are made of: frozen parts that know where they come from.

The text under each field is its description: pages of the reference, the schemas for
editors, starting files and the remedies of faults all take it from here.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)

from competency.files.validation import sparingly
from competency.frameworks.values import (
    Count,
    Day,
    FormatVersion,
    Language,
    SemanticVersion,
    Slug,
    Text,
    Words,
    YesOrNo,
)


class Part(BaseModel):
    """The base of every part of a file: frozen, and no key that isn't known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="wrap")
    @classmethod
    def _sparingly(
        cls, value: object, proceed: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """Stop validating where a report is full."""
        return sparingly(value, proceed, info.context)


class SourceNote(Part):
    """Where one item stands in the source, and what was mended in it."""

    line: Count | None = None
    """The line of the source in which the item begins, counted from 1."""
    also: tuple[Count, ...] = ()
    """Further lines of the source that repeat the same words."""
    raw_text: Text | None = None
    """The words of the source, letter by letter, damage included."""
    correction: Text | None = None
    """What was mended in this item, and why; source.corrections needs an entry for the line."""


class Correction(Part):
    """One mending of damage in the source."""

    line: Count | None = None
    """The line of the source, counted from 1."""
    raw: Text
    """What the source has."""
    mended: Text
    """What this file has instead."""
    reason: Text
    """Why it was mended, as in misprint."""


class AbsentPart(Part):
    """Something that the standard would have and this source has not: it stays absent."""

    part: Words
    """What is missing."""
    note: Text
    """How one knows, and what this file does about it."""


class LeftOut(Part):
    """Lines of the source that this file has no place for, and why."""

    lines: Annotated[tuple[Count, ...], Field(min_length=1)]
    """The lines of the source, counted from 1."""
    raw: Text | None = None
    """The words that were left out; absent: the whole lines."""
    reason: Text
    """Why they have no place here."""


class PlacedPart(Part):
    """Words of the source that became a part of the file without a source note of its own."""

    path: Words
    """The place in this file, as in title, terms.unit or units[ac1].description."""
    line: Count
    """The line of the source where it begins, counted from 1."""
    also: tuple[Count, ...] = ()
    """Further lines of the source that repeat it."""
    raw_text: Text
    """The source, letter by letter."""


class Source(Part):
    """The document that a file was made from."""

    document: Words
    """The name of the document or of its file."""
    publisher: Words | None = None
    """Who publishes it."""
    url: Words | None = None
    """Where it can be read."""
    licence: Words | None = None
    """On what terms its words may be used."""
    verified_on: Day | None = None
    """The day somebody compared this file with the original; absent: nobody has yet."""
    note: Text | None = None
    """What a reader should know of the document and of how this file follows it."""
    partial: YesOrNo | None = None
    """True where only a part of the document was at hand."""
    corrections: tuple[Correction, ...] = ()
    """Every mending of damage in the source."""
    absent: tuple[AbsentPart, ...] = ()
    """What the standard would have and this source has not."""
    left_out: tuple[LeftOut, ...] = ()
    """What the source has and this file has no place for."""
    placed: tuple[PlacedPart, ...] = ()
    """What the source has for parts that carry no source note of their own."""


class Reference(Part):
    """A place in a public classification; a code means nothing without its scheme."""

    scheme: Words
    """The classification, as in EQF or ISCO."""
    version: Words | None = None
    """The edition of the classification."""
    code: Words
    """The code in it."""
    title: Words | None = None
    """What the classification calls that place."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class InferredReading(Part):
    """Something that the source doesn't say and this file had to read into it."""

    path: Words
    """The place in this file, as in title, outcome.unit or units[ac1].criteria[ac1.cd2].title."""
    reading: Text
    """What was read into the source."""
    note: Text
    """Why, and what the source has instead."""


class Statement(Part):
    """A sentence with an id of its own: something to know, or an indicator."""

    id: Slug
    """Names the statement in translations and inferred readings; unique in the file."""
    text: Text
    """The sentence."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class FileHead(Part):
    """What files of positions, KPIs, paths and questions begin with."""

    format: FormatVersion = 1
    """The version of this format."""
    kind: str
    """Says what sort of file this is."""
    id: Slug
    """Names the file and the folder that it is kept in; never changes."""
    version: SemanticVersion
    """Three numbers; a published version never changes."""
    title: Words
    """What the file is called."""
    language: Language
    """The language of its words, with a country where that matters."""
    description: Text | None = None
    """What the file is about."""
    source: Source | None = None
    """The document that the file was made from."""
    inferred: tuple[InferredReading, ...] = ()
    """What the file had to read into its source."""
