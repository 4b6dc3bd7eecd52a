"""Who reads and writes a development plan; pure."""

from __future__ import annotations

from competency.assessments.permissions import (
    can_read_report,
    is_lead,
    is_subject,
)
from competency.assessments.rules import DECIDED, SHOWN_TO_SUBJECT
from competency.assessments.schema import AppraisalFacts
from competency.people.permissions import is_supervisor
from competency.people.schema import Actor, Standing


def can_read_plan(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Whoever reads the result reads what is done about it, once it is decided."""
    return can_read_report(actor, facts, standing)


def can_write_plan(actor: Actor, facts: AppraisalFacts, standing: Standing) -> bool:
    """Allow the employee once the result is released, today's supervisor, and the lead."""
    if facts.state not in DECIDED:
        return False
    if is_subject(actor, facts):
        return facts.state in SHOWN_TO_SUBJECT
    return is_lead(actor, facts) or is_supervisor(actor, standing)
