"""Charts on paper: the neutral shapes in our drawing layer, in black and grey.

The description of a chart is what is read instead of it; its labels are drawn with it and
mean nothing by themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from competency.documents import pages
from competency.documents.charts import SIZE, Area, Drawing, Label, Line, Mark, Point, Style
from competency.documents.drawing import HAIR, Document
from competency.documents.fonts import prepared
from competency.documents.tables import Figure
from competency.documents.text import INK
from competency.documents.text import Line as Words
from competency.documents.text import Style as TextStyle

LINES: dict[Style, tuple[float, tuple[float, ...]]] = {
    Style.AXIS: (1, ()),
    Style.GRID: (0.3, ()),
    Style.VALUE: (2, ()),
    Style.TARGET: (1.5, (8, 4)),
    Style.MIDDLE: (1, ()),
    Style.INNER: (1, (2, 3)),
    Style.OUTER: (1, (7, 3)),
}
"""Width of each line, and its dashes."""
BAND = "#dedede"
CORNERS = 16
"""Corners of the polygon that is drawn for a dot."""


@dataclass(frozen=True)
class _Sheet:
    """Where a drawing stands on the page, and how many points one of its units takes."""

    document: Document
    left: float
    top: float
    share: float

    def at(self, point: Point) -> Point:
        """Return a point of the drawing on the page."""
        return self.left + point[0] * self.share, self.top + point[1] * self.share

    def filled(self, points: tuple[Point, ...], fill: str) -> None:
        """Draw a closed area."""
        self.document.draw(pages.Shape(tuple(map(self.at, points)), fill))

    def stroked(self, line: Line) -> None:
        """Draw a line as its style is drawn."""
        thickness, dashes = LINES[line.style]
        self.document.draw(
            pages.Path(
                tuple(map(self.at, line.points)),
                HAIR if line.style is Style.GRID else INK,
                thickness * self.share,
                tuple(one * self.share for one in dashes),
            )
        )

    def said(self, label: Label) -> None:
        """Write a label, which belongs to no node: the figure's words say it."""
        size, words = SIZE * self.share, prepared(label.text)
        style = TextStyle(size, size)
        wide = style.font.width(words, size)
        left, base = self.at(label.at)
        left -= {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        self.document.line(Words(words, style), left, base - size * 0.78, wide, None)


def chart_figure(drawing: Drawing, width: float) -> Figure:
    """Return a drawing as a figure ``width`` points wide."""
    share = width / drawing.width

    def draw(document: Document, left: float, top: float) -> None:
        sheet = _Sheet(document, left, top, share)
        for area in (one for one in drawing.shapes if isinstance(one, Area)):
            sheet.filled(area.points, BAND)
        for shape in drawing.shapes:
            match shape:
                case Line():
                    sheet.stroked(shape)
                case Mark():
                    sheet.filled(_corners(shape), INK)
                case Label():
                    sheet.said(shape)

    return Figure(width, drawing.height * share, drawing.description, draw)


def _corners(mark: Mark) -> tuple[Point, ...]:
    """Return the corners of a mark: a diamond for what stands out, else a dot."""
    (x, y), size, corners = mark.at, 3.0, CORNERS
    if mark.stands_out:
        size, corners = 6.0, 4
    turns = (2 * math.pi * one / corners for one in range(corners))
    return tuple((x + size * math.cos(turn), y + size * math.sin(turn)) for turn in turns)
