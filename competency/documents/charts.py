"""Charts of figures: facts in, a drawing of neutral shapes out; for pages and papers alike.

They are read without colour: lines differ by dashes and labels, points by their shape. The
caller's words come ready; a table of the same numbers belongs beside each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

Point = tuple[float, float]
Say = Callable[[float], str]
"""How a number reads on an axis."""

WIDTH, HEIGHT = 640.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 16.0, 16.0, 34.0
SIZE = 12.0
LABELS_MAXIMUM = 6
STEPS = 40
"""How many pieces a curve is drawn in."""
LIMITS = (0.95, 0.998)


class Style(StrEnum):
    """What a line or an area is, by which it is drawn."""

    AXIS = "axis"
    GRID = "grid"
    VALUE = "value"
    BAND = "band"
    TARGET = "target"
    MIDDLE = "middle"
    INNER = "inner"
    OUTER = "outer"


@dataclass(frozen=True)
class Line:
    """A line through points; (0, 0) is the upper left corner."""

    points: tuple[Point, ...]
    style: Style


@dataclass(frozen=True)
class Area:
    """A closed area."""

    points: tuple[Point, ...]
    style: Style


@dataclass(frozen=True)
class Mark:
    """One point: a dot, or a diamond for what stands out."""

    at: Point
    stands_out: bool = False


@dataclass(frozen=True)
class Label:
    """Words at a point, which is where they begin, end or have their middle."""

    at: Point
    text: str
    anchor: str = "start"


Shape = Line | Area | Mark | Label


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet, and what they show in words."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    description: str


@dataclass(frozen=True)
class TrendPoint:
    """One step of time: its label, the value and between what it lies, where measured."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class FunnelPoint:
    """One team: its name, how much was counted, and its value."""

    label: str
    size: float
    value: float


@dataclass(frozen=True)
class Funnel:
    """Teams around what they have in common, with ``spread(size)`` of chance around it."""

    points: tuple[FunnelPoint, ...]
    middle: float
    spread: Callable[[float], float]
    """The standard error of a value that so much was counted for."""

    def limits(self, size: float, share: float) -> tuple[float, float]:
        """Return between which values chance alone keeps a ``share`` of teams of a size."""
        half = NormalDist().inv_cdf((1 + share) / 2) * self.spread(size)
        return self.middle - half, self.middle + half

    def is_outside(self, point: FunnelPoint, share: float = LIMITS[1]) -> bool:
        """Return whether a team differs by more than chance."""
        low, high = self.limits(point.size, share)
        return not low <= point.value <= high


def ticks(low: float, high: float, wanted: int = 4) -> tuple[float, ...]:
    """Return round numbers from below ``low`` to above ``high``, evenly apart."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


@dataclass(frozen=True)
class _Frame:
    """Where values stand on the sheet."""

    across: tuple[float, float]
    up: tuple[float, float]

    def at(self, x: float, y: float) -> Point:
        """Return the point of a pair of values."""
        return (
            _placed(x, self.across, LEFT, WIDTH - RIGHT),
            _placed(y, self.up, HEIGHT - BOTTOM, TOP),
        )


def _placed(value: float, between: tuple[float, float], start: float, end: float) -> float:
    """Return where a value between two others stands between two places."""
    low, high = between
    share = (value - low) / (high - low) if high > low else 0.5
    return round(start + share * (end - start), 2)


def trend(
    points: Sequence[TrendPoint],
    *,
    say: Say,
    description: str,
    target: tuple[float, str] | None = None,
) -> Drawing:
    """Draw values over time, the interval around them as a band, and a dashed target.

    Steps without a measurement leave a gap. ``target`` is a value and its words.
    """
    seen = [n for p in points for n in (p.value, p.low, p.high) if n is not None]
    heights = ticks(*_reach([*seen, *([target[0]] if target else [])]))
    frame = _Frame((0, max(len(points) - 1, 1)), (heights[0], heights[-1]))
    shapes: list[Shape] = _scale(frame, heights, say)
    every = max(1, -(-len(points) // LABELS_MAXIMUM))
    for place in range(0, len(points), every):
        x, _ = frame.at(place, heights[0])
        shapes.append(Label((x, HEIGHT - BOTTOM + 18), points[place].label, _anchor(place, points)))
    for run in _runs(points):
        banded = [(i, p.low, p.high) for i, p in run if p.low is not None and p.high is not None]
        if len(banded) > 1:
            upper = [frame.at(i, high) for i, _, high in banded]
            lower = [frame.at(i, low) for i, low, _ in reversed(banded)]
            shapes.append(Area((*upper, *lower), Style.BAND))
        drawn = tuple(frame.at(i, p.value) for i, p in run if p.value is not None)
        shapes.append(Line(drawn, Style.VALUE))
        shapes.extend(Mark(point) for point in drawn)
    if target is not None:
        shapes.extend(_across(frame, target, Style.TARGET))
    return Drawing(WIDTH, HEIGHT, tuple(shapes), description)


def funnel(facts: Funnel, *, say: Say, count: Say, description: str, middle_label: str) -> Drawing:
    """Draw teams by how much was counted, with the limits that chance alone keeps them in.

    A diamond with its name is a team outside the wider limits; nobody is ranked.
    """
    largest = max((point.size for point in facts.points), default=1.0)
    smallest = min((point.size for point in facts.points), default=1.0)
    sizes = ticks(0, largest * 1.05)
    first = max(smallest * 0.5, sizes[-1] / 200)
    along = [first + (sizes[-1] - first) * step / STEPS for step in range(STEPS + 1)]
    values = [point.value for point in facts.points]
    heights = ticks(*_reach([*values, *facts.limits(max(smallest, first), LIMITS[1])]))
    frame = _Frame((0, sizes[-1]), (heights[0], heights[-1]))
    shapes: list[Shape] = _scale(frame, heights, say)
    for size in sizes:
        x, _ = frame.at(size, heights[0])
        shapes.append(Label((x, HEIGHT - BOTTOM + 18), count(size), "middle"))
    for share, style in zip(LIMITS, (Style.INNER, Style.OUTER), strict=True):
        for side in (0, 1):
            curve = [(size, facts.limits(size, share)[side]) for size in along]
            kept = [frame.at(*one) for one in curve if heights[0] <= one[1] <= heights[-1]]
            if len(kept) > 1:
                shapes.append(Line(tuple(kept), style))
    shapes.extend(_across(frame, (facts.middle, middle_label), Style.MIDDLE))
    for point in facts.points:
        at, outside = frame.at(point.size, point.value), facts.is_outside(point)
        shapes.append(Mark(at, outside))
        if outside:
            far = at[0] > WIDTH / 2
            shapes.append(
                Label(
                    (at[0] + (-8 if far else 8), at[1] - 6), point.label, "end" if far else "start"
                )
            )
    return Drawing(WIDTH, HEIGHT, tuple(shapes), description)


def sparkline(
    values: Sequence[float | None], description: str, width: float = 120, height: float = 28
) -> Drawing:
    """Draw a small line of how a value moved, its last point marked; gaps stay gaps."""
    seen = [value for value in values if value is not None]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    last = max(len(values) - 1, 1)

    def at(place: int, value: float) -> Point:
        x = _placed(place, (0, last), 4, width - 4)
        return x, _placed(value, (low, high), height - 4, 4)

    shapes: list[Shape] = []
    for run in _runs([TrendPoint("", value) for value in values]):
        drawn = tuple(at(place, one.value) for place, one in run if one.value is not None)
        shapes.append(Line(drawn, Style.VALUE) if len(drawn) > 1 else Mark(drawn[0]))
    ends = [(place, value) for place, value in enumerate(values) if value is not None]
    if ends:
        shapes.append(Mark(at(*ends[-1])))
    return Drawing(width, height, tuple(shapes), description)


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the most of what is drawn."""
    return (min(values), max(values)) if values else (0.0, 1.0)


def _scale(frame: _Frame, heights: Sequence[float], say: Say) -> list[Shape]:
    """Return the lines across at round numbers, with their words."""
    shapes: list[Shape] = []
    for height in heights:
        _, y = frame.at(frame.across[0], height)
        style = Style.AXIS if height == heights[0] else Style.GRID
        shapes.append(Line(((LEFT, y), (WIDTH - RIGHT, y)), style))
        shapes.append(Label((LEFT - 8, y + 4), say(height), "end"))
    return shapes


def _across(frame: _Frame, said: tuple[float, str], style: Style) -> list[Shape]:
    """Return a line at a value with its words above its right end."""
    _, y = frame.at(frame.across[0], said[0])
    return [
        Line(((LEFT, y), (WIDTH - RIGHT, y)), style),
        Label((WIDTH - RIGHT, max(y - 5, SIZE)), said[1], "end"),
    ]


def _anchor(place: int, points: Sequence[TrendPoint]) -> str:
    """Return how the words under a step are set, so that none leaves the sheet."""
    return "start" if place == 0 else "end" if place == len(points) - 1 else "middle"


def _runs(points: Sequence[TrendPoint]) -> list[list[tuple[int, TrendPoint]]]:
    """Return the stretches of steps that have a value, each step with its place."""
    runs: list[list[tuple[int, TrendPoint]]] = [[]]
    for place, point in enumerate(points):
        if point.value is not None:
            runs[-1].append((place, point))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
