"""Numbers, and what may be attested; pure."""

from __future__ import annotations

import re

from competency.assessments.schema import Node
from competency.frameworks.schema import COMPETENT


def is_prefix(text: str) -> bool:
    """Return whether a text can begin numbers: up to 12 capital letters and digits."""
    return re.fullmatch(r"[A-Z0-9]{1,12}", text) is not None


def register_number(prefix: str, year: int, sequence: int) -> str:
    """Return the printed number, such as ``OF-2026-00042``."""
    return f"{prefix}-{year}-{sequence:05d}"


def unattested_units(outcome: Node) -> tuple[Node, ...]:
    """Return the outermost units in which nothing is attested, in order.

    With ``attested_units`` they are all that there is: two of three, say.
    """
    found: list[Node] = []
    for node in outcome.children:
        if node.kind != "unit" or node.result == COMPETENT:
            continue
        found.extend(unattested_units(node) if attested_units(node) else [node])
    return tuple(found)


def attested_units(outcome: Node) -> tuple[Node, ...]:
    """Return the outermost units that are competent, in order: nothing else is attested.

    A unit whose inner units are competent while it is not itself gives those instead.
    What was not reached is nobody's business but the employee's and the supervisor's.
    """
    found: list[Node] = []
    for node in outcome.children:
        if node.kind != "unit":
            continue
        if node.result == COMPETENT:
            found.append(node)
        else:
            found.extend(attested_units(node))
    return tuple(found)
