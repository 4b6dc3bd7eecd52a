"""The files that name a source, what they say of it, and each source with all of its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from competency import formats
from competency.files.checking import check_file
from competency.files.faults import Path as Way
from competency.files.faults import written
from competency.frameworks import walk
from competency.frameworks.shipped import yaml_files
from tools.source_text import Claim, Coverage, SourceText, coverage, joined

READ = formats.MODULES
"""Importing them makes every kind of file known."""


@dataclass(frozen=True)
class Origin:
    """A file that names its source, as plain data."""

    file: str
    """The path below the folder of all files."""
    data: walk.Data

    @property
    def source(self) -> walk.Data:
        """Return what the file says of its source."""
        return walk.mapping(self.data.get("source"))

    @property
    def document(self) -> str:
        """Return the name of the source."""
        return str(self.source["document"])

    def claims(self) -> Iterator[Claim]:
        """Yield what the file accounts for, in the order of the file."""
        for _, part in walk.items(self.source, "placed", ()):
            yield self._claim(part, str(part["path"]))
        for path, item in walk.everything(self.data):
            note = walk.mapping(item.get("source"))
            if path and note.get("raw_text") is not None:
                yield self._claim(note, self.place(path))
        for _, left in walk.items(self.source, "left_out", ()):
            words = left.get("raw")
            yield Claim(
                self.file,
                "",
                _numbers(left["lines"]),
                None if words is None else joined(str(words)),
                str(left["reason"]),
            )

    def _claim(self, note: walk.Data, place: str) -> Claim:
        """Return the claim of one source note; without a line it stands nowhere."""
        lines = (*_numbers([note["line"] or 0]), *_numbers(note["also"]))
        return Claim(self.file, place, lines, joined(str(note["raw_text"])))

    def place(self, path: Way) -> str:
        """Return the id of the innermost item at ``path``, with the way on from there."""
        value: Any = self.data
        name, since = "", 0
        for depth, step in enumerate(path, start=1):
            value = value[step]
            item_id = walk.mapping(value).get("id")
            if isinstance(item_id, str):
                name, since = item_id, depth
        rest = written(path[since:])
        return ".".join(part for part in (name, rest) if part)


def _numbers(value: object) -> tuple[int, ...]:
    """Return the numbers in a list of plain data."""
    found = value if isinstance(value, list | tuple) else ()
    return tuple(number for number in found if isinstance(number, int))


def origins(folder: Path) -> tuple[Origin, ...]:
    """Return the files of ``folder`` that name a source; raise ``ValueError`` for a faulty one."""
    found = []
    for path in yaml_files([folder]):
        value = check_file(path).value
        name = path.relative_to(folder).as_posix()
        if value is None:
            raise ValueError(f"{name} can't be read: run competency frameworks check")
        origin = Origin(name, value.model_dump(mode="python"))
        if origin.source:
            found.append(origin)
    return tuple(found)


@dataclass(frozen=True)
class Walked:
    """One source with the files made from it."""

    document: str
    origins: tuple[Origin, ...]
    text: SourceText
    claims: tuple[Claim, ...]

    @cached_property
    def coverage(self) -> Coverage:
        """Return what the files leave open."""
        return coverage(self.text, self.claims)


def walked(folder: Path, sources: Path) -> tuple[Walked, ...]:
    """Return every source that a file of ``folder`` names, in the order of their names.

    Raises ``FileNotFoundError`` where ``sources`` doesn't hold its text.
    """
    by_document: dict[str, list[Origin]] = {}
    for origin in origins(folder):
        by_document.setdefault(origin.document, []).append(origin)
    return tuple(
        Walked(
            document,
            tuple(files),
            SourceText.of((sources / document).read_text(encoding="utf-8")),
            tuple(claim for origin in files for claim in origin.claims()),
        )
        for document, files in sorted(by_document.items())
    )
