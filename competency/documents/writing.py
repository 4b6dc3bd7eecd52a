"""Places to write on: boxes to tick, lines, fields; filled where something is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from competency.documents.blocks import draw_texts
from competency.documents.drawing import HAIR, LEFT, WIDTH, Document
from competency.documents.pages import Box, Rule
from competency.documents.tables import Figure, cell_width
from competency.documents.text import BODY, INK, SMALL, TINY, Line, Text, lines_of

BOX = 11.0
FULL = cell_width(1.0)
"""Points in a cell that takes a table's whole width."""
LINE = 19.0
"""Points from one line to write on to the next."""
_AFTER_BOX = 5.0
_BETWEEN = 18.0


def draw_box(
    document: Document, left: float, top: float, *, is_ticked: bool = False, is_dashed: bool = False
) -> None:
    """Draw a box to tick, or one that is ticked."""
    document.draw(Box(left, top, BOX, BOX, outline=INK, thickness=0.8, dashed=is_dashed))
    if is_ticked:
        corner = (left + 4.6, top + 8.7)
        document.draw(
            Rule(left + 2.2, top + 5.9, *corner, INK, 1.6),
            Rule(*corner, left + 9.4, top + 2.3, INK, 1.6),
        )


def box(alternative: str, *, is_ticked: bool = False) -> Figure:
    """Return a box for a cell; ``alternative`` says what a tick in it means."""

    def draw(document: Document, left: float, top: float) -> None:
        draw_box(document, left, top, is_ticked=is_ticked)

    return Figure(BOX + 1, BOX + 1, alternative, draw)


def lines(label: str, number: int, width: float = FULL, alternative: str = "") -> Figure:
    """Return ``number`` lines to write on in a cell, under a small ``label``.

    The last of them is the edge of the cell. ``alternative`` says what is written there,
    where there is no label.
    """
    return _lines(label, number, width, alternative, ruled=number - 1)


def draw_lines(document: Document, label: str, number: int) -> None:
    """Draw ``number`` lines to write on across the page, under a small ``label``."""
    draw_figure(document, _lines(label, number, WIDTH, "", ruled=number))


def _lines(label: str, number: int, width: float, alternative: str, *, ruled: int) -> Figure:
    """Return room for ``number`` lines, the first ``ruled`` of them drawn."""
    head = lines_of(Text(label, TINY), width)
    above = sum(line.style.leading for line in head)

    def draw(document: Document, left: float, top: float) -> None:
        for line in head:
            document.line(line, left, top, width, None)
            top += line.style.leading
        for turn in range(1, ruled + 1):
            place = top + turn * LINE - 1
            document.draw(Rule(left, place, left + width, place, HAIR, 0.6))

    return Figure(width, above + number * LINE, label or alternative, draw)


@dataclass(frozen=True)
class _Placed:
    """One choice in a row of choices: where its box stands, and its lines beside it."""

    number: int
    left: float
    top: float
    lines: tuple[Line, ...]


def choices(
    label: str, options: Sequence[str], chosen: int | None = None, width: float = FULL
) -> Figure:
    """Return a box for each of ``options``, as many in a row as fit, after a ``label``."""
    placed, height = _flowed(options, width)

    def draw(document: Document, left: float, top: float) -> None:
        for one in placed:
            draw_box(document, left + one.left, top + one.top, is_ticked=one.number == chosen)
            place = top + one.top
            for line in one.lines:
                start = left + one.left + BOX + _AFTER_BOX
                document.line(line, start, place, width, None)
                place += line.style.leading

    said = [f"☒ {words}" if turn == chosen else words for turn, words in enumerate(options)]
    return Figure(width, height, f"{label}: {' / '.join(said)}", draw)


def _flowed(options: Sequence[str], width: float) -> tuple[list[_Placed], float]:
    """Return where each option stands, and the height of them all."""
    found: list[_Placed] = []
    left = top = row = 0.0
    for number, words in enumerate(options):
        broken = tuple(lines_of(Text(words, SMALL), width - BOX - _AFTER_BOX))
        widths = [line.style.font.width(line.text, line.style.size) for line in broken]
        wide = BOX + _AFTER_BOX + max(widths, default=0.0)
        if left and left + wide > width:
            left, top, row = 0.0, top + row + 4, 0.0
        found.append(_Placed(number, left, top, broken))
        left += wide + _BETWEEN
        row = max(row, BOX + 1, len(broken) * SMALL.leading)
    return found, top + row


def draw_figure(document: Document, figure: Figure) -> None:
    """Draw a figure that stands for itself, outside a table."""
    document.reserve(figure.height)
    document.node("Figure", figure.alternative)
    figure.draw(document, LEFT, document.top)
    document.top += figure.height


def draw_fields(
    document: Document, fields: Sequence[tuple[str, str | None]], columns: int = 2
) -> None:
    """Draw names with their values, or with a line to write on where there is none."""
    width = (WIDTH - 20 * (columns - 1)) / columns
    for start in range(0, len(fields), columns):
        row = fields[start : start + columns]

        def block(target: Document, row: Sequence[tuple[str, str | None]] = row) -> None:
            ends = []
            for number, (name, value) in enumerate(row):
                left = LEFT + number * (width + 20)
                end = draw_texts(target, (Text(name, TINY),), left, target.top, width)
                if value:
                    end = draw_texts(target, (Text(value, BODY),), left, end, width)
                else:
                    end += LINE - 3
                    target.draw(Rule(left, end, left + width, end, "#444444", 0.6))
                ends.append(end)
            target.top = max(ends) + 6

        document.together(block)
