"""The days on which people were reminded: where they work, taken by a key, and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.reminder_models import Reminder
from competency.clock import local_date
from competency.database.inserting import insert_new
from competency.people.models import Employee, Employer, Placement, Site
from competency.people.queries import on

AnySession = Session | scoped_session[Session]
BATCH = 500
"""So many rows stand in one statement."""


def zones_of(session: AnySession, who: Iterable[int], now: datetime) -> dict[int, str]:
    """Return the time zone in which each person works; nobody who has left is among them."""
    rows = session.execute(
        sa.select(Employee.id, sa.func.coalesce(Site.time_zone, Employer.time_zone))
        .join(Employer, Employer.id == Employee.employer_id)
        .outerjoin(
            Placement,
            sa.and_(Placement.employee_id == Employee.id, on(Placement, local_date(now, "UTC"))),
        )
        .outerjoin(Site, Site.id == Placement.site_id)
        .where(
            Employee.id.in_(list(who)),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > local_date(now, "UTC")),
        )
    )
    return dict(rows.all())


def days_of(zones: Mapping[int, str], now: datetime) -> dict[int, date]:
    """Return the date at a moment where each person works."""
    return {who: local_date(now, zone) for who, zone in zones.items()}


def take_days(session: AnySession, days: Mapping[int, date], now: datetime) -> list[int]:
    """Take the day of each person; return for whom it was still free.

    The key of the table decides, so that two who remind at once remind once. All take in
    the order of the people, so that none waits for another who waits for them.
    """
    rows = [{"employee_id": who, "day": days[who], "made_at": now} for who in sorted(days)]
    if not rows:
        return []
    free: list[int] = []
    for start in range(0, len(rows), BATCH):
        statement = insert_new(session, Reminder).values(rows[start : start + BATCH])
        free += session.scalars(statement.returning(Reminder.employee_id))
    return sorted(free)


def reminded_on(session: AnySession, days: Mapping[int, date]) -> dict[int, datetime]:
    """Return when each person was reminded on their day, of those who were."""
    rows = session.execute(
        sa.select(Reminder.employee_id, Reminder.day, Reminder.made_at).where(
            Reminder.employee_id.in_(list(days)), Reminder.day.in_(set(days.values()))
        )
    )
    return {who: made_at for who, day, made_at in rows if days[who] == day}
