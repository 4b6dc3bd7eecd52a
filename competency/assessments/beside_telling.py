"""Whom each step of seconds and peers is told to; queued in the step's own transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.queries import Loaded
from competency.assessments.schema import AssessorKind
from competency.assessments.telling import DIGEST
from competency.mail.operations import notify
from competency.people.queries import holders_over
from competency.people.schema import Role

AnySession = Session | scoped_session[Session]


def tell_of_part(
    session: AnySession, loaded: Loaded, kind: AssessorKind, employee_id: int, now: datetime
) -> None:
    """Tell a second or a peer that they are asked."""
    notify(
        session,
        now=now,
        to=[employee_id],
        kind="asked_as_peer" if kind is AssessorKind.PEER else "asked_as_second",
        params={
            "cycle": loaded.cycle.title,
            "due_on": loaded.cycle.submit_due_on.isoformat(),
        },
        about=loaded.subject.id,
        link=loaded.appraisal.public_id,
    )


def tell_hr_of_proposals(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell human resources in scope, once a day, that proposed peers wait in a cycle."""
    notify(
        session,
        now=now,
        to=holders_over(session, Role.HR, loaded.standing) - {loaded.subject.id},
        kind="peers_proposed",
        params={"cycle": loaded.cycle.title},
        link=loaded.cycle.public_id,
        once_in=DIGEST,
    )


def tell_of_refusal(session: AnySession, loaded: Loaded, employee_id: int, now: datetime) -> None:
    """Tell who proposed a peer that human resources turned the proposal down."""
    notify(
        session,
        now=now,
        to=[employee_id],
        kind="peer_refused",
        params={"cycle": loaded.cycle.title},
        link=loaded.appraisal.public_id,
    )
