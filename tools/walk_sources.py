"""Walk every source that a file was made from, and find what no file accounts for.

Each letter and digit of a source must stand in the words of an item (``raw_text`` at
its ``line``), of a part that is ``placed``, or of an entry under ``left_out``. White
space is joined; nothing else is made alike. Files of one source answer for it together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from competency.resources import FRAMEWORKS
from tools.source_files import Walked, walked
from tools.source_text import Claim
from tools.sources_table import page

SOURCES = Path(__file__).parent.parent / "tests" / "data"
TABLE = "SOURCES.md"


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
@click.option("--write-table", is_flag=True, help=f"Write {TABLE} into the folder of the files.")
def main(folder: Path, sources: Path, *, write_table: bool) -> None:
    """Report on every source; exit code 1 where a letter of one is not accounted for."""
    found = walked(folder, sources)
    if write_table:
        (folder / TABLE).write_text(page(found), encoding="utf-8")
    for source in found:
        for line in report(source):
            click.echo(line)
    if not all(source.coverage.is_whole for source in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
