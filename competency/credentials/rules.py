"""Numbers, and what may be attested; pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date

from competency.assessments.nodes import nodes_by_id
from competency.assessments.schema import Node
from competency.credentials.schema import EntryState
from competency.errors import message_id
from competency.frameworks.schema import BELOW, NOT_YET_COMPETENT, Certification, Framework


def is_prefix(text: str) -> bool:
    """Return whether a text can begin numbers: up to 12 capital letters and digits."""
    return re.fullmatch(r"[A-Z0-9]{1,12}", text) is not None


def register_number(prefix: str, year: int, sequence: int) -> str:
    """Return the printed number, such as ``OF-2026-00042``."""
    return f"{prefix}-{year}-{sequence:05d}"


def last_day(issued_on: date, months: int | None) -> date | None:
    """Return the last day on which a document stands, ``None`` where it doesn't expire.

    That is the same day ``months`` later, or the last day of a month that is shorter: 31
    January and one month give 28 or 29 February. What lies past the calendar's end
    doesn't expire.
    """
    if months is None:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    if year > date.max.year:
        return None
    return date(year, month + 1, min(issued_on.day, calendar.monthrange(year, month + 1)[1]))


def state_on(today: date, state: EntryState, valid_until: date | None) -> EntryState:
    """Return the state that is shown on the day ``today`` at the issuer.

    The day after ``valid_until`` an entry that stood is expired; the row's state stays.
    """
    stood = state in {EntryState.ACTIVE, EntryState.SUSPENDED}
    if stood and valid_until is not None and today > valid_until:
        return EntryState.EXPIRED
    return state


def unattested_units(framework: Framework, outcome: Node) -> tuple[Node, ...]:
    """Return the outermost units in which nothing is attested, in order.

    With ``attested_units`` they are all that there is: two of three, say.
    """
    attested = attested_units(framework, outcome)
    return _without(outcome, frozenset(node.id for node in attested))


def _without(outcome: Node, attested: frozenset[str]) -> tuple[Node, ...]:
    """Return the outermost units under a node that hold none of ``attested``."""
    found: list[Node] = []
    for node in outcome.children:
        if node.kind == "unit" and node.id not in attested:
            inside = set(nodes_by_id(node))
            found.extend(_without(node, attested) if attested & inside else [node])
    return tuple(found)


def attested_units(framework: Framework, outcome: Node) -> tuple[Node, ...]:
    """Return the outermost units that were reached, in order: nothing else is attested.

    A unit whose inner units are reached while it is not itself gives those instead.
    Nothing where the framework is certified as a whole only and the whole is not
    reached.
    """
    certification = framework.certification or Certification()
    if not certification.by_unit and not is_reached(outcome):
        return ()
    return _reached(outcome)


NO_UNIT_RESULTS = message_id(
    "Nothing can be attested: this framework forms no result of a unit, and an attestation "
    "names units only. What was reached stands in the result and its report."
)
WHOLE_NOT_REACHED = message_id(
    "Nothing can be attested: this framework is attested as a whole only, and the whole is not "
    "reached."
)
NO_UNIT_REACHED = message_id("Nothing can be attested: no unit is reached.")


def why_nothing(framework: Framework, outcome: Node | None) -> str | None:
    """Return why an outcome has nothing to attest, as a message id; ``None`` where it has."""
    if outcome is not None and attested_units(framework, outcome):
        return None
    if all(framework.unit_rule(unit).rule == "none" for unit in framework.all_units()):
        return NO_UNIT_RESULTS
    certification = framework.certification or Certification()
    if not certification.by_unit and (outcome is None or not is_reached(outcome)):
        return WHOLE_NOT_REACHED
    return NO_UNIT_REACHED


def _reached(outcome: Node) -> tuple[Node, ...]:
    """Return the outermost units under a node that were reached."""
    found: list[Node] = []
    for node in outcome.children:
        if node.kind == "unit":
            found.extend([node] if is_reached(node) else _reached(node))
    return tuple(found)


def is_reached(node: Node) -> bool:
    """Return whether a unit or the whole is competent, or at a level that is not below."""
    return node.result not in {None, NOT_YET_COMPETENT, BELOW}


def covers(framework: Framework, outcome: Node, earlier: Sequence[Node]) -> bool:
    """Return whether an outcome attests every unit of an ``earlier`` one, at least as high.

    False where nothing was attested earlier, or a level can't be compared.
    """
    attested = {
        unit_id: node
        for top in attested_units(framework, outcome)
        for unit_id, node in nodes_by_id(top).items()
    }
    return bool(earlier) and all(
        _at_least(framework, attested.get(node.id), node.result) for node in earlier
    )


def _at_least(framework: Framework, unit: Node | None, result: str | None) -> bool:
    """Return whether a unit came out at ``result`` or higher."""
    if unit is None or unit.result is None or result is None:
        return False
    if unit.result == result:
        return True
    scale = framework.scale_under(next(u for u in framework.all_units() if u.id == unit.id))
    codes = scale.codes()
    both = unit.result in codes and result in codes
    return both and codes.index(unit.result) > codes.index(result)
