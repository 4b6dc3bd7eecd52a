"""The drawing layer: a document that flows down its pages and knows what it says.

Every text is recorded as a node (a heading, a paragraph, a cell …) with its page,
and every drawn line names its node, so a structure tree for assistive technology
can be written later without touching the documents. What repeats on each page
(running title, page number, repeated table head) belongs to no node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from competency.documents.colours import legible
from competency.documents.fonts import SEMIBOLD, prepared
from competency.documents.output import About, pdf_bytes
from competency.documents.pages import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Drawn,
    Link,
    Page,
    Rule,
    Run,
)
from competency.documents.text import BODY, GREY, Line, Style, Text, lines_of, shortened
from competency.wording import Words

LEFT = 62.0
RIGHT = PAGE_WIDTH - LEFT
WIDTH = RIGHT - LEFT
TOP = 56.0
BOTTOM = PAGE_HEIGHT - 66.0
ENDLESS = 1e9
"""A page that never ends, to measure on."""
HAIR = "#b8b8b8"
_RUNNING = Style(8, 10, colour=GREY)
_HEADINGS = (Style(26, 31, SEMIBOLD), Style(14, 18, SEMIBOLD), Style(11, 15, SEMIBOLD))
_BEFORE = (0.0, 20.0, 12.0)
_AFTER = (6.0, 6.0, 4.0)
_UNDIVIDED = 3
_ROUNDING = 0.01


@dataclass(frozen=True)
class Node:
    """One piece of meaning: its role (``H1``, ``P``, ``TD`` …), text, page from 1."""

    role: str
    text: str
    page: int
    parent: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class _Heading:
    """A heading that waits for what follows it, so that both share a page."""

    lines: tuple[Line, ...]
    level: int
    language: str | None = None

    @property
    def height(self) -> float:
        """Height in points, with the space around it."""
        around = _BEFORE[self.level - 1] + _AFTER[self.level - 1]
        return around + sum(line.style.leading for line in self.lines)


class Document:
    """Pages being filled from top to bottom; ``top`` is where the next thing goes."""

    def __init__(
        self,
        *,
        title: str,
        author: str,
        subject: str,
        language: str,
        made_on: date,
        accent: str,
        running: str,
        bottom: float = BOTTOM,
    ) -> None:
        """Begin the first page; ``running`` is the title at the foot of every page."""
        self.about = About(prepared(title), prepared(author), prepared(subject), language, made_on)
        self.words = Words(language)
        self.accent = legible(accent)
        self.nodes: list[Node] = []
        self.pages: list[Page] = [Page()]
        self.top = TOP
        self._bottom = bottom
        self._running = prepared(running)
        self._waiting: list[_Heading] = []

    @property
    def room(self) -> float:
        """Points left on this page, after the headings that wait."""
        return self._bottom - self.top - sum(heading.height for heading in self._waiting)

    @property
    def page(self) -> Page:
        """The page being filled."""
        return self.pages[-1]

    def node(
        self, role: str, text: str = "", parent: int | None = None, language: str | None = None
    ) -> int:
        """Record a piece of meaning on this page and return its number."""
        self.nodes.append(Node(role, text, len(self.pages), parent, language))
        return len(self.nodes) - 1

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(Page())
        self.top = TOP

    def gap(self, points: float) -> None:
        """Leave white space, except at the top of a page."""
        if self.top > TOP:
            self.top += points

    def reserve(self, height: float) -> None:
        """Start a page unless ``height`` points follow here; set waiting headings."""
        if height > self.room + _ROUNDING and self.top > TOP:
            self.new_page()
        waiting, self._waiting = self._waiting, []
        for heading in waiting:
            self._set(heading)

    def draw(self, *shapes: Drawn) -> None:
        """Put shapes on this page, under its text."""
        self.page.shapes.extend(shapes)

    def link(self, left: float, top: float, width: float, height: float, address: str) -> None:
        """Make a rectangle of this page lead to a web address."""
        if address.startswith(("https://", "http://")):
            self.page.links.append(Link(left, top, width, height, address))

    def line(self, line: Line, left: float, top: float, width: float, node: int | None) -> None:
        """Write one line whose box begins at ``left``, ``top``."""
        style = line.style
        if style.align == "right":
            left += width - style.font.width(line.text, style.size)
        base = top + (style.leading - style.size) / 2 + style.size * 0.78
        self.page.runs.append(Run(left, base, line.text, style, node))

    def heading(self, words: str, level: int, language: str | None = None) -> None:
        """Set a heading of level 1 to 3 with what follows it; it is also a bookmark.

        ``language`` is that of its words, where it is not the document's own.
        """
        style = _HEADINGS[level - 1]
        if level == 1:
            style = Style(style.size, style.leading, style.font, self.accent)
        lines = lines_of(Text(words, style), WIDTH)
        if lines:
            self._waiting.append(_Heading(tuple(lines), level, language))

    def paragraph(
        self,
        text: Text | str,
        *,
        role: str = "P",
        left: float = LEFT,
        width: float = WIDTH,
        beside: Callable[[float, float], None] | None = None,
    ) -> None:
        """Text that may break across pages, never leaving a single line alone.

        ``beside`` is called with top and bottom of each part, on the part's page.
        """
        text = Text(text, BODY) if isinstance(text, str) else text
        lines = lines_of(text, width)
        if not lines:
            return
        leading = text.style.leading
        node: int | None = None
        while lines:
            self.reserve(leading * (len(lines) if len(lines) <= _UNDIVIDED else 2))
            taken = int(self.room // leading)
            if taken >= len(lines):
                taken = len(lines)
            elif len(lines) - taken == 1:
                taken -= 1
            taken = max(taken, 1)
            if node is None:
                node = self.node(role, prepared(text.words), language=text.language)
            start = self.top
            for line in lines[:taken]:
                self.line(line, left, self.top, width, node)
                self.top += leading
            if beside:
                beside(start, self.top)
            lines = lines[taken:]
            if lines:
                self.new_page()

    def together(self, block: Callable[[Document], None], *, at_foot: bool = False) -> None:
        """Keep ``block`` on one page; ``at_foot`` at its end, if others stand there."""
        height = self.measured(block)
        self.reserve(height)
        if at_foot and self._bottom < ENDLESS and self.top > TOP and height < self.room:
            self.top = self._bottom - height
        block(self)

    def measured(self, block: Callable[[Document], None]) -> float:
        """Return how many points of height ``block`` takes."""
        about = self.about
        trial = Document(
            title="",
            author="",
            subject="",
            language=about.language,
            made_on=about.made_on,
            accent=self.accent,
            running="",
            bottom=ENDLESS,
        )
        trial.top += 1
        before = trial.top
        block(trial)
        trial.reserve(0)
        return trial.top - before

    def to_bytes(self) -> bytes:
        """Return the PDF; the same document gives the same bytes."""
        self.reserve(0)
        return pdf_bytes(self.about, [self._with_margins(number) for number in self._numbers()])

    def _numbers(self) -> Sequence[int]:
        """Return the numbers of the pages, from 1."""
        return range(1, len(self.pages) + 1)

    def _with_margins(self, number: int) -> Page:
        """Return a page with its running title and "page x of y"."""
        page = self.pages[number - 1]
        foot = self.words.gettext("Page %(page)s of %(pages)s", page=number, pages=len(self.pages))
        base = BOTTOM + 38
        right = RIGHT - _RUNNING.font.width(foot, _RUNNING.size)
        title = shortened(self._running, _RUNNING.font, _RUNNING.size, right - LEFT - 20)
        shapes = [*page.shapes, Rule(LEFT, base - 14, RIGHT, base - 14, HAIR)]
        runs = [
            *page.runs,
            Run(LEFT, base, title, _RUNNING, None),
            Run(right, base, foot, _RUNNING, None),
        ]
        return Page(shapes, runs, page.links, page.bookmarks)

    def _set(self, heading: _Heading) -> None:
        """Write a heading that waited."""
        self.gap(_BEFORE[heading.level - 1])
        words = " ".join(line.text for line in heading.lines)
        node = self.node(f"H{heading.level}", words, language=heading.language)
        self.page.bookmarks.append((words, heading.level - 1, self.top))
        for line in heading.lines:
            self.line(line, LEFT, self.top, WIDTH, node)
            self.top += line.style.leading
        self.top += _AFTER[heading.level - 1]
