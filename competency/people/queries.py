"""Reads of people: who acts, where somebody stands today, who is visible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, scoped_session

from competency.database.identifiers import digest
from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.people.models import (
    Account,
    Campaign,
    CampaignAssignment,
    Employee,
    Employer,
    Placement,
    Position,
    PositionAssignment,
    ReportingLine,
    RoleGrant,
    SignInSession,
    Site,
    Team,
)
from competency.people.permissions import READERS, covers
from competency.people.schema import (
    AccountKind,
    AccountState,
    Actor,
    Grant,
    Role,
    ScopeKind,
    Standing,
)

AnySession = Session | scoped_session[Session]
DatedTable = type[Placement | CampaignAssignment | PositionAssignment | ReportingLine]


IDENTIFIERS_MAXIMUM = 500
"""How many people a search by name gives at most: what one statement takes as values."""


def on(table: DatedTable, today: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """Return the condition that a dated row holds on ``today``."""
    return holding(table.starts_on, table.ends_on, today)


def holding(
    starts_on: InstrumentedAttribute[date],
    ends_on: InstrumentedAttribute[date | None],
    day: date | sa.BindParameter[date],
) -> sa.ColumnElement[bool]:
    """Return the condition that a row holds on a day, of the columns that say from and until."""
    return sa.and_(starts_on <= day, sa.or_(ends_on.is_(None), ends_on > day))


def actor_of(session: AnySession, account: Account) -> Actor:
    """Return the account as an actor, with the grants in force."""
    grants = session.execute(
        sa.select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
            RoleGrant.account_id == account.id, RoleGrant.revoked_at.is_(None)
        )
    )
    zone = account.employee.employer.time_zone if account.employee else "UTC"
    return Actor(
        account_id=account.id,
        public_id=account.public_id,
        kind=account.kind,
        employee_id=account.employee_id,
        grants=frozenset(Grant(role, kind, scope) for role, kind, scope in grants),
        time_zone=zone,
    )


def system_account(session: AnySession) -> Account:
    """Return the account of the named system actor; ``NotFound`` before set-up."""
    account = session.scalar(sa.select(Account).where(Account.kind == AccountKind.SYSTEM))
    if account is None:
        raise NotFound("This system has not been set up: run “competency db upgrade” first.")
    return account


@dataclass(frozen=True)
class Identity:
    """Whose session it is, with what every page shows of them."""

    actor: Actor
    language: str
    printed_name: str
    person_id: str
    """The public identifier of the person."""


_IDENTITY = (
    sa.select(
        Account.id,
        Account.public_id,
        Account.kind,
        Account.employee_id,
        Account.language,
        Employee.printed_name,
        Employee.public_id.label("person_id"),
        Employer.time_zone,
        RoleGrant.role,
        RoleGrant.scope_kind,
        RoleGrant.scope_id,
    )
    .join(SignInSession, SignInSession.account_id == Account.id)
    .join(Employee, Employee.id == Account.employee_id)
    .join(Employer, Employer.id == Employee.employer_id)
    .outerjoin(
        RoleGrant, sa.and_(RoleGrant.account_id == Account.id, RoleGrant.revoked_at.is_(None))
    )
    .where(
        SignInSession.token_digest == sa.bindparam("token_digest"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > sa.bindparam("now"),
        Account.state == AccountState.ACTIVE,
    )
)
"""Made once, since every request asks it; one row a grant in force, or one without."""


def identity_of_session(session: AnySession, token: str, now: datetime) -> Identity | None:
    """Return who holds the session that the cookie's ``token`` names, if it still runs."""
    rows = session.execute(_IDENTITY, {"token_digest": digest(token), "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    actor = Actor(
        account_id=first.id,
        public_id=first.public_id,
        kind=first.kind,
        employee_id=first.employee_id,
        grants=frozenset(
            Grant(row.role, row.scope_kind, row.scope_id) for row in rows if row.role is not None
        ),
        time_zone=first.time_zone,
    )
    return Identity(actor, first.language, first.printed_name, first.person_id)


def account_by_number(session: AnySession, employee_number: str) -> Account | None:
    """Return the account of the employee number, without regard to case or spaces."""
    return session.scalar(
        sa.select(Account)
        .join(Employee, Employee.id == Account.employee_id)
        .where(sa.func.upper(Employee.employee_number) == employee_number.strip().upper())
    )


def _standing_rows(what: Any, today: sa.BindParameter[date]) -> sa.Select[Any]:  # noqa: ANN401 - a column or an entity
    """Return the select of ``what`` with where employees stand: one row a campaign, or one."""
    line, place, work = ReportingLine, Placement, CampaignAssignment
    return (
        sa.select(what, line.supervisor_id, place.site_id, place.team_id, work.campaign_id)
        .select_from(Employee)
        .outerjoin(line, sa.and_(line.employee_id == Employee.id, on(line, today)))
        .outerjoin(place, sa.and_(place.employee_id == Employee.id, on(place, today)))
        .outerjoin(work, sa.and_(work.employee_id == Employee.id, on(work, today)))
    )


_TODAY = sa.bindparam("today", type_=sa.Date)
_STANDINGS = _standing_rows(Employee.id, _TODAY).where(
    Employee.id.in_(sa.bindparam("employee_ids", expanding=True))
)
_EMPLOYEE_STANDING = (
    _standing_rows(Employee, _TODAY)
    .add_columns(sa.func.coalesce(Site.time_zone, Employer.time_zone))
    .join(Employer, Employer.id == Employee.employer_id)
    .outerjoin(Site, Site.id == Placement.site_id)
    .where(Employee.id == sa.bindparam("employee_id"))
)


def standings(session: AnySession, employee_ids: Iterable[int], today: date) -> dict[int, Standing]:
    """Return where each of the employees stands on ``today``, by employee id."""
    rows = session.execute(_STANDINGS, {"employee_ids": list(employee_ids), "today": today})
    places: dict[int, tuple[int | None, int | None, int | None]] = {}
    campaigns: dict[int, set[int]] = {}
    for employee_id, supervisor, site, team, campaign in rows:
        places[employee_id] = (supervisor, site, team)
        campaigns.setdefault(employee_id, set()).update([] if campaign is None else [campaign])
    return {i: Standing(i, *place, frozenset(campaigns[i])) for i, place in places.items()}


def standing(session: AnySession, employee_id: int, today: date) -> Standing:
    """Return where one employee stands on ``today``; ``NotFound`` when there is none."""
    found = standings(session, [employee_id], today).get(employee_id)
    if found is None:
        raise NotFound
    return found


def employee_and_standing(
    session: AnySession, employee_id: int, today: date
) -> tuple[Employee, Standing, str]:
    """Return an employee, where they stand on ``today`` and their time zone; ``NotFound``.

    The time zone is that of their site, or of the employer without one; all is one read.
    """
    rows = session.execute(_EMPLOYEE_STANDING, {"employee_id": employee_id, "today": today}).all()
    if not rows:
        raise NotFound
    employee, supervisor, site, team, _, time_zone = rows[0]
    campaigns = frozenset(row.campaign_id for row in rows if row.campaign_id is not None)
    return employee, Standing(employee_id, supervisor, site, team, campaigns), time_zone


def employees_in_scope(actor: Actor, today: date, roles: Sequence[Role]) -> sa.ColumnElement[bool]:
    """Return the condition on ``Employee`` that a grant of one of ``roles`` covers the row."""
    conditions: list[sa.ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.role not in roles:
            continue
        if grant.scope_kind is ScopeKind.ALL:
            return sa.true()
        if grant.scope_kind is ScopeKind.CAMPAIGN:
            inside: sa.Select[Any] = sa.select(CampaignAssignment.employee_id).where(
                CampaignAssignment.campaign_id == grant.scope_id, on(CampaignAssignment, today)
            )
        else:
            column = Placement.site_id if grant.scope_kind is ScopeKind.SITE else Placement.team_id
            inside = sa.select(Placement.employee_id).where(
                column == grant.scope_id, on(Placement, today)
            )
        conditions.append(Employee.id.in_(inside))
    return sa.or_(sa.false(), *conditions)


def visible_employees(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_read_person`` as a condition on ``Employee``."""
    reports = sa.select(ReportingLine.employee_id).where(
        ReportingLine.supervisor_id == actor.employee_id, on(ReportingLine, today)
    )
    return sa.or_(
        Employee.id == actor.employee_id,
        Employee.id.in_(reports),
        employees_in_scope(actor, today, READERS),
    )


ORDERS: dict[str, tuple[sa.ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    "name": (Employee.sort_key,),
    "number": (Employee.employee_number,),
    "newest": (Employee.hired_on.desc(), Employee.sort_key),
}
"""How a list of people can be sorted."""


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people."""

    employee: Employee
    position: str | None
    site: str | None
    team: str | None
    supervisor: str | None


def person_rows(today: date) -> sa.Select[Any, Any, Any, Any, Any]:
    """Return the select of people with where they stand on ``today``."""
    supervisor = aliased(Employee)
    return (
        sa.select(Employee, Position.title, Site.name, Team.name, supervisor.sort_name)
        .outerjoin(
            PositionAssignment,
            sa.and_(PositionAssignment.employee_id == Employee.id, on(PositionAssignment, today)),
        )
        .outerjoin(Position, Position.id == PositionAssignment.position_id)
        .outerjoin(Placement, sa.and_(Placement.employee_id == Employee.id, on(Placement, today)))
        .outerjoin(Site, Site.id == Placement.site_id)
        .outerjoin(Team, Team.id == Placement.team_id)
        .outerjoin(
            ReportingLine,
            sa.and_(ReportingLine.employee_id == Employee.id, on(ReportingLine, today)),
        )
        .outerjoin(supervisor, supervisor.id == ReportingLine.supervisor_id)
    )


def people(
    session: AnySession,
    actor: Actor,
    today: date,
    *,
    search: str = "",
    within: sa.ColumnElement[bool] | None = None,
    with_former: bool = False,
    order: str = "name",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[PersonRow], int]:
    """Return one page of the people whom the actor may see, and how many there are.

    ``within`` is a further condition; ``order`` is a key of ``ORDERS``.
    """
    condition = sa.and_(visible_employees(actor, today), Employee.search_key != "")
    if not with_former:
        condition &= sa.or_(Employee.left_on.is_(None), Employee.left_on > today)
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    if within is not None:
        condition &= within
    total = session.scalar(sa.select(sa.func.count()).select_from(Employee).where(condition))
    rows = session.execute(
        person_rows(today)
        .where(condition)
        .order_by(*ORDERS[order], Employee.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [PersonRow(*row) for row in rows], total or 0


def person(session: AnySession, public_id: str, today: date) -> PersonRow:
    """Return one person with where they stand; ``NotFound`` when there is none."""
    row = session.execute(person_rows(today).where(Employee.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return PersonRow(*row)


def holders_over(session: AnySession, role: Role, place: Standing) -> set[int]:
    """Return the employees who have ``role`` over a person today, that person left out."""
    rows = session.execute(
        sa.select(Account.employee_id, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.state == AccountState.ACTIVE,
            Account.employee_id != place.employee_id,
            RoleGrant.role == role,
            RoleGrant.revoked_at.is_(None),
        )
    )
    return {
        employee_id
        for employee_id, held, kind, scope_id in rows
        if employee_id is not None and covers(Grant(held, kind, scope_id), place)
    }


def direct_reports(session: AnySession, supervisor_id: int, today: date) -> list[Employee]:
    """Return who reports to the supervisor on ``today``, by name."""
    return list(
        session.scalars(
            sa.select(Employee)
            .join(ReportingLine, ReportingLine.employee_id == Employee.id)
            .where(ReportingLine.supervisor_id == supervisor_id, on(ReportingLine, today))
            .order_by(Employee.sort_key)
        )
    )


def reports_to_read(
    session: AnySession, actor: Actor, supervisor_id: int, today: date
) -> list[tuple[Employee, bool]]:
    """Return ``direct_reports``, each with whether the actor may open their page."""
    reports = direct_reports(session, supervisor_id, today)
    wanted = Employee.id.in_([one.id for one in reports])
    seen = set(
        session.scalars(sa.select(Employee.id).where(wanted, visible_employees(actor, today)))
    )
    return [(one, one.id in seen) for one in reports]


def place_by_name(
    session: AnySession, employee: Employee, site: str, team: str | None
) -> tuple[int, int | None]:
    """Return the ids of a site of the employee's employer, and of its team; ``NotFound``."""
    site_id = session.scalar(
        sa.select(Site.id).where(Site.employer_id == employee.employer_id, Site.name == site)
    )
    if site_id is None:
        raise NotFound("There is no site %(name)s.", name=site)
    if team is None:
        return site_id, None
    team_id = session.scalar(sa.select(Team.id).where(Team.site_id == site_id, Team.name == team))
    if team_id is None:
        raise NotFound("There is no team %(name)s.", name=team)
    return site_id, team_id


def names_of(session: AnySession, employee_ids: Iterable[int | None]) -> dict[int, str]:
    """Return printed names by employee id."""
    wanted = {i for i in employee_ids if i is not None}
    rows = session.execute(
        sa.select(Employee.id, Employee.printed_name).where(Employee.id.in_(wanted))
    )
    return dict(rows.all())


def position_title(session: AnySession, employee_id: int, today: date) -> str | None:
    """Return the title of the position held on ``today``, if any."""
    return session.scalar(
        sa.select(Position.title)
        .join(PositionAssignment, PositionAssignment.position_id == Position.id)
        .where(PositionAssignment.employee_id == employee_id, on(PositionAssignment, today))
    )


def site_of(session: AnySession, employee_id: int, today: date) -> Site | None:
    """Return the site where the employee works on ``today``, if any."""
    return session.scalar(
        sa.select(Site)
        .join(Placement, Placement.site_id == Site.id)
        .where(Placement.employee_id == employee_id, on(Placement, today))
    )


def employers(session: AnySession) -> list[Employer]:
    """Return every employer, by legal name."""
    return list(session.scalars(sa.select(Employer).order_by(Employer.legal_name)))


def sites(session: AnySession) -> list[Site]:
    """Return every site that is not closed, by name."""
    return list(session.scalars(sa.select(Site).filter_by(closed_on=None).order_by(Site.name)))


def teams(session: AnySession) -> list[Team]:
    """Return every team that is not closed, nor its site, by name."""
    of_open = sa.select(Team).join(Site).where(Team.closed_on.is_(None), Site.closed_on.is_(None))
    return list(session.scalars(of_open.order_by(Team.name)))


def campaigns(session: AnySession) -> list[Campaign]:
    """Return every campaign that is not closed, by name."""
    return list(
        session.scalars(sa.select(Campaign).filter_by(closed_on=None).order_by(Campaign.name))
    )


def positions(session: AnySession) -> list[Position]:
    """Return every position that is not closed, by title."""
    return list(
        session.scalars(sa.select(Position).filter_by(closed_on=None).order_by(Position.title))
    )


def _choice(kind: str, table: type[Any], name: InstrumentedAttribute[str]) -> sa.Select[Any]:
    """Return the select of a kind's open places as choices show them."""
    return sa.select(sa.literal(kind).label("kind"), table.id.label("id"), name.label("name"))


_PLACES = sa.union_all(
    _choice("employer", Employer, Employer.legal_name),
    _choice("site", Site, Site.name).where(Site.closed_on.is_(None)),
    _choice("team", Team, Team.name)
    .join(Site, Site.id == Team.site_id)
    .where(Team.closed_on.is_(None), Site.closed_on.is_(None)),
    _choice("campaign", Campaign, Campaign.name).where(Campaign.closed_on.is_(None)),
    _choice("position", Position, Position.title).where(Position.closed_on.is_(None)),
).subquery()
PLACES = ("employer", "site", "team", "campaign", "position")


def places(session: AnySession) -> dict[str, list[tuple[str, str]]]:
    """Return every place that is not closed as id and name, by kind of place, by name."""
    rows = session.execute(sa.select(_PLACES).order_by(_PLACES.c.name, _PLACES.c.id)).all()
    return {kind: [(str(i), name) for k, i, name in rows if k == kind] for kind in PLACES}


def people_of_accounts(session: AnySession, public_ids: Iterable[str]) -> dict[str, str]:
    """Return the names behind accounts, by the account's public id; none for the system."""
    rows = session.execute(
        sa.select(Account.public_id, Employee.printed_name)
        .join(Employee, Employee.id == Account.employee_id)
        .where(Account.public_id.in_(set(public_ids)))
    )
    return dict(rows.all())


def identifiers_of(session: AnySession, text: str) -> set[str]:
    """Return the public ids of the people whom ``text`` finds and of their accounts.

    ``text`` is a part of a name or a number; it may be a public id itself, and is among
    what is returned.
    """
    rows = session.execute(
        sa.select(Employee.public_id, Account.public_id)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(
            Employee.search_key != "", Employee.search_key.like(search_pattern(text), escape="\\")
        )
        .limit(IDENTIFIERS_MAXIMUM)
    )
    return {text} | {i for row in rows for i in row if i is not None}


def names_of_accounts(session: AnySession, account_ids: Iterable[int]) -> dict[int, str]:
    """Return the names behind accounts, by the account's id; none for the system."""
    rows = session.execute(
        sa.select(Account.id, Employee.printed_name)
        .join(Employee, Employee.id == Account.employee_id)
        .where(Account.id.in_(set(account_ids)))
    )
    return dict(rows.all())


def employee_by_number(session: AnySession, employee_number: str) -> Employee:
    """Return the employee of a number, without regard to case or spaces; ``NotFound``."""
    employee = session.scalar(
        sa.select(Employee).where(
            sa.func.upper(Employee.employee_number) == employee_number.strip().upper()
        )
    )
    if employee is None:
        raise NotFound("There is nobody with the number %(number)s.", number=employee_number)
    return employee
