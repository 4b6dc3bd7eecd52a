"""What ends in appraisals with somebody's work here: requests, planned tests, asked parts.

Their own unfinished appraisals stay for human resources to cancel; what they lead or
examine stays theirs until it is handed over.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.assessors import end_parts_of
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.requests import close_requests_of
from competency.assessments.schema import SessionState
from competency.assessments.session_queries import load_session
from competency.assessments.sessions import end_session
from competency.people.leaving import on_leaving
from competency.people.models import Employee
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]


@on_leaving
def end_requests_and_tests(
    session: AnySession, actor: Actor, now: datetime, employee: Employee
) -> None:
    """End what waits for somebody who leaves: tests, requests, and parts as second or peer."""
    planned = session.scalars(
        sa.select(AssessmentSession.public_id)
        .where(
            AssessmentSession.subject_id == employee.id,
            AssessmentSession.state == SessionState.PLANNED,
        )
        .order_by(AssessmentSession.id)
    ).all()
    said = Words(employee.document_language).gettext("The person has left.")
    for public_id in planned:
        found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
        if found.session.state is SessionState.PLANNED:
            end_session(session, actor, now, found, said, reason="left")
    close_requests_of(session, actor=actor, now=now, employee=employee)
    end_parts_of(session, actor=actor, now=now, employee=employee)
