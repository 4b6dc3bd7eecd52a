"""What is missing for the next result: criterion by criterion, and step by step; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from competency.assessments.deciding import chosen, worth
from competency.assessments.nodes import criterion_nodes, nodes_by_id, takes_no_part
from competency.assessments.schema import Node
from competency.frameworks.outcome_schema import COMPETENT, PartRule, Rule
from competency.frameworks.schema import BELOW, Criterion, Framework, Unit


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


def gaps(framework: Framework, outcome: Node) -> tuple[Gap, ...]:
    """Return every criterion that took part and is under the level that is wanted of it.

    A criterion that was not judged is a gap with ``judged`` ``None``: unknown, to be
    assessed first. Out of scope and excused criteria are no gaps, nor is one of which
    nothing is wanted.
    """
    judged = {node.id: node.result for node in criterion_nodes(outcome)}
    found = []
    for i, wanted in levels_wanted(framework, outcome).items():
        scale, result = framework.scale_of(i), judged[i]
        if result is not None and scale.position(result) >= scale.position(wanted):
            continue
        descriptor = framework.criterion(i).levels.get(wanted)
        text = descriptor.text if descriptor is not None else None
        found.append(Gap(framework.unit_of(i).id, i, result, wanted, text))
    return tuple(found)


def levels_wanted(framework: Framework, outcome: Node) -> dict[str, str]:
    """Return by criterion the level that would take the result around it on.

    The innermost rule that forms a result with it decides which: under ``all`` the level
    that is required; under ``n_of`` too, while too few reach it, and then the level that
    none may be under; under ``minimum`` the next one above the result, or the lowest while
    nothing is decided; where scores are added up, the next one above its own that counts
    more; under ``ladder`` what the next step asks. Criteria that take no part are left
    out, and those of which nothing is asked.
    """
    nodes, asking = nodes_by_id(outcome), {}
    found = {}
    for leaf in criterion_nodes(outcome):
        if takes_no_part(leaf):
            continue
        for unit in (*framework.units_around(leaf.id), None):
            name = framework.id if unit is None else unit.id
            if name not in asking:
                asking[name] = _Asking(framework, nodes, nodes[name], unit)
            if asking[name].concerns(leaf.id):
                level = asking[name].of(leaf.id)
                if level is not None:
                    found[leaf.id] = level
                break
    return found


def required_level(framework: Framework, criterion: Criterion, rule: Rule) -> str | None:
    """Return the level that the rules ``all`` and ``n_of`` ask of a criterion.

    That is ``at_least``, or the lowest level that the criterion has. ``None`` where the
    source leaves the level undefined for it: then nothing is asked of it.
    """
    awardable = framework.awardable(criterion.id)
    if rule.at_least is None or rule.at_least not in framework.scale_of(criterion.id).codes():
        return awardable[0]
    return rule.at_least if rule.at_least in awardable else None


@dataclass(frozen=True)
class _InForce:
    """A rule that asks something now, what it came to, and the criteria in its parts."""

    rule: Rule
    decided: Node
    criteria: frozenset[str]
    levels: frozenset[str]
    """Those that some criterion taking part can be at."""


class _Asking:
    """What the rule of one unit, or of the framework, asks of the criteria inside."""

    def __init__(
        self, framework: Framework, nodes: Mapping[str, Node], whole: Node, unit: Unit | None
    ) -> None:
        """Read the rule and the rules inside it, once for all criteria."""
        self.framework, self.nodes, self.whole, self.unit = framework, nodes, whole, unit
        rule = framework.rule_of(unit)
        self.every = frozenset(i for inner in rule.everywhere() for i in self._criteria(inner))
        self.in_force = tuple(self._in_force(rule, whole))

    def _criteria(self, rule: Rule) -> frozenset[str]:
        """Return the criteria that are parts of a rule, or inside its parts."""
        if rule.rule == "none":
            return frozenset()
        parts = chosen(self.framework, self.whole, rule)
        return frozenset(leaf.id for node in parts for leaf in criterion_nodes(node))

    def _in_force(self, rule: Rule, decided: Node) -> Iterator[_InForce]:
        """Yield a rule and those inside it that are not reached; of a ladder only one step's."""
        criteria = self._criteria(rule)
        levels = frozenset(
            code
            for i in criteria
            if not takes_no_part(self.nodes[i])
            for code in self.framework.awardable(i)
        )
        yield _InForce(rule, decided, criteria, levels)
        inner = {node.id: node for node in decided.rules}
        for part in _taking_on(rule, inner):
            if inner[part.id].result != COMPETENT:
                yield from self._in_force(part, inner[part.id])

    def concerns(self, criterion_id: str) -> bool:
        """Return whether a criterion decides about the result at all."""
        return criterion_id in self.every

    def of(self, criterion_id: str) -> str | None:
        """Return the highest level that is asked of a criterion."""
        scale = self.framework.scale_of(criterion_id)
        wanted = [
            level
            for one in self.in_force
            if criterion_id in one.criteria
            and (level := self._asked(one, criterion_id)) is not None
        ]
        return max(wanted, key=scale.position, default=None)

    def _asked(self, one: _InForce, criterion_id: str) -> str | None:
        """Return what one rule asks of a criterion."""
        criterion = self.framework.criterion(criterion_id)
        match one.rule.rule:
            case "all":
                return required_level(self.framework, criterion, one.rule)
            case "n_of":
                return self._counted(one, criterion)
            case "minimum":
                return self._next_of_all(one, criterion)
            case _:
                return self._worth_more(one, criterion)

    def _counted(self, one: _InForce, criterion: Criterion) -> str | None:
        """Return what ``n_of`` asks: the level required while too few reach it, then its floor."""
        lines = one.decided.lines
        counted = next((line.params for line in lines if line.code == "n_required"), None)
        if counted is None or int(str(counted["reached"])) < int(str(counted["needed"])):
            return required_level(self.framework, criterion, one.rule)
        codes = self.framework.scale_of(criterion.id).codes()
        return one.rule.none_below if one.rule.none_below in codes else None

    def _next_of_all(self, one: _InForce, criterion: Criterion) -> str | None:
        """Return the level above the lowest that some criterion has, where this one has it."""
        scale, result = self.framework.scale_of(criterion.id), one.decided.result
        reached = scale.position(result) if result in scale.codes() else 0
        following = next((code for code in scale.codes()[reached:] if code in one.levels), None)
        return following if following in self.framework.awardable(criterion.id) else None

    def _worth_more(self, one: _InForce, criterion: Criterion) -> str | None:
        """Return the level above the judged one that counts more, while that is of use."""
        scale = self.framework.scale_of_rule(one.rule, self.unit)
        if one.decided.result == COMPETENT or (scale and one.decided.result == scale.codes()[-1]):
            return None
        own = self.framework.scale_of(criterion.id)
        judged = self.nodes[criterion.id].result
        awardable = self.framework.awardable(criterion.id)
        if judged is None:
            return awardable[0]
        above = (code for code in awardable if own.position(code) > own.position(judged))
        least = worth(one.rule, own, judged)
        return next((code for code in above if worth(one.rule, own, code) > least), None)


def _taking_on(rule: Rule, inner: Mapping[str, Node]) -> tuple[PartRule, ...]:
    """Return the rules inside a rule that can take it on: of a ladder those of one step."""
    for step in rule.steps:
        asked = [inner[part.id] for part in step.rules if not takes_no_part(inner[part.id])]
        if any(node.result != COMPETENT for node in asked):
            return step.rules
    return rule.rules


@dataclass(frozen=True)
class Step:
    """The next level of the whole: how many criteria are at it, of how many, and which aren't."""

    level: str
    reached: int
    asked: int
    missing: tuple[str, ...]


def next_step(framework: Framework, outcome: Node) -> Step | None:
    """Return what takes the whole to its next level; ``None`` where it has none above it.

    Only the rule ``minimum`` asks the same level of every criterion. One for which the
    source leaves that level undefined counts where it is above it, and is not asked
    otherwise.
    """
    scale = framework.result_scale()
    if outcome.rule != "minimum" or outcome.result is None or scale is None:
        return None
    parts = chosen(framework, outcome, framework.outcome.framework)
    leaves = [leaf for node in parts for leaf in criterion_nodes(node) if not takes_no_part(leaf)]
    awardable = {code for leaf in leaves for code in framework.awardable(leaf.id)}
    above = scale.codes()[scale.position(outcome.result) :]
    level = next((code for code in above if code in awardable), None)
    if level is None:
        return None
    wanted = scale.position(level)
    there = [leaf.id for leaf in leaves if scale.position(leaf.result or BELOW) >= wanted]
    missing = tuple(
        leaf.id for leaf in leaves if leaf.id not in there and level in framework.awardable(leaf.id)
    )
    return Step(level, len(there), len(there) + len(missing), missing)
