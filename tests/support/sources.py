"""A shipped file against the text it was made from, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


@dataclass
class Text:
    """A source as its letters and digits alone, each with its line."""

    lines: list[str]
    letters: str = ""
    line_of: list[int] = field(default_factory=list)
    claims: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, line in enumerate(self.lines, start=1):
            letters = _letters(line)
            self.letters += letters
            self.line_of += [number] * len(letters)
        self.claims = [0] * len(self.letters)

    def claim(self, raw: str, line: int) -> str | None:
        """Count the letters of ``raw``, beginning in ``line``; return what is wrong, if any."""
        wanted = _letters(raw)
        starts = [
            start
            for start, number in enumerate(self.line_of)
            if number == line and self.letters.startswith(wanted, start)
        ]
        if not starts:
            return f"line {line} hasn't: {raw}" if wanted else None
        start = next((start for start in starts if not self.claims[start]), starts[0])
        for place in range(start, start + len(wanted)):
            self.claims[place] += 1
        return None

    def lost(self) -> dict[int, str]:
        """Return by line the letters that nothing claims."""
        return self._where({place for place, count in enumerate(self.claims) if not count})

    def twice(self) -> dict[int, str]:
        """Return by line the letters that are claimed more than once."""
        return self._where({place for place, count in enumerate(self.claims) if count > 1})

    def _where(self, places: set[int]) -> dict[int, str]:
        """Return the letters of these places by their line."""
        found: dict[int, str] = {}
        for place in sorted(places):
            line = self.line_of[place]
            found[line] = found.get(line, "") + self.letters[place]
        return found


def _letters(text: str) -> str:
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]", "", text)


def read_lines(name: str) -> list[str]:
    """Return the lines of a source that the tests keep."""
    return (DATA / name).read_text(encoding="utf-8").split("\n")


def compare(lines: list[str], data: Mapping[str, object]) -> tuple[list[str], Text]:
    """Return what a file quotes and its source hasn't, and the source with what was quoted."""
    text = Text(lines)
    wrong = [text.claim(raw or lines[line - 1], line) for line, raw in _quotes(data)]
    return [fault for fault in wrong if fault is not None], text


def _quotes(data: object) -> Iterator[tuple[int, str | None]]:
    """Yield the line and the words of everything that a file quotes or leaves out."""
    if isinstance(data, dict):
        if data.get("line") and data.get("raw_text"):
            for line in (data["line"], *data.get("also", ())):
                yield line, data["raw_text"]
        for left in data.get("left_out", ()):
            for line in left["lines"]:
                yield line, left["raw"]
        for value in data.values():
            yield from _quotes(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _quotes(value)
