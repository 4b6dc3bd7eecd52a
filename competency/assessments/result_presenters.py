"""A result as plain values: every unit and criterion with why, and what it rests on.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from competency.assessments.evidence_wording import point_label
from competency.assessments.explaining import explain, why
from competency.assessments.finding_presenters import ShownFinding
from competency.assessments.models import AppraisalStep, Draft, Evidence, Judgement
from competency.assessments.nodes import nodes_by_id, shown_scope
from competency.assessments.presenters import (
    Choice,
    EvidenceLine,
    ShownAnswer,
    choices,
    chosen_in,
    evidence_lines,
    level_kind,
    level_label,
    result_words,
    shown_answer,
)
from competency.assessments.schema import Action, Answer, AssessorKind, Doubt, Flag, Node
from competency.assessments.words import action_label, flag_label
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Criterion, Framework

Standing = Mapping[AssessorKind, Mapping[str, Judgement]]


@dataclass(frozen=True)
class Change:
    """A reviewer's change of one criterion, as its form shows it."""

    chosen: str
    note: str
    version: int


@dataclass(frozen=True)
class CriterionResult:
    """One criterion with every answer that may be shown, its evidence and its flags."""

    id: str
    number: str
    title: str
    label: str
    kind: str
    lines: tuple[str, ...]
    lead: ShownAnswer | None
    review: ShownAnswer | None
    own: ShownAnswer | None
    evidence: tuple[EvidenceLine, ...]
    flags: tuple[str, ...]
    choices: tuple[Choice, ...]
    change: Change
    is_carried: bool = False
    """Whether it carries over from an earlier outcome, and is not judged here."""
    shortfall: str = ""
    """Why less evidence than the criterion asks for sufficed, in a certification."""
    findings: Sequence[ShownFinding] = ()
    """What indicators said about it at submission."""
    carried_from: int | None = None
    """The round that judged it, where this one carries it over."""


@dataclass(frozen=True)
class UnitResult:
    """One unit with its result in the framework's words, and why."""

    id: str
    number: str
    title: str
    label: str
    kind: str
    lines: tuple[str, ...]
    criteria: tuple[CriterionResult, ...]
    flags: tuple[str, ...] = ()
    shortfall: str = ""
    """Why less evidence than the unit asks for sufficed, in a certification."""


@dataclass(frozen=True)
class Result:
    """The whole outcome; ``label`` is empty where nothing is decided."""

    label: str
    kind: str
    lines: tuple[str, ...]
    units: tuple[UnitResult, ...]


@dataclass(frozen=True)
class Basis:
    """What a result is shown from; each mapping by criterion id."""

    standing: Standing
    evidence: Mapping[str, Sequence[Evidence]]
    flags: Mapping[str, Sequence[str]]
    changes: Mapping[str, Draft] = field(default_factory=dict)
    shortfalls: Mapping[str, str] = field(default_factory=dict)
    """By id of criterion or unit."""
    aside: frozenset[int] = frozenset()
    """The ids of evidence that human resources set aside since."""
    findings: Mapping[str, Sequence[ShownFinding]] = field(default_factory=dict)


@dataclass(frozen=True)
class DoubtLine:
    """One evidence that a submission did not rely on: what is not so, and why."""

    line: EvidenceLine
    points: tuple[str, ...]
    reason: str


def doubt_lines(
    found: Iterable[tuple[Evidence, Doubt]], aside: frozenset[int]
) -> tuple[DoubtLine, ...]:
    """Return what was not relied on as the pages list it."""
    return tuple(
        DoubtLine(
            evidence_lines([evidence], aside)[0],
            tuple(point_label(point) for point in doubt.points),
            doubt.reason,
        )
        for evidence, doubt in found
    )


def answer_of(row: Judgement) -> Answer:
    """Return a judgement as an answer."""
    return Answer(row.criterion_id, row.level, row.excused, row.reason or "")


def answers_by(standing: Standing, kind: AssessorKind) -> dict[str, Answer]:
    """Return the standing answers of one kind of assessor."""
    return {i: answer_of(row) for i, row in standing.get(kind, {}).items()}


def result(framework: Framework, scope: frozenset[str] | None, node: Node, basis: Basis) -> Result:
    """Return an outcome as the pages show it."""
    place, nodes, scope = numbers(framework), nodes_by_id(node), shown_scope(scope, node)
    units = []
    for unit in framework.all_units():
        own = [c for c in unit.criteria if scope is None or c.id in scope]
        found = nodes[unit.id]
        if not own and unit.criteria:
            continue
        label, kind = result_words(framework, found.result, unit)
        criteria = tuple(_criterion(framework, c, place[c.id], nodes[c.id], basis) for c in own)
        units.append(
            UnitResult(
                unit.id,
                place[unit.id],
                unit.title,
                label,
                kind,
                why(found, framework, unit),
                criteria,
                _flags_on(unit.id, basis),
                basis.shortfalls.get(unit.id, ""),
            )
        )
    label, kind = result_words(framework, node.result)
    lines = why(node, framework)
    return Result(label, kind, lines, tuple(units))


def _flags_on(part_id: str, basis: Basis) -> tuple[str, ...]:
    """Return why review should look at a criterion or a unit, in words."""
    return tuple(flag_label(Flag(code)) for code, ids in basis.flags.items() if part_id in ids)


def _criterion(
    framework: Framework, criterion: Criterion, number: str, node: Node, basis: Basis
) -> CriterionResult:
    """Return one criterion with everything that is shown beside it."""

    def shown(kind: AssessorKind) -> ShownAnswer | None:
        row = basis.standing.get(kind, {}).get(criterion.id)
        return None if row is None else shown_answer(framework, answer_of(row), row.judged_at)

    lead = basis.standing.get(AssessorKind.LEAD, {}).get(criterion.id)
    draft = basis.changes.get(criterion.id)
    return CriterionResult(
        id=criterion.id,
        number=number,
        title=criterion.title,
        label=level_label(framework, criterion.id, node.result),
        kind=level_kind(framework, criterion.id, node.result),
        lines=tuple(explain(line, framework) for line in node.lines if line.code != "judged"),
        lead=shown(AssessorKind.LEAD),
        review=shown(AssessorKind.REVIEW),
        own=shown(AssessorKind.SELF),
        evidence=evidence_lines(basis.evidence.get(criterion.id, ()), basis.aside),
        flags=_flags_on(criterion.id, basis),
        choices=choices(framework, criterion),
        is_carried=any(line.code == "carried" for line in node.lines),
        change=Change(chosen_in(draft), draft.note if draft else "", draft.version if draft else 0),
        shortfall=basis.shortfalls.get(criterion.id, ""),
        findings=basis.findings.get(criterion.id, ()),
        carried_from=None if lead is None else lead.carried_from,
    )


@dataclass(frozen=True)
class EarlierAnswer:
    """A judgement that no longer stands."""

    number: str
    title: str
    by_review: bool
    answer: ShownAnswer


@dataclass(frozen=True)
class EarlierTurn:
    """One submission that was returned, and what it said."""

    round: int
    turn: int
    answers: tuple[EarlierAnswer, ...]


def earlier_turns(
    framework: Framework, found: Mapping[tuple[int, int], Iterable[Judgement]]
) -> tuple[EarlierTurn, ...]:
    """Return what earlier submissions said, oldest first."""
    place = numbers(framework)
    return tuple(
        EarlierTurn(
            key[0],
            key[1],
            tuple(
                EarlierAnswer(
                    place[row.criterion_id],
                    framework.criterion(row.criterion_id).title,
                    row.kind is AssessorKind.REVIEW,
                    shown_answer(framework, answer_of(row), row.judged_at),
                )
                for row in rows
            ),
        )
        for key, rows in sorted(found.items())
    )


@dataclass(frozen=True)
class HistoryLine:
    """One step: what, who (empty for the system), when, and what was said."""

    action: str
    who: str
    at: datetime
    comment: str


def history(
    rows: Iterable[tuple[AppraisalStep, str | None]], *, for_subject: bool
) -> tuple[HistoryLine, ...]:
    """Return the steps; what reviewer and assessor wrote to each other isn't the subject's."""
    between_assessors = {Action.RETURN, Action.SUBMIT}
    return tuple(
        HistoryLine(
            action_label(step.action),
            name or "",
            step.taken_at,
            "" if for_subject and step.action in between_assessors else step.comment or "",
        )
        for step, name in rows
    )
