"""What stands on a page, before it becomes PDF: shapes, text, links, and what they mean.

Places are in points from the upper left corner of an A4 page, downwards. Nothing
here is drawn yet, so a document is either complete or has no bytes at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from PIL.Image import Image

from competency.documents.text import Style

PAGE_WIDTH = 595.28
PAGE_HEIGHT = 841.89


@dataclass(frozen=True)
class Node:
    """One piece of meaning: its role (``H1``, ``P``, ``TD`` …), text, page from 1.

    ``language`` is set where it isn't the document's. ``box`` is where a figure stands
    (left, top, width, height); ``span`` counts the columns of a cell.
    """

    role: str
    text: str
    page: int
    parent: int | None = None
    language: str | None = None
    box: tuple[float, float, float, float] | None = None
    span: int = 1


@dataclass(frozen=True)
class Rule:
    """A straight line."""

    left: float
    top: float
    right: float
    bottom: float
    colour: str
    thickness: float = 0.5


@dataclass(frozen=True)
class Path:
    """A line through ``points``; ``dashes`` are the lengths drawn and left out in turn."""

    points: tuple[tuple[float, float], ...]
    colour: str
    thickness: float = 0.5
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Box:
    """A rectangle with a fill, an outline, or both."""

    left: float
    top: float
    width: float
    height: float
    fill: str | None = None
    outline: str | None = None
    thickness: float = 0.7
    dashed: bool = False


@dataclass(frozen=True)
class Mosaic:
    """Black rectangles ``(left, top, width, height)`` painted as one."""

    parts: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Shape:
    """A closed figure through ``points``, filled."""

    points: tuple[tuple[float, float], ...]
    fill: str


@dataclass(frozen=True)
class Picture:
    """An image in a rectangle."""

    left: float
    top: float
    width: float
    height: float
    image: Image


@dataclass(frozen=True)
class Drawing:
    """Shapes that together are the figure ``node``; other shapes mean nothing by themselves."""

    node: int
    shapes: tuple[Rule | Path | Box | Mosaic | Shape | Picture, ...]


@dataclass(frozen=True)
class Run:
    """One line of text from ``left`` on the baseline ``base``; ``node`` owns it."""

    left: float
    base: float
    text: str
    style: Style
    node: int | None


@dataclass(frozen=True)
class Link:
    """A rectangle that leads to an address; ``node`` is the text that it belongs to."""

    left: float
    top: float
    width: float
    height: float
    address: str
    node: int


Drawn: TypeAlias = Rule | Path | Box | Mosaic | Shape | Picture | Drawing


@dataclass
class Page:
    """One page: shapes lie under the text."""

    shapes: list[Drawn] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    bookmarks: list[tuple[str, int, float]] = field(default_factory=list)
