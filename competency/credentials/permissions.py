"""Who decides on credentials and reads the register; pure."""

from __future__ import annotations

from competency.assessments.permissions import is_hr, is_lead, is_subject
from competency.assessments.schema import AppraisalFacts
from competency.people.permissions import holds, is_self, is_supervisor
from competency.people.schema import Actor, Role, Standing


def can_issue(actor: Actor, facts: AppraisalFacts, standing: Standing, *, took_part: bool) -> bool:
    """Allow a certifier in scope who is neither the subject, nor an assessor, nor the reviewer.

    ``took_part`` says that they did any of it earlier: led, submitted or reviewed it before
    it was handed on, or supervised the person while it ran.

    ISO/IEC 17024: who decides on certification has not examined or trained the person.
    """
    return holds(actor, Role.CERTIFIER, standing) and _is_impartial(
        actor, facts, standing, took_part=took_part
    )


def can_change_status(
    actor: Actor, facts: AppraisalFacts, standing: Standing, *, took_part: bool
) -> bool:
    """Allow certifiers and human resources in scope who had no part in the appraisal."""
    return any(holds(actor, role, standing) for role in (Role.CERTIFIER, Role.HR)) and (
        _is_impartial(actor, facts, standing, took_part=took_part)
    )


def _is_impartial(
    actor: Actor, facts: AppraisalFacts, standing: Standing, *, took_part: bool
) -> bool:
    """Return whether the actor is not the subject and has neither assessed nor supervised."""
    return (
        not is_subject(actor, facts)
        and not is_lead(actor, facts)
        and not is_supervisor(actor, standing)
        and (actor.employee_id is None or actor.employee_id != facts.reviewer_id)
        and not took_part
    )


def can_appoint(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Human resources in scope, never for their own appraisal."""
    return is_hr(actor, facts, standing)


def can_sit(
    employee_id: int, facts: AppraisalFacts, standing: Standing, *, took_part: bool
) -> bool:
    """Allow in a commission whoever is not the subject and had no part in the appraisal.

    That is no assessor of any kind, not the reviewer, and nobody who supervises the
    person or did while it ran; ``took_part`` says whether they did any of it.
    """
    return (
        employee_id
        not in {
            facts.subject_id,
            facts.lead_id,
            facts.reviewer_id,
            standing.supervisor_id,
        }
        and not took_part
    )


def can_manage_issuers(actor: Actor) -> bool:
    """Administrators over all, and the system when it is set up."""
    return actor.is_system or actor.has_over_all(Role.ADMIN)


def can_read_issuers(actor: Actor) -> bool:
    """Administrators, human resources and auditors, over whomever."""
    return actor.is_system or actor.has(Role.ADMIN, Role.HR, Role.AUDITOR)


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


def can_read_private_reasons(actor: Actor, standing: Standing) -> bool:
    """Allow HR, certifiers and auditors in scope, except about themselves."""
    return not is_self(actor, standing) and any(
        holds(actor, role, standing) for role in (Role.HR, Role.CERTIFIER, Role.AUDITOR)
    )
