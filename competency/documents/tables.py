"""Tables that break across pages: the head repeats, rows stay whole where they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from competency.documents.drawing import HAIR, LEFT, WIDTH, Document
from competency.documents.fonts import SEMIBOLD, prepared
from competency.documents.pages import Box, Rule
from competency.documents.text import GREY, Line, Style, Text, lines_of

HEAD = Style(8.5, 11, SEMIBOLD, GREY)
CELL_SIDE = 5.0
"""Points between the edge of a cell and what stands in it."""
_ABOVE = 3.5
_WHOLE = 260.0
_REPEATED = 60.0
_BEGINNING = 60.0
_CHAIN = 420.0
_BAND = "#f1f1f1"


@dataclass(frozen=True)
class Figure:
    """A drawing with the words that stand for it where it can't be seen."""

    width: float
    height: float
    alternative: str
    draw: Callable[[Document, float, float], None]


@dataclass(frozen=True)
class Column:
    """A column: its title and its share of the table's width."""

    title: str
    share: float
    align: str = "left"


@dataclass(frozen=True)
class Row:
    """Cells of texts or a figure; a ``group`` row heads the rows after it.

    A row that ``keeps_next`` stays on one page with the next, where a page holds both.
    """

    cells: tuple[Sequence[Text] | Figure, ...]
    is_group: bool = False
    keeps_next: bool = False


@dataclass
class _Cell:
    """A cell laid out: its lines, each with the number of its text, or its figure."""

    left: float
    width: float
    texts: Sequence[Text]
    lines: list[tuple[int, Line]]
    figure: Figure | None = None

    @property
    def height(self) -> float:
        """Height in points, without the space around."""
        drawn = self.figure.height if self.figure else 0.0
        return drawn + sum(line.style.leading for _, line in self.lines)


@dataclass
class _Laid:
    """A row laid out, and the nodes that its texts already have."""

    cells: list[_Cell]
    is_group: bool
    role: str = "TD"
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """Height in points, with the space around."""
        return max(cell.height for cell in self.cells) + 2 * _ABOVE

    @property
    def first(self) -> float:
        """Height that the row's beginning needs, if it has to be divided."""
        return self.height if self.height <= _WHOLE else _BEGINNING


class _Table:
    """One table being drawn."""

    def __init__(self, document: Document, columns: Sequence[Column]) -> None:
        self._document = document
        self._columns = columns
        self._node: int | None = None
        self._head = self._laid(Row(tuple((Text(one.title, HEAD),) for one in columns)), "TH")
        self._group: _Laid | None = None

    def draw(self, rows: Sequence[Row]) -> None:
        """Draw the head and ``rows``, over as many pages as they need."""
        document = self._document
        laid = [self._laid(row) for row in rows]
        chains = _chains(laid)
        start = chains[0] if chains else 0.0
        document.reserve(self._head.height + start)
        self._node = document.node("Table")
        self._draw_row(self._head, repeated=False)
        for row, needed in zip(laid, chains, strict=True):
            if row.is_group:
                self._group = row
            if row.height > document.room and row.first < row.height:
                self._draw_divided(row)
            else:
                if needed > document.room:
                    self._break(row)
                self._draw_row(row, repeated=False)

    def _break(self, row: _Laid | None) -> None:
        """Go to a new page and repeat the head, and the group that goes on."""
        self._document.new_page()
        self._draw_row(self._head, repeated=True)
        if self._group and row is not self._group and self._group.height <= _REPEATED:
            self._draw_row(self._group, repeated=True)

    def _draw_divided(self, row: _Laid) -> None:
        """Draw a row that no page holds, or that would leave a page half empty."""
        document = self._document
        if document.room < row.first:
            self._break(row)
        rest: _Laid | None = row
        parent: int | None = None
        seen: dict[tuple[int, int], int] = {}
        while rest is not None:
            part, rest = _divided(rest, document.room)
            parent = self._draw_row(part, repeated=False, parent=parent, seen=seen)
            if rest is not None:
                self._break(row)

    def _draw_row(
        self,
        row: _Laid,
        *,
        repeated: bool,
        parent: int | None = None,
        seen: dict[tuple[int, int], int] | None = None,
    ) -> int | None:
        """Draw one row here and return its node; a ``repeated`` one has none."""
        document = self._document
        seen = {} if seen is None else seen
        if not repeated and parent is None:
            parent = document.node("TR", parent=self._node)
        top, height = document.top, row.height
        if row.is_group:
            document.draw(Box(LEFT, top + 0.6, WIDTH, height - 0.6, fill=_BAND))
        for column, cell in enumerate(row.cells):
            place = top + _ABOVE
            for number, line in cell.lines:
                if not repeated and (column, number) not in seen:
                    text = cell.texts[number]
                    seen[column, number] = document.node(
                        row.role, prepared(text.words), parent, text.language
                    )
                document.line(line, cell.left, place, cell.width, seen.get((column, number)))
                place += line.style.leading
            if cell.figure:
                document.node("Figure", cell.figure.alternative, parent)
                cell.figure.draw(document, cell.left, place)
        document.top = top + height
        is_head = row is self._head
        document.draw(
            Rule(
                LEFT,
                document.top,
                LEFT + WIDTH,
                document.top,
                document.accent if is_head else HAIR,
                1.0 if is_head else 0.4,
            )
        )
        return parent

    def _laid(self, row: Row, role: str = "TD") -> _Laid:
        """Break the texts of a row into lines; a lone cell takes the whole width."""
        cells = []
        left = LEFT
        for number, content in enumerate(row.cells):
            column = self._columns[number]
            width = WIDTH * column.share
            if len(row.cells) == 1:
                width = WIDTH
            inner = width - 2 * CELL_SIDE
            if isinstance(content, Figure):
                cells.append(_Cell(left + CELL_SIDE, inner, (), [], content))
            else:
                lines = [
                    (position, _aligned(line, column.align))
                    for position, text in enumerate(content)
                    for line in lines_of(text, inner)
                ]
                cells.append(_Cell(left + CELL_SIDE, inner, content, lines))
            left += width
        return _Laid(cells, row.is_group, role, row.keeps_next)


def cell_width(share: float) -> float:
    """Return the points inside a cell that takes this share of the table's width."""
    return WIDTH * share - 2 * CELL_SIDE


def draw_table(document: Document, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Draw ``rows`` under the titles of ``columns``, whose shares add up to 1."""
    _Table(document, columns).draw(rows)


def _chains(rows: Sequence[_Laid]) -> list[float]:
    """Return for each row how much room its beginning needs, with what it is kept with.

    A group needs the row after it; rows that keep the next are a chain, which is given up
    where it would be longer than ``_CHAIN``.
    """
    found: list[float] = []
    after, chain = 0.0, 0.0
    for row in reversed(rows):
        chain = row.height + (chain if row.keeps_next else 0.0)
        least = row.first + (after if row.is_group else 0.0)
        found.append(chain if row.keeps_next and chain <= _CHAIN else least)
        after = row.first
    return found[::-1]


def _aligned(line: Line, align: str) -> Line:
    """Return ``line`` set as its column is."""
    style = line.style
    if align == style.align:
        return line
    return Line(line.text, Style(style.size, style.leading, style.font, style.colour, align))


def _divided(row: _Laid, room: float) -> tuple[_Laid, _Laid | None]:
    """Return what of ``row`` fits ``room`` points, and the rest; never nothing."""
    part: list[_Cell] = []
    rest: list[_Cell] = []
    for cell in row.cells:
        used = 2 * _ABOVE
        taken = 0
        for _, line in cell.lines:
            used += line.style.leading
            if used > room and taken:
                break
            taken += 1
        part.append(_Cell(cell.left, cell.width, cell.texts, cell.lines[:taken], cell.figure))
        rest.append(_Cell(cell.left, cell.width, cell.texts, cell.lines[taken:]))
    over = any(cell.lines for cell in rest)
    return (
        _Laid(part, row.is_group, row.role),
        _Laid(rest, row.is_group, row.role) if over else None,
    )
