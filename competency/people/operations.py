"""What is done to people: added, moved, assigned, given a supervisor.

Every function checks permission first, changes rows, records the event and flushes;
the edge commits.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.people.closing import hold_open
from competency.people.models import (
    Campaign,
    CampaignAssignment,
    Employee,
    Employer,
    Placement,
    Position,
    PositionAssignment,
    ReportingLine,
    Site,
    Team,
)
from competency.people.periods import apply_changes, planned_change
from competency.people.permissions import can_create_person, can_manage_person
from competency.people.queries import DatedTable, on, standing
from competency.people.rules import (
    checked_hours,
    checked_national_identifier,
    is_email_address,
    printed_name,
    search_key,
    sort_form,
    sort_key,
)
from competency.people.schema import Actor, Names
from competency.wording import LANGUAGES

AnySession = Session | scoped_session[Session]


class At(TypedDict):
    """What every change from a day on takes: who writes it when, of whom, and the day."""

    actor: Actor
    now: datetime
    employee: Employee
    starts_on: date


def require_manage(session: AnySession, actor: Actor, employee: Employee, now: datetime) -> None:
    """Raise ``NotAllowed`` unless the actor manages this person (or may create people)."""
    if not employee.printed_name:
        raise IllegalTransition("This person's data have been erased already.")
    if can_create_person(actor) and actor.employee_id != employee.id:
        return
    if not can_manage_person(actor, standing(session, employee.id, actor.today(now))):
        raise NotAllowed("Only human resources can change a person's record, never their own.")


def add_employee(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employer: Employer,
    employee_number: str,
    names: Names,
    hired_on: date,
    national_id: str | None = None,
    email: str | None = None,
    document_language: str | None = None,
    weekly_hours: Decimal | None = None,
) -> Employee:
    """Add a person to an employer; raise ``Invalid`` for a wrong or used identifier."""
    if not can_create_person(actor):
        raise NotAllowed("Only human resources can add people.")
    if not employee_number.isascii():
        raise Invalid("An employee number has Latin letters and digits only.", "employee_number")
    employee = Employee(
        employer_id=employer.id, employee_number=employee_number.strip(), hired_on=hired_on
    )
    taken = sa.select(Employee.id).where(
        sa.func.upper(Employee.employee_number) == employee.employee_number.upper()
    )
    if session.scalar(taken) is not None:
        raise Invalid(
            "The employee number %(number)s is already in use.",
            "employee_number",
            number=employee.employee_number,
        )
    set_details(
        employee,
        employer=employer,
        names=names,
        national_id=national_id,
        email=email,
        document_language=document_language,
        weekly_hours=weekly_hours,
    )
    _require_free_national_id(session, employee)
    session.add(employee)
    session.flush()
    record_change(session, actor, now, employee, "employee.added")
    return employee


def set_details(
    employee: Employee,
    *,
    employer: Employer,
    names: Names,
    national_id: str | None,
    email: str | None,
    document_language: str | None,
    weekly_hours: Decimal | None,
) -> None:
    """Set a person's own data and the forms computed from it."""
    if not names.given.strip() or not names.family.strip():
        raise Invalid("A person needs a given name and a family name.", "given_name")
    language = document_language or employer.language
    if language not in LANGUAGES:
        raise Invalid("Documents cannot be written in %(language)s.", language=language)
    if email and not is_email_address(email):
        raise Invalid("“%(value)s” is not an e-mail address.", "email", value=email)
    if national_id:
        checked = checked_national_identifier(national_id, employer.country)
        if checked is None:
            raise Invalid(
                "The national identifier %(value)s has a wrong check digit or form.",
                "national_id",
                value=national_id,
            )
        national_id = checked
    employee.given_name, employee.family_name = names.given, names.family
    employee.second_family_name, employee.patronymic = names.second_family, names.patronymic
    employee.printed_name = printed_name(names, employer.country)
    employee.sort_name, employee.sort_key = sort_form(names), sort_key(names)
    employee.search_key = search_key(names, employee.employee_number, email)
    employee.national_id = national_id or None
    employee.email = email or None
    employee.document_language = language
    employee.weekly_hours = checked_hours(weekly_hours)


def _require_free_national_id(session: AnySession, employee: Employee) -> None:
    """Raise ``Invalid`` when somebody else of the employer has the identifier."""
    same = sa.select(Employee.id).where(
        Employee.employer_id == employee.employer_id,
        Employee.national_id == employee.national_id,
        Employee.employee_number != employee.employee_number,
    )
    with session.no_autoflush:
        if employee.national_id and session.scalar(same) is not None:
            raise Invalid("Somebody else has this national identifier.", "national_id")


def change_details(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    names: Names,
    national_id: str | None,
    email: str | None,
    document_language: str,
    weekly_hours: Decimal | None,
) -> bool:
    """Change a person's own data; return whether anything changed."""
    require_manage(session, actor, employee, now)
    set_details(
        employee,
        employer=employee.employer,
        names=names,
        national_id=national_id,
        email=email,
        document_language=document_language,
        weekly_hours=weekly_hours,
    )
    changed = session.is_modified(employee)
    _require_free_national_id(session, employee)
    session.flush()
    return _recorded(session, actor, now, employee, "employee.changed", changed=changed)


def _begin(
    session: AnySession,
    table: DatedTable,
    employee: Employee,
    starts_on: date,
    values: dict[str, Any],
    *,
    same: sa.ColumnElement[bool] | None = None,
) -> bool:
    """End what holds on ``starts_on`` and begin ``values``; return whether it changed."""
    if starts_on < employee.hired_on:
        raise Invalid("This cannot begin before the first day of work.", "starts_on")
    if employee.left_on is not None and starts_on >= employee.left_on:
        raise Invalid("This person has left.")
    change = planned_change(session, table, employee.id, starts_on, values, same=same)
    changed = change.changes
    apply_changes(session, [change])
    return changed


def place(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    site_id: int,
    team_id: int | None,
    starts_on: date,
) -> bool:
    """Place a person at a site, and in a team, from a day on; return whether it changed."""
    require_manage(session, actor, employee, now)
    changed = begin_placement(session, employee, site_id, team_id, starts_on)
    return _recorded(session, actor, now, employee, "employee.placed", changed=changed)


def begin_placement(
    session: AnySession, employee: Employee, site_id: int, team_id: int | None, starts_on: date
) -> bool:
    """Place a person at a site of their employer and in a team there; return whether it changed.

    Raises ``Invalid`` for another employer's site, another site's team, and what is closed.
    """
    hold_open(session, Site, [site_id])
    hold_open(session, Team, [team_id])
    _require_own_place(session, employee, site_id, team_id)
    values = {"site_id": site_id, "team_id": team_id}
    return _begin(session, Placement, employee, starts_on, values)


def _require_own_place(
    session: AnySession, employee: Employee, site_id: int, team_id: int | None
) -> None:
    """Raise ``Invalid`` unless the site is the employer's and the team is there."""
    employer_id = session.scalar(sa.select(Site.employer_id).where(Site.id == site_id))
    if employer_id != employee.employer_id:
        raise Invalid("This site belongs to another employer.", "place")
    if team_id is not None:
        there = session.scalar(sa.select(Team.site_id).where(Team.id == team_id))
        if there != site_id:
            raise Invalid("This team is at another site.", "place")


def assign_campaign(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    campaign_id: int,
    starts_on: date,
) -> bool:
    """Let a person work on a campaign from a day on; return whether it changed."""
    require_manage(session, actor, employee, now)
    hold_open(session, Campaign, [campaign_id])
    changed = _begin(
        session,
        CampaignAssignment,
        employee,
        starts_on,
        {"campaign_id": campaign_id},
        same=CampaignAssignment.campaign_id == campaign_id,
    )
    return _recorded(session, actor, now, employee, "employee.campaign", changed=changed)


def end_campaign(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    campaign_id: int,
    ends_on: date,
) -> bool:
    """Let a person's work on a campaign end, ``ends_on`` being the first day without it."""
    require_manage(session, actor, employee, now)
    row = session.scalar(
        sa.select(CampaignAssignment).where(
            CampaignAssignment.employee_id == employee.id,
            CampaignAssignment.campaign_id == campaign_id,
            on(CampaignAssignment, ends_on),
        )
    )
    if row is not None and row.starts_on == ends_on:
        session.delete(row)
    elif row is not None:
        row.ends_on = ends_on
    session.flush()
    changed = row is not None
    return _recorded(session, actor, now, employee, "employee.campaign_ended", changed=changed)


def assign_position(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    position_id: int,
    starts_on: date,
) -> bool:
    """Give a person a position from a day on; return whether it changed."""
    require_manage(session, actor, employee, now)
    hold_open(session, Position, [position_id])
    values = {"position_id": position_id}
    changed = _begin(session, PositionAssignment, employee, starts_on, values)
    return _recorded(session, actor, now, employee, "employee.position", changed=changed)


def report_to(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    supervisor: Employee,
    starts_on: date,
) -> bool:
    """Let a person report to a supervisor from a day on; return whether it changed.

    Raises ``Invalid`` when the supervisor reports, directly or through others, to the
    person on that day.
    """
    require_manage(session, actor, employee, now)
    if supervisor.id == employee.id:
        raise Invalid("Nobody reports to themselves.", "supervisor")
    above: int | None = supervisor.id
    seen: set[int] = set()
    while above is not None and above not in seen:
        seen.add(above)
        if above == employee.id:
            raise Invalid(
                "%(supervisor)s reports to %(employee)s; the reverse cannot hold as well.",
                "supervisor",
                supervisor=supervisor.employee_number,
                employee=employee.employee_number,
            )
        above = standing(session, above, starts_on).supervisor_id
    values = {"supervisor_id": supervisor.id}
    changed = _begin(session, ReportingLine, employee, starts_on, values)
    return _recorded(session, actor, now, employee, "employee.reports_to", changed=changed)


def _recorded(
    session: AnySession,
    actor: Actor,
    now: datetime,
    employee: Employee,
    action: str,
    *,
    changed: bool,
) -> bool:
    """Record ``action`` if something changed, and return whether it did."""
    if changed:
        record_change(session, actor, now, employee, action)
    return changed


def record_change(
    session: AnySession, actor: Actor, now: datetime, employee: Employee, action: str
) -> None:
    """Record what was done to a person."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="employee",
        subject=employee.public_id,
    )
