"""How large a file may be. A framework of 5,000 criteria stays under each of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The most that the reader takes on before it refuses."""

    bytes: int = 6_000_000
    depth: int = 40
    nodes: int = 250_000
    characters: int = 20_000
    """The longest single text."""
    key: int = 100
    """The longest name before a colon."""
    keys: int = 1_000
    """Keys of one mapping."""
    texts: int = 1_000
    """Plain texts of one list."""
    faults: int = 200
    """After so many the reader stops looking; nobody mends more in one sitting."""


LIMITS = Limits()
