"""Value types of gaps and development plans; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActionKind(StrEnum):
    """How somebody develops."""

    ON_THE_JOB = "on_the_job"
    COACHING = "coaching"
    COURSE = "course"
    READING = "reading"


class ActionState(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Gap:
    """What is required of a criterion and was not reached, in level codes.

    ``judged`` is ``None`` where nothing was judged: unknown, which is not zero.
    ``missing_text`` is what the required level looks like, where the file says it.
    """

    unit_id: str
    criterion_id: str
    judged: str | None
    required: str
    missing_text: str | None
