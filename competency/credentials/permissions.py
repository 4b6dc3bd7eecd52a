"""Who decides on credentials and reads the register; pure."""

from __future__ import annotations

from competency.assessments.permissions import is_lead, is_subject
from competency.assessments.schema import AppraisalFacts
from competency.people.permissions import holds, is_self, is_supervisor
from competency.people.schema import Actor, Role, Standing


def can_issue(actor: Actor, facts: AppraisalFacts, standing: Standing, *, took_part: bool) -> bool:
    """Allow a certifier in scope who is neither the subject, nor an assessor, nor the reviewer.

    ``took_part`` says that they did any of it earlier: led, submitted or reviewed it before
    it was handed on, or supervised the person while it ran.

    ISO/IEC 17024: who decides on certification has not examined or trained the person.
    """
    return (
        holds(actor, Role.CERTIFIER, standing)
        and not is_subject(actor, facts)
        and not is_lead(actor, facts)
        and not is_supervisor(actor, standing)
        and (actor.employee_id is None or actor.employee_id != facts.reviewer_id)
        and not took_part
    )


def can_finish(actor: Actor, decided_by: int, standing: Standing) -> bool:
    """Allow whoever decided, another certifier in scope, and the system after a crash."""
    return (
        actor.is_system
        or actor.account_id == decided_by
        or (holds(actor, Role.CERTIFIER, standing) and not is_self(actor, standing))
    )


def can_read_credential(actor: Actor, standing: Standing) -> bool:
    """Allow the holder, their supervisor, and HR, certifiers and auditors in scope."""
    return (
        is_self(actor, standing)
        or is_supervisor(actor, standing)
        or any(holds(actor, role, standing) for role in (Role.HR, Role.CERTIFIER, Role.AUDITOR))
    )
