"""Sign-in, codes and passwords in steps: read, hash with no lock held, then write.

Each function runs transactions of its own. Whatever is wrong costs the same work and
gives the same message, so that nobody learns which employee numbers exist.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.errors import Invalid
from competency.people.access import (
    WRONG_SIGN_IN,
    accept_invitation,
    change_password,
    check_throttle,
    clear_failures,
    note_failure,
    start_session,
)
from competency.people.models import Account
from competency.people.passwords import hash_password, verify_password
from competency.people.queries import account_by_number
from competency.people.rules import password_fault
from competency.people.schema import AccountState, Actor

AnySession = Session | scoped_session[Session]


def throttle_keys(employee_number: str, address: str) -> dict[str, str]:
    """Return what failed tries are counted by: the name that was typed, and the address."""
    return {"name": employee_number.strip().upper(), "address": address}


def sign_in(
    session: AnySession,
    *,
    now: datetime,
    employee_number: str,
    password: str,
    address: str,
    hours: int,
) -> tuple[str, Account]:
    """Return a new session's token and its account.

    Raises ``TooManyAttempts`` when throttled, before any hashing, and ``Invalid`` with
    one message for an unknown number, a wrong password and an account without access.
    """
    keys = throttle_keys(employee_number, address)
    check_throttle(session, now=now, keys=keys)
    account = account_by_number(session, employee_number)
    able = account is not None and account.state is AccountState.ACTIVE
    account_id = account.id if account is not None and able else None
    stored = account.password_hash if account is not None and able else None
    session.rollback()
    matches = verify_password(stored, password)
    if account_id is None or not matches:
        with unit_of_work(session):
            note_failure(session, now=now, keys=keys)
        raise Invalid(WRONG_SIGN_IN)
    with unit_of_work(session):
        account = _locked(session, account_id)
        if account.password_hash != stored:
            raise Invalid(WRONG_SIGN_IN)
        token = start_session(session, now=now, account=account, hours=hours)
        clear_failures(session, keys={"name": keys["name"]})
    return token, account


def redeem_code(
    session: AnySession,
    *,
    now: datetime,
    employee_number: str,
    code: str,
    password: str,
    address: str,
    hours: int,
) -> tuple[str, Account]:
    """Set a password with a one-time code; return a new session's token and its account.

    Raises ``TooManyAttempts`` when throttled, and ``Invalid`` for a password that will
    not do or, with one message, for whatever is wrong with the number or the code.
    """
    keys = throttle_keys(employee_number, address)
    check_throttle(session, now=now, keys=keys)
    session.rollback()
    _require_good(password, employee_number)
    password_hash = hash_password(password)
    try:
        with unit_of_work(session):
            account = accept_invitation(
                session,
                now=now,
                account=account_by_number(session, employee_number),
                code=code,
                password_hash=password_hash,
            )
            token = start_session(session, now=now, account=account, hours=hours)
            clear_failures(session, keys={"name": keys["name"]})
    except Invalid:
        with unit_of_work(session):
            note_failure(session, now=now, keys=keys)
        raise
    return token, account


def replace_password(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    current: str,
    password: str,
    address: str,
    hours: int,
) -> tuple[str, Account]:
    """Change the actor's own password; every session ends and a new one begins.

    Raises ``Invalid`` for a wrong current password or a new one that will not do.
    """
    account = session.get_one(Account, actor.account_id)
    number = account.employee.employee_number if account.employee else ""
    stored = account.password_hash
    keys = throttle_keys(number, address)
    check_throttle(session, now=now, keys=keys)
    session.rollback()
    if not verify_password(stored, current):
        with unit_of_work(session):
            note_failure(session, now=now, keys=keys)
        raise Invalid("The current password is wrong.", "current")
    _require_good(password, number, current)
    password_hash = hash_password(password)
    with unit_of_work(session):
        account = _locked(session, actor.account_id)
        if account.password_hash != stored:
            raise Invalid("The current password is wrong.", "current")
        change_password(session, actor=actor, now=now, password_hash=password_hash)
        token = start_session(session, now=now, account=account, hours=hours)
    return token, account


def _locked(session: AnySession, account_id: int) -> Account:
    """Return the account as it is now, locked, so that nothing ends it meanwhile."""
    return session.get_one(Account, account_id, populate_existing=True, with_for_update=True)


def _require_good(password: str, *known: str) -> None:
    """Raise ``Invalid`` when a chosen password will not do."""
    fault = password_fault(password, *known)
    if fault is not None:
        raise Invalid(fault, "password")
