"""What observations add to the home page: the way to what is still due this month."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from competency.observations.plan_queries import holds_on
from competency.people.models import ReportingLine
from competency.people.queries import on
from competency.people.schema import Actor
from competency.web.panels import Panel, panel

_TODAY = sa.bindparam("today", type_=sa.Date)
LEADS_AND_PLANNED = sa.and_(
    sa.exists().where(ReportingLine.supervisor_id == sa.bindparam("me"), on(ReportingLine, _TODAY)),
    sa.exists().where(holds_on(_TODAY)),
)


@panel(50, when=LEADS_AND_PLANNED)
def still_due(_actor: Actor, _now: datetime) -> Panel:
    """Lead a supervisor to what is due; how much that is takes more reads than home has left."""
    return Panel("observations/_home_due.html")
