"""What a position is: frozen values of ``kind: positions`` files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.frameworks.parts import (
    FileHead,
    Part,
    SourceNote,
    Statement,
)
from competency.frameworks.values import (
    Count,
    LevelCode,
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
    """One thing a source says of a position."""

    id: Slug
    """Names the item in translations and inferred readings; unique in the file."""
    text: Text
    """The item, in one sentence."""
    source_no: Words | None = None
    """The number or letter that the source prints before it."""
    incomplete: YesOrNo | None = None
    """True where the source breaks off."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Duty(Item):
    """One duty, in one sentence."""

    kind: DutyKind
    """What sort of work it is."""
    channels: tuple[Slug, ...] = ()
    """Where it is done, as in voice, chat, email."""
    direction: ContactDirection | None = None
    """Who begins the contact: inbound, the customer; outbound, the holder."""


class Requirement(Item):
    """Something to know, to be able to do, to have learnt or to have done."""

    kind: RequirementKind
    """What sort of thing is asked for."""
    minimum_months: Count | None = None
    """Months of experience, at least."""
    preferred: YesOrNo | None = None
    """True: welcome, not required."""


class Obligation(Item):
    """Something that the holder answers for or must keep."""

    kind: ObligationKind
    """What sort of obligation it is."""


class PositionIndicator(Item):
    """What the work is measured by; no target is invented."""

    kpi: Slug | None = None
    """The id of a KPI of a file of kind kpis; absent: it isn't defined as one."""


class LegalReference(Item):
    """Law that the source names; recorded, never acted on."""

    jurisdiction: Words | None = None
    """Whose law it is, as in UA, RU, SU."""
    obsolete_suspected: YesOrNo | None = None
    """True where the law may no longer be in force."""


class Note(Item):
    """What else the source says of the position, which nobody is judged by."""

    kind: NoteKind
    """What the note is about."""


class Span(Part):
    """How many people or things the position leads, at least and at most."""

    minimum: Count | None = None
    """The least."""
    maximum: Count | None = None
    """The most."""
    of: Words
    """What is counted, as in agents."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Acting(Part):
    """How the holder is replaced for a time."""

    text: Text
    """Who stands in, and when."""
    maximum_days: Count | None = None
    """Days that it lasts at most."""
    pay_difference: YesOrNo | None = None
    """True where whoever stands in is paid the difference."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Reporting(Part):
    """To whom the holder reports, and who stands in."""

    reports_to: tuple[Statement, ...] = ()
    """What the source says of whom the holder reports to."""
    positions: tuple[Slug, ...] = ()
    """Those of these that are positions of this file, by id."""
    appointment: Statement | None = None
    """Who appoints and dismisses the holder."""
    acting: Acting | None = None
    """How the holder is replaced for a time."""


class Target(Part):
    """The levels that the position asks for, by criterion or unit of a framework."""

    framework: Slug
    """The id of the framework."""
    scope: Slug | None = None
    """The id of a scope of that framework; absent: all of it."""
    levels: Annotated[Mapping[Slug, LevelCode], Field(min_length=1)]
    """The level asked for, by the id of a criterion or unit."""
    note: Text | None = None
    """Why these levels."""


class Position(Part):
    """A job: why it exists, what it does, what it asks and what it is measured by."""

    id: Slug
    """Names the position; paths refer to it, so it never changes."""
    title: Words
    """The position's name."""
    also_called: tuple[Words, ...] = ()
    """Other names it goes by."""
    purpose: Text | None = None
    """Why the position exists."""
    source: SourceNote | None = None
    """Where its heading stands in the source."""
    reporting: Reporting | None = None
    """To whom the holder reports, and who stands in."""
    span: Span | None = None
    """How many people or things the position leads."""
    duties: tuple[Duty, ...] = ()
    """What the holder does."""
    rights: tuple[Item, ...] = ()
    """What the holder may do or ask for."""
    requirements: tuple[Requirement, ...] = ()
    """What somebody brings to the position."""
    obligations: tuple[Obligation, ...] = ()
    """What the holder answers for or must keep."""
    indicators: tuple[PositionIndicator, ...] = ()
    """What the work is measured by."""
    legal_references: tuple[LegalReference, ...] = ()
    """Law that the source names."""
    notes: tuple[Note, ...] = ()
    """What else the source says, which nobody is judged by."""
    targets: tuple[Target, ...] = ()
    """The levels that the position asks for, a framework an item."""


class Positions(FileHead):
    """A file of positions."""

    kind: Literal["positions"]
    """Says that this is a file of positions."""
    positions: Annotated[tuple[Position, ...], Field(min_length=1)]
    """The positions."""
