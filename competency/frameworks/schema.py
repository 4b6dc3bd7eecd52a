"""What a framework is: frozen values, as ``docs/framework-files.md`` describes them.

These say what one value may look like. What must agree between two values (an id used
once, a scale that exists) is in ``rules.py``: a framework is whole only when both pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from competency.frameworks.parts import (
    InferredReading,
    Part,
    Reference,
    Source,
    SourceNote,
    Statement,
)
from competency.frameworks.values import BELOW as BELOW  # noqa: PLC0414 - offered here
from competency.frameworks.values import (
    Count,
    FormatVersion,
    Language,
    LevelCode,
    SemanticVersion,
    Share,
    Slug,
    Text,
    Threshold,
    Words,
    YesOrNo,
)

_Words = TypeVar("_Words")

COMPETENT = "competent"
NOT_YET_COMPETENT = "not_yet_competent"
Result = Literal["competent", "not_yet_competent"]

RESULT_LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {COMPETENT: "Competent", NOT_YET_COMPETENT: "Not yet competent"},
    "es": {COMPETENT: "Competente", NOT_YET_COMPETENT: "Aún no competente"},
    "it": {COMPETENT: "Competente", NOT_YET_COMPETENT: "Non ancora competente"},
    "ru": {COMPETENT: "Соответствует", NOT_YET_COMPETENT: "Пока не соответствует"},
}
"""The words for a result where a framework's ``terms`` give none, by language."""

UNDER_LABELS: Mapping[str, str] = {
    "en": "Under: {level}",
    "es": "Por debajo de: {level}",
    "it": "Al di sotto di: {level}",
    "ru": "Ниже уровня: {level}",
}
"""The words for ``below`` on a criterion that has no lowest level of its scale, by language."""


class EvidenceKind(StrEnum):
    """What shows performance: seen, produced, tested or told."""

    DIRECT_PERFORMANCE = "direct_performance"
    DIRECT_PRODUCT = "direct_product"
    PRACTICAL_TEST = "practical_test"
    SIMULATION = "simulation"
    KNOWLEDGE_TEST = "knowledge_test"
    INTERVIEW = "interview"
    INDIRECT = "indirect"
    KPI = "kpi"
    OBSERVATION = "observation"
    STATEMENT = "statement"


class AssessmentMethod(StrEnum):
    """How a standard wants a unit to be assessed."""

    PRACTICAL_TEST = "practical_test"
    SIMULATION = "simulation"
    KNOWLEDGE_TEST = "knowledge_test"
    INTERVIEW = "interview"
    FIELD_OBSERVATION = "field_observation"
    CASE_ANALYSIS = "case_analysis"
    PORTFOLIO = "portfolio"


class Terms(Part):
    """The words that the framework's own standard uses."""

    framework: Words | None = None
    unit: Words | None = None
    criterion: Words | None = None
    level: Words | None = None
    competent: Words | None = None
    not_yet_competent: Words | None = None


class Level(Part):
    """One step of a scale."""

    code: LevelCode
    label: Words
    description: Text | None = None


class Scale(Part):
    """Levels from the lowest to the highest, and the words for being under them all."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    below_label: Words

    def codes(self) -> tuple[str, ...]:
        """Return the codes of the levels, lowest first, without ``below``."""
        return tuple(level.code for level in self.levels)

    def position(self, code: str) -> int:
        """Return 0 for ``below`` and 1 to n for the levels; raise ``KeyError`` for others."""
        if code == BELOW:
            return 0
        for position, level in enumerate(self.levels, start=1):
            if level.code == code:
                return position
        raise KeyError(code)

    def label(self, code: str) -> str:
        """Return the words for a level or ``below``; raise ``KeyError`` for others."""
        position = self.position(code)
        return self.levels[position - 1].label if position else self.below_label


class Descriptor(Part):
    """What one level of one criterion looks like; no text means undefined in the source."""

    text: Text | None = None
    source_label: Annotated[
        Words | None, Field(description="The letter that the source prints.")
    ] = None
    source: SourceNote | None = None


class RangeStatement(Part):
    """The cases that a criterion names: "such as a, b and c"."""

    subject: Annotated[Words, Field(description="What the cases are cases of.")]
    items: Annotated[tuple[Words, ...], Field(min_length=1)]


class EvidenceRule(Part):
    """What evidence a judgement of one criterion needs."""

    minimum: Annotated[Count, Field(description="Pieces of evidence, at least.")] = 1
    kinds: Annotated[
        tuple[EvidenceKind, ...], Field(description="Kinds that count; empty: every kind.")
    ] = ()
    max_age_days: Count | None = None
    distinct_sources: Annotated[
        Count | None, Field(description="Different people or systems it comes from, at least.")
    ] = None


class Observable(StrEnum):
    """How much of somebody's work must be seen before a behaviour can be judged."""

    CONTACT = "contact"
    SHIFT = "shift"
    PERIOD = "period"
    TEST = "test"


class KpiRole(StrEnum):
    """What a KPI is to a criterion."""

    EVIDENCE = "evidence"
    CONTEXT = "context"
    GATE = "gate"


class Sample(Part):
    """The least that was measured before a KPI says anything."""

    days: Count | None = None
    denominator: Count | None = None


class KpiLink(Part):
    """A KPI in which a criterion can be seen; thresholds here are examples."""

    kpi: Annotated[Slug, Field(description="The id of a KPI of a file of kind kpis.")]
    role: KpiRole
    window_days: Count | None = None
    minimum: Sample | None = None
    levels: Annotated[Mapping[LevelCode, Threshold], Field(description='As in G: ">= 0.85".')] = (
        Field(default_factory=dict)
    )
    confidence: Share | None = None


class Criterion(Part):
    """The smallest thing that is judged; ``title`` is its full statement."""

    id: Slug
    title: Text
    scale: Annotated[Words, Field(description="A name under ``scales``.")]
    levels: Mapping[LevelCode, Descriptor] = Field(default_factory=dict)
    tags: tuple[Slug, ...] = ()
    governing_references: Annotated[
        tuple[Words, ...], Field(description="What the work must agree with.")
    ] = ()
    ranges: tuple[RangeStatement, ...] = ()
    context: tuple[Words, ...] = ()
    polarity: Annotated[
        Literal["prohibited"] | None,
        Field(description="Prohibited: the statement says what must not be done."),
    ] = None
    observable: Annotated[
        Observable | None, Field(description="Where the behaviour can be seen.")
    ] = None
    channels: Annotated[tuple[Slug, ...], Field(description="As in voice, chat, in-person.")] = ()
    kpis: tuple[KpiLink, ...] = ()
    evidence: EvidenceRule | None = None
    source: SourceNote | None = None


class UnitRule(Part):
    """What a unit's result is made of.

    ``all``: competent when all its criteria are at ``at_least`` and its units competent.
    ``minimum``: the lowest level among its criteria and units, none of them below.
    """

    rule: Literal["all", "minimum"]
    at_least: Annotated[
        LevelCode | None, Field(description="A level; absent: the lowest level of each scale.")
    ] = None


class FrameworkRule(Part):
    """What the whole's result is made of.

    ``all``: competent when all its units are. ``minimum``: the lowest level among its
    units. ``none``: no result is formed across the units.
    """

    rule: Literal["all", "minimum", "none"]
    at_least: Literal["competent"] = "competent"


class OutcomeRules(Part):
    """How judgements become results."""

    unit: UnitRule
    framework: FrameworkRule


class Commission(Part):
    """Who must sit together to certify."""

    members: Annotated[tuple[Words, ...], Field(min_length=1)]


class Certification(Part):
    """What may be issued for this framework."""

    by_unit: YesOrNo = False
    valid_months: Annotated[Count | None, Field(description="Absent: it doesn't expire.")] = None
    commission: Commission | None = None
    document: Literal["attestation"] = "attestation"


class Slot(Part):
    """What is filled in when a script is spoken."""

    id: Annotated[Slug, Field(description="Stands in the text in braces, as in {name}.")]
    meaning: Words


class Script(Part):
    """Words to be said as they stand, on one line of service."""

    id: Slug
    title: Words
    line: Annotated[Words | None, Field(description="The telephone number or the channel.")] = None
    text: Text
    slots: tuple[Slot, ...] = ()
    source: SourceNote | None = None


class Scope(Part):
    """A narrower use of the framework: what it leaves out is dropped, not excused."""

    id: Slug
    title: Words
    leaves_out: Annotated[
        tuple[Slug, ...], Field(min_length=1, description="Ids of criteria or units.")
    ]
    reason: Text


class Unit(Part):
    """A group of criteria that can be certified by itself; units nest."""

    id: Slug
    code: Words | None = None
    title: Text
    description: Text | None = None
    units: tuple[Unit, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    indicators: tuple[Statement, ...] = ()
    expected_result: Text | None = None
    assessment_methods: tuple[AssessmentMethod, ...] = ()
    governing_references: tuple[Words, ...] = ()
    context: tuple[Words, ...] = ()
    outcome: Annotated[
        UnitRule | None, Field(description="Instead of the framework's rule for units.")
    ] = None
    source: SourceNote | None = None


@dataclass(frozen=True)
class _Index:
    """What a framework looks up, made once."""

    units: tuple[Unit, ...]
    criteria: Mapping[str, Criterion]
    unit_of: Mapping[str, Unit]
    awardable: Mapping[str, tuple[str, ...]]


def _awardable(scale: Scale, criterion: Criterion) -> tuple[str, ...]:
    """Return the levels that mean something for a criterion.

    Where it describes some of them the others are undefined, unless the scale itself
    describes them; where it describes none, the labels of the scale are all there is.
    """
    described = {code for code, descriptor in criterion.levels.items() if descriptor.text}
    if not described:
        return scale.codes()
    return tuple(
        level.code for level in scale.levels if level.code in described or level.description
    )


class Framework(Part):
    """A versioned standard that people are assessed against."""

    format: FormatVersion = 1
    kind: Literal["framework"] = "framework"
    id: Annotated[Slug, Field(description="Never changes.")]
    version: Annotated[SemanticVersion, Field(description="A published one never changes.")]
    title: Words
    code: Words | None = None
    language: Language
    description: Text | None = None
    terms: Terms = Terms()
    source: Source | None = None
    references: tuple[Reference, ...] = ()
    context: tuple[Words, ...] = ()
    scales: Annotated[Mapping[Slug, Scale], Field(min_length=1)]
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    knowledge: Annotated[
        tuple[Statement, ...] | None,
        Field(min_length=1, description="Null: absent in the source."),
    ] = None
    scripts: tuple[Script, ...] = ()
    scopes: tuple[Scope, ...] = ()
    outcome: OutcomeRules
    certification: Certification | None = None
    status: Annotated[
        Literal["inferred"] | None,
        Field(
            description="Inferred: the reading of the source as a whole is ours, and no result"
            " is formed across the units before human resources confirm it."
        ),
    ] = None
    inferred: tuple[InferredReading, ...] = ()

    @cached_property
    def _index(self) -> _Index:
        """Walk the units once, depth first, a unit's own criteria before its units'."""
        units: list[Unit] = []
        criteria: dict[str, Criterion] = {}
        unit_of: dict[str, Unit] = {}
        waiting = list(reversed(self.units))
        while waiting:
            unit = waiting.pop()
            units.append(unit)
            for criterion in unit.criteria:
                criteria[criterion.id] = criterion
                unit_of[criterion.id] = unit
            waiting.extend(reversed(unit.units))
        awardable = {i: _awardable(self.scales[c.scale], c) for i, c in criteria.items()}
        return _Index(tuple(units), criteria, unit_of, awardable)

    def all_units(self) -> tuple[Unit, ...]:
        """Return every unit, depth first, a unit before the units inside it."""
        return self._index.units

    def criteria(self) -> tuple[Criterion, ...]:
        """Return every criterion, depth first, a unit's own before those of its units."""
        return tuple(self._index.criteria.values())

    def criteria_in(self, unit: Unit) -> tuple[Criterion, ...]:
        """Return the criteria of a unit and of the units inside it."""
        inner = (criterion for child in unit.units for criterion in self.criteria_in(child))
        return (*unit.criteria, *inner)

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion; raise ``KeyError`` where there is none."""
        return self._index.criteria[criterion_id]

    def unit_of(self, criterion_id: str) -> Unit:
        """Return the innermost unit around a criterion; raise ``KeyError`` for a strange id."""
        return self._index.unit_of[criterion_id]

    def scale_of(self, criterion_id: str) -> Scale:
        """Return the scale that a criterion is judged on; raise ``KeyError`` for a strange id."""
        return self.scales[self.criterion(criterion_id).scale]

    def awardable(self, criterion_id: str) -> tuple[str, ...]:
        """Return the codes that a criterion can be judged at, lowest first, without ``below``.

        A level that the source leaves undefined can't be awarded.
        """
        return self._index.awardable[criterion_id]

    def level_label(self, criterion_id: str, code: str) -> str:
        """Return the words for a criterion's level, after the letter that its source prints.

        Where the source leaves the lowest levels undefined, ``below`` is under the first one
        that the criterion has, and says so instead of naming the lowest of the scale.
        """
        scale, lowest = self.scale_of(criterion_id), self.awardable(criterion_id)[0]
        if code == BELOW and lowest != scale.codes()[0]:
            first = self.level_label(criterion_id, lowest)
            return self._in_language(UNDER_LABELS).format(level=first)
        label = scale.label(code)
        descriptor = self.criterion(criterion_id).levels.get(code)
        letter = descriptor.source_label if descriptor else None
        return f"{letter} · {label}" if letter and letter != label else label

    def scale_under(self, unit: Unit) -> Scale:
        """Return the scale of a unit's first criterion; of all of them under ``minimum``."""
        return self.scales[self.criteria_in(unit)[0].scale]

    def scope(self, scope_id: str) -> Scope:
        """Return one scope; raise ``KeyError`` where there is none."""
        return {scope.id: scope for scope in self.scopes}[scope_id]

    def criteria_of_scope(self, scope: Scope) -> frozenset[str]:
        """Return the ids of the criteria that a scope keeps."""
        left = set(scope.leaves_out)
        for unit in self.all_units():
            if unit.id in left:
                left.update(criterion.id for criterion in self.criteria_in(unit))
        return frozenset(self._index.criteria) - left

    def unit_rule(self, unit: Unit) -> UnitRule:
        """Return the rule of one unit: its own, or the framework's for all units."""
        return unit.outcome or self.outcome.unit

    def result_label(self, result: str, unit: Unit | None = None) -> str:
        """Return the words for a result: competent or not, or a level of the unit's scale.

        Without ``unit`` a level is one of the whole's, on the scale of its first unit.
        """
        if result not in {COMPETENT, NOT_YET_COMPETENT}:
            return self.scale_under(unit or self.units[0]).label(result)
        own = self.terms.competent if result == COMPETENT else self.terms.not_yet_competent
        return own or self._in_language(RESULT_LABELS)[result]

    def _in_language(self, words: Mapping[str, _Words]) -> _Words:
        """Return what stands for the framework's language, whatever its country; else English."""
        return words.get(self.language.split("-")[0], words["en"])
