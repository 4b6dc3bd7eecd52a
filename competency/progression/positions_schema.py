"""What a position is: frozen values of ``kind: positions`` files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import (
    InferredReading,
    Part,
    Source,
    SourceNote,
    Statement,
)
from competency.frameworks.values import (
    Count,
    FormatVersion,
    Language,
    LevelCode,
    SemanticVersion,
    Slug,
    Text,
    Words,
    YesOrNo,
)


class DutyKind(StrEnum):
    """What sort of work a duty is."""

    OPERATIONAL = "operational"
    STRATEGIC = "strategic"
    GOAL = "goal"
    MANAGEMENT = "management"
    TECHNICAL = "technical"
    SERVICE = "service"
    SALES = "sales"
    ADMINISTRATIVE = "administrative"
    QUALITY = "quality"
    TRAINING = "training"
    PLANNING = "planning"
    DEVELOPMENT = "development"


class ContactDirection(StrEnum):
    """Who began a contact."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class RequirementKind(StrEnum):
    """What somebody brings to a position."""

    MUST_KNOW = "must_know"
    SKILL = "skill"
    PERSONAL = "personal"
    EDUCATION = "education"
    EXPERIENCE = "experience"


class ObligationKind(StrEnum):
    """What somebody answers for."""

    RESPONSIBILITY = "responsibility"
    CONFIDENTIALITY = "confidentiality"
    COLLEGIALITY = "collegiality"
    RULES = "rules"


class NoteKind(StrEnum):
    """What else a source says of a position, which nobody is judged by."""

    OCCUPATIONAL_HEALTH = "occupational_health"
    DEVELOPMENT_ACTION = "development_action"
    BUSINESS_RULE = "business_rule"
    CONTEXT = "context"


class Item(Part):
    """One thing a source says of a position; ``source_no`` is the number it prints."""

    id: Slug
    text: Text
    source_no: Words | None = None
    incomplete: Annotated[
        YesOrNo | None, Field(description="True where the source breaks off.")
    ] = None
    source: SourceNote | None = None


class Duty(Item):
    """One duty, in one sentence."""

    kind: DutyKind
    channels: Annotated[tuple[Slug, ...], Field(description="As in voice, chat, email.")] = ()
    direction: ContactDirection | None = None


class Requirement(Item):
    """Something to know, to be able to do, to have learnt or to have done."""

    kind: RequirementKind
    minimum_months: Annotated[
        Count | None, Field(description="Months of experience, at least.")
    ] = None
    preferred: Annotated[YesOrNo | None, Field(description="True: welcome, not required.")] = None


class Obligation(Item):
    """Something that the holder answers for or must keep."""

    kind: ObligationKind


class PositionIndicator(Item):
    """What the work is measured by; no target is invented."""

    kpi: Annotated[Slug | None, Field(description="The id of a KPI of kind kpis.")] = None


class LegalReference(Item):
    """Law that the source names; recorded, never acted on."""

    jurisdiction: Annotated[Words | None, Field(description="As in UA, RU, SU.")] = None
    obsolete_suspected: YesOrNo | None = None


class Note(Item):
    """What else the source says."""

    kind: NoteKind


class Span(Part):
    """How many people or things the position leads, at least and at most."""

    minimum: Count | None = None
    maximum: Count | None = None
    of: Words
    source: SourceNote | None = None


class Acting(Part):
    """How the holder is replaced for a time."""

    text: Text
    maximum_days: Count | None = None
    pay_difference: YesOrNo | None = None
    source: SourceNote | None = None


class Reporting(Part):
    """To whom the holder reports, and who stands in."""

    reports_to: tuple[Statement, ...] = ()
    positions: Annotated[
        tuple[Slug, ...], Field(description="Those of these that are positions of this file.")
    ] = ()
    appointment: Statement | None = None
    acting: Acting | None = None


class Target(Part):
    """The levels that the position asks for, by criterion or unit of a framework."""

    framework: Slug
    scope: Annotated[Slug | None, Field(description="A scope of that framework.")] = None
    levels: Annotated[Mapping[Slug, LevelCode], Field(min_length=1)]
    note: Text | None = None


class Position(Part):
    """A job: why it exists, what it does, what it asks and what it is measured by."""

    id: Slug
    title: Words
    also_called: Annotated[tuple[Words, ...], Field(description="Other names it goes by.")] = ()
    purpose: Text | None = None
    source: SourceNote | None = None
    reporting: Reporting | None = None
    span: Span | None = None
    duties: tuple[Duty, ...] = ()
    rights: tuple[Item, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    indicators: tuple[PositionIndicator, ...] = ()
    legal_references: tuple[LegalReference, ...] = ()
    notes: tuple[Note, ...] = ()
    targets: tuple[Target, ...] = ()


class Positions(Part):
    """A file of positions."""

    format: FormatVersion = 1
    kind: Literal["positions"]
    id: Annotated[Slug, Field(description="Never changes.")]
    version: Annotated[SemanticVersion, Field(description="A published one never changes.")]
    title: Words
    language: Language
    description: Text | None = None
    source: Source | None = None
    positions: Annotated[tuple[Position, ...], Field(min_length=1)]
    inferred: tuple[InferredReading, ...] = ()
