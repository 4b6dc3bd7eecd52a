"""What a career path is: edges between positions; frozen values of ``kind: paths`` files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import FileHead, Part, SourceNote
from competency.frameworks.values import (
    Slug,
    Text,
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


class Paths(FileHead):
    """A file of career paths over the positions of one file."""

    kind: Literal["paths"]
    """Says that this is a file of career paths."""
    positions: Slug
    """The id of the file of kind positions whose positions are joined."""
    edges: Annotated[tuple[Edge, ...], Field(min_length=1)]
    """The steps from one position to another."""
