"""Who may observe, read observations and answer disputes; pure."""

from __future__ import annotations

from competency.observations.schema import Facts
from competency.people.permissions import holds, is_self, is_supervisor
from competency.people.schema import Actor, Role, Standing

READERS = (Role.QUALITY_ANALYST, Role.HR, Role.AUDITOR)
"""The roles that read observations in their scope."""


def can_make_forms(actor: Actor) -> bool:
    """HR over everybody: a form holds for all."""
    return actor.is_system or actor.has_over_all(Role.HR)


def can_observe(actor: Actor, standing: Standing) -> bool:
    """Today's supervisor, and quality analysts in scope; nobody observes themselves."""
    if actor.employee_id is None or is_self(actor, standing):
        return False
    return is_supervisor(actor, standing) or holds(actor, Role.QUALITY_ANALYST, standing)


def can_write(actor: Actor, facts: Facts, standing: Standing) -> bool:
    """Allow who began it, while it is a draft and they may still observe the person."""
    return (
        not facts.handed_in
        and actor.employee_id == facts.observer_id
        and can_observe(actor, standing)
    )


def leads_observer(actor: Actor, facts: Facts) -> bool:
    """Return whether the observer reports to the actor today."""
    return actor.employee_id is not None and actor.employee_id == facts.observer_supervisor_id


def can_read(actor: Actor, facts: Facts, standing: Standing, *, assigned: bool) -> bool:
    """Return whether the actor reads an observation.

    A draft is its writer's alone. Once handed in: the person, today's supervisor, analysts,
    HR and auditors in scope, who assesses the person, and once it was disputed the
    observer's own supervisor.
    """
    if not facts.handed_in:
        return actor.employee_id == facts.observer_id
    return (
        is_self(actor, standing)
        or is_supervisor(actor, standing)
        or assigned
        or (facts.was_disputed and leads_observer(actor, facts))
        or any(holds(actor, role, standing) for role in READERS)
    )


def can_reply(actor: Actor, facts: Facts, standing: Standing) -> bool:
    """Allow the person whom a handed in observation is about."""
    return facts.handed_in and is_self(actor, standing)


def can_answer(actor: Actor, facts: Facts, standing: Standing) -> bool:
    """HR in scope, or the observer's own supervisor; neither the person nor the observer."""
    if not facts.disputed or is_self(actor, standing) or actor.employee_id == facts.observer_id:
        return False
    return leads_observer(actor, facts) or holds(actor, Role.HR, standing)


def can_calibrate(actor: Actor, standing: Standing) -> bool:
    """HR in scope open and close calibrations, and never of their own contacts."""
    return holds(actor, Role.HR, standing) and not is_self(actor, standing)


def can_read_calibration(
    actor: Actor, standing: Standing, *, invited: bool, is_closed: bool
) -> bool:
    """Return whether the actor reads a calibration, whose sheets are shown once it is closed.

    Who is invited and HR in scope read how far it is; auditors in scope and the person
    read it once it is closed.
    """
    if invited or can_calibrate(actor, standing):
        return True
    return is_closed and (is_self(actor, standing) or holds(actor, Role.AUDITOR, standing))
