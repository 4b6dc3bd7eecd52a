"""Value types of development plans; pure."""

from __future__ import annotations

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
