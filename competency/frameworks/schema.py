"""What a framework is: frozen values, as ``docs/fields.md`` lists them.

These say what one value may look like. What must agree between two values (an id used
once, a scale that exists) is in ``rules.py``: a framework is whole only when both pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from competency.frameworks.outcome_schema import COMPETENT as COMPETENT  # noqa: PLC0414 - offered here
from competency.frameworks.outcome_schema import (
    NOT_YET_COMPETENT as NOT_YET_COMPETENT,  # noqa: PLC0414 - offered here
)
from competency.frameworks.outcome_schema import OutcomeRules, PartRule, Rule, UnitRule
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
    """What it calls the whole, as in Occupational profile."""
    unit: Words | None = None
    """What it calls a unit, as in Key activity."""
    criterion: Words | None = None
    """What it calls a criterion, as in Performance criterion."""
    level: Words | None = None
    """What it calls a level, as in Grade."""
    competent: Words | None = None
    """Its words for the result competent; absent: those of the language."""
    not_yet_competent: Words | None = None
    """Its words for the result not yet competent; absent: those of the language."""


class Level(Part):
    """One step of a scale."""

    code: LevelCode
    """Names the level in this file; judgements keep it, so it never changes."""
    label: Words
    """The words that people read for the level."""
    description: Text | None = None
    """What the level means on every criterion of the scale."""


class Scale(Part):
    """Levels from the lowest to the highest, and the words for being under them all."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    """The levels, the lowest first."""
    below_label: Words
    """The words for having been seen and being under the lowest level, as in Not yet met."""

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
    """What performance at this level looks like; absent: the source doesn't say."""
    source_label: Words | None = None
    """The letter that the source prints for this level."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class RangeStatement(Part):
    """The cases that a criterion names: "such as a, b and c"."""

    subject: Words
    """What the cases are cases of."""
    items: Annotated[tuple[Words, ...], Field(min_length=1)]
    """The cases."""


class EvidenceRule(Part):
    """What evidence a judgement of one criterion, or the result of one unit, needs."""

    minimum: Count = 1
    """Pieces of evidence that count, at least."""
    kinds: tuple[EvidenceKind, ...] = ()
    """The kinds that count; absent: every kind."""
    max_age_days: Count | None = None
    """Days from what the evidence shows to the day of the judgement, at most; absent: any age."""
    distinct_sources: Count | None = None
    """Different people whom it comes from, at least; no more than minimum."""


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
    """Days with measurements, at least."""
    denominator: Count | None = None
    """What the KPI divides by, added up over the window, at least."""


class KpiLink(Part):
    """A KPI in which a criterion can be seen; thresholds here are examples."""

    kpi: Slug
    """The id of a KPI of a file of kind kpis."""
    role: KpiRole
    """What it is to the criterion: evidence for a level, context only, or a gate."""
    window_days: Count | None = None
    """Days, back from the day of the question, that are measured together."""
    minimum: Sample | None = None
    """The least that was measured before the KPI says anything."""
    levels: Mapping[LevelCode, Threshold] = Field(default_factory=dict)
    """The value from which a level is met, by the level's code, as in G: '>= 0.85'."""
    confidence: Share | None = None
    """How sure the interval around the value is, as a share, as in 0.95."""


class Criterion(Part):
    """The smallest thing that is judged."""

    id: Slug
    """Names the criterion; drafts, judgements and translations hang on it, so it never changes."""
    title: Text
    """The full statement, as the standard words it."""
    scale: Words
    """The scale that it is judged on: a name under scales."""
    levels: Mapping[LevelCode, Descriptor] = Field(default_factory=dict)
    """What each level looks like, by the level's code."""
    tags: tuple[Slug, ...] = ()
    """Words to find it by."""
    governing_references: tuple[Words, ...] = ()
    """What the work must agree with: procedures, plans, law."""
    ranges: tuple[RangeStatement, ...] = ()
    """The cases that the statement names."""
    context: tuple[Words, ...] = ()
    """Where it is done."""
    polarity: Literal["prohibited"] | None = None
    """Prohibited: the statement says what must not be done; absent: what must be."""
    observable: Observable | None = None
    """How much must be seen before it can be judged: a contact, a shift, a period, a test."""
    channels: tuple[Slug, ...] = ()
    """Where it can be seen, as in voice, chat, in-person."""
    kpis: tuple[KpiLink, ...] = ()
    """The KPIs in which it can be seen."""
    evidence: EvidenceRule | None = None
    """What evidence a judgement needs; absent: none is asked for."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class DocumentKind(StrEnum):
    """What may be issued: an internal attestation, or a document that a law knows."""

    ATTESTATION = "attestation"
    TRANSPARENCY = "transparency"
    VALIDATION = "validation"
    CERTIFICATE = "certificate"

    @property
    def is_statutory(self) -> bool:
        """Return whether only an authorised issuer may issue it."""
        return self is not DocumentKind.ATTESTATION


class Commission(Part):
    """Who must sit together to certify."""

    members: Annotated[tuple[Words, ...], Field(min_length=1)]
    """The seats, by function and not by name."""


class Certification(Part):
    """What may be issued for this framework."""

    by_unit: YesOrNo = False
    """True: each unit reached is attested by itself; false: only once the whole is reached."""
    valid_months: Count | None = None
    """Months after which what was issued expires; absent: it doesn't expire."""
    commission: Commission | None = None
    """Who must sit together to certify; nothing is issued without their decision."""
    document: DocumentKind = DocumentKind.ATTESTATION
    """The statutory document that authorised issuers may issue; attestation: there is none."""
    document_name: Words | None = None
    """How the law calls the statutory document; needs a document other than attestation."""
    document_law: Words | None = None
    """Where the law says so."""


class Slot(Part):
    """What is filled in when a script is spoken."""

    id: Slug
    """Stands in the text in braces, as in {name}; unique in the script."""
    meaning: Words
    """What is said in its place."""


class Script(Part):
    """Words to be said as they stand, on one line of service."""

    id: Slug
    """Names the script; unique in the file."""
    title: Words
    """What the script is for."""
    line: Words | None = None
    """The telephone number or the channel."""
    text: Text
    """The words, with slots in braces."""
    slots: tuple[Slot, ...] = ()
    """Every slot of the text."""
    source: SourceNote | None = None
    """Where it stands in the source."""


class Scope(Part):
    """A narrower use of the framework: what it leaves out is dropped, not excused."""

    id: Slug
    """Names the scope; unique in the file."""
    title: Words
    """For whom or for what it is."""
    leaves_out: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """The ids of the criteria or units that are dropped."""
    reason: Text
    """Why they are."""


class Unit(Part):
    """A group of criteria that can be certified by itself; units nest."""

    id: Slug
    """Names the unit; targets and translations hang on it, so it never changes."""
    code: Words | None = None
    """The standard's own code for it."""
    title: Text
    """The unit's title, as the standard words it."""
    description: Text | None = None
    """What the unit is about."""
    units: tuple[Unit, ...] = ()
    """The units inside it; a unit has criteria, units or both."""
    criteria: tuple[Criterion, ...] = ()
    """What is judged in it."""
    indicators: tuple[Statement, ...] = ()
    """What shows that the unit is mastered, where the standard doesn't say by which criterion."""
    expected_result: Text | None = None
    """What the work of the unit leads to."""
    assessment_methods: tuple[AssessmentMethod, ...] = ()
    """How the standard wants it to be assessed."""
    evidence: EvidenceRule | None = None
    """What evidence the unit needs as a whole, beside its criteria; absent: none of its own."""
    governing_references: tuple[Words, ...] = ()
    """What the work must agree with: procedures, plans, law."""
    context: tuple[Words, ...] = ()
    """Where it is done."""
    outcome: UnitRule | None = None
    """A rule of its own; absent: the framework's rule for units."""
    source: SourceNote | None = None
    """Where its heading stands in the source."""


@dataclass(frozen=True)
class _Index:
    """What a framework looks up, made once."""

    units: tuple[Unit, ...]
    criteria: Mapping[str, Criterion]
    unit_of: Mapping[str, Unit]
    awardable: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, PartRule]
    unit_by_id: Mapping[str, Unit]
    outer: Mapping[str, Unit]


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
    """The version of this format."""
    kind: Literal["framework"] = "framework"
    """Says that this is a framework."""
    id: Slug
    """Names the framework and the folder that it is kept in; never changes."""
    version: SemanticVersion
    """Three numbers; a published version never changes."""
    title: Words
    """The name of the standard."""
    code: Words | None = None
    """The standard's own code."""
    language: Language
    """The language of its words, with a country where that matters."""
    description: Text | None = None
    """What the standard is about and whom it is for."""
    terms: Terms = Terms()
    """The words that the standard uses for its parts and results."""
    source: Source | None = None
    """The document that the file was made from."""
    references: tuple[Reference, ...] = ()
    """Places in public classifications."""
    context: tuple[Words, ...] = ()
    """Where the work is done."""
    scales: Annotated[Mapping[Slug, Scale], Field(min_length=1)]
    """What can be judged, by a name that criteria use."""
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    """What is judged, in groups."""
    knowledge: Annotated[tuple[Statement, ...] | None, Field(min_length=1)] = None
    """What somebody needs to know for the whole; absent: the source has no list."""
    scripts: tuple[Script, ...] = ()
    """Words to be said as they stand."""
    scopes: tuple[Scope, ...] = ()
    """Narrower uses of the framework."""
    outcome: OutcomeRules
    """How judgements become results."""
    certification: Certification | None = None
    """What may be issued; absent: an attestation of the whole only, which doesn't expire."""
    status: Literal["inferred"] | None = None
    """Inferred: the reading as a whole is ours; no overall result before it is confirmed."""
    inferred: tuple[InferredReading, ...] = ()
    """What the file had to read into its source."""

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
        rules = {
            inner.id: inner
            for unit in (None, *units)
            for inner in self.rule_of(unit).everywhere()
            if isinstance(inner, PartRule)
        }
        by_id = {unit.id: unit for unit in units}
        outer = {inner.id: unit for unit in units for inner in unit.units}
        return _Index(tuple(units), criteria, unit_of, awardable, rules, by_id, outer)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The place of every unit and criterion, as in ``2.4``, by id."""
        found: dict[str, str] = {}

        def walk(units: tuple[Unit, ...], before: str) -> None:
            for place, unit in enumerate(units, start=1):
                here = found[unit.id] = f"{before}{place}"
                for inner, criterion in enumerate(unit.criteria, start=1):
                    found[criterion.id] = f"{here}.{inner}"
                walk(unit.units, f"{here}.")

        walk(self.units, "")
        return MappingProxyType(found)

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

    def units_around(self, criterion_id: str) -> tuple[Unit, ...]:
        """Return the units that hold a criterion, the innermost first."""
        found: list[Unit] = [self.unit_of(criterion_id)]
        while (outer := self._index.outer.get(found[-1].id)) is not None:
            found.append(outer)
        return tuple(found)

    def unit(self, unit_id: str) -> Unit:
        """Return one unit; raise ``KeyError`` where there is none."""
        return self._index.unit_by_id[unit_id]

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

    def rule_of(self, unit: Unit | None) -> Rule:
        """Return the rule of one unit, or of the whole."""
        return self.outcome.framework if unit is None else self.unit_rule(unit)

    def named_rules(self) -> Mapping[str, PartRule]:
        """Return every rule inside another one, by its id."""
        return self._index.rules

    def result_scale(self, unit: Unit | None = None) -> Scale | None:
        """Return the scale that a unit's result, or the whole's, is a level of.

        ``None`` where it is competent or not, or where there is no result.
        """
        return self.scale_of_rule(self.rule_of(unit), unit)

    def scale_of_rule(self, rule: Rule, unit: Unit | None) -> Scale | None:
        """Return the scale of what ``rule`` forms in a unit or the whole, as ``result_scale``."""
        if rule.rule == "minimum":
            return self._scale_of_part(rule, unit)
        return self.scales[rule.scale] if rule.scale is not None else None

    def _scale_of_part(self, rule: Rule, unit: Unit | None) -> Scale | None:
        """Return the scale of the first part of a rule; its lowest level needs one for all."""
        criteria = self.criteria() if unit is None else self.criteria_in(unit)
        units = self.units if unit is None else unit.units
        if rule.of:
            first = rule.of[0]
            if first in self._index.criteria:
                return self.scale_of(first)
            return self.result_scale(self.unit(first))
        if rule.tagged is not None:
            return self.scales[next(c for c in criteria if rule.tagged in c.tags).scale]
        if rule.rules and rule.over is None:
            return self.scale_of_rule(rule.rules[0], unit)
        if rule.over is None and units and (unit is None or not unit.criteria):
            return self.result_scale(units[0])
        return self.scales[criteria[0].scale]

    def result_label(self, result: str, unit: Unit | None = None) -> str:
        """Return the words for a result of a unit or the whole: competent or not, or a level."""
        return self._label_of(result, self.result_scale(unit) or self.scale_under(self.units[0]))

    def rule_label(self, result: str, rule: Rule, unit: Unit | None) -> str:
        """Return the words for what a rule inside a unit or the whole came to."""
        scale = self.scale_of_rule(rule, unit) or self.scale_under(self.units[0])
        return self._label_of(result, scale)

    def _label_of(self, result: str, scale: Scale) -> str:
        """Return the words for a result: the standard's own, or the language's, or a level's."""
        if result not in {COMPETENT, NOT_YET_COMPETENT}:
            return scale.label(result)
        own = self.terms.competent if result == COMPETENT else self.terms.not_yet_competent
        return own or self._in_language(RESULT_LABELS)[result]

    def _in_language(self, words: Mapping[str, _Words]) -> _Words:
        """Return what stands for the framework's language, whatever its country; else English."""
        return words.get(self.language.split("-")[0], words["en"])
