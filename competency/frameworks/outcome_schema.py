"""How judgements become results, as a file says it: rules, their parts and their gates.

A rule forms one result out of parts. Parts are criteria, units, or the results of further
rules, so that rules nest as deep as a standard asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from competency.files.fields import InOneCell
from competency.frameworks.parts import Part
from competency.frameworks.values import (
    Count,
    LevelCode,
    Number,
    ResultCode,
    Share,
    Slug,
    Words,
)

COMPETENT = "competent"
NOT_YET_COMPETENT = "not_yet_competent"
Result = Literal["competent", "not_yet_competent"]

RuleName = Literal["all", "n_of", "minimum", "weighted", "points", "ladder", "none"]


class GateKind(StrEnum):
    """What can hold back a result that was reached."""

    REQUIRED_EVIDENCE = "required_evidence"
    SUSTAINED_FOR = "sustained_for"
    TIME_IN_LEVEL = "time_in_level"
    HUMAN_APPROVAL = "human_approval"
    KPI_GATE = "kpi_gate"


class Approver(StrEnum):
    """Whose approval a result can wait for, by the role that they hold."""

    HR = "hr"
    REVIEWER = "reviewer"


class Gate(Part):
    """What holds a result back, however well its parts were judged."""

    gate: GateKind
    """What is asked beside the judgements: evidence, lasting, time, approval, or measurements."""
    days: Count | None = None
    """Under sustained_for and time_in_level, for how many days."""
    from_level: LevelCode | None = None
    """The lowest level that is held back; absent: every one."""
    role: Approver | None = None
    """Under human_approval, the role that approves; nobody approves their own result."""
    id: Slug | None = None
    """Under human_approval, what names the approval; unique in the file."""
    title: Words | None = None
    """Under human_approval, what is approved, in words."""


class Counting(Part):
    """What the rule n_of counts; the other rules have no use for it."""

    count: Count | None = None
    """Under n_of, how many of its parts must reach what is asked; give this or a share."""
    share: Share | None = None
    """Under n_of, which share of the parts that take part must reach it, rounded up."""
    none_below: LevelCode | None = None
    """Under n_of, and beside pass_from, the level that no criterion in it may be under."""


class Scoring(Part):
    """What the rules weighted and points count; the other rules have no use for it."""

    values: Mapping[ResultCode, Number] = Field(default_factory=dict)
    """What each level counts; below is 0 unless it stands here. Absent: its place in its scale."""
    weights: Mapping[Slug, Number] = Field(default_factory=dict)
    """How often a part counts, by its id; 1 for the parts that don't stand here."""
    pass_from: Number | None = None
    """The score from which it is competent; give this or bands."""
    bands: Mapping[LevelCode, Number] = Field(default_factory=dict)
    """The score from which each level of the result begins; under the first it is below."""
    scale: Slug | None = None
    """The scale that the levels of the result are on: a name under scales."""


class Rule(Counting, Scoring):
    """How one result is formed out of parts."""

    rule: RuleName
    """How the parts become a result; the guide explains each, with an example."""
    at_least: LevelCode | None = None
    """Under all and n_of, the level asked of a part; absent: the lowest of its scale."""
    of: tuple[Slug, ...] = ()
    """The ids of the criteria and units that are its parts; absent: those directly inside."""
    tagged: Slug | None = None
    """The tag of the criteria that are its parts, anywhere inside."""
    over: Literal["criteria"] | None = None
    """Criteria: every criterion inside is a part, however deep."""
    rules: Annotated[tuple[PartRule, ...], InOneCell()] = ()
    """Rules of their own, whose results are parts too."""
    steps: Annotated[tuple[Step, ...], InOneCell()] = ()
    """Under ladder, what each level asks, the lowest first."""
    gates: Annotated[tuple[Gate, ...], InOneCell()] = ()
    """What holds the result back."""

    def inner(self) -> Iterator[PartRule]:
        """Yield the rules directly inside: those that are parts, and those of the steps."""
        yield from self.rules
        for step in self.steps:
            yield from step.rules

    def everywhere(self) -> Iterator[Rule]:
        """Yield this rule and all rules inside it."""
        yield self
        for part in self.inner():
            yield from part.everywhere()


class PartRule(Rule):
    """A rule inside another one, whose result is a part there."""

    id: Slug
    """Names the rule; unique in the file, beside its units and criteria."""
    title: Words
    """What people read for it, as in Core behaviours."""


class Step(Part):
    """What one level of a ladder asks."""

    level: LevelCode
    """The level of the rule's scale."""
    rules: Annotated[tuple[PartRule, ...], Field(min_length=1)]
    """What must be reached for it, all of it."""


class UnitRule(Rule):
    """What a unit's result is made of."""


class FrameworkRule(Rule):
    """What the whole's result is made of."""

    at_least: LevelCode = COMPETENT
    """Under all and n_of, what is asked of a unit or criterion."""


class OutcomeRules(Part):
    """How judgements become results."""

    unit: UnitRule
    """The rule of every unit that has none of its own."""
    framework: FrameworkRule
    """The rule of the whole, over its outermost units."""
