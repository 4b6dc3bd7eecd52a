"""The scoring page as plain values: units, criteria, choices, and what is missing.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from markupsafe import Markup

from competency.assessments.evidence import evidence_facts
from competency.assessments.evidence_wording import asked_evidence
from competency.assessments.models import Draft, Evidence
from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.rules import (
    deciding,
    in_scope,
    missing_answers,
    missing_reasons,
    scope_named,
    sufficiency,
)
from competency.assessments.schema import Answer, Facts, WrittenDraft
from competency.frameworks.numbering import numbers
from competency.frameworks.rule_words import evidence_kind_label
from competency.frameworks.schema import (
    BELOW,
    COMPETENT,
    NOT_YET_COMPETENT,
    Criterion,
    Framework,
    Unit,
)

EXCUSED = "-"
"""The radio value for "not judged"; no level code can be written so."""
EVIDENCE_SHOWN = 2
"""Titles of evidence shown in a criterion; the rest is counted and linked."""


@dataclass(frozen=True)
class Choice:
    """One radio of a criterion; ``key`` is the number key that chooses it."""

    value: str
    label: str
    key: str
    text: str


@dataclass(frozen=True)
class EvidenceLine:
    """One evidence as a criterion lists it."""

    public_id: str
    title: str
    kind: str
    happened_on: date
    has_file: bool
    is_set_aside: bool = False
    """Set aside by human resources: its title is for nobody else, so that it has none."""


@dataclass(frozen=True)
class ShownAnswer:
    """Somebody's answer in the framework's words; ``level`` is ``None`` when not judged."""

    level: str | None
    excused: bool
    label: str
    note: str
    at: datetime | None = None


@dataclass(frozen=True)
class CriterionPart:
    """One criterion as the scoring page shows it."""

    id: str
    number: str
    question: Markup
    """Its words and the levels to choose from, as the page shows them."""
    note: str
    version: int
    saved_at: datetime | None
    missing: str
    evidence: tuple[EvidenceLine, ...]
    evidence_more: int
    evidence_asked: tuple[str, ...]
    evidence_suffices: bool
    own: ShownAnswer | None
    seconds: tuple[tuple[str, ShownAnswer], ...] = ()
    """What second assessors handed in, with who they are, where the lead may read it."""

    @property
    def evidence_count(self) -> int:
        """Return how many pieces of evidence are linked."""
        return len(self.evidence) + self.evidence_more


@dataclass(frozen=True)
class UnitProgress:
    """How far one unit is, and its result so far in the framework's words, if decided."""

    id: str
    number: str
    title: str
    done: int
    total: int
    result: str
    result_kind: str


@dataclass(frozen=True)
class UnitPart:
    """A unit with criteria of its own."""

    progress: UnitProgress
    criteria: tuple[CriterionPart, ...]


@dataclass(frozen=True)
class Progress:
    """How far an assessor is: ``missing`` without an answer, ``reasons`` without a reason."""

    done: int
    total: int
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    units: tuple[UnitProgress, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """Return every criterion that something is missing of, answers first."""
        return (*self.missing, *self.reasons)

    @property
    def complete(self) -> bool:
        """Return whether nothing is missing."""
        return not self.open

    def as_json(self) -> dict[str, object]:
        """Return what the page's script needs after a save."""
        return {
            "done": self.done,
            "total": self.total,
            "missing": list(self.missing),
            "reasons": list(self.reasons),
            "units": [
                {"id": u.id, "done": u.done, "result": u.result, "kind": u.result_kind}
                for u in self.units
            ],
        }


def choices(framework: Framework, criterion: Criterion) -> tuple[Choice, ...]:
    """Return what a criterion can be judged at, from ``below`` up, each with what it means."""
    scale = framework.scale_of(criterion.id)
    awardable = framework.awardable(criterion.id)
    found = [Choice(BELOW, level_label(framework, criterion.id, BELOW), "0", "")]
    for key, level in enumerate(scale.levels, start=1):
        if level.code not in awardable:
            continue
        described = criterion.levels.get(level.code)
        text = (described.text if described else None) or level.description or ""
        label = level_label(framework, criterion.id, level.code)
        found.append(Choice(level.code, label, str(key), text))
    return tuple(found)


def level_label(framework: Framework, criterion_id: str, level: str | None) -> str:
    """Return a level in the framework's words, with the letter that the source prints."""
    return "" if level is None else framework.level_label(criterion_id, level)


def level_kind(framework: Framework, criterion_id: str, level: str | None) -> str:
    """Return which chip shows a level: ``met`` at the top, ``below``, between, or none."""
    if level is None:
        return "none"
    if level == BELOW:
        return "below"
    return "met" if level == framework.scale_of(criterion_id).codes()[-1] else "level"


def chosen_in(draft: Draft | WrittenDraft | None) -> str:
    """Return the value of the radio that a draft chooses; empty where it chooses none."""
    if draft is None:
        return ""
    return EXCUSED if draft.excused else draft.level or ""


def shown_answer(framework: Framework, answer: Answer, at: datetime | None = None) -> ShownAnswer:
    """Return an answer in the framework's words."""
    label = level_label(framework, answer.criterion_id, answer.level)
    return ShownAnswer(answer.level, answer.excused, label, answer.note, at)


def result_words(
    framework: Framework, result: str | None, unit: Unit | None = None
) -> tuple[str, str]:
    """Return the framework's words for a result, and the chip to show it with.

    ``unit`` is the unit whose result it is; without one it is the whole's.
    """
    if result is None:
        return "", "none"
    label = framework.result_label(result, unit)
    if result in {NOT_YET_COMPETENT, BELOW}:
        return label, "below"
    return label, "met" if result == COMPETENT else "level"


def progress(
    framework: Framework,
    scope: frozenset[str] | None,
    answers: Mapping[str, Answer],
    known: Facts | None = None,
) -> Progress:
    """Return how far the answers go, with each unit's result so far.

    ``known`` holds what decides beside the answers: tests, and what gates ask for.
    """
    wanted = in_scope(framework, scope)
    missing = missing_answers(framework, scope, answers)
    inside, unanswered = frozenset(wanted), frozenset(missing)
    judged = deciding(answers, {})
    facts = replace(known or Facts({}), judgements=judged, scope=scope)
    nodes = nodes_by_id(outcome(framework, facts))
    place = numbers(framework)
    units = []
    for unit in framework.all_units():
        own = [c.id for c in unit.criteria if c.id in inside]
        if not own:
            continue
        words, kind = result_words(framework, nodes[unit.id].result, unit)
        done = len([i for i in own if i not in unanswered])
        units.append(UnitProgress(unit.id, place[unit.id], unit.title, done, len(own), words, kind))
    reasons = missing_reasons(framework, scope, answers)
    return Progress(len(wanted) - len(missing), len(wanted), missing, reasons, tuple(units))


def evidence_lines(
    found: Sequence[Evidence], aside: Collection[int] = ()
) -> tuple[EvidenceLine, ...]:
    """Return evidence as a criterion lists it; ``aside`` are the ids of what was set aside."""
    return tuple(
        EvidenceLine(
            e.public_id,
            (e.id not in aside and e.title) or evidence_kind_label(e.kind),
            evidence_kind_label(e.kind),
            e.happened_on,
            e.file_sha256 is not None,
            e.id in aside,
        )
        for e in found
        for kind in (evidence_kind_label(e.kind),)
    )


@dataclass(frozen=True)
class Narrowed:
    """What is appraised of a framework that was narrowed, and what is left out.

    ``title`` and ``reason`` are the scope's own words, empty where it has no name;
    ``left_out`` holds number and statement of each criterion.
    """

    title: str
    reason: str
    language: str
    kept: int
    total: int
    left_out: tuple[tuple[str, str], ...]


def narrowed(
    framework: Framework, scope_id: str | None, criteria: frozenset[str] | None = None
) -> Narrowed | None:
    """Return how a framework is narrowed, or ``None`` where it is appraised as a whole.

    ``criteria`` are the ids that an appraisal keeps; without them those of the scope.
    """
    scope = scope_named(framework, scope_id)
    if scope is not None and criteria is None:
        criteria = framework.criteria_of_scope(scope)
    if criteria is None:
        return None
    place, all_criteria = numbers(framework), framework.criteria()
    left_out = tuple((place[c.id], c.title) for c in all_criteria if c.id not in criteria)
    return Narrowed(
        scope.title if scope else "",
        scope.reason if scope else "",
        framework.language,
        len(all_criteria) - len(left_out),
        len(all_criteria),
        left_out,
    )


def ranges_of(criterion: Criterion) -> tuple[str, ...]:
    """Return the cases that a criterion names, each after what they are cases of."""
    return tuple(f"{r.subject}: {', '.join(r.items)}" for r in criterion.ranges)


@dataclass(frozen=True)
class Written:
    """What has been written about an appraisal's criteria, each by criterion id."""

    drafts: Mapping[str, WrittenDraft]
    evidence: Mapping[str, Sequence[Evidence]]
    own: Mapping[str, Answer]
    question: Callable[[str, str], Markup]
    """What is asked at a criterion, where an answer is chosen."""
    today: date
    seconds: Mapping[str, Sequence[tuple[str, Answer]]] = field(default_factory=dict)
    evidence_shown: int = EVIDENCE_SHOWN


def unit_parts(
    framework: Framework, scope: frozenset[str] | None, so_far: Progress, written: Written
) -> tuple[UnitPart, ...]:
    """Return the units of the scoring page with their criteria in scope."""
    by_id = {unit.id: unit for unit in framework.all_units()}
    place = numbers(framework)
    return tuple(
        UnitPart(
            unit,
            tuple(
                criterion_part(framework, criterion, place[criterion.id], so_far, written)
                for criterion in by_id[unit.id].criteria
                if scope is None or criterion.id in scope
            ),
        )
        for unit in so_far.units
    )


def criterion_part(
    framework: Framework,
    criterion: Criterion,
    number: str,
    so_far: Progress,
    written: Written,
) -> CriterionPart:
    """Return one criterion as the page shows it."""
    draft = written.drafts.get(criterion.id)
    found = written.evidence.get(criterion.id, ())
    own = written.own.get(criterion.id)
    enough = sufficiency(criterion.evidence, evidence_facts(found), written.today)
    missing = "answer" if criterion.id in so_far.missing else ""
    return CriterionPart(
        id=criterion.id,
        number=number,
        question=written.question(criterion.id, chosen_in(draft)),
        note="" if draft is None else draft.note,
        version=0 if draft is None else draft.version,
        saved_at=None if draft is None else draft.saved_at,
        missing=missing or ("reason" if criterion.id in so_far.reasons else ""),
        evidence=evidence_lines(found[: written.evidence_shown]),
        evidence_more=max(0, len(found) - written.evidence_shown),
        evidence_asked=asked_evidence(criterion.evidence, enough) if criterion.evidence else (),
        evidence_suffices=enough.suffices,
        own=None if own is None else shown_answer(framework, own),
        seconds=tuple(
            (name, shown_answer(framework, answer))
            for name, answer in written.seconds.get(criterion.id, ())
        ),
    )
