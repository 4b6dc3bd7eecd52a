"""How marks become a score, and what may follow a score; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from competency.observations.schema import (
    CAP_MAXIMUM,
    ITEMS_MAXIMUM,
    SCALE,
    WEIGHT_MAXIMUM,
    Item,
    Mark,
    StepKind,
)

PERCENT = 100


@dataclass(frozen=True)
class Line:
    """One item's part of a score; what doesn't apply has no part in it."""

    item: Item
    mark: Mark

    @property
    def counts(self) -> bool:
        """Return whether the item stands in the denominator."""
        return self.mark is not Mark.NOT_APPLICABLE

    @property
    def reached(self) -> int:
        """Return the points that the item brings."""
        return self.item.weight if self.mark is Mark.MET else 0

    @property
    def failed_critical(self) -> bool:
        """Return whether the item caps the whole score."""
        return self.item.critical and self.mark is Mark.NOT_MET


@dataclass(frozen=True)
class Score:
    """Points reached of those possible, in thousandths, and the lines that it came from.

    ``before_cap`` is what the weights alone come to; ``capped`` says whether failed critical
    items took something of it away.
    """

    lines: tuple[Line, ...]
    reached: int
    possible: int
    before_cap: int
    cap_percent: int

    @property
    def failed_critical(self) -> tuple[Line, ...]:
        """Return the critical items that were not met."""
        return tuple(line for line in self.lines if line.failed_critical)

    @property
    def capped(self) -> bool:
        """Return whether the cap took something away."""
        return self.reached < self.before_cap

    @property
    def percent(self) -> Decimal | None:
        """Return the points reached in a hundred possible ones; ``None`` where nothing counts."""
        return percent_of(self.reached, self.possible)


def percent_of(reached: int, possible: int) -> Decimal | None:
    """Return points in a hundred possible ones; ``None`` where none are."""
    return None if possible == 0 else Decimal(reached) * PERCENT / Decimal(possible)


def missing(items: Iterable[Item], marks: Mapping[str, Mark]) -> tuple[str, ...]:
    """Return the criteria of a form that have no mark yet, in the form's order."""
    return tuple(item.criterion_id for item in items if item.criterion_id not in marks)


def score(items: Sequence[Item], marks: Mapping[str, Mark], cap_percent: int) -> Score:
    """Return what marks come to by weight; each item of the form has one.

    What doesn't apply is kept out of the denominator. One failed critical item, or several,
    hold the whole at ``cap_percent`` of the possible points.
    """
    lines = tuple(Line(item, marks[item.criterion_id]) for item in items)
    possible = sum(line.item.weight for line in lines if line.counts) * SCALE
    before = sum(line.reached for line in lines) * SCALE
    failed = any(line.failed_critical for line in lines)
    reached = min(before, possible * cap_percent // PERCENT) if failed else before
    return Score(lines, reached, possible, before, cap_percent)


def form_fault(items: Sequence[Item], cap_percent: int) -> str | None:
    """Return the field of a form that can't stand so, or ``None``."""
    ids = [item.criterion_id for item in items]
    if not 1 <= len(items) <= ITEMS_MAXIMUM or len(ids) != len(set(ids)):
        return "items"
    if not all(1 <= item.weight <= WEIGHT_MAXIMUM for item in items):
        return "weight"
    return None if 0 <= cap_percent <= CAP_MAXIMUM else "cap_percent"


def is_disputed(steps: Iterable[StepKind]) -> bool:
    """Return whether a dispute waits for its answer; ``steps`` stand in their order."""
    last = None
    for step in steps:
        if step is not StepKind.REPLY:
            last = step
    return last is StepKind.DISPUTE


def may_dispute(steps: Iterable[StepKind]) -> bool:
    """Return whether the agent can still dispute: once, since the answer is final here."""
    return StepKind.DISPUTE not in tuple(steps)
