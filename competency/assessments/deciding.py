"""One rule over its parts: from the results of the parts to a result that says why; pure.

A part is a criterion, a unit, or a rule inside the rule. What takes no part is left out
of every count, mean and sum; what is not decided yet decides nothing (design: outcomes).
Scores are exact fractions; a band is half-open, from its number up to the next one's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from competency.assessments.gates import About, held_back
from competency.assessments.nodes import criterion_nodes, nodes_by_id, takes_no_part, unit_ids
from competency.assessments.schema import Facts, Line, Node
from competency.frameworks.outcome_schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    Counting,
    PartRule,
    Rule,
)
from competency.frameworks.schema import BELOW, Framework, Scale, Unit

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Decision:
    """What a rule came to, why, and what the rules inside it came to."""

    result: str | None
    lines: tuple[Line, ...]
    rules: tuple[Node, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One part of a rule: its node, its scale where it has levels, and the levels it can have."""

    node: Node
    scale: Scale | None = None
    levels: frozenset[str] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        """Return the id of the criterion, unit or rule."""
        return self.node.id

    def required(self, at_least: str | None) -> str | None:
        """Return what is asked of it: competent, the level, or its lowest one.

        ``None`` where its scale has the level and the source leaves it undefined for it.
        """
        if self.scale is None:
            return COMPETENT
        if at_least in self.scale.codes():
            return at_least if at_least in self.levels else None
        return next(code for code in self.scale.codes() if code in self.levels)

    def reaches(self, required: str | None) -> bool:
        """Return whether it is decided and at or above what is required."""
        if self.node.result is None or required is None:
            return False
        if self.scale is None:
            return self.node.result == required
        return self.scale.position(self.node.result) >= self.scale.position(required)


def decide(
    framework: Framework, whole: Node, rule: Rule, unit: Unit | None, facts: Facts
) -> Decision:
    """Return what ``rule`` makes of ``whole``, whose children are decided, gates included.

    ``unit`` is the unit that ``whole`` is the node of; ``None`` for the framework.
    """
    if rule.rule == "none":
        return Decision(None, (Line("no_overall"),))
    inner = tuple(_inner(framework, whole, part, unit, facts) for part in rule.inner())
    named = chosen(framework, whole, rule)
    parts = [_part_of(framework, node) for node in named if not takes_no_part(node)]
    parts += [_rule_part(framework, node, unit) for node in inner if not takes_no_part(node)]
    scale = framework.scale_of_rule(rule, unit)
    match rule.rule:
        case "all" | "n_of":
            result, lines = _verdict(framework, rule, (*named, *inner), parts)
        case "ladder":
            result, lines = _ladder(rule, {node.id: node for node in inner})
        case _ if not parts:
            result, lines = None, (Line("nothing_in_scope"),)
        case _ if undecided := [part.id for part in parts if part.node.result is None]:
            result, lines = None, (Line("undecided", {"ids": undecided}),)
        case "minimum":
            result, lines = _minimum(parts)
        case _:
            result, lines = _scored(framework, rule, scale, named, parts)
    judged = tuple(leaf for node in named or whole.children for leaf in criterion_nodes(node))
    units = tuple(i for node in (named or whole.children) for i in unit_ids(node))
    if whole.kind == "unit" and judged == tuple(criterion_nodes(whole)):
        units = (whole.id, *units)
    about = About(rule.id if isinstance(rule, PartRule) else whole.id, judged, units)
    result, why = held_back(framework, rule, scale, about, result, facts)
    return Decision(result, (*lines, *why), inner)


def _inner(
    framework: Framework, whole: Node, part: PartRule, unit: Unit | None, facts: Facts
) -> Node:
    """Return the node of a rule inside a rule of ``whole``."""
    made = decide(framework, whole, part, unit, facts)
    return Node(part.id, "rule", made.result, part.rule, made.lines, (), made.rules)


def chosen(framework: Framework, whole: Node, rule: Rule) -> tuple[Node, ...]:
    """Return the nodes inside ``whole`` that a rule names as its parts."""
    if rule.of:
        nodes = nodes_by_id(whole)
        return tuple(nodes[i] for i in rule.of)
    if rule.tagged is not None:
        return tuple(
            node
            for node in criterion_nodes(whole)
            if rule.tagged in framework.criterion(node.id).tags
        )
    if rule.over is not None:
        return tuple(criterion_nodes(whole))
    return () if rule.rules or rule.steps else whole.children


def _part_of(framework: Framework, node: Node) -> _Part:
    """Return a criterion or unit as a part, with the levels that it can be at."""
    if node.kind == "criterion":
        levels = frozenset(framework.awardable(node.id))
        return _Part(node, framework.scale_of(node.id), levels)
    unit = framework.unit(node.id)
    scale = framework.result_scale(unit)
    if scale is None or framework.unit_rule(unit).rule != "minimum":
        return _Part(node, scale, frozenset(scale.codes() if scale else ()))
    leaves = [leaf for leaf in criterion_nodes(node) if not takes_no_part(leaf)]
    return _Part(node, scale, frozenset(c for leaf in leaves for c in framework.awardable(leaf.id)))


def _rule_part(framework: Framework, node: Node, unit: Unit | None) -> _Part:
    """Return what a rule inside a rule came to as a part."""
    scale = framework.scale_of_rule(framework.named_rules()[node.id], unit)
    return _Part(node, scale, frozenset(scale.codes() if scale else ()))


def _verdict(
    framework: Framework, rule: Rule, named: Sequence[Node], parts: Sequence[_Part]
) -> tuple[str | None, tuple[Line, ...]]:
    """Apply ``all`` or ``n_of``: enough of the parts that take part reach what is required.

    Where nothing is required of any of them, nothing is decided. Under ``n_of`` parts of
    which nothing is required are not counted, and what is not decided yet may stay so
    where enough have reached theirs and no level is set that none may be under.
    """
    required = {part.id: part.required(rule.at_least) for part in parts}
    asked = [part for part in parts if required[part.id] is not None]
    if not asked:
        return None, (_why_nothing_is_required(named),)
    undecided = [part.id for part in asked if part.node.result is None]
    reached = [part.id for part in asked if part.reaches(required[part.id])]
    short = [part.id for part in asked if part.id not in {*undecided, *reached}]
    needed = needed_of(rule, len(asked))
    params: dict[str, object] = {"reached": len(reached), "of": len(asked)}
    if rule.rule == "n_of":
        lines = [Line("n_required", params | {"needed": needed})]
    else:
        lines = [Line("all_required", params)]
    under = _under(framework, named, rule.none_below)
    if under:
        lines.append(Line("under", {"ids": under, "level": rule.none_below}))
    if short:
        lines.append(Line("short", {"ids": short}))
    if undecided:
        lines.append(Line("undecided", {"ids": undecided}))
    if undecided and (len(reached) < needed or rule.none_below is not None):
        return None, tuple(lines)
    is_reached = len(reached) >= needed and not under
    return COMPETENT if is_reached else NOT_YET_COMPETENT, tuple(lines)


def needed_of(rule: Counting, parts: int) -> int:
    """Return how many of ``parts`` must reach what is required: all, unless ``n_of`` says fewer.

    A count is at most all of them, since a scope may leave fewer; a share is rounded up.
    """
    if rule.count is not None:
        return min(rule.count, parts)
    if rule.share is not None:
        return max(1, math.ceil(rule.share * parts))
    return parts


def _under(framework: Framework, nodes: Iterable[Node], floor: str | None) -> list[str]:
    """Return the criteria anywhere in ``nodes`` that were judged under the level ``floor``.

    A scale without that level asks nothing.
    """
    if floor is None:
        return []
    leaves = (leaf for node in nodes for leaf in criterion_nodes(node))
    judged = [leaf for leaf in leaves if leaf.result is not None]
    scales = {leaf.id: framework.scale_of(leaf.id) for leaf in judged}
    return [
        leaf.id
        for leaf in judged
        if floor in scales[leaf.id].codes()
        and scales[leaf.id].position(str(leaf.result)) < scales[leaf.id].position(floor)
    ]


def _why_nothing_is_required(nodes: Iterable[Node]) -> Line:
    """Return the line of a result in which nothing is required of any part."""
    is_undefined = any(_is_asked_in_vain(node) for node in nodes)
    return Line("level_undefined" if is_undefined else "nothing_in_scope")


def _is_asked_in_vain(node: Node) -> bool:
    """Return whether only a level that the source leaves undefined keeps a part out."""
    return not takes_no_part(node) or any(line.code == "level_undefined" for line in node.lines)


def _minimum(parts: Sequence[_Part]) -> tuple[str, tuple[Line, ...]]:
    """Apply the rule ``minimum`` to decided parts: the highest level that none is under.

    A level that the source leaves undefined for a criterion asks nothing of it, so that
    being below its first defined level holds back only from there on. A level that is
    undefined for every part can't be reached: nothing would have shown it.
    """
    scale = parts[0].scale
    reached, held = BELOW, []
    for level in scale.codes() if scale else ():
        held = [part.id for part in parts if level in part.levels and not part.reaches(level)]
        if held:
            break
        if any(level in part.levels for part in parts):
            reached = level
    lines = [Line("lowest", {"level": reached, "of": len(parts)})]
    if held:
        lines.append(Line("held_back", {"ids": held}))
    return reached, tuple(lines)


def worth(rule: Rule, scale: Scale | None, result: str) -> Fraction:
    """Return what a result counts under ``weighted`` or ``points``, before its weight."""
    if result in rule.values:
        return Fraction(rule.values[result])
    if rule.values or result in {BELOW, NOT_YET_COMPETENT}:
        return Fraction(0)
    return Fraction(1 if scale is None else scale.position(result))


def _scored(
    framework: Framework,
    rule: Rule,
    scale: Scale | None,
    chosen: Sequence[Node],
    parts: Sequence[_Part],
) -> tuple[str, tuple[Line, ...]]:
    """Apply ``weighted`` or ``points`` to decided parts: the mean, or the sum, into its band."""
    weights = {part.id: Fraction(rule.weights.get(part.id, Decimal(1))) for part in parts}
    score = sum(
        (weights[p.id] * worth(rule, p.scale, str(p.node.result)) for p in parts), Fraction(0)
    )
    if rule.rule == "weighted":
        score /= sum(weights.values())
    told: dict[str, object] = {"score": written(score), "of": len(parts)}
    if scale is None:
        asked = Fraction(rule.pass_from or 0)
        lines = [Line(rule.rule, told | {"from": written(asked)})]
        under = _under(framework, chosen, rule.none_below)
        if under:
            lines.append(Line("under", {"ids": under, "level": rule.none_below}))
        is_reached = score >= asked and not under
        return COMPETENT if is_reached else NOT_YET_COMPETENT, tuple(lines)
    level, following = _band(rule, scale, score)
    if following is not None:
        told |= {"next": following, "from": written(Fraction(rule.bands[following]))}
    return level, (Line(rule.rule, told | {"level": level}),)


def _band(rule: Rule, scale: Scale, score: Fraction) -> tuple[str, str | None]:
    """Return the level in whose band a score lies, and the next one up that has a band."""
    level = BELOW
    for code in (code for code in scale.codes() if code in rule.bands):
        if score < Fraction(rule.bands[code]):
            return level, code
        level = code
    return level, None


def written(number: Fraction) -> str:
    """Return a number with at most two places, cut off so that it never shows more than it is."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return format(exact.quantize(HUNDREDTH, ROUND_DOWN).normalize(), "f")


def _ladder(rule: Rule, inner: Mapping[str, Node]) -> tuple[str | None, tuple[Line, ...]]:
    """Apply ``ladder``: the highest step of which all is reached, and of all steps under it.

    A step of which nothing takes part asks nothing, and can't be reached by itself.
    """
    reached = BELOW
    for step in rule.steps:
        asked = [inner[part.id] for part in step.rules if not takes_no_part(inner[part.id])]
        short = [node.id for node in asked if node.result == NOT_YET_COMPETENT]
        undecided = [node.id for node in asked if node.result is None]
        told: dict[str, object] = {"level": reached, "next": step.level}
        if short:
            return reached, (Line("ladder", told), Line("short", {"ids": short}))
        if undecided:
            return None, (Line("ladder_open", told), Line("undecided", {"ids": undecided}))
        if asked:
            reached = step.level
    if all(takes_no_part(inner[part.id]) for part in rule.inner()):
        return None, (Line("nothing_in_scope"),)
    return reached, (Line("ladder", {"level": reached}),)
