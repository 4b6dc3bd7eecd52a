"""What dates bring about, day by day at each subject's site: opening, release, lapse, reminders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.answering import tell_overdue
from competency.assessments.batches import PORTION, Batch, take_each
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import lapse, open_appraisal, release
from competency.assessments.reminders import remind_of_dates
from competency.assessments.schema import State
from competency.clock import local_date
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.people.models import Employee, Employer, Placement, Site
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

AHEAD = timedelta(days=1)
"""No time zone is further ahead of UTC."""


@dataclass
class Advanced:
    """How many were opened, released, lapsed and reminded, and why others were refused, by id.

    ``overdue`` counts the requests of which was told that their day to answer has passed.
    """

    released: int = 0
    lapsed: int = 0
    reminded: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    opened: int = 0
    overdue: int = 0


def advance(session: AnySession, *, actor: Actor, now: datetime) -> Advanced:
    """Do what dates bring about, as the system actor: open, release and lapse what is due, remind.

    And tell of requests whose day to answer has passed.
    A day begins and ends at the site of each subject. One that is refused holds back no
    other. Running it again the same day changes nothing.
    """
    done = _advance(
        session, actor, now, lambda step, ids: take_each(session, step, ids, actor=actor, now=now)
    )
    return _told(session, actor, now, done)


def advance_in_portions(session: AnySession, *, actor: Actor, now: datetime) -> Advanced:
    """Do the same with a transaction of its own for every few, and none where nothing is due."""

    def take(step: Callable[..., None], public_ids: list[str]) -> Batch:
        whole = Batch()
        for start in range(0, len(public_ids), PORTION):
            with unit_of_work(session):
                done = take_each(
                    session, step, public_ids[start : start + PORTION], actor=actor, now=now
                )
            whole.taken += done.taken
            whole.refused |= done.refused
        return whole

    done = _advance(session, actor, now, take)
    with unit_of_work(session):
        return _told(session, actor, now, done)


def _told(session: AnySession, actor: Actor, now: datetime, done: Advanced) -> Advanced:
    """Tell of what waits, and return what was done with how many were told."""
    return replace(
        done,
        reminded=remind_of_dates(session, actor=actor, now=now),
        overdue=tell_overdue(session, actor=actor, now=now),
    )


def _advance(
    session: AnySession,
    actor: Actor,
    now: datetime,
    take: Callable[[Callable[..., None], list[str]], Batch],
) -> Advanced:
    """Look for what is due and have each taken by ``take``."""
    if not actor.is_system:
        raise NotAllowed("Only the system advances cycles by their dates.")
    opened = _taken(session, now, take, open_appraisal, due_to_open)
    released = _taken(session, now, take, release, due_for_release)
    lapsed = _taken(session, now, take, lapse, due_to_lapse)
    failed = opened.refused | released.refused | lapsed.refused
    refused = {i: str(error) for i, error in failed.items()}
    return Advanced(released.taken, lapsed.taken, refused=refused, opened=opened.taken)


def _taken(
    session: AnySession,
    now: datetime,
    take: Callable[[Callable[..., None], list[str]], Batch],
    step: Callable[..., None],
    due: Callable[[AnySession, datetime], list[str]],
) -> Batch:
    """Have a step taken for all that is due; what another did meanwhile was not refused."""
    done = take(step, due(session, now))
    if done.refused:
        still = set(due(session, now))
        done.refused = {i: error for i, error in done.refused.items() if i in still}
    return done


def due_to_open(session: AnySession, now: datetime) -> list[str]:
    """Return the planned appraisals whose cycle's first day has begun at their site."""
    latest = local_date(now, "UTC") + AHEAD
    rows = _with_zone(now, Cycle.opened_on).where(
        Appraisal.state == State.PLANNED, Cycle.opened_on <= latest
    )
    return [i for i, day, zone in session.execute(rows) if day <= local_date(now, zone)]


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
