"""What peers say together: counts and words that name nobody; pure (ADR 0025)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from competency.assessments.schema import Answer

SHOWN_FROM = 3
"""Anonymous answers are shown when so many peers gave them, and no fewer."""
PEERS_HIGHEST = 20
"""How many peers a cycle can ask of one appraisal at most."""


@dataclass(frozen=True)
class Together:
    """What peers said about one criterion, without who.

    ``levels`` counts each level; ``unable`` could not say; ``words`` are in an order
    that tells nothing of who wrote them or when.
    """

    levels: Mapping[str, int]
    unable: int
    words: tuple[str, ...]


def together(said: Mapping[int, Mapping[str, Answer]]) -> dict[str, Together]:
    """Return by criterion what anonymous peers said; ``said`` is by peer and criterion.

    A criterion that fewer than three of them could judge is left out, with what they
    wrote about it, and so is everything while fewer than three have answered.
    """
    if len(said) < SHOWN_FROM:
        return {}
    criteria = {criterion for answers in said.values() for criterion in answers}
    found = {}
    for criterion in sorted(criteria):
        answers = [each[criterion] for each in said.values() if criterion in each]
        levels = Counter(a.level for a in answers if a.level is not None)
        if levels.total() >= SHOWN_FROM:
            found[criterion] = Together(
                dict(sorted(levels.items())),
                len(answers) - levels.total(),
                _mixed(criterion, (a.note for a in answers if a.note)),
            )
    return found


def _mixed(criterion: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts in an order that follows from each text and the criterion alone."""
    return tuple(
        sorted(texts, key=lambda text: hashlib.sha256(f"{criterion}\n{text}".encode()).digest())
    )
