"""What human resources can do on the way, each with a reason: suspend, resume, reopen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.contest_telling import tell_of_pause, tell_of_reopening
from competency.assessments.operations import begin, step
from competency.assessments.rounds import require_no_other, start_over
from competency.assessments.schema import Action
from competency.errors import Invalid
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def suspend(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Hold an unfinished appraisal; it resumes where it was. ``Invalid`` without a reason."""
    loaded = begin(session, actor, now, public_id, Action.SUSPEND)
    if not reason.strip():
        raise Invalid("Say why the appraisal is suspended.", "comment")
    step(session, loaded, actor=actor, now=now, action=Action.SUSPEND, comment=reason)
    tell_of_pause(session, loaded, now, resumed=False)


def resume(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str = ""
) -> None:
    """Take a suspended appraisal up where it was left."""
    loaded = begin(session, actor, now, public_id, Action.RESUME)
    require_no_other(session, loaded)
    step(session, loaded, actor=actor, now=now, action=Action.RESUME, comment=reason)
    tell_of_pause(session, loaded, now, resumed=True)


def reopen(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Give a decided result back to its lead, before the employee answered it.

    What was submitted and decided stays readable; the employee reads the reason, and the
    result no longer until it is released again. Raises ``Invalid`` without a reason.
    """
    loaded = begin(session, actor, now, public_id, Action.REOPEN)
    if not reason.strip():
        raise Invalid("Say why the appraisal is reopened. The employee reads it.", "comment")
    require_no_other(session, loaded)
    step(session, loaded, actor=actor, now=now, action=Action.REOPEN, comment=reason)
    start_over(session, loaded)
    session.flush()
    tell_of_reopening(session, loaded, now)
