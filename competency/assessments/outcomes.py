"""From judgements to an outcome that explains itself, and to its gaps; pure.

``outcome(framework, facts)`` is a function of its arguments alone: no clock, no
database, no order. What was not judged decides nothing (design: outcomes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from competency.assessments.schema import Facts, Line, Node
from competency.frameworks.schema import (
    BELOW,
    COMPETENT,
    NOT_YET_COMPETENT,
    Criterion,
    Framework,
    FrameworkRule,
    Unit,
    UnitRule,
)


def outcome(framework: Framework, facts: Facts) -> Node:
    """Return the tree of results: the framework, its units, their criteria."""
    children = tuple(_unit(framework, unit, facts) for unit in framework.units)
    rule = framework.outcome.framework
    return _combine(framework.id, "framework", rule, children, _required_of(children))


def _unit(framework: Framework, unit: Unit, facts: Facts) -> Node:
    """Return a unit's node over its criteria and inner units."""
    nodes = tuple(_criterion(framework, criterion, facts) for criterion in unit.criteria)
    inner = tuple(_unit(framework, child, facts) for child in unit.units)
    rule = framework.unit_rule(unit)
    required = {c.id: required_level(framework, c, rule) for c in unit.criteria}
    return _combine(unit.id, "unit", rule, nodes + inner, required | _required_of(inner), framework)


def required_level(framework: Framework, criterion: Criterion, rule: UnitRule) -> str:
    """Return the level that ``rule`` asks of a criterion: its own, or the scale's lowest."""
    codes = framework.scale_of(criterion.id).codes()
    return rule.at_least if rule.at_least is not None and rule.at_least in codes else codes[0]


def _required_of(nodes: Sequence[Node]) -> dict[str, str]:
    """Units are required to be competent."""
    return {node.id: COMPETENT for node in nodes}


def _criterion(framework: Framework, criterion: Criterion, facts: Facts) -> Node:
    """Return a criterion's node: its level, or why there is none."""
    if facts.scope is not None and criterion.id not in facts.scope:
        return Node(criterion.id, "criterion", None, None, (Line("out_of_scope"),))
    judged = facts.judgements.get(criterion.id)
    if judged is None or (judged.level is None and not judged.excused):
        return Node(criterion.id, "criterion", None, None, (Line("not_judged"),))
    if judged.excused or judged.level is None:
        return Node(criterion.id, "criterion", None, None, (Line("excused"),))
    framework.scale_of(criterion.id).position(judged.level)
    return Node(criterion.id, "criterion", judged.level, None, (Line("judged"),))


def _dropped(node: Node) -> bool:
    """Return whether a node takes no part: out of scope, excused, or only such below."""
    return node.result is None and all(
        line.code in {"out_of_scope", "excused", "nothing_in_scope"} for line in node.lines
    )


def _combine(
    node_id: str,
    kind: str,
    rule: UnitRule | FrameworkRule,
    children: tuple[Node, ...],
    required: dict[str, str],
    framework: Framework | None = None,
) -> Node:
    """Apply the rule ``all``: every part that takes part reaches what is required."""
    taking_part = [child for child in children if not _dropped(child)]
    if not taking_part:
        return Node(node_id, kind, None, rule.rule, (Line("nothing_in_scope"),), children)
    undecided = [child.id for child in taking_part if child.result is None]
    short = [
        child.id
        for child in taking_part
        if child.result is not None and not _reaches(framework, child, required[child.id])
    ]
    counted: dict[str, object] = {"reached": len(taking_part) - len(undecided) - len(short)}
    counted["of"] = len(taking_part)
    lines = [Line("all_required", counted)]
    if short:
        lines.append(Line("short", {"ids": short}))
    if undecided:
        lines.append(Line("undecided", {"ids": undecided}))
        return Node(node_id, kind, None, rule.rule, tuple(lines), children)
    result = NOT_YET_COMPETENT if short else COMPETENT
    return Node(node_id, kind, result, rule.rule, tuple(lines), children)


def _reaches(framework: Framework | None, node: Node, required: str) -> bool:
    """Return whether a decided node is at or above what is required of it."""
    if node.kind != "criterion" or framework is None:
        return node.result == required
    scale = framework.scale_of(node.id)
    return scale.position(node.result or BELOW) >= scale.position(required)


def to_data(node: Node) -> dict[str, Any]:
    """Return the tree as JSON data, which ``from_data`` reads back equal."""
    return {
        "id": node.id,
        "kind": node.kind,
        "result": node.result,
        "rule": node.rule,
        "lines": [{"code": line.code, "params": line.params} for line in node.lines],
        "children": [to_data(child) for child in node.children],
    }


def from_data(data: dict[str, Any]) -> Node:
    """Return the tree that ``to_data`` wrote."""
    return Node(
        data["id"],
        data["kind"],
        data["result"],
        data["rule"],
        tuple(Line(line["code"], line["params"]) for line in data["lines"]),
        tuple(from_data(child) for child in data["children"]),
    )


@dataclass(frozen=True)
class Gap:
    """What is required of a criterion and was not reached, in level codes.

    ``judged`` is ``None`` where nothing was judged: unknown, which is not zero.
    ``missing_text`` is what the required level looks like, where the file says it.
    """

    unit_id: str
    criterion_id: str
    judged: str | None
    required: str
    missing_text: str | None


_TAKES_NO_PART = frozenset({"out_of_scope", "excused"})


def criterion_nodes(node: Node) -> Iterator[Node]:
    """Yield the criteria of an outcome, in the order of the framework."""
    if node.kind == "criterion":
        yield node
    for child in node.children:
        yield from criterion_nodes(child)


def gaps(framework: Framework, outcome: Node) -> tuple[Gap, ...]:
    """Return every criterion that took part and did not reach what its unit's rule asks.

    A criterion that was not judged is a gap with ``judged`` ``None``: unknown, to be
    assessed first. Out of scope and excused criteria are no gaps.
    """
    found = []
    for node in criterion_nodes(outcome):
        if node.result is None and any(line.code in _TAKES_NO_PART for line in node.lines):
            continue
        criterion, unit = framework.criterion(node.id), framework.unit_of(node.id)
        scale = framework.scale_of(node.id)
        required = required_level(framework, criterion, framework.unit_rule(unit))
        if node.result is not None and scale.position(node.result) >= scale.position(required):
            continue
        descriptor = criterion.levels.get(required)
        text = descriptor.text if descriptor is not None else None
        found.append(Gap(unit.id, node.id, node.result, required, text))
    return tuple(found)
