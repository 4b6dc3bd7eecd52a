"""Reads of accounts and grants, for administrators and auditors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.text import search_pattern
from competency.errors import NotAllowed
from competency.people.models import (
    Account,
    Campaign,
    Employee,
    Invitation,
    RoleGrant,
    Site,
    Team,
)
from competency.people.permissions import can_read_accounts
from competency.people.schema import AccountState, Actor, Role, ScopeKind

AnySession = Session | scoped_session[Session]

NO_ACCOUNT = "none"
"""The filter for people who have no account yet."""


@dataclass(frozen=True)
class AccountRow:
    """One person with their access."""

    employee: Employee
    account: Account | None
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class GrantRow:
    """One grant, with the name of what it is limited to."""

    grant: RoleGrant
    scope_name: str | None


def accounts(
    session: AnySession,
    actor: Actor,
    *,
    search: str = "",
    state: str = "",
    role: Role | None = None,
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[AccountRow], int]:
    """Return one page of people with their access, and how many; raise ``NotAllowed``.

    ``state`` is one of ``AccountState``, ``NO_ACCOUNT`` or empty for all.
    """
    if not can_read_accounts(actor):
        raise NotAllowed("Only an administrator or an auditor sees accounts.")
    condition = Employee.search_key != ""
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    if state == NO_ACCOUNT:
        condition &= Account.id.is_(None) & Employee.left_on.is_(None)
    elif state:
        condition &= Account.state == AccountState(state)
    if role is not None:
        holders = sa.select(RoleGrant.account_id).where(
            RoleGrant.role == role, RoleGrant.revoked_at.is_(None)
        )
        condition &= Account.id.in_(holders)
    joined = sa.select(Employee, Account).outerjoin(Account, Account.employee_id == Employee.id)
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(Employee)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(condition)
    )
    rows = session.execute(
        joined.where(condition)
        .order_by(Employee.sort_key, Employee.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    ).all()
    roles = _roles(session, [account.id for _, account in rows if account is not None])
    return [
        AccountRow(employee, account, roles.get(account.id, ()) if account else ())
        for employee, account in rows
    ], total or 0


def _roles(session: AnySession, account_ids: list[int]) -> dict[int, tuple[Role, ...]]:
    """Return the roles in force by account id."""
    found: dict[int, tuple[Role, ...]] = {}
    for account_id, role in session.execute(
        sa.select(RoleGrant.account_id, RoleGrant.role)
        .where(RoleGrant.account_id.in_(account_ids), RoleGrant.revoked_at.is_(None))
        .distinct()
        .order_by(RoleGrant.role)
    ):
        found[account_id] = (*found.get(account_id, ()), role)
    return found


def account_of(session: AnySession, employee_id: int) -> Account | None:
    """Return a person's account, if there is one."""
    return session.scalar(sa.select(Account).where(Account.employee_id == employee_id))


def grants(session: AnySession, account: Account) -> list[GrantRow]:
    """Return every grant of an account with its scope's name, those in force first."""
    rows = session.execute(
        sa.select(RoleGrant, sa.func.coalesce(Site.name, Team.name, Campaign.name))
        .outerjoin(Site, _scope(ScopeKind.SITE) & (Site.id == RoleGrant.scope_id))
        .outerjoin(Team, _scope(ScopeKind.TEAM) & (Team.id == RoleGrant.scope_id))
        .outerjoin(Campaign, _scope(ScopeKind.CAMPAIGN) & (Campaign.id == RoleGrant.scope_id))
        .where(RoleGrant.account_id == account.id)
        .order_by(RoleGrant.revoked_at.is_not(None), RoleGrant.id.desc())
    )
    return [GrantRow(grant, name) for grant, name in rows]


def _scope(kind: ScopeKind) -> sa.ColumnElement[bool]:
    """Return the condition that a grant is limited to one ``kind`` of thing."""
    return RoleGrant.scope_kind == kind


def open_invitation(session: AnySession, account: Account, now: datetime) -> Invitation | None:
    """Return the account's code that still works, if there is one."""
    return session.scalar(
        sa.select(Invitation)
        .where(
            Invitation.account_id == account.id,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    )
