"""What a KPI is: its definition in words and fields; frozen values of ``kind: kpis`` files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import FileHead, Part, SourceNote
from competency.frameworks.values import (
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


class SourceKind(StrEnum):
    """How figures come from a source: in files, or from the observations made here."""

    FILES = "files"
    OBSERVATIONS = "observations"


class Quantity(Part):
    """What is counted or added up, in words and as the field that holds it."""

    words: Text
    """What is counted or added up."""
    field: Slug | None = None
    """The column of an import that holds it; absent: it isn't imported."""


class Kpi(Part):
    """One indicator: what is divided by what, about whom, and which way is better."""

    id: Slug
    """Names the KPI; frameworks and positions refer to it, so it never changes."""
    title: Words
    """The KPI's name."""
    description: Text | None = None
    """What it says, and what it doesn't."""
    unit: MeasureUnit
    """What a value is: a number of things, a share from 0 to 1, seconds, or a score."""
    direction: Direction
    """Which way is better; unstated where the source doesn't say."""
    numerator: Quantity
    """What is counted or added up."""
    denominator: Quantity | None = None
    """What it is divided by; absent: a plain count or sum."""
    aggregation: Aggregation
    """How days and people are put together: sums divided by sums, or one sum."""
    scope: KpiScope
    """The smallest thing that it says something about: an agent, a team or a queue."""
    by: tuple[Slug, ...] = ()
    """What it is broken down by, as in channel."""
    pitfalls: tuple[Text, ...] = ()
    """How it misleads whoever reads it alone."""
    individual_use: YesOrNo | None = None
    """True: may be used about one person, which needs legal_basis and notice."""
    legal_basis: Text | None = None
    """What allows the use about one person: an agreement, an authorisation, a law."""
    notice: Text | None = None
    """How the people concerned were told."""
    reference: Text | None = None
    """Where the definition is published, or that it is one's own."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Kpis(FileHead):
    """A file of KPI definitions."""

    kind: Literal["kpis"]
    """Says that this is a file of KPI definitions."""
    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1)]
    """The definitions."""


def is_about_one_person(kpi: Kpi) -> bool:
    """Return whether an indicator can speak of one person at all."""
    return kpi.scope is KpiScope.AGENT and kpi.individual_use is not False
