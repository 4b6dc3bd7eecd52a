"""Where the boxes and lines of a career map stand, in units of the drawing; pure.

Positions stand in columns: each to the right of all that lead to it. A step past a
column keeps a lane of its own in it, so that no line runs behind a box.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from competency.progression.paths_schema import Edge, EdgeStatus

BOX_WIDTH = 210
LETTERS = 21
"""Letters of a line in a box, so that wide ones fit too."""
LINE_HEIGHT = 18
PADDING = 10
LANE = 6
GAP = 16
BETWEEN = 80
"""Units between two columns."""
ARROW = 7

Place = str | tuple[str, int]
"""A position, or the lane of a step in a column."""


@dataclass(frozen=True)
class Box:
    """A position: its corner and size, and each line of its title with its place."""

    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Curve:
    """A step: the ``d`` of a path, and the ``points`` of the head of its arrow."""

    d: str
    head: str
    is_stated: bool


@dataclass(frozen=True)
class CareerMap:
    """A drawing of the steps between positions."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def drawn(names: Mapping[str, str], edges: Sequence[Edge]) -> CareerMap | None:
    """Return the map of the steps between named positions; ``None`` where they go in a circle."""
    try:
        column = _columns(names, edges)
    except CycleError:
        return None
    routes = {edge.id: _route(edge, column) for edge in edges}
    columns = _ordered(column, routes.values())
    lines = {
        end: textwrap.wrap(name, LETTERS, break_on_hyphens=False) for end, name in names.items()
    }
    heights = {end: len(lines[end]) * LINE_HEIGHT + 2 * PADDING for end in names}
    tall = [sum(_height(p, heights) + GAP for p in places) - GAP for places in columns]
    middle: dict[Place, int] = {}
    for places, height in zip(columns, tall, strict=True):
        y = (max(tall) - height) // 2
        for place in places:
            middle[place] = y + _height(place, heights) // 2
            y += _height(place, heights) + GAP
    width = len(columns) * (BOX_WIDTH + BETWEEN) - BETWEEN
    return CareerMap(
        width,
        max(tall),
        tuple(_box(column[end], middle[end], lines[end], heights[end]) for end in names),
        tuple(_curve(edge, routes[edge.id], column, middle) for edge in edges),
    )


def _columns(names: Mapping[str, str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the column of each position, from 0; ``CycleError`` where steps go in a circle."""
    before: dict[str, set[str]] = {end: set() for end in names}
    for edge in edges:
        before[edge.to_position].add(edge.from_position)
    found: dict[str, int] = {}
    for end in TopologicalSorter(before).static_order():
        found[end] = max((found[other] + 1 for other in before[end]), default=0)
    return {end: found[end] for end in names}


def _route(edge: Edge, column: Mapping[str, int]) -> tuple[Place, ...]:
    """Return what a step passes: its ends, and a lane in each column between them."""
    between = range(column[edge.from_position] + 1, column[edge.to_position])
    return (edge.from_position, *((edge.id, at) for at in between), edge.to_position)


def _ordered(column: Mapping[str, int], routes: Iterable[tuple[Place, ...]]) -> list[list[Place]]:
    """Return the places of each column from the top, near to what leads to them."""
    columns: list[list[Place]] = [[] for _ in range(max(column.values()) + 1)]
    for end, at in column.items():
        columns[at].append(end)
    before: dict[Place, list[Place]] = {}
    for route in routes:
        for place in route:
            if isinstance(place, tuple):
                columns[place[1]].append(place)
        for left, right in pairwise(route):
            before.setdefault(right, []).append(left)
    for left_column, right_column in pairwise(columns):
        rank = {place: number for number, place in enumerate(left_column)}
        height = {
            place: sum(rank[p] for p in before[place]) / len(before[place])
            for place in right_column
        }
        right_column.sort(key=height.__getitem__)
    return columns


def _height(place: Place, heights: Mapping[str, int]) -> int:
    """Return how much of a column a position or a lane takes."""
    return heights[place] if isinstance(place, str) else LANE


def _box(column: int, middle: int, lines: Sequence[str], height: int) -> Box:
    """Return the box of a position around its title."""
    x, y = column * (BOX_WIDTH + BETWEEN), middle - height // 2
    first = y + PADDING + LINE_HEIGHT - 5
    return Box(
        x,
        y,
        BOX_WIDTH,
        height,
        tuple(
            (x + BOX_WIDTH // 2, first + number * LINE_HEIGHT, line)
            for number, line in enumerate(lines)
        ),
    )


def _curve(
    edge: Edge,
    route: Sequence[Place],
    column: Mapping[str, int],
    middle: Mapping[Place, int],
) -> Curve:
    """Return the line of a step from the right of one box to the left of another."""
    x = column[edge.from_position] * (BOX_WIDTH + BETWEEN) + BOX_WIDTH
    d = [f"M{x} {middle[route[0]]}"]
    for left, right in pairwise(route):
        from_y, to_y = middle[left], middle[right]
        end, half = x + BETWEEN, x + BETWEEN // 2
        d.append(f"C{half} {from_y} {half} {to_y} {end} {to_y}")
        x = end
        if right != route[-1]:
            x += BOX_WIDTH
            d.append(f"H{x}")
    y = middle[route[-1]]
    head = f"{x},{y} {x - ARROW},{y - ARROW // 2} {x - ARROW},{y + ARROW // 2}"
    return Curve(" ".join(d), head, edge.status is EdgeStatus.STATED)
