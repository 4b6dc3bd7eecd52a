"""Which feature reads which file: each registers the ``kind:`` that its files carry."""

from __future__ import annotations

from collections.abc import Callable

from competency.files.faults import Fault
from competency.files.reader import Document

Checker = Callable[[Document], tuple[Fault, ...]]
"""Returns every fault and warning of a document of its kind."""

_CHECKERS: dict[str, Checker] = {}


def register(kind: str, checker: Checker) -> None:
    """Make ``checker`` answer for files that say ``kind: <kind>``."""
    _CHECKERS[kind] = checker


def known_kinds() -> tuple[str, ...]:
    """Return the kinds that some feature reads."""
    return tuple(sorted(_CHECKERS))


def checker_of(kind: str) -> Checker | None:
    """Return who reads files of this kind."""
    return _CHECKERS.get(kind)
