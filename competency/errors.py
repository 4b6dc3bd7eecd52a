"""What can go wrong in an operation, in the words of the domain.

Operations raise these; ``web/errors.py`` maps them to HTTP answers and
``web/command.py`` to exit codes. Messages are for people: what is wrong, where, and
what to do. They are message ids of the translation catalogues, with ``params`` filled
in after translation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def message_id(text: str) -> str:
    """Return ``text`` as it is; the name marks it for the translation catalogues.

    Errors' own literals are collected by their class; this is for constants.
    """
    return text


class CompetencyError(Exception):
    """The base of every error that an operation raises on purpose."""

    def __init__(self, message: str, **params: object) -> None:
        """Keep the untranslated ``message`` and its ``params`` apart."""
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        """Return the English message with its params."""
        return self.message % self.params if self.params else self.message


class NotFound(CompetencyError):
    """The row does not exist, or the actor may not know that it does (404)."""

    def __init__(self, message: str = "This page does not exist.", **params: object) -> None:
        """Give a foreign row the same message as a missing one."""
        super().__init__(message, **params)


class NotAllowed(CompetencyError):
    """The actor may see the row, but not do this to it (403)."""


class IllegalTransition(CompetencyError):
    """The state does not allow this action (409)."""


class Incomplete(CompetencyError):
    """Something required is missing (422); ``missing`` names each thing."""

    def __init__(self, message: str, missing: Sequence[str] = (), **params: object) -> None:
        """``missing`` holds the ids of what is missing, in the order of the page."""
        super().__init__(message, **params)
        self.missing = tuple(missing)


class Conflict(CompetencyError):
    """Somebody else saved first (409); ``theirs`` is what stands now."""

    def __init__(
        self, message: str, theirs: Mapping[str, object] | None = None, **params: object
    ) -> None:
        """``theirs`` are the saved values, so that the page can show both."""
        super().__init__(message, **params)
        self.theirs = dict(theirs or {})


class Invalid(CompetencyError):
    """A value was refused (422); ``field`` names it."""

    def __init__(self, message: str, field: str | None = None, **params: object) -> None:
        """``field`` is the form's or the file's name of the value."""
        super().__init__(message, **params)
        self.field = field


class InvalidFile(CompetencyError):
    """A file was refused (422); ``faults`` says every reason, one a line."""

    def __init__(self, message: str, faults: Sequence[str] = (), **params: object) -> None:
        """``faults`` are complete sentences with their place in the file."""
        super().__init__(message, **params)
        self.faults = tuple(faults)


class TooManyAttempts(CompetencyError):
    """A throttle holds (429); ``seconds`` until it opens."""

    def __init__(self, message: str, seconds: int, **params: object) -> None:
        """``seconds`` is at least 1."""
        super().__init__(message, seconds=seconds, **params)
        self.seconds = seconds
