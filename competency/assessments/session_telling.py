"""Whom each change of a test is told to: the person, and who examines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.queries import Loaded
from competency.mail.operations import notify

AnySession = Session | scoped_session[Session]

NO_PLACE = "–"


@dataclass(frozen=True)
class When:
    """Where and when a session was, before it was changed."""

    planned_for: datetime
    planned_on: date
    time_zone: str


def when_of(held: AssessmentSession) -> When:
    """Return when a session is."""
    return When(held.planned_for, held.planned_on, held.time_zone)


def tell_of_plan(
    session: AnySession,
    loaded: Loaded,
    planned: AssessmentSession,
    examiners: Iterable[int],
    now: datetime,
) -> None:
    """Tell the person and the examiners when and where a test is."""
    _tell(session, loaded, planned, [planned.subject_id], "session_planned", now)
    _tell(session, loaded, planned, examiners, "session_to_examine", now)


def tell_of_change(
    session: AnySession,
    loaded: Loaded,
    changed: AssessmentSession,
    *,
    before: Iterable[int],
    after: Iterable[int],
    was: When,
    now: datetime,
) -> None:
    """Tell what holds now; who examines newly or no more is told that instead.

    ``before`` and ``after`` are the examiners; whoever examines no more reads when it was
    to be.
    """
    old, new = set(before), set(after)
    _tell(session, loaded, changed, [changed.subject_id], "session_changed", now)
    _tell(session, loaded, changed, old & new, "session_to_examine_changed", now)
    _tell(session, loaded, changed, new - old, "session_to_examine", now)
    notify(
        session,
        now=now,
        to=old - new,
        kind="session_examined_by_others",
        params=_params(loaded, was),
    )


def tell_of_cancelling(
    session: AnySession,
    loaded: Loaded,
    cancelled: AssessmentSession,
    examiners: Iterable[int],
    now: datetime,
) -> None:
    """Tell the person and the examiners that a test is not held."""
    params = _params(loaded, when_of(cancelled))
    notify(
        session,
        now=now,
        to=[cancelled.subject_id],
        kind="session_cancelled",
        params=params,
        link=cancelled.public_id,
    )
    notify(
        session,
        now=now,
        to=examiners,
        kind="session_to_examine_cancelled",
        params=params,
        about=cancelled.subject_id,
    )


def tell_of_move(
    session: AnySession,
    loaded: Loaded,
    moved: AssessmentSession,
    examiners: Iterable[int],
    now: datetime,
) -> None:
    """Tell the person, the examiners and the assessor when and where it is from now on."""
    _tell(session, loaded, moved, [moved.subject_id], "session_moved", now)
    told = {*examiners, loaded.appraisal.lead_id}
    _tell(session, loaded, moved, told, "session_to_examine_moved", now)


def tell_of_ask(
    session: AnySession,
    loaded: Loaded,
    planned: AssessmentSession,
    examiners: Iterable[int],
    now: datetime,
) -> None:
    """Tell the assessor and the examiners that the person asks for another day."""
    told = {*examiners, loaded.appraisal.lead_id}
    _tell(session, loaded, planned, told, "session_to_examine_asked", now)


def tell_of_keeping(
    session: AnySession, loaded: Loaded, planned: AssessmentSession, now: datetime
) -> None:
    """Tell the person that the day stays."""
    _tell(session, loaded, planned, [planned.subject_id], "session_kept", now)


def _params(loaded: Loaded, when: When) -> dict[str, str]:
    """Return day and time at the person's site, as messages take them."""
    local = when.planned_for.astimezone(ZoneInfo(when.time_zone))
    return {
        "cycle": loaded.cycle.title,
        "held_on": when.planned_on.isoformat(),
        "time": f"{local:%H:%M}",
        "zone": when.time_zone,
    }


def _tell(
    session: AnySession,
    loaded: Loaded,
    held: AssessmentSession,
    to: Iterable[int],
    kind: str,
    now: datetime,
) -> None:
    """Queue a message that says when and where, and leads to the session."""
    examines = kind.startswith("session_to_examine")
    notify(
        session,
        now=now,
        to=to,
        kind=kind,
        params={**_params(loaded, when_of(held)), "place": held.place or NO_PLACE},
        about=held.subject_id if examines else None,
        link=held.public_id,
    )
