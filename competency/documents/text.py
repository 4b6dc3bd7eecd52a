"""Words in a style, and breaking them into lines of a width."""

from __future__ import annotations

from dataclasses import dataclass

from competency.documents.fonts import REGULAR, SEMIBOLD, Font, prepared

INK = "#1a1a1a"
GREY = "#555555"
_BREAK_AFTER = frozenset("-‐–—/\\@.,;:?&=_)+|")


@dataclass(frozen=True)
class Style:
    """How a text looks; sizes in points, colours as ``#rrggbb``."""

    size: float
    leading: float
    font: Font = REGULAR
    colour: str = INK
    align: str = "left"


@dataclass(frozen=True)
class Text:
    """Words in a style; ``language`` where it is not the document's own."""

    words: str
    style: Style
    language: str | None = None


@dataclass(frozen=True)
class Line:
    """One line that fits its width."""

    text: str
    style: Style


BODY = Style(10, 14)
STRONG = Style(10, 14, SEMIBOLD)
LEAD = Style(11, 16)
MUTED = Style(9, 12.5, colour=GREY)
SMALL = Style(9, 12)
SMALL_STRONG = Style(9, 12, SEMIBOLD)
TINY = Style(8, 10.5, colour=GREY)


def lines_of(text: Text, width: float) -> list[Line]:
    """Return ``text`` as lines that fit ``width`` points; no text gives no line."""
    style = text.style
    return [Line(one, style) for one in broken(prepared(text.words), style.font, style.size, width)]


def broken(text: str, font: Font, size: float, width: float) -> list[str]:
    """Break a prepared ``text`` at spaces; a word too long for a line, within it."""
    limit = width * 1000 / size
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, font, limit)]


def shortened(text: str, font: Font, size: float, width: float) -> str:
    """Return a prepared ``text`` on one line, cut with an ellipsis where it is too long."""
    line = text.replace("\n", " ")
    if font.width(line, size) <= width:
        return line
    room = width - font.width("…", size)
    return _head(line, font, room * 1000 / size).rstrip() + "…"


def _paragraph(paragraph: str, font: Font, limit: float) -> list[str]:
    """Fill lines greedily with the words of ``paragraph``."""
    widths = font.widths
    space = widths[" "]
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for word in paragraph.split(" "):
        if not word:
            continue
        length = sum(map(widths.__getitem__, word))
        if line and used + space + length <= limit:
            line.append(word)
            used += space + length
            continue
        if line:
            lines.append(" ".join(line))
        rest = word
        while length > limit:
            head = _head(rest, font, limit)
            lines.append(head)
            rest = rest[len(head) :]
            length = sum(map(widths.__getitem__, rest))
        line, used = ([rest], length) if rest else ([], 0.0)
    if line:
        lines.append(" ".join(line))
    return lines


def _head(word: str, font: Font, limit: float) -> str:
    """Return the part of ``word`` that fits, cut after punctuation where there is some."""
    used = 0.0
    end = 0
    good = 0
    for position, character in enumerate(word, start=1):
        used += font.widths[character]
        if used > limit:
            break
        end = position
        if character in _BREAK_AFTER:
            good = position
    return word[: good if good > end / 2 else max(end, 1)]
