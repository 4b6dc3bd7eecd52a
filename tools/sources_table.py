"""The page that says of every element of every source where it went, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from competency.frameworks import walk
from tools.source_files import Walked
from tools.source_text import Claim

SHOWN = 90
"""Characters of an element that the page shows."""

HEAD = """\
# Where every word of the sources went

Written by `python -m tools.walk_sources --write-table`, never by hand. Each source is listed
line by line: the words as they stand there, then the file and the item that holds them, or
why they are left out. What was mended follows, word by word.
"""


def page(sources: Iterable[Walked]) -> str:
    """Return the whole page, ending with a line end."""
    return "\n".join([HEAD, *(line for source in sources for line in _section(source))])


def _section(source: Walked) -> Iterator[str]:
    """Yield the lines on one source."""
    yield f"## {source.document}\n"
    found = source.coverage
    yield f"{found.covered} of {found.lines} lines with letters or digits are accounted for.\n"
    yield from _table(("lines", "words", "where, or why not"), sorted(_placed(source)))
    yield f"\n### Mended in {source.document}\n"
    yield from _table(("line", "source", "file", "reason"), sorted(_mended(source)))
    yield ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[int, tuple[str, ...]]]) -> Iterator[str]:
    """Yield a table of the rows, whose first part is only what they are sorted by."""
    yield _row(heads)
    yield _row("---" for _ in heads)
    for _, cells in rows:
        yield _row(_escaped(cell) for cell in cells)


def _row(cells: Iterable[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |"


def _escaped(words: str) -> str:
    """Return words that stand for themselves in a cell."""
    for sign in "\\|*_<[`":
        words = words.replace(sign, f"\\{sign}")
    return words


def _placed(source: Walked) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each element of a source with its lines and its place."""
    for claim in source.claims:
        where = f"{claim.file}: {claim.place}" if claim.place else f"left out: {claim.why}"
        yield claim.lines[0], (_lines(source, claim), _words(source, claim), where)


def _words(source: Walked, claim: Claim) -> str:
    """Return the beginning of the words of a claim."""
    span = source.text.spans.get(claim.lines[0], range(0))
    words = source.text.text[span.start : span.stop] if claim.words is None else claim.words
    return words if len(words) <= SHOWN else words[:SHOWN].rstrip() + "…"


def _lines(source: Walked, claim: Claim) -> str:
    """Return the lines that the words of a claim run over, neighbours as one range."""
    ranges: list[list[int]] = []
    run_over = {end for line in claim.lines for end in source.text.run_over(claim.words, line)}
    for line in sorted({*claim.lines, *run_over}):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def _mended(source: Walked) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each mending of a source."""
    for origin in source.origins:
        for _, mending in walk.items(origin.source, "corrections", ()):
            line = mending["line"]
            words = (str(mending[key]) for key in ("raw", "mended", "reason"))
            yield int(str(line or 0)), (str(line or ""), *words)
