"""By when a request is answered: the day that is promised, and who is told when it has passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import AppraisalRequest
from competency.assessments.schema import Mode, RequestState
from competency.audit.operations import record
from competency.clock import local_date
from competency.errors import NotAllowed
from competency.frameworks.queries import framework_of
from competency.mail.operations import notify
from competency.people.models import Employee, Employer, Placement, Site
from competency.people.queries import holders_over, on, standings
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

AHEAD = timedelta(days=1)
"""No time zone is further ahead of UTC."""


def answer_by(session: AnySession, employee_id: int, today: date) -> date:
    """Return the last day to answer what an employee asks ``today``, as their employer set it."""
    days = session.scalars(
        sa.select(Employer.answer_days)
        .join(Employee, Employee.employer_id == Employer.id)
        .where(Employee.id == employee_id)
    ).one()
    return today + timedelta(days=days)


def tell_overdue(session: AnySession, *, actor: Actor, now: datetime) -> int:
    """Tell supervisors and human resources once of each request that nobody answered in time.

    As the system actor. A day ends at the site of who asked. Returns how many requests;
    running it again tells nobody.
    """
    if not actor.is_system:
        raise NotAllowed("Only the system tells of overdue requests.")
    overdue = _overdue(session, now)
    places = standings(session, {one.subject_id for one in overdue}, local_date(now, "UTC"))
    for request in overdue:
        place = places[request.subject_id]
        told = holders_over(session, Role.HR, place)
        if place.supervisor_id is not None and request.mode is Mode.APPRAISAL:
            told.add(place.supervisor_id)
        framework = framework_of(session, request.framework_version_id)
        promised = request.answer_by.isoformat() if request.answer_by else ""
        notify(
            session,
            now=now,
            to=sorted(told),
            kind="request_overdue",
            params={"framework": framework.title, "answer_by_on": promised},
            about=request.subject_id,
            link=request.public_id,
        )
        request.overdue_told_at = now
        session.flush()
        record(
            session,
            actor=actor.public_id,
            now=now,
            action="request.overdue",
            subject_kind="request",
            subject=request.public_id,
        )
    return len(overdue)


def _overdue(session: AnySession, now: datetime) -> list[AppraisalRequest]:
    """Return the open requests whose last day has ended where who asked works, under locks."""
    today = local_date(now, "UTC")
    rows = session.execute(
        sa.select(AppraisalRequest, sa.func.coalesce(Site.time_zone, Employer.time_zone))
        .join(Employee, Employee.id == AppraisalRequest.subject_id)
        .join(Employer, Employer.id == Employee.employer_id)
        .outerjoin(Placement, (Placement.employee_id == Employee.id) & on(Placement, today))
        .outerjoin(Site, Site.id == Placement.site_id)
        .where(
            AppraisalRequest.state == RequestState.OPEN,
            AppraisalRequest.overdue_told_at.is_(None),
            AppraisalRequest.answer_by < today + AHEAD,
        )
        .order_by(AppraisalRequest.id)
        .with_for_update(of=AppraisalRequest)
        .execution_options(populate_existing=True)
    )
    return [
        request
        for request, zone in rows
        if request.answer_by is not None and request.answer_by < local_date(now, zone)
    ]
