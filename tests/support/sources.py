"""Which letters of a source a file of contents accounts for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from competency.frameworks.parts import Source, SourceNote

Letter = tuple[int, int]
"""A letter or digit of a source: its line from 1, and its column from 0."""


def parts(value: object) -> Iterator[BaseModel]:
    """Yield every part of a file, one before those inside it."""
    if isinstance(value, BaseModel):
        yield value
        for inside in value.__dict__.values():
            yield from parts(inside)
    elif isinstance(value, tuple):
        for inside in value:
            yield from parts(inside)


class SourceText:
    """A source, where a text may run on over lines and white space counts as one space."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self._text = ""
        self._places: list[Letter] = []
        for number, line in enumerate(self.lines, start=1):
            for found in re.finditer(r"\S+", line):
                self._text += f"{found.group()} "
                self._places += ((number, column) for column in range(found.start(), found.end()))
                self._places.append((number, found.end()))

    def letters(self) -> set[Letter]:
        """Return every letter and digit."""
        return {
            letter for line in range(1, len(self.lines) + 1) for letter in self.letters_of(line)
        }

    def letters_of(self, line: int) -> set[Letter]:
        """Return the letters and digits of one line."""
        return {(line, column) for column, c in enumerate(self.lines[line - 1]) if c.isalnum()}

    def letters_at(self, line: int, raw: str) -> set[Letter]:
        """Return the letters of ``raw`` where it begins in ``line``; none if it doesn't."""
        for found in re.finditer(re.escape(" ".join(raw.split())), self._text):
            if self._places[found.start()][0] == line:
                return {self._places[at] for at in range(*found.span()) if self._text[at].isalnum()}
        return set()

    def claims(self, value: BaseModel) -> Iterator[tuple[str, set[Letter]]]:
        """Yield what a file says of the source, with the letters that this accounts for."""
        for part in parts(value):
            if isinstance(part, SourceNote):
                assert part.line is not None, part
                assert part.raw_text is not None, part
                for line in (part.line, *part.also):
                    yield f"{line}: {part.raw_text}", self.letters_at(line, part.raw_text)
            elif isinstance(part, Source):
                for left in part.left_out:
                    for line in left.lines:
                        raw = left.raw
                        found = self.letters_at(line, raw) if raw else self.letters_of(line)
                        yield f"{line}: left out: {raw}", found
