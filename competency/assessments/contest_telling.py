"""Whom contests, later rounds, reopening and suspension are told to, as ``telling`` does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.involvement import involved_in
from competency.assessments.queries import Loaded
from competency.mail.operations import notify
from competency.people.queries import holders_over
from competency.people.schema import Role

AnySession = Session | scoped_session[Session]


def tell_of_contest(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell human resources, and the reviewers who are new to it, that a result is contested."""
    involved = involved_in(session, loaded.appraisal)
    reviewers = holders_over(session, Role.REVIEWER, loaded.standing) - involved
    to = reviewers | holders_over(session, Role.HR, loaded.standing)
    tell(session, loaded, now, to, "result_contested", about=True)


def tell_subject_of_decision(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the subject that what they contested was decided."""
    tell(session, loaded, now, [loaded.subject.id], "contest_decided")


def tell_of_reassessment(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the subject that somebody else judges anew, and the new lead that it is them."""
    tell(session, loaded, now, [loaded.subject.id], "appraisal_reassessed")
    lead = [loaded.appraisal.lead_id]
    tell(session, loaded, now, lead, "reassessment_to_judge", about=True)


def tell_of_reopening(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the subject and the lead that a result is worked on again."""
    tell(session, loaded, now, [loaded.subject.id], "appraisal_reopened")
    tell(session, loaded, now, [loaded.appraisal.lead_id], "reopened_to_judge", about=True)


def tell_of_pause(session: AnySession, loaded: Loaded, now: datetime, *, resumed: bool) -> None:
    """Tell subject, lead and who reviews it now that it is suspended or goes on."""
    appraisal = loaded.appraisal
    working = {i for i in (appraisal.lead_id, appraisal.reviewer_id) if i is not None}
    own, others = (
        ("appraisal_resumed", "resumed_to_judge")
        if resumed
        else ("appraisal_suspended", "suspended_to_judge")
    )
    tell(session, loaded, now, [loaded.subject.id], own)
    tell(session, loaded, now, working, others, about=True)


def tell(
    session: AnySession,
    loaded: Loaded,
    now: datetime,
    to: Iterable[int],
    kind: str,
    *,
    about: bool = False,
) -> None:
    """Queue a message that names the cycle and leads to the appraisal."""
    notify(
        session,
        now=now,
        to=to,
        kind=kind,
        params={"cycle": loaded.cycle.title},
        about=loaded.subject.id if about else None,
        link=loaded.appraisal.public_id,
    )
