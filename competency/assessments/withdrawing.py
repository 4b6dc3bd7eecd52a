"""Withdrawing from one's own certification, before anything of it was submitted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.contest_telling import tell
from competency.assessments.models import Appraisal, AppraisalStep
from competency.assessments.operations import begin, step
from competency.assessments.permissions import can_withdraw
from competency.assessments.schema import Action, SessionState
from competency.assessments.session_queries import load_session
from competency.assessments.sessions import end_session
from competency.errors import IllegalTransition, Invalid
from competency.people.queries import holders_over
from competency.people.schema import Actor, Role
from competency.wording import Words

AnySession = Session | scoped_session[Session]


def withdraw_certification(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Withdraw from one's own open certification, saying why; nothing of it is judged.

    Its planned sessions are cancelled with it and use up no attempt; what was held stays.
    Raises ``IllegalTransition`` once it was submitted, and ``Invalid`` without a reason.
    """
    loaded = begin(session, actor, now, public_id, Action.WITHDRAW)
    if not can_withdraw(actor, loaded.facts, loaded.standing):
        raise IllegalTransition(
            "This certification was submitted before: it can't be withdrawn from any more."
        )
    if not reason.strip():
        raise Invalid("Say why you withdraw: assessor and human resources read it.", "comment")
    said = Words(loaded.subject.document_language).gettext("The candidate has withdrawn.")
    for planned in planned_sessions(session, loaded.appraisal):
        found = load_session(session, actor=actor, now=now, public_id=planned.public_id, lock=True)
        end_session(session, actor, now, found, said, reason="withdrew")
    step(session, loaded, actor=actor, now=now, action=Action.WITHDRAW, comment=reason)
    told = holders_over(session, Role.HR, loaded.standing) | {loaded.appraisal.lead_id}
    tell(session, loaded, now, told, "certification_withdrawn", about=True)


def planned_sessions(session: AnySession, appraisal: Appraisal) -> list[AssessmentSession]:
    """Return the sessions of an appraisal that are still to be held, the earliest first."""
    query = sa.select(AssessmentSession).where(
        AssessmentSession.appraisal_id == appraisal.id,
        AssessmentSession.state == SessionState.PLANNED,
    )
    return list(
        session.scalars(query.order_by(AssessmentSession.planned_for, AssessmentSession.id))
    )


def withdrawal_of(session: AnySession, appraisal: Appraisal) -> AppraisalStep | None:
    """Return the step with which a candidate withdrew, if they did."""
    query = sa.select(AppraisalStep).where(
        AppraisalStep.appraisal_id == appraisal.id, AppraisalStep.action == Action.WITHDRAW
    )
    return session.scalars(query).one_or_none()
