"""Walk every source that a file was made from, and find what no file accounts for.

Each letter and digit of a source must stand in the words of an item (``raw_text`` at
its ``line``), of a part that is ``placed``, or of an entry under ``left_out``. White
space is joined; nothing else is made alike. Files of one source answer for it together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from competency.files.checking import check_file
from competency.files.faults import Path as Way
from competency.files.faults import written
from competency.formats import MODULES
from competency.frameworks import walk
from competency.frameworks.shipped import yaml_files
from competency.resources import FRAMEWORKS
from tools.source_text import Claim, Coverage, SourceText, coverage, joined

SOURCES = Path(__file__).parent.parent / "tests" / "data"
READ = tuple(module.__name__ for module in MODULES)
"""The modules that read the files; importing them makes their kinds known."""


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
                tuple(left["lines"]),  # type: ignore[arg-type]
                None if words is None else joined(str(words)),
                str(left["reason"]),
            )

    def _claim(self, note: walk.Data, place: str) -> Claim:
        """Return the claim of one source note; without a line it stands nowhere."""
        lines = (note["line"] or 0, *note["also"])  # type: ignore[misc]
        return Claim(self.file, place, lines, joined(str(note["raw_text"])))

    def place(self, path: Way) -> str:
        """Return the id of the innermost item at ``path``, with the way on from there."""
        value: object = self.data
        name, since = "", 0
        for depth, step in enumerate(path, start=1):
            value = value[step]  # type: ignore[index]
            item_id = walk.mapping(value).get("id")
            if isinstance(item_id, str):
                name, since = item_id, depth
        rest = written(path[since:])
        return ".".join(part for part in (name, rest) if part)


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

    @property
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


def report(source: Walked) -> Iterator[str]:
    """Yield the lines that say what one source still lacks."""
    found = source.coverage
    yield f"{source.document}: {found.covered} of {found.lines} lines accounted for"
    for stretch in found.uncovered:
        yield f"  line {stretch.line}: nobody accounts for {stretch.words!r}"
    for claim, line in found.lost:
        yield f"  line {line}: {_who(claim)} claims {claim.words!r}, which doesn't begin there"
    for first, second in found.twice:
        yield f"  twice: {_who(first)} and {_who(second)} claim the same letters"


def _who(claim: Claim) -> str:
    """Return who claims, as a person would look for it."""
    return f"{claim.file} {claim.place or 'left_out'}"


@click.command()
@click.option("--data", "folder", default=FRAMEWORKS, type=click.Path(path_type=Path))
@click.option("--sources", default=SOURCES, type=click.Path(path_type=Path))
def main(folder: Path, sources: Path) -> None:
    """Report on every source; exit code 1 where a letter of one is not accounted for."""
    found = walked(folder, sources)
    for source in found:
        for line in report(source):
            click.echo(line)
    if not all(source.coverage.is_whole for source in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
