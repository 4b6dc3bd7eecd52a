"""Which appraisals are scored twice, and by whom: by chance that anybody can repeat; pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

HUNDRED = 100


def number_of(share: int, total: int) -> int:
    """Return how many ``share`` in a hundred of ``total`` are, rounded up."""
    return -(-share * total // HUNDRED)


def drawn(public_ids: Iterable[str], number: int) -> tuple[str, ...]:
    """Return ``number`` of the appraisals, drawn by chance that stays the same.

    They are put into the order of the SHA-256 of their public ids, which are random, after
    a word of its own: who is drawn here is independent of who is drawn for single review
    (ADR 0022). A greater number keeps what a smaller one drew.
    """

    def place(public_id: str) -> bytes:
        return hashlib.sha256(f"double-scoring {public_id}".encode()).digest()

    return tuple(sorted(public_ids, key=place)[:number])


def shared_out(
    appraisals: Sequence[str],
    pool: Sequence[int],
    barred: Mapping[str, Collection[int]],
    load: Mapping[int, int] | None = None,
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return who of the pool scores each appraisal, and those for which nobody is left.

    Each goes to whoever has the fewest so far and is not ``barred`` from it; of several the
    first of the pool. ``load`` is what each has already.
    """
    given, chosen, left = Counter(load or {}), {}, []
    for appraisal in appraisals:
        free = [one for one in pool if one not in barred.get(appraisal, ())]
        if not free:
            left.append(appraisal)
            continue
        chosen[appraisal] = min(free, key=lambda one: (given[one], pool.index(one)))
        given[chosen[appraisal]] += 1
    return chosen, tuple(left)
