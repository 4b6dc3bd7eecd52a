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
    from_position: Slug
    to_position: Slug
    status: EdgeStatus
    text: Annotated[Text | None, Field(description="What is said of the step.")] = None
    conditions: tuple[Text, ...] = ()
    source: SourceNote | None = None


class Paths(Part):
    """A file of career paths over the positions of one file."""

    format: FormatVersion = 1
    kind: Literal["paths"]
    id: Annotated[Slug, Field(description="Never changes.")]
    version: Annotated[SemanticVersion, Field(description="A published one never changes.")]
    title: Words
    language: Language
    description: Text | None = None
    source: Source | None = None
    positions: Annotated[Slug, Field(description="The id of the file of kind positions.")]
    edges: Annotated[tuple[Edge, ...], Field(min_length=1)]
    inferred: tuple[InferredReading, ...] = ()
