"""What features add to the home page: panels and papers of whoever is signed in.

The home page belongs to one feature that may not know those built upon it; each of them
says here what it adds, and the page shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from competency.people.schema import Actor


@dataclass(frozen=True)
class Paper:
    """A document to keep: what it is, what it is about, its day, and where it is."""

    label: str
    about: str
    language: str
    """The language of ``about``, which a framework speaks."""
    day: date | None
    url: str


@dataclass(frozen=True)
class Panel:
    """A part of the home page: its template with ``values``, and papers for their list."""

    template: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


Maker = Callable[[Actor, datetime], Panel | None]
_makers: dict[str, tuple[int, Maker]] = {}


def panel(order: int) -> Callable[[Maker], Maker]:
    """Ask the function too for what to show at home; the lowest ``order`` comes first."""

    def add(maker: Maker) -> Maker:
        _makers[f"{maker.__module__}.{maker.__qualname__}"] = (order, maker)
        return maker

    return add


def panels(actor: Actor, now: datetime) -> list[Panel]:
    """Return what every feature shows the actor at home."""
    ordered = sorted(_makers.items(), key=lambda item: (item[1][0], item[0]))
    made = (maker(actor, now) for _, (_, maker) in ordered)
    return [found for found in made if found is not None]
