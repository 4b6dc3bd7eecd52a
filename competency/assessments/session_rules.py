"""What an assessment session covers, when another may be held, and what it came to; pure.

An attempt covers only what was not met before. What a test asks for is passed when each
of its items was met in one attempt or another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from competency.assessments.schema import Instrument, SessionResults
from competency.errors import IllegalTransition, Invalid, message_id
from competency.frameworks.schema import AssessmentMethod, Framework, Unit

EXPECTED_RESULT = "expected_result"
"""The item that asks for the unit's expected result; no id of a file can be written so."""

NOTHING_LEFT = message_id("Everything that this test asks for was met already.")
NO_ATTEMPT_LEFT = message_id("Every attempt that the cycle allows was used.")


@dataclass(frozen=True)
class Attempt:
    """One session that was held: whether each item that it covered was met."""

    results: Mapping[str, bool]


@dataclass(frozen=True)
class Part:
    """What is tested at once: a unit's test or simulation, the knowledge, or an interview.

    ``items`` are the ids of all that can be marked, in the order of the framework.
    """

    instrument: Instrument
    unit_id: str | None
    items: tuple[str, ...]


def asks_for_practical_test(unit: Unit) -> bool:
    """Return whether the standard wants the unit to be assessed by a practical test."""
    return AssessmentMethod.PRACTICAL_TEST in unit.assessment_methods


CHOSEN_FROM = frozenset({Instrument.KNOWLEDGE_TEST, Instrument.INTERVIEW})
"""What covers what is chosen of its items; it is passed when all that was asked was met."""


def names_method(unit: Unit, method: AssessmentMethod) -> bool:
    """Return whether the standard wants the unit to be assessed by a method."""
    return method in unit.assessment_methods


def further_parts(framework: Framework, scope: frozenset[str] | None) -> tuple[Part, ...]:
    """Return what can be held in every certification: a simulation of units, an interview.

    A unit has a simulation where it says what could be marked, or names the method; an
    interview is about any of the criteria in scope. They bind only where a unit's methods
    name them (ADR 0030).
    """
    kept = [c.id for c in framework.criteria() if scope is None or c.id in scope]
    found = [
        Part(
            Instrument.SIMULATION,
            unit.id,
            (*(indicator.id for indicator in unit.indicators), EXPECTED_RESULT),
        )
        for unit in framework.all_units()
        if unit.indicators
        or unit.expected_result
        or names_method(unit, AssessmentMethod.SIMULATION)
        if any(c.id in kept for c in framework.criteria_in(unit))
    ]
    found.append(Part(Instrument.INTERVIEW, None, tuple(kept)))
    return tuple(found)


def is_named(framework: Framework, part: Part) -> bool:
    """Return whether the framework asks for a part of ``further_parts``."""
    method = AssessmentMethod(part.instrument.value)
    units = framework.all_units()
    return any(names_method(u, method) for u in units if part.unit_id in {None, u.id})


def parts(framework: Framework, scope: frozenset[str] | None) -> tuple[Part, ...]:
    """Return what can be tested in a certification: units in scope, then the knowledge."""
    found = [
        Part(
            Instrument.PRACTICAL_TEST,
            unit.id,
            (*(indicator.id for indicator in unit.indicators), EXPECTED_RESULT),
        )
        for unit in framework.all_units()
        if asks_for_practical_test(unit)
        and any(scope is None or c.id in scope for c in framework.criteria_in(unit))
    ]
    if framework.knowledge:
        items = tuple(item.id for item in framework.knowledge)
        found.append(Part(Instrument.KNOWLEDGE_TEST, None, items))
    return tuple(found)


def part_of(
    framework: Framework, scope: frozenset[str] | None, instrument: Instrument, unit_id: str | None
) -> Part:
    """Return one part; raise ``Invalid`` for what the framework doesn't have tested."""
    for part in (*parts(framework, scope), *further_parts(framework, scope)):
        if (part.instrument, part.unit_id) == (instrument, unit_id):
            return part
    raise Invalid("The framework does not ask for this test here.", "unit")


def not_met(part: Part, attempts: Iterable[Attempt]) -> tuple[str, ...]:
    """Return the items that no attempt has met yet, in the order of the framework."""
    met = {i for attempt in attempts for i, is_met in attempt.results.items() if is_met}
    return tuple(i for i in part.items if i not in met)


def why_no_attempt(part: Part, attempts: Sequence[Attempt], maximum: int) -> str | None:
    """Return why no further attempt is possible, as a message id, or ``None``."""
    if not not_met(part, attempts):
        return NOTHING_LEFT
    if len(attempts) >= maximum:
        return NO_ATTEMPT_LEFT
    return None


def next_items(
    part: Part, attempts: Sequence[Attempt], maximum: int, chosen: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what the next attempt covers: all that is not met yet, or the ``chosen`` of it.

    Items of knowledge and the criteria of an interview can be chosen; a practical test and
    a simulation are taken as a whole. Raises
    ``IllegalTransition`` where nothing or no attempt is left, ``Invalid`` for a choice
    that is not there or was met already.
    """
    reason = why_no_attempt(part, attempts, maximum)
    if reason is not None:
        raise IllegalTransition(reason)
    left = not_met(part, attempts)
    if not chosen:
        return left
    if part.instrument not in CHOSEN_FROM or not set(chosen) <= set(left):
        raise Invalid("An attempt covers only what was not met before.", "items")
    return tuple(i for i in left if i in chosen)


def is_passed(items: Iterable[str], results: Mapping[str, bool]) -> bool:
    """Return whether a session was passed: every item that it covered was met."""
    return all(results[i] for i in items)


def result_of(part: Part, attempts: Sequence[Attempt]) -> bool | None:
    """Return whether a test is passed over all its attempts; ``None`` where none was held.

    A practical test and a simulation are passed when every item was met; a knowledge test
    and an interview when every item that was asked was.
    """
    if not attempts:
        return None
    left = not_met(part, attempts)
    if part.instrument in CHOSEN_FROM:
        asked = {i for attempt in attempts for i in attempt.results}
        return asked.isdisjoint(left)
    return not left


def results_of_parts(tested: Iterable[tuple[Part, Sequence[Attempt]]]) -> SessionResults:
    """Return what all tests of a certification came to."""
    units: dict[str, bool] = {}
    simulations: dict[str, bool] = {}
    interviewed: dict[str, bool] = {}
    knowledge: bool | None = None
    for part, attempts in tested:
        result = result_of(part, attempts)
        if part.instrument is Instrument.INTERVIEW:
            interviewed = _ever_met(attempts)
        elif part.unit_id is None:
            knowledge = result
        elif result is not None:
            held = simulations if part.instrument is Instrument.SIMULATION else units
            held[part.unit_id] = result
    return SessionResults(units, knowledge, simulations, interviewed)


def _ever_met(attempts: Iterable[Attempt]) -> dict[str, bool]:
    """Return of each item that was asked whether one attempt or another met it."""
    found: dict[str, bool] = {}
    for attempt in attempts:
        for item, is_met in attempt.results.items():
            found[item] = found.get(item, False) or is_met
    return found


def texts_of(framework: Framework, instrument: Instrument, unit_id: str | None) -> dict[str, str]:
    """Return what each item of a session says, by its id; of an interview the criteria."""
    if instrument is Instrument.INTERVIEW:
        return {criterion.id: criterion.title for criterion in framework.criteria()}
    return item_texts(framework, unit_id)


def item_texts(framework: Framework, unit_id: str | None) -> dict[str, str]:
    """Return what each item says, by its id: of a unit's test, or of the knowledge.

    A unit without a text for its expected result has an empty one.
    """
    if unit_id is None:
        return {item.id: item.text for item in framework.knowledge or ()}
    unit = next(unit for unit in framework.all_units() if unit.id == unit_id)
    texts = {indicator.id: indicator.text for indicator in unit.indicators}
    return texts | {EXPECTED_RESULT: unit.expected_result or ""}
