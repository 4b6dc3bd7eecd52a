"""Operations of access: invitations, passwords, sign-in, sessions and grants.

Passwords are hashed between transactions, never inside one: the functions here take
hashes, and ``sign_in`` verifies between a reading and a writing step, and hashes before one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt, record
from competency.database.identifiers import check_code, digest, normalise_code, token
from competency.errors import Invalid, NotAllowed, NotFound, TooManyAttempts, message_id
from competency.mail.operations import notify
from competency.people.models import (
    Account,
    Employee,
    Invitation,
    RoleGrant,
    SignInSession,
    SignInThrottle,
)
from competency.people.permissions import can_grant, can_invite
from competency.people.queries import standing
from competency.people.rules import INVITATION_DAYS
from competency.people.schema import AccountKind, AccountState, Actor, Role, ScopeKind

AnySession = Session | scoped_session[Session]

FAILURES_ALLOWED = {"name": 10, "address": 100}
"""Failed tries of one name, and of one address, within ``THROTTLE_WINDOW``."""
THROTTLE_WINDOW = timedelta(minutes=15)
EVERYWHERE = frozenset({Role.ADMIN})
"""Roles that cannot be limited to a site, a team or a campaign."""
WRONG_SIGN_IN = message_id("The employee number or the password is wrong.")
WRONG_CODE = message_id(
    "The employee number or the code is wrong, or the code was used or has expired."
)


def make_account(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee, language: str
) -> Account:
    """Give a person an account without a password; raise ``NotAllowed``."""
    if not can_invite(actor, standing(session, employee.id, actor.today(now))):
        raise NotAllowed("Only an administrator or human resources can invite people.")
    account = Account(employee_id=employee.id, language=language)
    session.add(account)
    session.flush()
    _record(session, actor.public_id, now, "account.made", account)
    return account


def invite(session: AnySession, *, actor: Actor, now: datetime, account: Account) -> str:
    """Return a new one-time code for the account; earlier codes stop working.

    The code is shown once, to be printed and handed over; a message says
    that it waits, never what it is. The table holds its digest.
    """
    if account.employee_id is None or not can_invite(
        actor, standing(session, account.employee_id, actor.today(now))
    ):
        raise NotAllowed("Only an administrator or human resources can invite people.")
    if account.state is AccountState.ENDED:
        raise Invalid("This account has ended; it cannot be invited again.")
    if not actor.is_system and not actor.has(Role.ADMIN) and _holds_grants(session, account):
        raise NotAllowed("Only an administrator invites somebody who holds a role.")
    _end_codes(session, account, now)
    code = check_code()
    session.add(
        Invitation(
            account_id=account.id,
            code_digest=digest(code),
            made_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
            made_by_id=actor.account_id,
        )
    )
    session.flush()
    notify(
        session,
        now=now,
        to=[account.employee_id],
        kind="code_waiting",
        params={"expires_on": (now + timedelta(days=INVITATION_DAYS)).date().isoformat()},
    )
    _record(session, actor.public_id, now, "account.invited", account)
    return code


def _holds_grants(session: AnySession, account: Account) -> bool:
    """Return whether a code for the account would open a role to whoever reads the code."""
    return session.scalar(_current_grants(account).limit(1)) is not None


def _current_grants(account: Account) -> sa.Select[RoleGrant]:
    """Return the select of the account's grants that hold."""
    return (
        sa.select(RoleGrant)
        .where(RoleGrant.account_id == account.id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )


def accept_invitation(
    session: AnySession, *, now: datetime, account: Account | None, code: str, password_hash: str
) -> Account:
    """Use up a code and set the account's password; every session of it ends.

    Raises ``Invalid`` with one message for whatever is wrong.
    """
    invitation = None
    if account is not None and account.state is not AccountState.ENDED:
        invitation = session.scalar(
            sa.select(Invitation)
            .where(
                Invitation.account_id == account.id,
                Invitation.code_digest == digest(normalise_code(code)),
                Invitation.used_at.is_(None),
                Invitation.expires_at > now,
            )
            .with_for_update()
        )
    if account is None or invitation is None:
        raise Invalid(WRONG_CODE)
    invitation.used_at = now
    account.password_hash, account.state = password_hash, AccountState.ACTIVE
    end_sessions(session, account, now)
    session.flush()
    _record(session, account.public_id, now, "account.password_set", account)
    return account


def change_password(
    session: AnySession, *, actor: Actor, now: datetime, password_hash: str
) -> None:
    """Set the actor's own password; every session of the account ends."""
    account = session.get_one(Account, actor.account_id)
    account.password_hash = password_hash
    end_sessions(session, account, now)
    session.flush()
    _record(session, actor.public_id, now, "account.password_set", account)


def start_session(session: AnySession, *, now: datetime, account: Account, hours: int) -> str:
    """Start a session and return its token, which only the cookie will hold."""
    secret = token()
    session.add(
        SignInSession(
            account_id=account.id,
            token_digest=digest(secret),
            started_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    session.flush()
    _record(session, account.public_id, now, "account.signed_in", account)
    return secret


def sign_out(session: AnySession, *, actor: Actor, now: datetime, secret: str) -> None:
    """End the session of the token; other browsers of the account stay signed in."""
    session.execute(
        sa.update(SignInSession)
        .where(
            SignInSession.account_id == actor.account_id,
            SignInSession.token_digest == digest(secret),
        )
        .values(ended_at=now)
    )
    account = session.get_one(Account, actor.account_id)
    _record(session, actor.public_id, now, "account.signed_out", account)


def end_sessions(session: AnySession, account: Account, now: datetime) -> None:
    """End every running session of the account."""
    session.execute(
        sa.update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_account(session: AnySession, *, actor: Actor, now: datetime, account: Account) -> None:
    """End an account, its sessions, every code that would open it again, and every role.

    Roles end here so that none comes back with the person: whoever works here again is
    granted anew what the new work needs.
    """
    _end_codes(session, account, now)
    account.state, account.password_hash = AccountState.ENDED, None
    end_sessions(session, account, now)
    for grant in session.scalars(_current_grants(account)):
        _revoke(session, actor, now, grant, account)


def _end_codes(session: AnySession, account: Account, now: datetime) -> None:
    """Let every code of the account that was not used stop working."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.account_id == account.id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )


def end_access(session: AnySession, *, actor: Actor, now: datetime, account: Account) -> None:
    """End an account as an administrator; raise ``NotAllowed`` for anybody else."""
    if not can_grant(actor, account.id):
        raise NotAllowed("Only an administrator can end access, never their own.")
    if account.state is AccountState.ENDED:
        return
    end_account(session, actor=actor, now=now, account=account)
    session.flush()
    _record(session, actor.public_id, now, "account.ended", account)


def set_language(session: AnySession, *, actor: Actor, now: datetime, language: str) -> None:
    """Set the language of the actor's pages."""
    account = session.get_one(Account, actor.account_id)
    account.language = language
    session.flush()
    _record(session, actor.public_id, now, "account.language", account)


def check_throttle(session: AnySession, *, now: datetime, keys: dict[str, str]) -> None:
    """Raise ``TooManyAttempts`` when a key (``name`` or ``address``) failed too often."""
    for kind, value in keys.items():
        row = session.get(SignInThrottle, digest(f"{kind}:{value}"))
        if row is None or row.failures < FAILURES_ALLOWED[kind]:
            continue
        wait = row.since + THROTTLE_WINDOW - now
        if wait > timedelta(0):
            raise TooManyAttempts(
                "Too many failed tries. Wait %(minutes)s minutes and try again.",
                seconds=max(1, int(wait.total_seconds())),
                minutes=max(1, -(-int(wait.total_seconds()) // 60)),
            )


def note_failure(session: AnySession, *, now: datetime, keys: dict[str, str]) -> None:
    """Count a failed try of each key; a window that has passed starts anew."""
    exempt(session, "failed tries are counted, not chained: anybody can make them")
    for kind, value in keys.items():
        key = digest(f"{kind}:{value}")
        row = session.get(SignInThrottle, key, with_for_update=True) or _counter(session, key, now)
        if row.since + THROTTLE_WINDOW <= now:
            row.failures, row.since = 1, now
        else:
            row.failures += 1
    session.flush()


def _counter(session: AnySession, key: str, now: datetime) -> SignInThrottle:
    """Return a new counter at zero, or the one that somebody made at the same moment."""
    try:
        with session.begin_nested():
            session.add(SignInThrottle(key_digest=key, failures=0, since=now))
    except IntegrityError:
        pass
    return session.get_one(SignInThrottle, key, with_for_update=True, populate_existing=True)


def clear_failures(session: AnySession, *, keys: dict[str, str]) -> None:
    """Forget the failed tries of the keys after a success."""
    digests = [digest(f"{kind}:{value}") for kind, value in keys.items()]
    session.execute(sa.delete(SignInThrottle).where(SignInThrottle.key_digest.in_(digests)))


def grant_role(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    account: Account,
    role: Role,
    scope_kind: ScopeKind = ScopeKind.ALL,
    scope_id: int | None = None,
) -> RoleGrant:
    """Grant a role over a scope; raise ``Invalid`` when the account has it already."""
    if not can_grant(actor, account.id):
        raise NotAllowed("Only an administrator can grant roles, never to themselves.")
    if role in EVERYWHERE and scope_kind is not ScopeKind.ALL:
        raise Invalid("An administrator's role holds for everyone.", "scope")
    if account.state is AccountState.ENDED:
        raise Invalid("This account has ended.", "role")
    same = sa.select(RoleGrant.id).where(
        RoleGrant.account_id == account.id,
        RoleGrant.role == role,
        RoleGrant.scope_kind == scope_kind,
        RoleGrant.scope_id == scope_id if scope_id is not None else RoleGrant.scope_id.is_(None),
        RoleGrant.revoked_at.is_(None),
    )
    if session.scalar(same) is not None:
        raise Invalid("This account has that role already.", "role")
    grant = RoleGrant(
        account_id=account.id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        granted_at=now,
        granted_by_id=actor.account_id,
    )
    session.add(grant)
    session.flush()
    data = {"role": role.value, "scope_kind": scope_kind.value, "scope_id": scope_id}
    _record(session, actor.public_id, now, "role.granted", account, data=data)
    return grant


def revoke_role(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """End a grant; it stops working at the account's next request."""
    grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.public_id == public_id))
    if grant is None:
        raise NotFound
    if not can_grant(actor, grant.account_id):
        raise NotAllowed("Only an administrator can revoke roles, never their own.")
    if grant.revoked_at is None:
        _revoke(session, actor, now, grant, session.get_one(Account, grant.account_id))


def _revoke(
    session: AnySession, actor: Actor, now: datetime, grant: RoleGrant, account: Account
) -> None:
    """End a grant and record it."""
    grant.revoked_at = now
    session.flush()
    data = {"role": grant.role.value, "scope_kind": grant.scope_kind.value}
    _record(session, actor.public_id, now, "role.revoked", account, data=data)


def _record(
    session: AnySession,
    actor: str,
    now: datetime,
    action: str,
    account: Account,
    *,
    data: Mapping[str, object] | None = None,
) -> None:
    """Record an event about an account."""
    record(
        session,
        actor=actor,
        now=now,
        action=action,
        subject_kind="account",
        subject=account.public_id,
        data=data,
    )


def ensure_system_account(session: AnySession, now: datetime) -> Account:
    """Return the named system actor's account, made on first set-up."""
    account = session.scalar(sa.select(Account).where(Account.kind == AccountKind.SYSTEM))
    if account is None:
        account = Account(kind=AccountKind.SYSTEM, state=AccountState.ACTIVE, language="en")
        session.add(account)
        session.flush()
        _record(session, account.public_id, now, "system.set_up", account)
    return account
