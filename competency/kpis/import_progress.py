"""How far an import is: its steps, and who is told; pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """What an import does, in this order."""

    READING = "reading"  # files
    CHECKING = "checking"  # rows
    MATCHING = "matching"  # parts: people and campaigns, figures, what is there twice
    WAITING = "waiting"  # for another import or reversal
    STAGING = "staging"  # measurements
    MERGING = "merging"  # measurements


Tell = Callable[[Step, int, int], None]
"""Is told the step, how much of it is done, and of how much; raises to stop the import."""


def silent(_step: Step, _done: int, _total: int) -> None:
    """Tell nobody."""
