"""Sign-in codes for several people at once: everybody's or nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import Invalid, NotAllowed
from competency.people.access import invite, make_account
from competency.people.choosing import SHOWN
from competency.people.models import Account, Employee, RoleGrant
from competency.people.queries import employees_in_scope
from competency.people.schema import AccountState, Actor, Role

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Code:
    """A person's one-time code, which is known this once."""

    employee: Employee
    code: str


def without_password(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition on ``Employee`` that the actor can give a first code.

    These work here, have no account or one without a password, and are not the actor. Whoever
    is no administrator gives none to somebody who holds a role, and none out of scope.
    """
    waiting = sa.or_(Account.id.is_(None), Account.state == AccountState.INVITED)
    found = (
        sa.select(Employee.id)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(waiting, sa.or_(Employee.left_on.is_(None), Employee.left_on > today))
    )
    if not actor.has(Role.ADMIN):
        holders = sa.select(RoleGrant.account_id).where(RoleGrant.revoked_at.is_(None))
        found = found.where(
            employees_in_scope(actor, today, (Role.HR,)),
            sa.or_(Account.id.is_(None), Account.id.not_in(holders)),
        )
    return sa.and_(Employee.id.in_(found), Employee.id != (actor.employee_id or 0))


def invite_people(
    session: AnySession, *, actor: Actor, now: datetime, employees: Sequence[Employee]
) -> list[Code]:
    """Return a new one-time code for each person, with an account made where there is none.

    Raises ``Invalid`` that names the first person for whom the rules of a single code
    refuse it; the transaction is then to be given up.
    """
    if not employees:
        raise Invalid("Choose who gets a code.", "people")
    if len(employees) > SHOWN:
        raise Invalid("Choose at most %(number)s people.", "people", number=SHOWN)
    ids = [one.id for one in employees]
    rows = session.scalars(sa.select(Account).where(Account.employee_id.in_(ids)))
    accounts = {account.employee_id: account for account in rows}
    return [_invited(session, actor, now, one, accounts.get(one.id)) for one in employees]


def _invited(
    session: AnySession, actor: Actor, now: datetime, employee: Employee, account: Account | None
) -> Code:
    """Return one person's new code."""
    if account is not None and account.state is AccountState.ACTIVE:
        raise Invalid(
            "%(name)s has a password already. A lost one is replaced on the person's page.",
            name=employee.printed_name,
        )
    try:
        account = account or make_account(
            session, actor=actor, now=now, employee=employee, language=employee.document_language
        )
        return Code(employee, invite(session, actor=actor, now=now, account=account))
    except (Invalid, NotAllowed) as error:
        raise Invalid(
            "No code was made: %(name)s cannot be given one. Leave this person out.",
            name=employee.printed_name,
        ) from error
