"""What features add to the home page: panels and papers of whoever is signed in.

The home page belongs to one feature that may not know those built upon it; each of them
says here what it adds, and the page shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

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
    waits: bool = False
    """Whether it is something to do."""


Maker = Callable[[Actor, datetime], Panel | None]
_makers: dict[str, tuple[int, sa.ColumnElement[bool], Maker]] = {}


def panel(order: int, when: sa.ColumnElement[bool]) -> Callable[[Maker], Maker]:
    """Ask the function too for what to show at home; the lowest ``order`` comes first.

    It is asked where ``when`` holds, an expression of ``me``, the actor's employee id, and
    ``today``: so that a page with nothing to show asks the database one question for all.
    """

    def add(maker: Maker) -> Maker:
        _makers[f"{maker.__module__}.{maker.__qualname__}"] = (order, when, maker)
        return maker

    return add


def conditions() -> dict[str, sa.ColumnElement[bool]]:
    """Return when each maker has something to show, by its name."""
    return {name: when for name, (_, when, _) in _makers.items()}


def panels(actor: Actor, now: datetime, holding: Collection[str]) -> list[Panel]:
    """Return what the makers show the actor at home whose condition is among ``holding``."""
    ordered = sorted((order, name) for name, (order, _, _) in _makers.items() if name in holding)
    made = (_makers[name][2](actor, now) for _, name in ordered)
    return [found for found in made if found is not None]
