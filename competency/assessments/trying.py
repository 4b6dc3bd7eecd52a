"""Judgements tried against a framework that may still be a draft; nothing is stored. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from competency.assessments.gaps import Gap, gaps
from competency.assessments.outcomes import outcome
from competency.assessments.rules import scope_named
from competency.assessments.schema import Facts, Judged, Node
from competency.errors import InvalidFile
from competency.frameworks.schema import BELOW, Framework

EXCUSED = "-"
"""Written instead of a level: not judged, with a reason."""
COLUMNS = ("criterion", "level")
TEXT_MAXIMUM = 1_000_000
"""Characters of a file of judgements."""


@dataclass(frozen=True)
class Trial:
    """What is tried: levels by criterion (or ``-``), a scope, and approvals taken as given."""

    answers: Mapping[str, str]
    scope_id: str | None = None
    approvals: frozenset[str] = frozenset()
    as_of: date | None = None


@dataclass(frozen=True)
class Tried:
    """The outcome of a trial and what is missing in it."""

    node: Node
    gaps: tuple[Gap, ...] = field(default_factory=tuple)


def tried(framework: Framework, trial: Trial) -> Tried:
    """Return what judgements would come to; an inferred reading counts as confirmed.

    Raises ``Invalid`` for a scope that the framework doesn't have.
    """
    scope = scope_named(framework, trial.scope_id)
    judged = {
        i: Judged(excused=True) if level == EXCUSED else Judged(level=level)
        for i, level in trial.answers.items()
    }
    facts = Facts(
        judged,
        scope=None if scope is None else framework.criteria_of_scope(scope),
        reading_confirmed=True,
        approvals=trial.approvals,
        as_of=trial.as_of,
    )
    node = outcome(framework, facts)
    return Tried(node, gaps(framework, node))


def read_judgements(framework: Framework, text: str) -> dict[str, str]:
    """Return levels by criterion from CSV text with the columns ``criterion`` and ``level``.

    A level is a code of the criterion's scale, ``below``, or ``-`` where it is not judged
    with a reason; an empty one is not judged yet. Raises ``InvalidFile`` with every fault,
    each with its row and column.
    """
    if len(text) > TEXT_MAXIMUM:
        raise InvalidFile("The file of judgements is larger than 1 MB.")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    heads = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
    reader.fieldnames = heads
    faults = [f"1: there is no column {name}" for name in COLUMNS if name not in heads]
    found: dict[str, str] = {}
    known = {criterion.id for criterion in framework.criteria()}
    for row in reader if not faults else ():
        where, name = reader.line_num, (row["criterion"] or "").strip()
        level = (row["level"] or "").strip()
        if not name and not level:
            continue
        if name not in known:
            faults.append(f"{where}, criterion: the framework has no criterion '{name[:80]}'")
        elif name in found:
            faults.append(f"{where}, criterion: '{name}' stands there twice")
        elif level and level not in (EXCUSED, BELOW, *framework.awardable(name)):
            can = ", ".join((BELOW, *framework.awardable(name)))
            faults.append(f"{where}, level: '{level[:40]}' can't be awarded; use one of {can}")
        elif level:
            found[name] = level
    if faults:
        raise InvalidFile("These judgements can't be read.", faults)
    return found
