"""Who may see and set what measurements rest on; pure."""

from __future__ import annotations

from competency.people.permissions import READERS, holds, is_self
from competency.people.schema import Actor, Role, Standing


def can_set_bases(actor: Actor) -> bool:
    """HR over all: what allows figures about one person is said for everybody at once."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_set_thresholds(actor: Actor) -> bool:
    """HR over all: what a level asks for is said for everybody at once."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_read_team(actor: Actor, lead: Standing) -> bool:
    """Who leads it, and HR and auditors in whose scope that person is."""
    return is_self(actor, lead) or any(holds(actor, role, lead) for role in READERS)
