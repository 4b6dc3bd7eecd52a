"""What a KPI is: its definition in words and fields; frozen values of ``kind: kpis`` files."""

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
    YesOrNo,
)


class Direction(StrEnum):
    """Which way is better; ``unstated`` where the source doesn't say."""

    HIGHER = "higher"
    LOWER = "lower"
    IN_RANGE = "in_range"
    UNSTATED = "unstated"


class MeasureUnit(StrEnum):
    """What a value counts."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    SCORE = "score"


class Aggregation(StrEnum):
    """How days and people are put together; a ratio is never the mean of ratios."""

    RATIO_OF_SUMS = "ratio_of_sums"
    SUM = "sum"


class KpiScope(StrEnum):
    """About whom a KPI can say something."""

    AGENT = "agent"
    TEAM = "team"
    QUEUE = "queue"


class Quantity(Part):
    """What is counted or added up, in words and as the field that holds it."""

    words: Text
    field: Annotated[Slug | None, Field(description="The column of an import.")] = None


class Kpi(Part):
    """One indicator: what is divided by what, about whom, and which way is better."""

    id: Slug
    title: Words
    description: Text | None = None
    unit: MeasureUnit
    direction: Direction
    numerator: Quantity
    denominator: Annotated[Quantity | None, Field(description="Absent: a plain count or sum.")] = (
        None
    )
    aggregation: Aggregation
    scope: KpiScope
    by: Annotated[
        tuple[Slug, ...], Field(description="What it is broken down by, as in channel.")
    ] = ()
    pitfalls: tuple[Text, ...] = ()
    individual_use: Annotated[
        YesOrNo | None,
        Field(description="Absent or false: never shown about one person."),
    ] = None
    legal_basis: Text | None = None
    notice: Text | None = None
    source: SourceNote | None = None


class Kpis(Part):
    """A file of KPI definitions."""

    format: FormatVersion = 1
    kind: Literal["kpis"]
    id: Annotated[Slug, Field(description="Never changes.")]
    version: Annotated[SemanticVersion, Field(description="A published one never changes.")]
    title: Words
    language: Language
    description: Text | None = None
    source: Source | None = None
    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1)]
    inferred: tuple[InferredReading, ...] = ()
