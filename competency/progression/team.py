"""What is overdue in the plans of people, for the page of their supervisor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.team import count_overdue
from competency.progression.models import PlanAction
from competency.progression.schema import ActionState

AnySession = Session | scoped_session[Session]


@count_overdue
def overdue_actions(
    session: AnySession, employee_ids: Collection[int], today: date
) -> dict[int, int]:
    """Return how many open actions of each person's plans were due before ``today``."""
    rows = session.execute(
        sa.select(PlanAction.subject_id, sa.func.count())
        .where(
            PlanAction.subject_id.in_(employee_ids),
            PlanAction.state == ActionState.OPEN,
            PlanAction.due_on < today,
        )
        .group_by(PlanAction.subject_id)
    )
    return dict(rows.all())
