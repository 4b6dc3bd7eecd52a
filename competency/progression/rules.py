"""Gaps: what was required and not reached, criterion by criterion; pure."""

from __future__ import annotations

from collections.abc import Iterator

from competency.assessments.outcomes import level_wanted, nodes_by_id
from competency.assessments.schema import Node
from competency.frameworks.schema import Framework
from competency.progression.schema import Gap

_TAKES_NO_PART = frozenset({"out_of_scope", "excused"})


def criterion_nodes(node: Node) -> Iterator[Node]:
    """Yield the criteria of an outcome, in the order of the framework."""
    if node.kind == "criterion":
        yield node
    for child in node.children:
        yield from criterion_nodes(child)


def gaps(framework: Framework, outcome: Node) -> tuple[Gap, ...]:
    """Return every criterion that took part and is under the level that is wanted of it.

    That is what its unit's rule asks, or under ``minimum`` the unit's next level. A
    criterion that was not judged is a gap with ``judged`` ``None``: unknown, to be
    assessed first. Out of scope and excused criteria are no gaps, nor is one of which
    the level asks nothing.
    """
    units = nodes_by_id(outcome)
    found = []
    for node in criterion_nodes(outcome):
        if node.result is None and any(line.code in _TAKES_NO_PART for line in node.lines):
            continue
        criterion, unit = framework.criterion(node.id), framework.unit_of(node.id)
        scale = framework.scale_of(node.id)
        wanted = level_wanted(framework, criterion, units[unit.id])
        if wanted is None:
            continue
        if node.result is not None and scale.position(node.result) >= scale.position(wanted):
            continue
        descriptor = criterion.levels.get(wanted)
        text = descriptor.text if descriptor is not None else None
        found.append(Gap(unit.id, node.id, node.result, wanted, text))
    return tuple(found)
