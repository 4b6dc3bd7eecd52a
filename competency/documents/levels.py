"""The picture of levels: a flight of steps for one criterion, readable without colour."""

from __future__ import annotations

from competency.documents.drawing import Document
from competency.documents.pages import Box, Shape
from competency.documents.schema import LevelBar
from competency.documents.tables import Figure
from competency.documents.text import INK
from competency.documents.writing import BOX, draw_box

PICTURE_WIDTH = 110.0
_STEP = 20.0
_LOW = 6.0
_HIGH = 15.0
_MARK = 6.0


def level_figure(bar: LevelBar, alternative: str) -> Figure:
    """Return the picture of ``bar``: steps, or a box to tick on a scale of one level."""
    if bar.top <= 1:

        def tick(document: Document, left: float, top: float) -> None:
            _draw_tick(document, bar, left, top)

        return Figure(BOX + 1, BOX + 1, alternative, tick)

    def steps(document: Document, left: float, top: float) -> None:
        _draw_steps(document, bar, left, top)

    return Figure(PICTURE_WIDTH, _HIGH + _MARK + 2, alternative, steps)


def _draw_steps(document: Document, bar: LevelBar, left: float, top: float) -> None:
    """Draw one step a level, filled up to the level now; a triangle marks the required."""
    width = min(_STEP, PICTURE_WIDTH / bar.top)
    between = min(2.0, width / 5)
    ground = top + _HIGH
    for level in range(1, bar.top + 1):
        height = _LOW + (_HIGH - _LOW) * (level - 1) / (bar.top - 1)
        is_reached = bar.judged is not None and level <= bar.judged
        document.draw(
            Box(
                left + (level - 1) * width,
                ground - height,
                width - between,
                height,
                fill=document.accent if is_reached else None,
                outline=INK,
                thickness=1.6 if level == bar.required else 0.6,
                dashed=bar.judged is None,
            )
        )
    if bar.required is not None and 1 <= bar.required <= bar.top:
        middle = left + (bar.required - 0.5) * width - between / 2
        base = ground + 2
        document.draw(
            Shape(((middle, base), (middle - 4, base + _MARK), (middle + 4, base + _MARK)), INK)
        )


def _draw_tick(document: Document, bar: LevelBar, left: float, top: float) -> None:
    """Draw a box, ticked where the one level is met, dashed where nothing was judged."""
    draw_box(document, left, top + 0.5, is_ticked=bool(bar.judged), is_dashed=bar.judged is None)
