"""Who may see and set what measurements rest on; pure."""

from __future__ import annotations

from competency.people.schema import Actor, Role


def can_set_bases(actor: Actor) -> bool:
    """HR over all: what allows figures about one person is said for everybody at once."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_set_thresholds(actor: Actor) -> bool:
    """HR over all: what a level asks for is said for everybody at once."""
    return actor.is_system or actor.has_over_all(Role.HR)
