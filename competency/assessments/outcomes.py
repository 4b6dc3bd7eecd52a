"""From judgements to an outcome that explains itself; pure.

``outcome(framework, facts)`` is a function of its arguments alone: no clock, no
database, no order. What was not judged decides nothing (design: outcomes).
"""

from __future__ import annotations

from dataclasses import replace

from competency.assessments.deciding import decide
from competency.assessments.nodes import takes_no_part
from competency.assessments.schema import Facts, Line, Node
from competency.assessments.session_rules import asks_for_practical_test, names_method
from competency.frameworks.schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    AssessmentMethod,
    Criterion,
    Framework,
    Unit,
)


def outcome(framework: Framework, facts: Facts) -> Node:
    """Return the tree of results: the framework, its units, their criteria."""
    children = tuple(_unit(framework, unit, facts) for unit in framework.units)
    rule = framework.outcome.framework
    whole = Node(framework.id, "framework", None, rule.rule, (), children)
    if framework.status == "inferred" and not facts.reading_confirmed and rule.rule != "none":
        return replace(whole, lines=(Line("unconfirmed"),))
    return _with_knowledge(framework, _decided(framework, whole, None, facts), facts)


def _unit(framework: Framework, unit: Unit, facts: Facts) -> Node:
    """Return a unit's node over its criteria and inner units."""
    nodes = tuple(_criterion(framework, criterion, facts) for criterion in unit.criteria)
    inner = tuple(_unit(framework, child, facts) for child in unit.units)
    whole = Node(unit.id, "unit", None, framework.unit_rule(unit).rule, (), nodes + inner)
    return _with_test(framework, unit, _decided(framework, whole, unit, facts), facts)


def _decided(framework: Framework, whole: Node, unit: Unit | None, facts: Facts) -> Node:
    """Return a node with what the rule of its unit, or of the framework, makes of it."""
    made = decide(framework, whole, framework.rule_of(unit), unit, facts)
    return replace(whole, result=made.result, lines=made.lines, rules=made.rules)


def _with_test(framework: Framework, unit: Unit, decided: Node, facts: Facts) -> Node:
    """Hold a unit back where what the standard names was not passed.

    That is a practical test, a simulation, an interview. Without one nothing is decided;
    one that was not passed makes it not yet competent, or leaves a unit of levels without
    one.
    """
    if facts.tests is None or takes_no_part(decided):
        return decided
    if asks_for_practical_test(unit):
        decided = _held_back(decided, "test", passed=facts.tests.units.get(unit.id))
    if names_method(unit, AssessmentMethod.SIMULATION):
        passed = facts.tests.simulations.get(unit.id)
        decided = _held_back(decided, "simulation", passed=passed)
    if names_method(unit, AssessmentMethod.INTERVIEW):
        said = facts.tests.interviewed
        inside = [said[c.id] for c in framework.criteria_in(unit) if c.id in said]
        decided = _held_back(decided, "interview", passed=all(inside) if inside else None)
    return decided


def _held_back(decided: Node, what: str, *, passed: bool | None) -> Node:
    """Return a unit with what an instrument came to that its standard names."""
    if passed:
        return replace(decided, lines=(*decided.lines, Line(f"{what}_passed")))
    if passed is None:
        return replace(decided, result=None, lines=(*decided.lines, Line(f"{what}_missing")))
    result = NOT_YET_COMPETENT if decided.result in {COMPETENT, NOT_YET_COMPETENT} else None
    return replace(decided, result=result, lines=(*decided.lines, Line(f"{what}_not_passed")))


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


def _criterion(framework: Framework, criterion: Criterion, facts: Facts) -> Node:
    """Return a criterion's node: its level, or why there is none."""
    carried = facts.carried.get(criterion.id)
    if carried is not None:
        line = Line("carried", {"on": carried.on, "appraisal": carried.appraisal})
        lines = (line,) if carried.level is not None else (Line("excused"), line)
        return Node(criterion.id, "criterion", carried.level, None, lines)
    if facts.scope is not None and criterion.id not in facts.scope:
        return Node(criterion.id, "criterion", None, None, (Line("out_of_scope"),))
    judged = facts.judgements.get(criterion.id)
    if judged is None or (judged.level is None and not judged.excused):
        return Node(criterion.id, "criterion", None, None, (Line("not_judged"),))
    if judged.excused or judged.level is None:
        return Node(criterion.id, "criterion", None, None, (Line("excused"),))
    framework.scale_of(criterion.id).position(judged.level)
    return Node(criterion.id, "criterion", judged.level, None, (Line("judged"),))
