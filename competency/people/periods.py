"""Dated rows of a person: how a change from a day on is made, one row or many.

Rows already planned for later days stay: what begins now ends where the next begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.people.models import (
    CampaignAssignment,
    Placement,
    PositionAssignment,
    ReportingLine,
)
from competency.people.queries import DatedTable, on

AnySession = Session | scoped_session[Session]
DatedRow = Placement | CampaignAssignment | PositionAssignment | ReportingLine


@dataclass(frozen=True)
class PeriodChange:
    """That ``values`` hold of an employee from ``starts_on``, after the row ``current``.

    ``ends_on`` is the first day of what was planned to come next, if anything was.
    """

    table: DatedTable
    employee_id: int
    starts_on: date
    values: dict[str, Any]
    current: DatedRow | None
    ends_on: date | None

    @property
    def changes(self) -> bool:
        """Return whether anything is different from what holds already."""
        return self.current is None or any(
            getattr(self.current, name) != value for name, value in self.values.items()
        )


def planned_change(
    session: AnySession,
    table: DatedTable,
    employee_id: int,
    starts_on: date,
    values: dict[str, Any],
    *,
    same: sa.ColumnElement[bool] | None = None,
) -> PeriodChange:
    """Read what holds and what comes after; ``same`` narrows which rows count."""
    own = table.employee_id == employee_id
    if same is not None:
        own &= same
    holding: sa.Select[Any] = sa.select(table).where(own, on(table, starts_on))
    current: DatedRow | None = session.scalar(holding)
    following = session.scalar(
        sa.select(sa.func.min(table.starts_on)).where(own, table.starts_on > starts_on)
    )
    return PeriodChange(table, employee_id, starts_on, values, current, following)


def apply_changes(session: AnySession, changes: Iterable[PeriodChange]) -> None:
    """End what held before and begin what holds now, in two flushes for however many.

    The database refuses overlapping rows, so every end is written before any begin.
    """
    real = [change for change in changes if change.changes]
    begun = []
    for change in real:
        current = change.current
        if current is not None and current.starts_on == change.starts_on:
            for name, value in change.values.items():
                setattr(current, name, value)
            continue
        if current is not None:
            current.ends_on = change.starts_on
        begun.append(change)
    session.flush()
    session.add_all(
        change.table(
            employee_id=change.employee_id,
            starts_on=change.starts_on,
            ends_on=change.ends_on,
            **change.values,
        )
        for change in begun
    )
    session.flush()
