"""Which threshold holds for whom, and what it compares with; pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import Field

from competency.errors import Invalid
from competency.frameworks.parts import Part
from competency.frameworks.schema import Sample
from competency.frameworks.values import Count, LevelCode, Share, Threshold
from competency.kpis.findings import Threshold as Asked
from competency.kpis.schema import Direction


class ThresholdRule(Part):
    """What a row of thresholds asks for: levels of a criterion, or an indicator's target."""

    levels: Mapping[LevelCode, Threshold] = Field(default_factory=dict)
    """The value from which a level is met, by the level's code."""
    target: Threshold | None = None
    """The value that an indicator alone is to reach."""
    window_days: Count | None = None
    """Days, back from the day of the question, that are measured together."""
    minimum: Sample | None = None
    """The least that was measured before anything is said."""
    confidence: Share | None = None
    """How sure the interval around the value is, as a share."""


def check_levels(levels: Mapping[str, str], order: Sequence[str], direction: Direction) -> None:
    """Raise ``Invalid`` unless levels ask for more and more, in the indicator's direction.

    ``order`` are the levels that can be reached, the lowest first.
    """
    if not levels:
        raise Invalid("Say for at least one level from which value it is met.")
    unknown = [code for code in levels if code not in order]
    if unknown:
        raise Invalid("The level %(level)s can't be reached here.", level=unknown[0])
    asked = [Asked(levels[code]) for code in order if code in levels]
    for one in asked:
        check_direction(one, direction)
    if len({one.is_lower_bound for one in asked}) > 1:
        raise Invalid("Write the same sign at every level: >= or <=.")
    values = [one.number if one.is_lower_bound else -one.number for one in asked]
    if any(higher <= lower for lower, higher in itertools.pairwise(values)):
        raise Invalid("Each level asks for more than the one below it.")


def check_direction(one: Asked, direction: Direction) -> None:
    """Raise ``Invalid`` where a comparison asks for the worse side of an indicator."""
    if direction is Direction.HIGHER and not one.is_lower_bound:
        raise Invalid("More is better here: write >=, as in >= 0.85.")
    if direction is Direction.LOWER and one.is_lower_bound:
        raise Invalid("Less is better here: write <=, as in <= 0.05.")


@dataclass(frozen=True)
class Where:
    """Where somebody works on a day, as far as thresholds are narrowed by it."""

    campaign_ids: frozenset[int] = frozenset()
    position_id: int | None = None
    site_id: int | None = None


class Narrowed(Protocol):
    """A row that holds everywhere, or only for a campaign, a position and a site."""

    @property
    def campaign_id(self) -> int | None:
        """Return the one campaign that it is about."""

    @property
    def position_id(self) -> int | None:
        """Return the one position that it is about."""

    @property
    def site_id(self) -> int | None:
        """Return the one site that it is about."""


RowT = TypeVar("RowT", bound=Narrowed)


def applies(row: Narrowed, where: Where) -> bool:
    """Return whether a row is about somebody who works there.

    A campaign's row is for who works on that campaign alone: figures of several, put
    together, are none of them.
    """
    return (
        (row.campaign_id is None or where.campaign_ids == {row.campaign_id})
        and row.position_id in (None, where.position_id)
        and row.site_id in (None, where.site_id)
    )


def narrowest(rows: Iterable[RowT], where: Where) -> RowT | None:
    """Return the row that narrows most; of equals campaign, then position, goes before."""
    return max((row for row in rows if applies(row, where)), key=_narrowness, default=None)


def _narrowness(row: Narrowed) -> tuple[int, bool, bool]:
    """Return how narrow a row is, to be compared."""
    campaign, position = row.campaign_id is not None, row.position_id is not None
    return campaign + position + (row.site_id is not None), campaign, position


def narrowing_of(
    kpi_id: int,
    criterion: tuple[str, str] | None,
    narrowed: Narrowed,
) -> str:
    """Return all that says what a row is about as one text, for the rule against overlaps."""
    framework, criterion_id = criterion or ("", "")
    places = (narrowed.campaign_id, narrowed.position_id, narrowed.site_id)
    words = [str(kpi_id), framework, criterion_id, *(str(one or "") for one in places)]
    return "|".join(words)
