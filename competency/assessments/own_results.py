"""Where somebody stands: the latest result of each framework, and exactly what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.gaps import (
    Gap,
    Step,
    gaps,
    levels_wanted,
    next_step,
)
from competency.assessments.history import deciding_judgements, outcomes_of
from competency.assessments.models import Appraisal, Cycle, Judgement
from competency.assessments.nodes import (
    criterion_nodes,
    nodes_by_id,
    shown_scope,
)
from competency.assessments.presenters import level_kind, level_label, result_words
from competency.assessments.rules import SHOWN_TO_SUBJECT, in_scope
from competency.assessments.schema import Node, State
from competency.assessments.worklists import WorkRow
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_by_hash
from competency.frameworks.schema import Framework, Unit

AnySession = Session | scoped_session[Session]

DETAILED = 4
"""Frameworks of which the latest result is shown whole; the others are links."""
GAPS_SHOWN = 12
"""Missing criteria spelled out in one result; the page of the result has all."""


@dataclass(frozen=True)
class GapLine:
    """A criterion that is not reached: what was said, and what the wanted level looks like."""

    number: str
    title: str
    label: str
    kind: str
    reason: str
    next_label: str
    next_text: str
    is_next: bool
    """Whether it holds back the whole, and not only its unit."""


@dataclass(frozen=True)
class NextLevel:
    """The next level of the whole in words: how many criteria are at it, of how many."""

    label: str
    reached: int
    asked: int


@dataclass(frozen=True)
class UnitLevel:
    """How one unit came out, and how much of its next level is there.

    ``wanted`` is that level in words, empty at the top; ``reached`` of ``asked`` criteria
    are at it, and ``gaps`` are the others, as many as there is room for.
    """

    number: str
    title: str
    label: str
    kind: str
    wanted: str
    reached: int
    asked: int
    gaps: tuple[GapLine, ...]


@dataclass(frozen=True)
class OwnResult:
    """The latest result against one framework; ``missing`` counts every gap."""

    appraisal: Appraisal
    cycle: Cycle
    slug: str
    title: str
    language: str
    label: str
    kind: str
    units: tuple[UnitLevel, ...]
    following: NextLevel | None
    """The next level of the whole, where the whole has levels."""
    missing: int
    shown: int
    to_acknowledge: bool
    is_closed: bool


def latest(rows: Sequence[WorkRow]) -> list[WorkRow]:
    """Return the latest delivered row of each framework, the newest first."""
    found: dict[str, WorkRow] = {}
    for row in sorted(rows, key=_released, reverse=True):
        if row.appraisal.state in SHOWN_TO_SUBJECT:
            found.setdefault(row.against.slug, row)
    return list(found.values())


def _released(row: WorkRow) -> tuple[str, int]:
    """Return what orders results: when they were released."""
    at = row.appraisal.released_at
    return (at.isoformat() if at else "", row.appraisal.id)


def own_results(session: AnySession, rows: Sequence[WorkRow]) -> tuple[OwnResult, ...]:
    """Return the latest results with units and gaps, of ``DETAILED`` frameworks; two reads."""
    shown = latest(rows)[:DETAILED]
    appraisals = [row.appraisal for row in shown]
    if not appraisals:
        return ()
    trees = outcomes_of(session, appraisals)
    judged = deciding_judgements(session, appraisals)
    return tuple(
        _result(session, row, trees[row.appraisal.id], judged.get(row.appraisal.id, {}))
        for row in shown
        if row.appraisal.id in trees
    )


def _result(
    session: AnySession, row: WorkRow, tree: Node, judged: Mapping[str, Judgement]
) -> OwnResult:
    """Return one result as the page shows it."""
    appraisal = row.appraisal
    framework = framework_by_hash(session, appraisal.framework_version_id, row.against.content_hash)
    step = next_step(framework, tree)
    first = None if step is None else frozenset(step.missing)
    found = sorted(
        gaps(framework, tree), key=lambda gap: first is not None and gap.criterion_id not in first
    )
    label, kind = result_words(framework, tree.result)
    return OwnResult(
        appraisal,
        row.cycle,
        framework.id,
        framework.title,
        framework.language,
        label,
        kind,
        _units(framework, appraisal, tree, _lines(framework, found[:GAPS_SHOWN], judged, first)),
        None if step is None else _following(framework, step),
        len(found),
        min(len(found), GAPS_SHOWN),
        appraisal.state is State.RELEASED,
        appraisal.state is State.CLOSED,
    )


def _units(
    framework: Framework,
    appraisal: Appraisal,
    tree: Node,
    found: Sequence[tuple[str, GapLine]],
) -> tuple[UnitLevel, ...]:
    """Return the units in scope, each with its gaps."""
    nodes, place = nodes_by_id(tree), numbers(framework)
    levels = levels_wanted(framework, tree)
    scope = None if appraisal.scope is None else frozenset(appraisal.scope)
    kept = in_scope(framework, shown_scope(scope, tree))
    units = []
    for unit in framework.all_units():
        if any(criterion.id in kept for criterion in framework.criteria_in(unit)):
            node = nodes[unit.id]
            label, kind = result_words(framework, node.result, unit)
            wanted, reached, asked = _progress(framework, unit, node, levels)
            lines = tuple(line for unit_id, line in found if unit_id == unit.id)
            number = place[unit.id]
            units.append(UnitLevel(number, unit.title, label, kind, wanted, reached, asked, lines))
    return tuple(units)


def _progress(
    framework: Framework, unit: Unit, node: Node, levels: Mapping[str, str]
) -> tuple[str, int, int]:
    """Return a unit's next level in words, how many criteria are at it, and of how many.

    The own criteria of the unit count; those of units inside it count there.
    """
    own = {criterion.id for criterion in unit.criteria}
    asked = [
        (leaf, levels[leaf.id])
        for leaf in criterion_nodes(node)
        if leaf.id in own and leaf.id in levels
    ]
    if not asked:
        return "", 0, 0
    reached = sum(
        leaf.result is not None
        and framework.scale_of(leaf.id).position(leaf.result)
        >= framework.scale_of(leaf.id).position(level)
        for leaf, level in asked
    )
    first, level = asked[0]
    return framework.scale_of(first.id).label(level), reached, len(asked)


def _following(framework: Framework, step: Step) -> NextLevel:
    """Return the next level of the whole in words."""
    label = framework.result_label(step.level)
    return NextLevel(label, step.reached, step.asked)


def _lines(
    framework: Framework,
    found: Sequence[Gap],
    judged: Mapping[str, Judgement],
    first: frozenset[str] | None,
) -> list[tuple[str, GapLine]]:
    """Return gaps with what was said about each, by the id of their unit."""
    place, lines = numbers(framework), []
    for gap in found:
        row = judged.get(gap.criterion_id)
        line = GapLine(
            place[gap.criterion_id],
            framework.criterion(gap.criterion_id).title,
            level_label(framework, gap.criterion_id, gap.judged),
            level_kind(framework, gap.criterion_id, gap.judged),
            (row.reason or "") if row else "",
            framework.level_label(gap.criterion_id, gap.required),
            gap.missing_text or "",
            first is None or gap.criterion_id in first,
        )
        lines.append((gap.unit_id, line))
    return lines
