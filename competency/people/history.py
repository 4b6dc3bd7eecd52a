"""Reads of a person's dated history, and of those who work on what today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.people.models import (
    Campaign,
    CampaignAssignment,
    Employee,
    Placement,
    Position,
    PositionAssignment,
    ReportingLine,
    Site,
    Team,
)
from competency.people.queries import on

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class HistoryRow:
    """One dated fact: ``kind`` is place, position, campaign or supervisor."""

    kind: str
    text: str
    starts_on: date
    ends_on: date | None
    public_id: str | None = None

    def holds(self, today: date) -> bool:
        """Return whether the fact holds on ``today``."""
        return self.starts_on <= today and (self.ends_on is None or self.ends_on > today)


def history(session: AnySession, employee_id: int) -> list[HistoryRow]:
    """Return every dated fact of a person, the newest first."""
    found = [
        HistoryRow("place", f"{site}, {team}" if team else site, start, end)
        for site, team, start, end in session.execute(
            _dated(Placement, employee_id, Site.name, Team.name)
            .join(Site, Site.id == Placement.site_id)
            .outerjoin(Team, Team.id == Placement.team_id)
        )
    ]
    found += [
        HistoryRow("position", title, start, end)
        for title, start, end in session.execute(
            _dated(PositionAssignment, employee_id, Position.title).join(
                Position, Position.id == PositionAssignment.position_id
            )
        )
    ]
    found += [
        HistoryRow("campaign", name, start, end, public_id)
        for name, public_id, start, end in session.execute(
            _dated(CampaignAssignment, employee_id, Campaign.name, Campaign.public_id).join(
                Campaign, Campaign.id == CampaignAssignment.campaign_id
            )
        )
    ]
    found += [
        HistoryRow("supervisor", name, start, end, public_id)
        for name, public_id, start, end in session.execute(
            _dated(ReportingLine, employee_id, Employee.printed_name, Employee.public_id).join(
                Employee, Employee.id == ReportingLine.supervisor_id
            )
        )
    ]
    return sorted(found, key=lambda row: (row.starts_on, row.kind), reverse=True)


def _dated(table: Any, employee_id: int, *columns: Any) -> Any:  # noqa: ANN401 - any of the dated tables
    """Return the select of a person's rows of one dated table, with its period."""
    return (
        sa.select(*columns, table.starts_on, table.ends_on)
        .select_from(table)
        .where(table.employee_id == employee_id)
    )


def supervisors(session: AnySession, today: date, limit: int = 300) -> list[Employee]:
    """Return who has people reporting to them on ``today``, by name."""
    leading = sa.select(ReportingLine.supervisor_id).where(on(ReportingLine, today))
    return list(
        session.scalars(
            sa.select(Employee)
            .where(Employee.id.in_(leading), Employee.left_on.is_(None))
            .order_by(Employee.sort_key)
            .limit(limit)
        )
    )
