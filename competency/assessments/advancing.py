"""What dates bring about, day by day at the site of each subject: release and lapse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.batches import take_each
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import lapse, release
from competency.assessments.schema import State
from competency.clock import local_date
from competency.errors import NotAllowed
from competency.people.models import Employee, Employer, Placement, Site
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

AHEAD = timedelta(days=1)
"""No time zone is further ahead of UTC."""


@dataclass
class Advanced:
    """How many were released and lapsed, and why others were refused, by public id."""

    released: int = 0
    lapsed: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def advance(session: AnySession, *, actor: Actor, now: datetime) -> Advanced:
    """Do what dates bring about, as the system actor: release and lapse what is due.

    A day begins and ends at the site of each subject. One that is refused holds back no
    other. Running it again the same day changes nothing.
    """
    if not actor.is_system:
        raise NotAllowed("Only the system advances cycles by their dates.")
    released = take_each(session, release, due_for_release(session, now), actor=actor, now=now)
    lapsed = take_each(session, lapse, due_to_lapse(session, now), actor=actor, now=now)
    refused = {i: str(error) for i, error in (released.refused | lapsed.refused).items()}
    return Advanced(released.taken, lapsed.taken, refused)


def due_for_release(session: AnySession, now: datetime) -> list[str]:
    """Return the approved appraisals whose cycle's day of release has begun at their site."""
    latest = local_date(now, "UTC") + AHEAD
    rows = _with_zone(now, Cycle.releases_on).where(
        Appraisal.state == State.APPROVED, Cycle.releases_on <= latest
    )
    return [i for i, day, zone in session.execute(rows) if day <= local_date(now, zone)]


def due_to_lapse(session: AnySession, now: datetime) -> list[str]:
    """Return the released appraisals whose last day to answer has ended at their site."""
    latest = local_date(now, "UTC") + AHEAD
    rows = _with_zone(now, Appraisal.contest_until).where(
        Appraisal.state == State.RELEASED, Appraisal.contest_until < latest
    )
    return [i for i, day, zone in session.execute(rows) if day < local_date(now, zone)]


def _with_zone(now: datetime, day: sa.SQLColumnExpression[date | None]) -> sa.Select[Any, Any, Any]:
    """Return the select of appraisals with a day and the time zone in which it is meant."""
    return (
        sa.select(Appraisal.public_id, day, sa.func.coalesce(Site.time_zone, Employer.time_zone))
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(Employer, Employer.id == Employee.employer_id)
        .outerjoin(
            Placement,
            (Placement.employee_id == Employee.id) & on(Placement, local_date(now, "UTC")),
        )
        .outerjoin(Site, Site.id == Placement.site_id)
        .order_by(Appraisal.id)
    )
