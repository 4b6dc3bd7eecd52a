"""The tree of an outcome: how it is walked, written down and read back; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from competency.assessments.schema import Line, Node
from competency.frameworks.outcome_schema import COMPETENT

_DECIDES_NOTHING = frozenset(
    {"out_of_scope", "excused", "nothing_in_scope", "level_undefined", "carried"}
)
"""Lines of a node without a result that takes no part in what is around it."""


def takes_no_part(node: Node) -> bool:
    """Return whether a node decides nothing: out of scope, excused, or only such below.

    Nor does a unit that is asked for a level which the source leaves undefined in all of it.
    """
    return node.result is None and all(line.code in _DECIDES_NOTHING for line in node.lines)


def nodes_by_id(node: Node) -> dict[str, Node]:
    """Return the framework, unit and criterion nodes of an outcome by their ids."""
    found = {node.id: node}
    for child in node.children:
        found.update(nodes_by_id(child))
    return found


def carried_in(node: Node) -> frozenset[str]:
    """Return the criteria of an outcome that carry over from an earlier one."""
    return frozenset(
        leaf.id
        for leaf in criterion_nodes(node)
        if any(line.code == "carried" for line in leaf.lines)
    )


def shown_scope(scope: frozenset[str] | None, node: Node) -> frozenset[str] | None:
    """Return the criteria that a result is about: those judged, and those carried over."""
    return None if scope is None else scope | carried_in(node)


def rule_nodes(node: Node) -> Iterator[Node]:
    """Yield what the rules inside the rule of one node came to, each before those inside it."""
    for rule in node.rules:
        yield rule
        yield from rule_nodes(rule)


def results_by_id(node: Node) -> dict[str, str | None]:
    """Return the result of every node of an outcome by its id, rules inside rules among them."""
    found = {rule.id: rule.result for rule in rule_nodes(node)}
    found[node.id] = node.result
    for child in node.children:
        found.update(results_by_id(child))
    return found


def held_by_id(node: Node) -> dict[str, str]:
    """Return by id what each node reached that a gate held back, rules inside rules among them."""
    here = (node, *rule_nodes(node))
    waiting = ((one.id, line.params) for one in here for line in one.lines if line.code == "waits")
    found = {i: str(told.get("level", COMPETENT)) for i, told in waiting}
    for child in node.children:
        found.update(held_by_id(child))
    return found


def criterion_nodes(node: Node) -> Iterator[Node]:
    """Yield the criteria of an outcome, in the order of the framework."""
    if node.kind == "criterion":
        yield node
    for child in node.children:
        yield from criterion_nodes(child)


def unit_ids(node: Node) -> Iterator[str]:
    """Yield the ids of the units that a node is or holds."""
    if node.kind == "unit":
        yield node.id
    for child in node.children:
        yield from unit_ids(child)


def to_data(node: Node) -> dict[str, Any]:
    """Return the tree as JSON data, which ``from_data`` reads back equal.

    ``rules`` is left out where there are none, as in the trees written before rules nested.
    """
    data = {
        "id": node.id,
        "kind": node.kind,
        "result": node.result,
        "rule": node.rule,
        "lines": [{"code": line.code, "params": line.params} for line in node.lines],
        "children": [to_data(child) for child in node.children],
    }
    return {**data, "rules": [to_data(rule) for rule in node.rules]} if node.rules else data


def from_data(data: dict[str, Any]) -> Node:
    """Return the tree that ``to_data`` wrote."""
    return Node(
        data["id"],
        data["kind"],
        data["result"],
        data["rule"],
        tuple(Line(line["code"], line["params"]) for line in data["lines"]),
        tuple(from_data(child) for child in data["children"]),
        tuple(from_data(rule) for rule in data.get("rules", ())),
    )
