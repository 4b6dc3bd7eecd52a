"""When evidence suffices, for a criterion and for a unit, and what is missing; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from competency.assessments.schema import EvidenceFact, Mode, Sufficiency
from competency.frameworks.schema import (
    AssessmentMethod,
    EvidenceKind,
    EvidenceRule,
    Framework,
    Unit,
)


def sufficiency(
    rule: EvidenceRule | None, evidence: Iterable[EvidenceFact], as_of: date
) -> Sufficiency:
    """Return how evidence stands against a rule on the day ``as_of``.

    What counts is valid on that day, of a kind that the rule names (every kind where it
    names none) and at most ``max_age_days`` old; there is no shortfall without a rule.
    Each piece that doesn't count is told once, by the first reason that holds.
    """
    found = tuple(evidence)
    if rule is None:
        return Sufficiency(len(found), len({e.source for e in found}), 0, suffices=True)
    counted: list[EvidenceFact] = []
    ended = other_kind = too_old = 0
    for piece in found:
        if piece.valid_until is not None and piece.valid_until < as_of:
            ended += 1
        elif rule.kinds and piece.kind not in rule.kinds:
            other_kind += 1
        elif rule.max_age_days is not None and (
            (as_of - piece.happened_on).days > rule.max_age_days
        ):
            too_old += 1
        else:
            counted.append(piece)
    sources = len({piece.source for piece in counted})
    missing = max(0, rule.minimum - len(counted))
    missing_sources = max(0, (rule.distinct_sources or 0) - sources)
    return Sufficiency(
        len(counted),
        sources,
        len(found) - len(counted),
        suffices=not missing and not missing_sources,
        missing=missing,
        missing_sources=missing_sources,
        ended=ended,
        other_kind=other_kind,
        too_old=too_old,
    )


@dataclass(frozen=True)
class UnitSufficiency:
    """How the evidence of a unit stands: against its own rule, and its practical test.

    ``test_missing`` says that the standard wants a practical test in situation and that no
    evidence of that kind is there.
    """

    unit: Unit
    found: Sufficiency
    test_missing: bool

    @property
    def suffices(self) -> bool:
        """Return whether nothing is missing."""
        return self.found.suffices and not self.test_missing


def asks_something(unit: Unit) -> bool:
    """Return whether a unit itself asks for evidence, beside its criteria."""
    return unit.evidence is not None or AssessmentMethod.PRACTICAL_TEST in unit.assessment_methods


def unit_sufficiency(
    framework: Framework,
    scope: frozenset[str] | None,
    evidence: Mapping[str, Sequence[tuple[int, EvidenceFact]]],
    as_of: date,
) -> tuple[UnitSufficiency, ...]:
    """Return how each unit that asks for evidence and has criteria in scope stands.

    ``evidence`` holds by criterion the facts with what tells one piece from another: a
    piece that speaks to several criteria of a unit counts once for the unit.
    """
    found = []
    for unit in framework.all_units():
        criteria = [c.id for c in framework.criteria_in(unit) if scope is None or c.id in scope]
        if not asks_something(unit) or not criteria:
            continue
        pieces = {key: fact for i in criteria for key, fact in evidence.get(i, ())}
        tested = any(
            fact.kind is EvidenceKind.PRACTICAL_TEST
            and (fact.valid_until is None or fact.valid_until >= as_of)
            for fact in pieces.values()
        )
        wants_test = AssessmentMethod.PRACTICAL_TEST in unit.assessment_methods
        found.append(
            UnitSufficiency(
                unit,
                sufficiency(unit.evidence, pieces.values(), as_of),
                test_missing=wants_test and not tested,
            )
        )
    return tuple(found)


def short_units(
    framework: Framework,
    scope: frozenset[str] | None,
    evidence: Mapping[str, Sequence[tuple[int, EvidenceFact]]],
    as_of: date,
    mode: Mode,
) -> tuple[str, ...]:
    """Return the ids of the units that lack evidence as a whole.

    In a certification a unit's practical test binds through its outcome (ADR 0021), so
    that its absence is no shortfall that a reason could make good.
    """
    return tuple(
        one.unit.id
        for one in unit_sufficiency(framework, scope, evidence, as_of)
        if not one.found.suffices or (one.test_missing and mode is Mode.APPRAISAL)
    )
