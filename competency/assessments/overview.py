"""A cycle as a whole: its filters, how far each team and lead is, and leads who moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import Flag, Mode, State
from competency.assessments.worklists import waits_for_review
from competency.database.text import search_pattern
from competency.database.types import fixed
from competency.people.models import Employee, Placement, ReportingLine, Team
from competency.people.queries import employees_in_scope, on
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
WAITING_FOR_LEAD = (State.PLANNED, State.OPEN)
DONE = (State.APPROVED, State.RELEASED, State.CLOSED, State.CONTESTED)


@dataclass(frozen=True)
class Filters:
    """What narrows the list of a cycle's appraisals, beside state and search."""

    team_id: int | None = None
    lead: str = ""
    """An employee number."""
    flag: str = ""

    @property
    def any(self) -> bool:
        """Return whether anything is chosen."""
        return self != Filters()


def filters_of(team: str, lead: str, flag: str) -> Filters:
    """Return the filters of an address; what is none of the choices chooses nothing."""
    known = {each.value for each in Flag}
    return Filters(
        int(team) if team.isascii() and team.isdecimal() and len(team) < 10 else None,  # noqa: PLR2004 - digits of a row's id
        lead.strip(),
        flag if flag in known else "",
    )


def narrowing(filters: Filters, today: date) -> sa.ColumnElement[bool]:
    """Return the condition on ``Appraisal`` and its subject of some filters."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if filters.team_id is not None:
        placed = sa.select(Placement.employee_id).where(
            Placement.team_id == filters.team_id, on(Placement, today)
        )
        conditions.append(Appraisal.subject_id.in_(placed))
    if filters.lead:
        leads = sa.select(Employee.id).where(
            sa.func.upper(Employee.employee_number) == filters.lead.upper()
        )
        conditions.append(Appraisal.lead_id.in_(leads))
    if filters.flag:
        text = sa.type_coerce(Appraisal.flags, sa.Text)
        conditions.append(text.like(f'%"{filters.flag}"%'))
    return sa.and_(*conditions)


def within(cycle: Cycle, actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that an appraisal is the cycle's, of somebody in scope."""
    return sa.and_(
        Appraisal.cycle_id == cycle.id,
        employees_in_scope(actor, today, [Role.HR, Role.AUDITOR]),
    )


@dataclass(frozen=True)
class Progress:
    """How far one team or lead is: how many there are, wait for the lead, and are decided."""

    key: str
    name: str
    total: int
    waiting: int
    in_review: int
    done: int


def _count(states: Sequence[State]) -> sa.ColumnElement[int]:
    """Return how many rows of a group are in one of some states."""
    met = Appraisal.state.in_([fixed(state) for state in states])
    return sa.func.coalesce(sa.func.sum(sa.case((met, 1), else_=0)), 0)


_FAR = (
    sa.func.count().label("total"),
    _count(WAITING_FOR_LEAD).label("waiting"),
    _count((State.SUBMITTED, State.IN_REVIEW)).label("in_review"),
    _count(DONE).label("done"),
)


def progress_of_teams(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle, *, page: int, page_size: int
) -> tuple[list[Progress], int]:
    """Return one page of how far each team is, who waits most first, and how many teams.

    Those without a team today stand together under an empty name.
    """
    today = actor.today(now)
    base = (
        sa.select(Team.id, Team.name, *_FAR)
        .select_from(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .outerjoin(Placement, sa.and_(Placement.employee_id == Employee.id, on(Placement, today)))
        .outerjoin(Team, Team.id == Placement.team_id)
        .where(within(cycle, actor, today), Appraisal.state != fixed(State.CANCELLED))
        .group_by(Team.id, Team.name)
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    rows = session.execute(
        base.order_by(_FAR[1].desc(), Team.name, Team.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [Progress(str(i or ""), name or "", *counts) for i, name, *counts in rows], total


def progress_of_leads(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle, *, page: int, page_size: int
) -> tuple[list[Progress], int]:
    """Return one page of how far each lead is, who has most to do first, and how many leads."""
    today, lead = actor.today(now), aliased(Employee)
    base = (
        sa.select(lead.employee_number, lead.printed_name, *_FAR)
        .select_from(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .where(within(cycle, actor, today), Appraisal.state != fixed(State.CANCELLED))
        .group_by(lead.id, lead.employee_number, lead.printed_name, lead.sort_key)
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    rows = session.execute(
        base.order_by(_FAR[1].desc(), lead.sort_key, lead.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [Progress(number, name, *counts) for number, name, *counts in rows], total


@dataclass(frozen=True)
class Led:
    """An appraisal that waits for its lead, beside who supervises its person today."""

    public_id: str
    subject_name: str
    lead_name: str
    supervisor_name: str | None
    is_moved: bool
    """Whether its lead is not the supervisor any more."""


def led(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    only_moved: bool = False,
    search: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[Led], int]:
    """Return one page of what waits for its lead in a cycle, and how many there are.

    With ``only_moved`` those whose lead is not the supervisor today: the lead keeps the
    work until it is handed over.
    """
    today, lead, above = actor.today(now), aliased(Employee), aliased(Employee)
    is_moved = sa.or_(above.id.is_(None), above.id != Appraisal.lead_id)
    condition = sa.and_(
        within(cycle, actor, today),
        Appraisal.state.in_([fixed(state) for state in WAITING_FOR_LEAD]),
    )
    if only_moved:
        condition &= sa.and_(Appraisal.mode == fixed(Mode.APPRAISAL), is_moved)
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    base = (
        sa.select(Appraisal.id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .outerjoin(
            ReportingLine,
            sa.and_(ReportingLine.employee_id == Employee.id, on(ReportingLine, today)),
        )
        .outerjoin(above, above.id == ReportingLine.supervisor_id)
        .where(condition)
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    shown = base.with_only_columns(
        Appraisal.public_id,
        Employee.printed_name,
        lead.printed_name,
        above.printed_name,
        is_moved,
    )
    rows = session.execute(
        shown.order_by(Employee.sort_key, Appraisal.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [
        Led(i, name, by, today_by, bool(is_other) and cycle.mode is Mode.APPRAISAL)
        for i, name, by, today_by, is_other in rows
    ], total


def reviews_due(session: AnySession, actor: Actor, today: date) -> list[Cycle]:
    """Return the cycles that say by when to review, where something waits for the actor."""
    if not actor.has(Role.REVIEWER):
        return []
    waiting = (
        sa.select(Appraisal.cycle_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(waits_for_review(actor, today))
    )
    return list(
        session.scalars(
            sa.select(Cycle).where(Cycle.review_due_on.is_not(None), Cycle.id.in_(waiting))
        )
    )
