"""Withdrawing from one's own certification, before anything of it was submitted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.contest_telling import tell
from competency.assessments.models import Appraisal, AppraisalStep
from competency.assessments.operations import begin, step
from competency.assessments.permissions import can_withdraw
from competency.assessments.schema import Action
from competency.assessments.session_ending import end_planned
from competency.errors import IllegalTransition, Invalid, message_id
from competency.people.queries import holders_over
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

WITHDRAWN = message_id("The candidate has withdrawn.")


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
    end_planned(session, loaded, actor=actor, now=now, said=WITHDRAWN, reason="withdrew")
    step(session, loaded, actor=actor, now=now, action=Action.WITHDRAW, comment=reason)
    told = holders_over(session, Role.HR, loaded.standing) | {loaded.appraisal.lead_id}
    tell(session, loaded, now, told, "certification_withdrawn", about=True)


def withdrawal_of(session: AnySession, appraisal: Appraisal) -> AppraisalStep | None:
    """Return the step with which a candidate withdrew, if they did."""
    query = sa.select(AppraisalStep).where(
        AppraisalStep.appraisal_id == appraisal.id, AppraisalStep.action == Action.WITHDRAW
    )
    return session.scalars(query).one_or_none()
