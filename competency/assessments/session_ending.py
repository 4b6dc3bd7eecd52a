"""What ends with a certification: its sessions that were still to be held."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import Appraisal
from competency.assessments.queries import Loaded
from competency.assessments.schema import SessionState
from competency.assessments.session_queries import load_session
from competency.assessments.sessions import end_session
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]


def planned_sessions(session: AnySession, appraisal: Appraisal) -> list[AssessmentSession]:
    """Return the sessions of an appraisal that are still to be held, the earliest first."""
    query = sa.select(AssessmentSession).where(
        AssessmentSession.appraisal_id == appraisal.id,
        AssessmentSession.state == SessionState.PLANNED,
    )
    return list(
        session.scalars(query.order_by(AssessmentSession.planned_for, AssessmentSession.id))
    )


def end_planned(
    session: AnySession, loaded: Loaded, *, actor: Actor, now: datetime, said: str, reason: str
) -> None:
    """Cancel what is planned, under the appraisal's lock; who waits for it is told.

    ``said`` is a message id, kept in the person's language; ``reason`` its code in the record.
    """
    words = Words(loaded.subject.document_language).gettext(said)
    for planned in planned_sessions(session, loaded.appraisal):
        found = load_session(session, actor=actor, now=now, public_id=planned.public_id, lock=True)
        end_session(session, actor, now, found, words, reason=reason)
