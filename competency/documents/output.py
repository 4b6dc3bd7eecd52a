"""Laid out pages into PDF bytes, on reportlab's bare canvas.

Text reaches the canvas as text: reportlab's markup parser is not used at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from io import BytesIO
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
    Drawn,
    Mosaic,
    Page,
    Picture,
    Rule,
    Run,
    Shape,
)

rl_config.useA85 = 0  # streams stay binary: a fifth smaller, and a millisecond sooner


@dataclass(frozen=True)
class About:
    """What the file says about itself."""

    title: str
    author: str
    subject: str
    language: str
    made_on: date


def pdf_bytes(about: About, pages: Sequence[Page]) -> bytes:
    """Return the PDF of ``pages``; the same pages give the same bytes."""
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
    depth = -1
    for number, page in enumerate(pages):
        for position, (title, level, top) in enumerate(page.bookmarks):
            key = f"{number}-{position}"
            depth = min(level, depth + 1)
            canvas.bookmarkHorizontal(key, 0, PAGE_HEIGHT - top)
            canvas.addOutlineEntry(title, key, depth)
        for shape in page.shapes:
            _draw(shape, canvas)
        _write(canvas, page.runs)
        for link in page.links:
            bottom = PAGE_HEIGHT - link.top - link.height
            canvas.linkURL(
                link.address,
                (link.left, bottom, link.left + link.width, bottom + link.height),
            )
        canvas.showPage()
    produced: bytes = canvas.getpdfdata()
    return produced


def _write(canvas: Any, runs: Sequence[Run]) -> None:  # noqa: ANN401 - reportlab has no types
    """Write the text of a page as one text object."""
    text = canvas.beginText()
    font: tuple[str, float] | None = None
    colour = ""
    for run in runs:
        style = run.style
        if (style.font.name, style.size) != font:
            font = (style.font.name, style.size)
            text.setFont(*font)
        if style.colour != colour:
            colour = style.colour
            text.setFillColorRGB(*channels(colour))
        text.setTextOrigin(run.left, PAGE_HEIGHT - run.base)
        text.textLine(run.text)  # unlike textOut, it measures nothing again
    canvas.drawText(text)


@singledispatch
def _draw(shape: Drawn, _canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    """Draw one shape; each kind registers how."""
    raise TypeError(f"{type(shape).__name__} can't be drawn")


@_draw.register
def _rule(rule: Rule, canvas: Any) -> None:  # noqa: ANN401 - reportlab has no types
    canvas.setStrokeColorRGB(*channels(rule.colour))
    canvas.setLineWidth(rule.thickness)
    canvas.line(rule.left, PAGE_HEIGHT - rule.top, rule.right, PAGE_HEIGHT - rule.bottom)


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
