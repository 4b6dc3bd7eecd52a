"""Leaving and coming back: what ends with somebody's work here, and what does not return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import Invalid
from competency.people.access import end_account
from competency.people.models import (
    Account,
    CampaignAssignment,
    Employee,
    Placement,
    PositionAssignment,
    ReportingLine,
)
from competency.people.operations import begin_placement, record_change, require_manage
from competency.people.queries import DatedTable, on
from competency.people.schema import AccountState, Actor

AnySession = Session | scoped_session[Session]

Leaving = Callable[[AnySession, Actor, datetime, Employee], None]
"""Ends what a feature holds of somebody who leaves: session, actor, instant, person."""
_leaving: dict[str, Leaving] = {}


def on_leaving(end: Leaving) -> Leaving:
    """Call the function too when somebody leaves, while they still stand where they worked.

    People's feature may not know those built upon it; each says here what it ends.
    """
    _leaving[f"{end.__module__}.{end.__qualname__}"] = end
    return end


DATED_TABLES: tuple[DatedTable, ...] = (
    Placement,
    CampaignAssignment,
    PositionAssignment,
    ReportingLine,
)


def leave(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee, left_on: date
) -> None:
    """End a person's employment: access and roles end at the next request, dated rows that day.

    ``left_on`` is the first day on which the person no longer works here.

    Appraisals that they lead and tests in which they examine stay theirs and are listed
    to be handed over; what features registered with ``on_leaving`` ends.
    """
    require_manage(session, actor, employee, now)
    if employee.left_on is not None:
        raise Invalid("This person has left already.", "left_on")
    if left_on < employee.hired_on:
        raise Invalid("The day cannot be before the first day of work.", "left_on")
    if left_on > actor.today(now):
        raise Invalid("Access ends at once: enter this on the day itself or later.", "left_on")
    for name in sorted(_leaving):
        _leaving[name](session, actor, now, employee)
    employee.left_on = left_on
    for table in DATED_TABLES:
        session.execute(
            sa.delete(table).where(table.employee_id == employee.id, table.starts_on >= left_on)
        )
        session.execute(
            sa.update(table)
            .where(table.employee_id == employee.id, on(table, left_on), table.starts_on < left_on)
            .values(ends_on=left_on)
        )
    account = session.scalar(sa.select(Account).where(Account.employee_id == employee.id))
    if account is not None:
        end_account(session, actor=actor, now=now, account=account)
    session.flush()
    record_change(session, actor, now, employee, "employee.left")


def take_back(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    site_id: int,
    team_id: int | None,
    starts_on: date,
) -> None:
    """Let somebody who left work here again, at a place from ``starts_on`` on.

    An account that ended waits for a new code, as when it was made; until somebody makes
    one nobody signs in with it. Roles ended with the account: they are granted again.
    """
    require_manage(session, actor, employee, now)
    if employee.left_on is None:
        raise Invalid("This person works here.")
    if starts_on < employee.left_on:
        raise Invalid("This cannot begin before the day on which the person left.", "starts_on")
    employee.left_on = None
    begin_placement(session, employee, site_id, team_id, starts_on)
    account = session.scalar(sa.select(Account).where(Account.employee_id == employee.id))
    if account is not None and account.state is AccountState.ENDED:
        account.state = AccountState.INVITED
    session.flush()
    record_change(session, actor, now, employee, "employee.taken_back")
