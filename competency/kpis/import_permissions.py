"""Who brings measurements in, and who reads what was brought in; pure."""

from __future__ import annotations

from competency.people.schema import Actor, Role


def can_import(actor: Actor) -> bool:
    """HR over all; the system at night and when it fills a demonstration."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_read_imports(actor: Actor) -> bool:
    """Admit whoever imports, and auditors over all."""
    return can_import(actor) or actor.has_over_all(Role.AUDITOR)
