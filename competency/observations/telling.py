"""Whom each step of an observation is told to; queued in the step's own transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.mail.operations import notify
from competency.observations.queries import Loaded
from competency.people.queries import holders_over, standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


def tell_of_handing_in(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the person that a contact of theirs was observed."""
    _tell(session, loaded, now, {loaded.subject.id}, "observation_handed_in")


def tell_of_reply(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the observer that the person replied."""
    _tell(session, loaded, now, {loaded.row.observer_id}, "observation_replied", about=True)


def tell_of_dispute(session: AnySession, loaded: Loaded, actor: Actor, now: datetime) -> None:
    """Tell who may answer: human resources in scope, and the observer's supervisor."""
    to = holders_over(session, Role.HR, loaded.standing)
    above = standing(session, loaded.row.observer_id, actor.today(now)).supervisor_id
    to |= set() if above is None else {above}
    to -= {loaded.row.observer_id, loaded.subject.id}
    _tell(session, loaded, now, to, "observation_disputed", about=True)


def tell_of_answer(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the person and the observer what became of a dispute."""
    _tell(session, loaded, now, {loaded.subject.id}, "observation_answered")
    to = {loaded.row.observer_id}
    _tell(session, loaded, now, to, "observation_dispute_answered", about=True)


def _tell(
    session: AnySession,
    loaded: Loaded,
    now: datetime,
    to: set[int],
    kind: str,
    *,
    about: bool = False,
) -> None:
    """Queue a message that leads to the observation."""
    notify(
        session,
        now=now,
        to=to,
        kind=kind,
        params={"contact_on": loaded.row.contact_on.isoformat()},
        about=loaded.subject.id if about else None,
        link=loaded.row.public_id,
    )
