"""What is wrong in a file, where, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from competency.files.said import Said

Part = str | int
Path = tuple[Part, ...]
"""The way from the top of a file to a value: keys and positions (from 0)."""


class Severity(StrEnum):
    """A fault refuses the file; a warning is shown and lets it through."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """A fault that knows its path, but not yet its line."""

    path: Path
    message: Said
    remedy: Said
    severity: Severity = Severity.FAULT
    at_key: bool = False
    """The key itself is wrong, not the value after it."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend; ``line`` and ``column`` count from 1 and are 0 for a whole file."""

    file: str
    line: int
    column: int
    path: str
    message: Said
    remedy: Said
    severity: Severity = Severity.FAULT

    @property
    def said(self) -> Said:
        """Return all of it as one sentence, which a page can translate."""
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        return Said(
            "%(place)s: %(message)s; %(remedy)s",
            place=f"{place}: {self.path}" if self.path else place,
            message=self.message,
            remedy=self.remedy,
        )

    def __str__(self) -> str:
        return str(self.said)


def written(path: Sequence[Part]) -> str:
    """Return a path as people read it: ``units[0].criteria[2].title``.

    A key with characters that a terminal would obey is shown escaped.
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        key = part if part.isprintable() else ascii(part)
        text += f".{key}" if text else key
    return text


def refuses(faults: Sequence[Fault]) -> bool:
    """Return whether any of ``faults`` is more than a warning."""
    return any(fault.severity is Severity.FAULT for fault in faults)
