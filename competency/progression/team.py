"""What is overdue in the plans of people, for the page of their supervisor."""

from __future__ import annotations

import sqlalchemy as sa

from competency.assessments.team import count_overdue
from competency.database.types import fixed
from competency.people.models import Employee
from competency.progression.models import PlanAction
from competency.progression.schema import ActionState

count_overdue(
    sa.select(sa.func.count())
    .select_from(PlanAction)
    .where(
        PlanAction.subject_id == Employee.id,
        PlanAction.state == fixed(ActionState.OPEN),
        PlanAction.due_on < sa.bindparam("today", type_=sa.Date),
    )
    .correlate(Employee)
    .scalar_subquery()
)
