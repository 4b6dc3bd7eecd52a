"""Reminding whoever an appraisal waits for: never the same person twice on one day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.involvement import involved_in
from competency.assessments.permissions import is_hr
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import State
from competency.audit.operations import record
from competency.errors import IllegalTransition, NotAllowed
from competency.mail.operations import notify
from competency.people.queries import holders_over
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


def remind(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> int:
    """Tell whoever an appraisal waits for that it does; return how many were told.

    Raises ``NotAllowed`` for who is not of human resources, and ``IllegalTransition``
    where it waits for nobody, or everybody was told today already.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not is_hr(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Only human resources remind people of an appraisal.")
    remember = _REMINDERS.get(loaded.appraisal.state)
    if remember is None:
        raise IllegalTransition("This appraisal waits for nobody.")
    begun = datetime.combine(actor.today(now), time(), ZoneInfo(actor.time_zone))
    told = remember(session, loaded, now, now - begun)
    if not told:
        raise IllegalTransition("Whoever this appraisal waits for was told today already.")
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="appraisal.reminded",
        subject_kind="appraisal",
        subject=public_id,
        data={"told": told},
    )
    return told


def _of_judging(session: AnySession, loaded: Loaded, now: datetime, today: timedelta) -> int:
    """Remind the lead, and the subject of a self-assessment that was not handed in."""
    told = _of_appraisal(session, loaded, now, today, [loaded.appraisal.lead_id])
    if loaded.facts.self_assessment and not loaded.facts.self_submitted:
        told += notify(
            session,
            now=now,
            to=[loaded.subject.id],
            kind="self_assessment_waiting",
            params=_params(loaded),
            link=loaded.appraisal.public_id,
            once_in=today,
        )
    return told


def _of_review(session: AnySession, loaded: Loaded, now: datetime, today: timedelta) -> int:
    """Remind who has the review, or whoever could take it."""
    appraisal = loaded.appraisal
    if appraisal.reviewer_id is not None:
        to: Iterable[int] = [appraisal.reviewer_id]
    else:
        reviewers = holders_over(session, Role.REVIEWER, loaded.standing)
        to = reviewers - loaded.facts.involved - {appraisal.lead_id}
    return _of_appraisal(session, loaded, now, today, to)


def _of_appraisal(
    session: AnySession, loaded: Loaded, now: datetime, today: timedelta, to: Iterable[int]
) -> int:
    """Remind somebody of work on an appraisal."""
    return notify(
        session,
        now=now,
        to=to,
        kind="appraisal_reminder",
        params=_params(loaded),
        about=loaded.subject.id,
        link=loaded.appraisal.public_id,
        once_in=today,
    )


def _of_result(session: AnySession, loaded: Loaded, now: datetime, today: timedelta) -> int:
    """Remind the subject of a result that can be answered."""
    until = loaded.appraisal.contest_until
    params = {"cycle": loaded.cycle.title, "answer_by_on": until.isoformat() if until else ""}
    return notify(
        session,
        now=now,
        to=[loaded.subject.id],
        kind="result_released",
        params=params,
        link=loaded.appraisal.public_id,
        once_in=today,
    )


def _of_contest(session: AnySession, loaded: Loaded, now: datetime, today: timedelta) -> int:
    """Remind the reviewers who are new to it, and human resources."""
    reviewers = holders_over(session, Role.REVIEWER, loaded.standing)
    involved = involved_in(session, loaded.appraisal)
    return notify(
        session,
        now=now,
        to=(reviewers - involved) | holders_over(session, Role.HR, loaded.standing),
        kind="result_contested",
        params={"cycle": loaded.cycle.title},
        about=loaded.subject.id,
        link=loaded.appraisal.public_id,
        once_in=today,
    )


def _params(loaded: Loaded) -> dict[str, str]:
    """Return the cycle and its due date."""
    due_on = loaded.cycle.submit_due_on.isoformat()
    return {"cycle": loaded.cycle.title, "due_on": due_on}


_REMINDERS: Mapping[State, Callable[[AnySession, Loaded, datetime, timedelta], int]] = {
    State.OPEN: _of_judging,
    State.SUBMITTED: _of_review,
    State.IN_REVIEW: _of_review,
    State.RELEASED: _of_result,
    State.CONTESTED: _of_contest,
}
REMINDED = frozenset(_REMINDERS)
"""The states in which an appraisal waits for somebody who can be reminded."""
