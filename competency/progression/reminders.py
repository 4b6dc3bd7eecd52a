"""What dates bring about in development plans: who does something is reminded of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.audit.operations import exempt
from competency.clock import local_date
from competency.errors import NotAllowed
from competency.mail.operations import notify
from competency.mail.rules import KEPT
from competency.people.absences import is_away_on
from competency.people.models import Absence, Employee, Employer
from competency.people.schema import Actor
from competency.progression.models import DevelopmentPlan, PlanAction
from competency.progression.schema import ActionState

AnySession = Session | scoped_session[Session]

AHEAD = timedelta(days=7)
"""So long before its day an action is reminded of."""
FURTHEST_ZONE = timedelta(days=1)
"""No time zone is further from UTC."""


@dataclass
class Reminded:
    """How many were told that something is due soon, and that something is overdue."""

    due: int = 0
    overdue: int = 0


def remind(session: AnySession, *, actor: Actor, now: datetime) -> Reminded:
    """Remind who does an open action, as the system: a week before its day and after it.

    Who is on leave is reminded once they are back. A day is one at the employer of whose
    plan it is. Several actions of one plan with the same day are one message. Running it
    again tells nobody anything twice.
    """
    if not actor.is_system:
        raise NotAllowed("Only the system reminds people of dates.")
    exempt(session, "a reminder changes nothing that it reminds of")
    done = Reminded()
    for action, appraisal_id, zone in session.execute(_open_actions(now)):
        today = local_date(now, zone)
        if action.due_on < today:
            done.overdue += _tell(session, action, appraisal_id, "plan_action_overdue", now)
        elif _is_soon(action.due_on, today):
            done.due += _tell(session, action, appraisal_id, "plan_action_due", now)
    return done


def _is_soon(due_on: date, today: date) -> bool:
    """Return whether the day is today or within the days of the reminder."""
    return today <= due_on <= today + AHEAD


def _open_actions(now: datetime) -> sa.Select[PlanAction, str, str]:
    """Return the select of open actions near their day or past it, with appraisal and zone.

    Under locks, so that of two who remind at once the second sees what the first told.
    """
    latest = local_date(now, "UTC") + AHEAD + FURTHEST_ZONE
    return (
        sa.select(PlanAction, Appraisal.public_id, Employer.time_zone)
        .join(DevelopmentPlan, DevelopmentPlan.id == PlanAction.plan_id)
        .join(Appraisal, Appraisal.id == DevelopmentPlan.appraisal_id)
        .join(Employee, Employee.id == PlanAction.subject_id)
        .join(Employer, Employer.id == Employee.employer_id)
        .where(
            PlanAction.state == ActionState.OPEN,
            PlanAction.due_on <= latest,
            Employee.left_on.is_(None),
            PlanAction.owner_id.not_in(
                sa.select(Absence.employee_id).where(is_away_on(local_date(now, "UTC")))
            ),
        )
        .order_by(PlanAction.id)
        .with_for_update(of=PlanAction)
        .execution_options(populate_existing=True)
    )


def _tell(
    session: AnySession, action: PlanAction, appraisal_id: str, kind: str, now: datetime
) -> int:
    """Queue the reminder unless it was given; return how many were told."""
    return notify(
        session,
        now=now,
        to=[action.owner_id],
        kind=kind,
        params={"due_on": action.due_on.isoformat()},
        about=action.subject_id,
        link=appraisal_id,
        once_in=KEPT,
    )
