"""A source as it was had, and which of its letters have been accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby


def joined(text: str) -> str:
    """Return ``text`` with every run of white space as one space; nothing else changes."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Claim:
    """Words of a source that a file accounts for: used in one place, or left out."""

    file: str
    place: str
    """An id of the file, with the way on from there; empty where the words are left out."""
    lines: tuple[int, ...]
    """Where the words begin, from 1; each of them, where they stand several times."""
    words: str | None
    """With white space joined; ``None``: the whole lines."""
    why: str = ""
    """Why they are left out."""


@dataclass(frozen=True)
class Stretch:
    """Letters of one line that stand together."""

    line: int
    words: str


@dataclass
class SourceText:
    """A text as one run of words, in which every position knows its line."""

    text: str = ""
    spans: dict[int, range] = field(default_factory=dict)
    """By line, from 1: the positions of its words in ``text``."""

    @classmethod
    def of(cls, raw: str) -> SourceText:
        """Return the text of a source file, lines counted by line feeds."""
        found = cls()
        for number, line in enumerate(raw.split("\n"), start=1):
            words = joined(line)
            if words:
                begin = len(found.text) + bool(found.text)
                found.text += (" " if found.text else "") + words
                found.spans[number] = range(begin, begin + len(words))
        return found

    def letters(self, positions: Iterable[int]) -> set[int]:
        """Return those of ``positions`` that hold a letter or a digit."""
        return {at for at in positions if self.text[at].isalnum()}

    def standing(self, words: str, line: int) -> Iterator[range]:
        """Yield the positions of ``words`` wherever they begin in ``line``."""
        span = self.spans.get(line, range(0))
        at = self.text.find(words, span.start) if words else -1
        while at in span:
            yield range(at, at + len(words))
            at = self.text.find(words, at + 1)

    def run_over(self, words: str | None, line: int) -> tuple[int, ...]:
        """Return the lines that ``words`` first stand in which begin in ``line``."""
        found = next(self.standing(words or "", line), range(0))
        return tuple(
            number
            for number, span in self.spans.items()
            if span.start < found.stop and found.start < span.stop
        )

    def stretches(self, positions: set[int]) -> Iterator[Stretch]:
        """Yield the letters at ``positions`` by line, with the signs between them."""
        for line, span in self.spans.items():
            letters = sorted(self.letters(span))
            for is_asked, found in groupby(letters, key=positions.__contains__):
                if is_asked:
                    first, *rest = found
                    last = rest[-1] if rest else first
                    yield Stretch(line, self.text[first : last + 1])


@dataclass(frozen=True)
class Coverage:
    """What the claims on one source leave open."""

    lines: int
    """Lines with a letter or a digit."""
    covered: int
    """Those of them in which every letter and digit is accounted for."""
    uncovered: tuple[Stretch, ...]
    lost: tuple[tuple[Claim, int], ...]
    """Claims whose words don't begin in the line, from 1, that they name."""
    twice: tuple[tuple[Claim, Claim], ...]
    """Pairs of claims on the same letters."""

    @property
    def is_whole(self) -> bool:
        """Return whether every letter is accounted for, by words that stand there."""
        return not self.uncovered and not self.lost


def coverage(source: SourceText, claims: Iterable[Claim]) -> Coverage:
    """Return what ``claims`` account for; of equal words in a line, a free one counts."""
    taken: dict[int, Claim] = {}
    lost: list[tuple[Claim, int]] = []
    twice: dict[tuple[Claim, Claim], None] = {}
    for claim in sorted(claims, key=_longest_first):
        mine: set[int] = set()
        for line in claim.lines:
            found = _found(source, claim, line)
            if not found:
                if not mine.intersection(source.spans.get(line, ())):
                    lost.append((claim, line))
                continue
            mine |= min(found, key=lambda letters: len(letters & taken.keys()))
        twice.update({(taken[at], claim): None for at in sorted(mine & taken.keys())})
        taken.update(dict.fromkeys(mine, claim))
    letters = {line: source.letters(span) for line, span in source.spans.items()}
    letters = {line: found for line, found in letters.items() if found}
    return Coverage(
        lines=len(letters),
        covered=sum(found <= taken.keys() for found in letters.values()),
        uncovered=tuple(source.stretches(set().union(*letters.values()) - taken.keys())),
        lost=tuple(lost),
        twice=tuple(twice),
    )


def _longest_first(claim: Claim) -> int:
    """Return what claims are settled by: long words can't move aside, short ones can."""
    return -len(claim.words) if claim.words is not None else 0


def _found(source: SourceText, claim: Claim, line: int) -> list[set[int]]:
    """Return the letters of each place in ``line`` where the claim's words begin."""
    if claim.words is None:
        span = source.spans.get(line)
        return [] if span is None else [source.letters(span)]
    return [source.letters(found) for found in source.standing(claim.words, line)]
