"""What a career path is: edges between positions; frozen values of ``kind: paths`` files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import InferredReading, Part, Source, SourceNote
from competency.frameworks.values import (
    FormatVersion,
    Language,
    SemanticVersion,
    Slug,
    Text,
    Words,
)


class EdgeStatus(StrEnum):
    """Whether the source says that one position leads to another."""

    STATED = "stated"
    INFERRED = "inferred"


class Edge(Part):
    """One step that people take from a position to another."""

    id: Slug
    """Names the step in translations and inferred readings; unique in the file."""
    from_position: Slug
    """The id of the position that people leave."""
    to_position: Slug
    """The id of the position that they take up."""
    status: EdgeStatus
    """Stated where the source says that one leads to the other, else inferred."""
    text: Text | None = None
    """What is said of the step."""
    conditions: tuple[Text, ...] = ()
    """What must be so before somebody takes the step."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Paths(Part):
    """A file of career paths over the positions of one file."""

    format: FormatVersion = 1
    """The version of this format."""
    kind: Literal["paths"]
    """Says that this is a file of career paths."""
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
    positions: Slug
    """The id of the file of kind positions whose positions are joined."""
    edges: Annotated[tuple[Edge, ...], Field(min_length=1)]
    """The steps from one position to another."""
    inferred: tuple[InferredReading, ...] = ()
    """What the file had to read into its source."""
