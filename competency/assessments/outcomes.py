"""From judgements to an outcome that explains itself, and to its gaps; pure.

``outcome(framework, facts)`` is a function of its arguments alone: no clock, no
database, no order. What was not judged decides nothing (design: outcomes).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from competency.assessments.schema import Facts, Line, Node
from competency.assessments.session_rules import asks_for_practical_test
from competency.frameworks.schema import (
    BELOW,
    COMPETENT,
    NOT_YET_COMPETENT,
    Counting,
    Criterion,
    Framework,
    Scale,
    Unit,
    UnitRule,
)


def outcome(framework: Framework, facts: Facts) -> Node:
    """Return the tree of results: the framework, its units, their criteria."""
    children = tuple(_unit(framework, unit, facts) for unit in framework.units)
    rule = framework.outcome.framework
    if rule.rule == "none":
        return Node(framework.id, "framework", None, "none", (Line("no_overall"),), children)
    if framework.status == "inferred" and not facts.reading_confirmed:
        return Node(framework.id, "framework", None, rule.rule, (Line("unconfirmed"),), children)
    whole = Node(framework.id, "framework", None, rule.rule, (), children)
    if rule.rule == "minimum":
        decided = _minimum(framework, whole, framework.scale_under(framework.units[0]))
    else:
        decided = _verdict(framework, whole, rule, _required_of(children))
    return _with_knowledge(framework, decided, facts)


def _unit(framework: Framework, unit: Unit, facts: Facts) -> Node:
    """Return a unit's node over its criteria and inner units."""
    nodes = tuple(_criterion(framework, criterion, facts) for criterion in unit.criteria)
    inner = tuple(_unit(framework, child, facts) for child in unit.units)
    rule = framework.unit_rule(unit)
    whole = Node(unit.id, "unit", None, rule.rule, (), nodes + inner)
    if rule.rule == "minimum":
        decided = _minimum(framework, whole, framework.scale_under(unit))
    else:
        required = {c.id: required_level(framework, c, rule) for c in unit.criteria}
        decided = _verdict(framework, whole, rule, required | _required_of(inner))
    return _with_test(unit, decided, facts)


def _with_test(unit: Unit, decided: Node, facts: Facts) -> Node:
    """Hold a unit back whose practical test the standard wants and that was not passed.

    Without a test nothing is decided; a test that was not passed makes it not yet
    competent, or leaves a unit of levels without one.
    """
    if facts.tests is None or not asks_for_practical_test(unit) or takes_no_part(decided):
        return decided
    passed = facts.tests.units.get(unit.id)
    if passed:
        return replace(decided, lines=(*decided.lines, Line("test_passed")))
    if passed is None:
        return replace(decided, result=None, lines=(*decided.lines, Line("test_missing")))
    result = NOT_YET_COMPETENT if decided.result in {COMPETENT, NOT_YET_COMPETENT} else None
    return replace(decided, result=result, lines=(*decided.lines, Line("test_not_passed")))


def _with_knowledge(framework: Framework, decided: Node, facts: Facts) -> Node:
    """Say what the knowledge test came to, and hold the whole back where it was not passed.

    It binds only where one was held, and the whole only: no unit is paired with an item.
    """
    if facts.tests is None or not framework.knowledge or takes_no_part(decided):
        return decided
    passed = facts.tests.knowledge
    code = "knowledge_not_tested" if passed is None else "knowledge_passed"
    result = decided.result
    if passed is False:
        code = "knowledge_not_passed"
        result = NOT_YET_COMPETENT if result in {COMPETENT, NOT_YET_COMPETENT} else None
    return replace(decided, result=result, lines=(*decided.lines, Line(code)))


def required_level(framework: Framework, criterion: Criterion, rule: UnitRule) -> str | None:
    """Return the level that the rules ``all`` and ``n_of`` ask of a criterion.

    That is ``at_least``, or the lowest level that the criterion has. ``None`` where the
    source leaves the level undefined for it: then nothing is asked of it.
    """
    awardable = framework.awardable(criterion.id)
    if rule.at_least is None or rule.at_least not in framework.scale_of(criterion.id).codes():
        return awardable[0]
    return rule.at_least if rule.at_least in awardable else None


def level_wanted(framework: Framework, criterion: Criterion, unit: Node) -> str | None:
    """Return the level that would take the ``unit`` of a criterion on.

    Under ``all`` the level that is required; under ``n_of`` too, while too few reach it,
    and then the level that none may be under; under ``minimum`` the next one above the
    unit's result that it has, or the lowest while nothing is decided. ``None`` where
    nothing is asked.
    """
    rule = framework.unit_rule(framework.unit_of(criterion.id))
    codes = framework.scale_of(criterion.id).codes()
    if rule.rule == "all" or (rule.rule == "n_of" and not _has_enough(unit)):
        return required_level(framework, criterion, rule)
    if rule.rule == "n_of":
        return rule.none_below if rule.none_below in codes else None
    reached = framework.scale_of(criterion.id).position(unit.result) if unit.result else 0
    following = next((code for code in codes[reached:] if _has(framework, unit, code)), None)
    return following if following in framework.awardable(criterion.id) else None


def _has_enough(unit: Node) -> bool:
    """Return whether so many parts of a unit as ``n_of`` asks for reach what is required."""
    counted = next((line.params for line in unit.lines if line.code == "n_required"), None)
    return counted is not None and int(str(counted["reached"])) >= int(str(counted["needed"]))


def _required_of(nodes: Sequence[Node]) -> dict[str, str | None]:
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


_DECIDES_NOTHING = frozenset({"out_of_scope", "excused", "nothing_in_scope", "level_undefined"})
"""Lines of a node that takes no part in what is around it."""


def takes_no_part(node: Node) -> bool:
    """Return whether a node decides nothing: out of scope, excused, or only such below.

    Nor does a unit that is asked for a level which the source leaves undefined in all of it.
    """
    return node.result is None and all(line.code in _DECIDES_NOTHING for line in node.lines)


def _taking_part(whole: Node) -> tuple[Node, ...]:
    """Return the children that a result is made of."""
    return tuple(child for child in whole.children if not takes_no_part(child))


def _verdict(
    framework: Framework, whole: Node, rule: Counting, required: Mapping[str, str | None]
) -> Node:
    """Apply ``all`` or ``n_of``: enough of the parts that take part reach what is required.

    Where nothing is required of any of them, nothing is decided. Under ``n_of`` parts of
    which nothing is required are not counted, and what is not decided yet may stay so
    where enough have reached theirs and no level is set that none may be under.
    """
    parts = [child for child in _taking_part(whole) if required[child.id] is not None]
    if not parts:
        return replace(whole, lines=(_why_nothing_is_required(whole),))
    undecided = [child.id for child in parts if child.result is None]
    short = [
        child.id
        for child in parts
        if child.result is not None and not _reaches(framework, child, required[child.id])
    ]
    reached, needed = len(parts) - len(undecided) - len(short), needed_of(rule, len(parts))
    params: dict[str, object] = {"reached": reached, "of": len(parts)}
    if whole.rule == "n_of":
        lines = [Line("n_required", params | {"needed": needed})]
    else:
        lines = [Line("all_required", params)]
    under = _under(framework, whole, rule.none_below)
    if under:
        lines.append(Line("under", {"ids": under, "level": rule.none_below}))
    if short:
        lines.append(Line("short", {"ids": short}))
    if undecided:
        lines.append(Line("undecided", {"ids": undecided}))
    if undecided and (reached < needed or rule.none_below is not None):
        return replace(whole, lines=tuple(lines))
    is_reached = reached >= needed and not under
    return replace(whole, result=COMPETENT if is_reached else NOT_YET_COMPETENT, lines=tuple(lines))


def needed_of(rule: Counting, parts: int) -> int:
    """Return how many of ``parts`` must reach what is required: all, unless ``n_of`` says fewer.

    A count is at most all of them, since a scope may leave fewer; a share is rounded up.
    """
    if rule.count is not None:
        return min(rule.count, parts)
    if rule.share is not None:
        return max(1, math.ceil(rule.share * parts))
    return parts


def _under(framework: Framework, whole: Node, floor: str | None) -> list[str]:
    """Return the criteria anywhere in ``whole`` that were judged under the level ``floor``.

    A scale without that level asks nothing.
    """
    if floor is None:
        return []
    judged = [leaf for leaf in criterion_nodes(whole) if leaf.result is not None]
    scales = {leaf.id: framework.scale_of(leaf.id) for leaf in judged}
    return [
        leaf.id
        for leaf in judged
        if floor in scales[leaf.id].codes()
        and scales[leaf.id].position(str(leaf.result)) < scales[leaf.id].position(floor)
    ]


def _why_nothing_is_required(whole: Node) -> Line:
    """Return the line of a node in which nothing is required of any part."""
    is_undefined = any(_is_asked_in_vain(child) for child in whole.children)
    return Line("level_undefined" if is_undefined else "nothing_in_scope")


def _is_asked_in_vain(node: Node) -> bool:
    """Return whether only a level that the source leaves undefined keeps a part out."""
    return not takes_no_part(node) or any(line.code == "level_undefined" for line in node.lines)


def _reaches(framework: Framework, node: Node, required: str | None) -> bool:
    """Return whether a decided node is at or above what is required of it."""
    if required is None or node.kind != "criterion":
        return required is None or node.result == required
    scale = framework.scale_of(node.id)
    return scale.position(node.result or BELOW) >= scale.position(required)


def _minimum(framework: Framework, whole: Node, scale: Scale) -> Node:
    """Apply the rule ``minimum``: the highest level that nothing taking part is under.

    A level that the source leaves undefined for a criterion asks nothing of it, so that
    being below its first defined level holds back only from there on. A level that is
    undefined for every part can't be reached: nothing would have shown it.
    """
    taking_part = _taking_part(whole)
    if not taking_part:
        return replace(whole, lines=(Line("nothing_in_scope"),))
    undecided = [child.id for child in taking_part if child.result is None]
    if undecided:
        return replace(whole, lines=(Line("undecided", {"ids": undecided}),))
    reached, held = BELOW, []
    for level in scale.codes():
        held = [c.id for c in taking_part if not _is_at(framework, c, level, scale)]
        if held:
            break
        if any(_has(framework, child, level) for child in taking_part):
            reached = level
    lines = [Line("lowest", {"level": reached, "of": len(taking_part)})]
    if held:
        lines.append(Line("held_back", {"ids": held}))
    return replace(whole, result=reached, lines=tuple(lines))


def _is_at(framework: Framework, node: Node, level: str, scale: Scale) -> bool:
    """Return whether a decided node is at ``level`` or above, or is asked nothing there."""
    if not _has(framework, node, level):
        return True
    return scale.position(node.result or BELOW) >= scale.position(level)


def _has(framework: Framework, node: Node, level: str) -> bool:
    """Return whether a level is defined for a criterion, or for one that takes part in a unit."""
    return any(
        level in framework.awardable(leaf.id)
        for leaf in criterion_nodes(node)
        if not takes_no_part(leaf)
    )


def nodes_by_id(node: Node) -> dict[str, Node]:
    """Return every node of an outcome by its id."""
    found = {node.id: node}
    for child in node.children:
        found.update(nodes_by_id(child))
    return found


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


def criterion_nodes(node: Node) -> Iterator[Node]:
    """Yield the criteria of an outcome, in the order of the framework."""
    if node.kind == "criterion":
        yield node
    for child in node.children:
        yield from criterion_nodes(child)


@dataclass(frozen=True)
class Step:
    """The next level of the whole: how many criteria are at it, of how many, and which aren't."""

    level: str
    reached: int
    asked: int
    missing: tuple[str, ...]


def next_step(framework: Framework, outcome: Node) -> Step | None:
    """Return what takes the whole to its next level; ``None`` where it has none above it.

    Only the rule ``minimum`` gives the whole a level. A criterion for which the source
    leaves that level undefined counts where it is above it, and is not asked otherwise.
    """
    if outcome.rule != "minimum" or outcome.result is None:
        return None
    scale = framework.scale_under(framework.units[0])
    above = scale.codes()[scale.position(outcome.result) :]
    level = next((code for code in above if _has(framework, outcome, code)), None)
    if level is None:
        return None
    part = [leaf for leaf in criterion_nodes(outcome) if not takes_no_part(leaf)]
    wanted = scale.position(level)
    there = [leaf.id for leaf in part if scale.position(leaf.result or BELOW) >= wanted]
    missing = tuple(
        leaf.id for leaf in part if leaf.id not in there and level in framework.awardable(leaf.id)
    )
    return Step(level, len(there), len(there) + len(missing), missing)


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
        if takes_no_part(node):
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
