"""Who may ask for an erasure, and who may carry it out; pure."""

from __future__ import annotations

from competency.people.permissions import holds, is_self
from competency.people.schema import Actor, Role, Standing


def can_request_erasure(actor: Actor, standing: Standing) -> bool:
    """Allow the person, and HR in scope."""
    return is_self(actor, standing) or holds(actor, Role.HR, standing)


def can_carry_out(actor: Actor, requested_by: int, standing: Standing) -> bool:
    """HR in scope, neither the person nor who asked for it."""
    return (
        holds(actor, Role.HR, standing)
        and not is_self(actor, standing)
        and actor.account_id != requested_by
    )
