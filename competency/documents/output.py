"""Laid out pages into PDF bytes, on reportlab's bare canvas.

Text reaches the canvas as text: reportlab's markup parser is not used at all. All that is
painted stands in marked content: of a node, or an artifact that means nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from io import BytesIO
from itertools import groupby
from typing import Any

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from competency.colours import channels
from competency.documents.fonts import REGULAR
from competency.documents.pages import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Box,
    Drawing,
    Drawn,
    Mosaic,
    Node,
    Page,
    Path,
    Picture,
    Rule,
    Run,
    Shape,
)
from competency.documents.structure import Structure

rl_config.useA85 = 0  # streams stay binary: a fifth smaller, and a millisecond sooner


@dataclass(frozen=True)
class About:
    """What the file says about itself."""

    title: str
    author: str
    subject: str
    language: str
    made_on: date


def pdf_bytes(about: About, pages: Sequence[Page], nodes: Sequence[Node]) -> bytes:
    """Return the tagged PDF of ``pages``; the same pages and ``nodes`` give the same bytes."""
    canvas = Canvas(
        BytesIO(),
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        pageCompression=1,
        invariant=1,
        initialFontName=REGULAR.name,
        lang=about.language,
    )
    canvas.setTitle(about.title)
    canvas.setAuthor(about.author)
    canvas.setSubject(about.subject)
    canvas.setCreator("Competency")
    canvas.setDateFormatter(lambda *_: f"D:{about.made_on:%Y%m%d}000000Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    structure = Structure(canvas, nodes)
    places: dict[int, int] = {}
    depth = -1
    for number, page in enumerate(pages):
        structure.begin_page()
        for position, (title, level, top) in enumerate(page.bookmarks):
            key = f"{number}-{position}"
            depth = min(level, depth + 1)
            canvas.bookmarkHorizontal(key, 0, PAGE_HEIGHT - top)
            canvas.addOutlineEntry(title, key, depth)
        for link in page.links:
            structure.link(link)
        _paint(canvas, page.shapes, structure)
        _write(canvas, _spaced(page.runs, nodes, places), structure)
        canvas.showPage()
        structure.end_page()
    structure.write()
    produced: bytes = canvas.getpdfdata()
    return produced


def _paint(
    canvas: Any,  # noqa: ANN401 - reportlab has no types
    shapes: Sequence[Drawn],
    structure: Structure,
) -> None:
    """Paint the shapes of a page, each figure as its node's."""
    for node, group in groupby(
        shapes, lambda shape: shape.node if isinstance(shape, Drawing) else None
    ):
        canvas.addLiteral(structure.opening(node))
        for shape in group:
            _draw(shape, canvas)
        canvas.addLiteral(structure.CLOSING)


def _spaced(
    runs: Sequence[Run], nodes: Sequence[Node], places: dict[int, int]
) -> Iterator[tuple[Run, str]]:
    """Yield each run with what is written of it: lines that go on end in their space.

    Who reads the file without seeing it would else join the words around a line break.
    ``places`` says how far each node's text was written.
    """
    for run in runs:
        words = run.text
        if run.node is not None:
            whole = nodes[run.node].text
            found = whole.find(words, places.get(run.node, 0))
            if found >= 0:
                places[run.node] = end = found + len(words)
                if whole[end : end + 1].isspace():
                    words += " "
        yield run, words


def _write(
    canvas: Any,  # noqa: ANN401 - reportlab has no types
    runs: Iterable[tuple[Run, str]],
    structure: Structure,
) -> None:
    """Write the text of a page as one text object, marked by the nodes of its runs."""
    text = canvas.beginText()
    mark = text._code.append  # noqa: SLF001 - a text object has no other way to literals
    font: tuple[str, float] | None = None
    colour = ""
    for node, group in groupby(runs, lambda written: written[0].node):
        mark(structure.opening(node))
        for run, words in group:
            style = run.style
            if (style.font.name, style.size) != font:
                font = (style.font.name, style.size)
                text.setFont(*font)
            if style.colour != colour:
                colour = style.colour
                text.setFillColorRGB(*channels(colour))
            text.setTextOrigin(run.left, PAGE_HEIGHT - run.base)
            text.textLine(words)  # unlike textOut, it measures nothing again
        mark(structure.CLOSING)
    canvas.drawText(text)


@singledispatch
def _draw(shape: Drawn, _canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    """Draw one shape; each kind registers how."""
    raise TypeError(f"{type(shape).__name__} can't be drawn")


@_draw.register
def _drawing(drawing: Drawing, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    for shape in drawing.shapes:
        _draw(shape, canvas)


@_draw.register
def _rule(rule: Rule, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.setStrokeColorRGB(*channels(rule.colour))
    canvas.setLineWidth(rule.thickness)
    canvas.line(rule.left, PAGE_HEIGHT - rule.top, rule.right, PAGE_HEIGHT - rule.bottom)


@_draw.register
def _path(path: Path, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.setStrokeColorRGB(*channels(path.colour))
    canvas.setLineWidth(path.thickness)
    if path.dashes:
        canvas.setDash(list(path.dashes))
    line = canvas.beginPath()
    line.moveTo(path.points[0][0], PAGE_HEIGHT - path.points[0][1])
    for left, top in path.points[1:]:
        line.lineTo(left, PAGE_HEIGHT - top)
    canvas.drawPath(line, stroke=1, fill=0)
    if path.dashes:
        canvas.setDash()


@_draw.register
def _box(box: Box, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    if box.fill:
        canvas.setFillColorRGB(*channels(box.fill))
    if box.outline:
        canvas.setStrokeColorRGB(*channels(box.outline))
        canvas.setLineWidth(box.thickness)
    if box.dashed:
        canvas.setDash(1.5, 1.5)
    canvas.rect(
        box.left,
        PAGE_HEIGHT - box.top - box.height,
        box.width,
        box.height,
        stroke=int(box.outline is not None),
        fill=int(box.fill is not None),
    )
    if box.dashed:
        canvas.setDash()


@_draw.register
def _mosaic(mosaic: Mosaic, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for left, top, width, height in mosaic.parts:
        path.rect(left, PAGE_HEIGHT - top - height, width, height)
    canvas.drawPath(path, stroke=0, fill=1)


@_draw.register
def _shape(shape: Shape, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.setFillColorRGB(*channels(shape.fill))
    path = canvas.beginPath()
    path.moveTo(shape.points[0][0], PAGE_HEIGHT - shape.points[0][1])
    for left, top in shape.points[1:]:
        path.lineTo(left, PAGE_HEIGHT - top)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


@_draw.register
def _picture(picture: Picture, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.drawImage(
        ImageReader(picture.image),
        picture.left,
        PAGE_HEIGHT - picture.top - picture.height,
        picture.width,
        picture.height,
    )
