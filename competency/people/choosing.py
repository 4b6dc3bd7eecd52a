"""Choosing several people of a list: by name and by place, never more than one page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.people.models import Employee
from competency.people.queries import PersonRow, person_rows

AnySession = Session | scoped_session[Session]

SHOWN = 100
"""How many people a list to choose from shows, and how many can be chosen."""


@dataclass(frozen=True)
class Choice:
    """The people of a list to choose from, and how many more there are."""

    rows: list[PersonRow]
    total: int

    @property
    def hidden(self) -> int:
        """Return how many people the page does not show."""
        return self.total - len(self.rows)


def to_choose_from(
    session: AnySession,
    today: date,
    *,
    allowed: sa.ColumnElement[bool],
    search: str = "",
    within: sa.ColumnElement[bool] | None = None,
) -> Choice:
    """Return the people who work here, are ``allowed`` and ``within``, by name."""
    condition = sa.and_(
        allowed,
        Employee.search_key != "",
        sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
    )
    if within is not None:
        condition &= within
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    total = session.scalar(sa.select(sa.func.count()).select_from(Employee).where(condition))
    rows = session.execute(
        person_rows(today).where(condition).order_by(Employee.sort_key, Employee.id).limit(SHOWN)
    )
    return Choice([PersonRow(*row) for row in rows], total or 0)


def chosen_people(
    session: AnySession, public_ids: Iterable[str], allowed: sa.ColumnElement[bool]
) -> list[Employee]:
    """Return the people who were chosen, by name; ``NotFound`` where one isn't ``allowed``."""
    wanted = set(public_ids)
    if not wanted:
        return []
    found = session.scalars(
        sa.select(Employee)
        .where(Employee.public_id.in_(wanted), allowed)
        .order_by(Employee.sort_key, Employee.id)
    ).all()
    if len(found) != len(wanted):
        raise NotFound
    return list(found)
