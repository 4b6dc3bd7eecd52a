"""What holds a result back, however well its parts were judged; pure.

A gate that does not hold lets the result through; one that does takes it down to the
highest level that every gate lets through. Where there is none, nothing is decided: a
result that waits is not a failure (design: outcomes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from competency.assessments.rules import sufficiency
from competency.assessments.schema import Facts, Line, Node, PastOutcome
from competency.frameworks.outcome_schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    Gate,
    GateKind,
    Rule,
)
from competency.frameworks.schema import (
    BELOW,
    EvidenceRule,
    Framework,
    KpiLink,
    KpiRole,
    Scale,
)
from competency.kpis.findings import Verdict


@dataclass(frozen=True)
class About:
    """What the gates of a rule look at: whose earlier results, and which criteria.

    ``units`` are the units whose criteria these all are.
    """

    id: str
    criteria: tuple[Node, ...]
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """One gate and the level that it is asked about; ``None`` for competent."""

    gate: Gate
    level: str | None
    scale: Scale | None

    @property
    def applies(self) -> bool:
        """Return whether the gate holds this level back at all."""
        first = self.gate.from_level
        if self.level is None or self.scale is None or first is None:
            return True
        return self.scale.position(self.level) >= self.scale.position(first)


def held_back(
    framework: Framework,
    rule: Rule,
    scale: Scale | None,
    about: About,
    result: str | None,
    facts: Facts,
) -> tuple[str | None, tuple[Line, ...]]:
    """Return what the gates of ``rule`` leave of a result, and a line for each of them.

    The lines are about the result that its parts reached; where less is left, a first
    line says what waits.
    """
    if not rule.gates or result in {None, BELOW, NOT_YET_COMPETENT}:
        return result, ()
    levels: Sequence[str | None] = (None,)
    if scale is not None and result != COMPETENT:
        levels = tuple(reversed(scale.codes()[: scale.position(str(result))]))
    told: list[Line] = []
    for level in levels:
        asked = [_Asked(gate, level, scale) for gate in rule.gates]
        answers = [_answer(framework, one, about, facts) for one in asked if one.applies]
        told = told or [line for _, line in answers]
        if all(is_open for is_open, _ in answers):
            left = level or COMPETENT
            return left, tuple(told) if left == result else (_waits(str(result)), *told)
    return None, (_waits(str(result)), *told)


def _waits(result: str) -> Line:
    """Return the line that says which result was reached and is held back."""
    return Line("waits", {} if result == COMPETENT else {"level": result})


def _answer(framework: Framework, asked: _Asked, about: About, facts: Facts) -> tuple[bool, Line]:
    """Return whether one gate lets a level through, and the line that says why."""
    match asked.gate.gate:
        case GateKind.REQUIRED_EVIDENCE:
            return _evidence(framework, about, facts)
        case GateKind.SUSTAINED_FOR:
            return _sustained(asked, about, facts)
        case GateKind.TIME_IN_LEVEL:
            return _time_in_level(asked, about, facts)
        case GateKind.KPI_GATE:
            return _measured(framework, asked, about, facts)
        case GateKind.HUMAN_APPROVAL:
            is_given = asked.gate.id in facts.approvals
            code = "approved" if is_given else "approval_missing"
            return is_given, Line(code, {"approval": asked.gate.id})


def _evidence(framework: Framework, about: About, facts: Facts) -> tuple[bool, Line]:
    """Ask for the evidence that every judged criterion, and its unit, names, on the day."""
    asking: list[tuple[str, EvidenceRule | None, Sequence[str]]] = [
        (node.id, framework.criterion(node.id).evidence, (node.id,))
        for node in about.criteria
        if node.result is not None
    ]
    asking += [
        (unit.id, unit.evidence, [c.id for c in framework.criteria_in(unit)])
        for unit in map(framework.unit, about.units)
    ]
    short = [
        i
        for i, rule, criteria in asking
        if rule is not None and not _suffices(rule, criteria, facts)
    ]
    if short:
        return False, Line("evidence_missing", {"ids": short})
    return True, Line("evidence_enough")


def _measured(framework: Framework, asked: _Asked, about: About, facts: Facts) -> tuple[bool, Line]:
    """Ask that every indicator linked as a condition meets the level, or the next under it.

    Only ``met`` does: no threshold set, too little measured, or an interval on both sides
    is not met.
    """
    short = [
        node.id
        for node in about.criteria
        if node.result is not None
        for link in framework.criterion(node.id).kpis
        if link.role is KpiRole.GATE
        and not _is_met(
            asked.level,
            framework.scale_of(node.id).codes(),
            link,
            facts.verdicts.get(node.id, {}).get(link.kpi, {}),
        )
    ]
    if short:
        return False, Line("measured_not_met", {"ids": list(dict.fromkeys(short))})
    return True, Line("measured_met")


def _is_met(
    level: str | None, codes: Sequence[str], link: KpiLink, found: Mapping[str, str]
) -> bool:
    """Return whether an indicator meets the highest threshold up to ``level``.

    Of a result without levels it is the lowest threshold. Under the lowest nothing is asked.
    Which levels have one is said by those in force, of which ``found`` has the verdicts;
    while none is set, by the framework's examples, and by neither that every level has.
    """
    asked = [code for code in codes if code in found] or [c for c in codes if c in link.levels]
    if not asked:
        return False
    under = asked[:1]
    if level in codes:
        under = [code for code in asked if codes.index(code) <= codes.index(level)]
    return not under or found.get(under[-1]) == Verdict.MET


def _suffices(rule: EvidenceRule, criteria: Sequence[str], facts: Facts) -> bool:
    """Return whether what is linked to criteria suffices; a piece counts once for them all."""
    pieces = {key: fact for i in criteria for key, fact in facts.evidence.get(i, ())}
    return facts.as_of is not None and sufficiency(rule, pieces.values(), facts.as_of).suffices


def _sustained(asked: _Asked, about: About, facts: Facts) -> tuple[bool, Line]:
    """Ask for the same result or better, in every outcome since at least so many days.

    What counts is what was reached: an outcome that this gate itself held back had it.
    """
    history = [
        (past, past.reached.get(about.id, past.results.get(about.id))) for past in _past(facts)
    ]
    since = _since(asked.level, asked.scale, history)
    return _long_enough("sustained", asked, since, facts.as_of)


def _time_in_level(asked: _Asked, about: About, facts: Facts) -> tuple[bool, Line]:
    """Ask for the level before, or above, since at least so many days; the first needs none."""
    scale, level = asked.scale, asked.level
    if scale is None or level is None or level == scale.codes()[0]:
        return True, Line("first_level")
    before = scale.codes()[scale.position(level) - 2]
    history = [(past, past.results.get(about.id)) for past in _past(facts)]
    since = _since(before, scale, history)
    return _long_enough("time_in_level", asked, since, facts.as_of, level=before)


def _long_enough(
    code: str, asked: _Asked, since: date | None, as_of: date | None, **params: object
) -> tuple[bool, Line]:
    """Return whether so many days have passed ``since`` a day, and the line with both."""
    days = asked.gate.days or 0
    passed = (as_of - since).days if as_of is not None and since is not None else 0
    told = {"days": days, "passed": passed, **params}
    if since is not None:
        told["since"] = since.isoformat()
    is_open = since is not None and passed >= days
    return is_open, Line(code if is_open else f"{code}_not", told)


def _past(facts: Facts) -> list[PastOutcome]:
    """Return what was decided up to the day of the question, the oldest first.

    An imported one comes before one of ours of the same day.
    """
    found = sorted(facts.history, key=lambda one: (one.decided_on, not one.is_imported))
    return [past for past in found if facts.as_of is None or past.decided_on <= facts.as_of]


def _since(
    level: str | None, scale: Scale | None, history: Sequence[tuple[PastOutcome, str | None]]
) -> date | None:
    """Return the day from which every result had ``level`` or better; ``None`` if not the last.

    Outcomes that decided nothing say nothing.
    """
    first: date | None = None
    for past, result in history:
        if result is None:
            continue
        if not _is_at(result, level, scale):
            first = None
        elif first is None:
            first = past.decided_on
    return first


def _is_at(result: str, level: str | None, scale: Scale | None) -> bool:
    """Return whether an earlier result is at a level or above; a strange one is not."""
    if level is None or scale is None:
        return result == COMPETENT
    if result not in {BELOW, *scale.codes()}:
        return False
    return scale.position(result) >= scale.position(level)


def asks_for_history(framework: Framework) -> bool:
    """Return whether any gate of a framework looks at earlier outcomes."""
    return any(
        gate.gate in {GateKind.SUSTAINED_FOR, GateKind.TIME_IN_LEVEL} for gate in gates(framework)
    )


def gates(framework: Framework) -> tuple[Gate, ...]:
    """Return every gate of a framework's rules, each once."""
    wholes = (None, *framework.all_units())
    rules = (rule for unit in wholes for rule in framework.rule_of(unit).everywhere())
    return tuple(dict.fromkeys(gate for rule in rules for gate in rule.gates))


def approvals_asked(framework: Framework) -> tuple[Gate, ...]:
    """Return the approvals that results of a framework can wait for."""
    return tuple(gate for gate in gates(framework) if gate.gate is GateKind.HUMAN_APPROVAL)
