"""Drawing one contact of several, each as likely as any other; pure."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Drawable:
    """A contact that can be drawn: its day and reference, and where it came in."""

    day: date
    reference: str
    channel: str = ""
    line: str = ""

    @property
    def key(self) -> tuple[date, str]:
        """Return what makes it the same contact as another one of the person."""
        return self.day, self.reference


@dataclass(frozen=True)
class Drawn:
    """A contact that was drawn, which one it was, counted from 1, and of how many."""

    contact: Drawable
    place: int
    pool: int


Choose = Callable[[int], int]
"""Return a whole number from 0 to before what is given, each as likely as any other."""


def pool_of(
    contacts: Iterable[Drawable], taken: Collection[tuple[date, str]], channel: str | None
) -> tuple[Drawable, ...]:
    """Return what can be drawn, in its order: not taken yet, on the form's channel or on none."""
    once = {one.key: one for one in sorted(contacts, reverse=True)}
    return tuple(
        sorted(
            one
            for one in once.values()
            if one.key not in taken and (not channel or one.channel in ("", channel))
        )
    )


def draw_one(pool: tuple[Drawable, ...], choose: Choose = secrets.randbelow) -> Drawn:
    """Return one contact of a pool that has some; by the system's own randomness."""
    place = choose(len(pool))
    return Drawn(pool[place], place + 1, len(pool))
