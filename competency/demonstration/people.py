"""The organisation and its people, with accounts, places and roles."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.credentials.issuers import ensure_issuer
from competency.demonstration.cast import CAST, PASSWORD, STRUCTURE, Person, weekly_hours
from competency.people.access import grant_role, make_account
from competency.people.models import Campaign, Employee, Employer, Position, Site, Team
from competency.people.operations import (
    At,
    add_employee,
    assign_campaign,
    assign_position,
    place,
    report_to,
)
from competency.people.passwords import hash_password
from competency.people.queries import account_by_number, actor_of, system_account
from competency.people.schema import AccountState, Actor, Role, ScopeKind
from competency.people.structure import apply_structure

AnySession = Session | scoped_session[Session]


def actor_named(session: AnySession, number: str) -> Actor:
    """Return one of the cast as an actor."""
    account = account_by_number(session, number)
    if account is None:
        raise LookupError(number)
    return actor_of(session, account)


def employee_named(session: AnySession, number: str) -> Employee:
    """Return one of the cast as an employee."""
    return session.scalars(sa.select(Employee).where(Employee.employee_number == number)).one()


def system_actor(session: AnySession) -> Actor:
    """Return the system as an actor."""
    return actor_of(session, system_account(session))


def bring_in(session: AnySession, now: datetime) -> None:
    """Create the structure and the cast with their accounts, two years ago."""
    system = system_actor(session)
    employers = apply_structure(session, actor=system, now=now, structure=STRUCTURE)
    for code, employer in employers.items():
        ensure_issuer(session, actor=system, now=now, employer=employer, prefix=code)
    hashed, hired = hash_password(PASSWORD), date(now.year - 2, 3, 1)
    places = _Places(session)
    found: dict[str, Employee] = {}
    for person in CAST:
        employee = add_employee(
            session,
            actor=system,
            now=now,
            employer=employers[person.employer],
            employee_number=person.number,
            names=person.names,
            hired_on=hired,
            email=f"{person.number.lower()}@demo.example",
            document_language=person.language,
            weekly_hours=weekly_hours(person.number),
        )
        at: At = {"actor": system, "now": now, "employee": employee, "starts_on": hired}
        places.settle(person, employers[person.employer], at)
        if person.supervisor is not None:
            report_to(session, supervisor=found[person.supervisor], **at)
        account = make_account(
            session, actor=system, now=now, employee=employee, language=person.language
        )
        account.password_hash, account.state = hashed, AccountState.ACTIVE
        session.flush()
        if person.role is not None:
            scope = places.scope_of(person)
            grant_role(
                session,
                actor=system,
                now=now,
                account=account,
                role=person.role,
                scope_kind=ScopeKind.SITE if scope else ScopeKind.ALL,
                scope_id=scope,
            )
        found[person.number] = employee


class _Places:
    """The teams, campaigns and positions that people are settled in."""

    def __init__(self, session: AnySession) -> None:
        self._session = session
        self._teams = {team.name: team for team in session.scalars(sa.select(Team))}
        self._positions = {p.code: p.id for p in session.scalars(sa.select(Position))}

    def settle(self, person: Person, employer: Employer, at: At) -> None:
        """Place somebody in their team, on their campaign and in their position."""
        team = self._teams[person.team]
        place(self._session, site_id=team.site_id, team_id=team.id, **at)
        campaign = self._session.scalars(
            sa.select(Campaign.id).where(Campaign.employer_id == employer.id)
        ).one()
        assign_campaign(self._session, campaign_id=campaign, **at)
        assign_position(self._session, position_id=self._positions[person.position], **at)

    def scope_of(self, person: Person) -> int | None:
        """Return the site that a role holds for, ``None`` for all: Bologna's HR has Bologna."""
        if person.role is not Role.HR or person.employer == "OEC":
            return None
        return self._session.scalars(sa.select(Site.id).where(Site.name == "Bologna")).one()
