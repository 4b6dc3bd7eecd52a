"""What is done to messages: queued, read, tried again, trimmed.

``notify`` is called by the operation that people should hear of, so that the message
stands or falls with the change. Nothing here talks to a mail server.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt, record
from competency.clock import local_date
from competency.errors import IllegalTransition, NotAllowed, NotFound
from competency.mail.kinds import KINDS
from competency.mail.models import MailMessage
from competency.mail.rules import KEPT
from competency.mail.schema import MessageState, Params
from competency.people.models import Account, Employee
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


def notify(
    session: AnySession,
    *,
    now: datetime,
    to: Iterable[int],
    kind: str,
    params: Params | None = None,
    about: int | None = None,
    link: str | None = None,
    once_in: timedelta | None = None,
) -> int:
    """Queue a message of ``kind`` to employees, in this transaction; return how many.

    ``to`` and ``about`` are employee ids, ``link`` the public id of the thing that the
    kind's page shows. Whoever has left hears nothing more. With ``once_in`` whoever got
    the same message within that time gets no second one. Raises ``ValueError`` where
    the params are not the kind's: a defect of the caller.
    """
    given = dict(params or {})
    _check(kind, given, about, link)
    wanted = set(to)
    if once_in is not None:
        wanted -= told_since(session, kind, given, link, now - once_in)
    rows = [
        {
            "employee_id": employee_id,
            "about_id": about,
            "language": language,
            "kind": kind,
            "params": given,
            "link_id": link,
            "made_at": now,
            "state": MessageState.WAITING if email else MessageState.KEPT,
            "next_try_at": now,
        }
        for employee_id, language, email in _recipients(session, wanted, now)
    ]
    if rows:
        session.execute(sa.insert(MailMessage), rows)
    return len(rows)


def _check(kind: str, params: Params, about: int | None, link: str | None) -> None:
    """Raise ``ValueError`` unless everything that the kind's words and page need is there."""
    expected = KINDS.get(kind)
    if expected is None:
        msg = f"there is no kind of message {kind!r}"
        raise ValueError(msg)
    if set(params) != expected.params:
        msg = f"{kind} needs the params {sorted(expected.params)}, got {sorted(params)}"
        raise ValueError(msg)
    if expected.about is not (about is not None):
        msg = f"{kind} is about {'somebody' if expected.about else 'nobody'}"
        raise ValueError(msg)
    if expected.argument is not None and link is None:
        msg = f"{kind} leads to one thing's page and needs its link"
        raise ValueError(msg)


def _recipients(
    session: AnySession, wanted: Iterable[int], now: datetime
) -> list[tuple[int, str, str | None]]:
    """Return id, language and address of those who are wanted and still work here."""
    language = sa.func.coalesce(Account.language, Employee.document_language)
    rows = session.execute(
        sa.select(Employee.id, language, Employee.email)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(
            Employee.id.in_(list(wanted)),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > local_date(now, "UTC")),
        )
        .order_by(Employee.id)
    )
    return [(employee_id, spoken, email) for employee_id, spoken, email in rows]


def told_since(
    session: AnySession, kind: str, params: Params, link: str | None, since: datetime
) -> set[int]:
    """Return who got exactly this message after an instant."""
    rows = session.scalars(
        sa.select(MailMessage.employee_id).where(
            MailMessage.kind == kind,
            MailMessage.params == params,
            MailMessage.link_id == link if link is not None else MailMessage.link_id.is_(None),
            MailMessage.made_at > since,
        )
    )
    return set(rows)


def mark_read(session: AnySession, *, actor: Actor, now: datetime) -> int:
    """Mark every message to the actor as read; return how many were new."""
    exempt(session, "which of their own messages somebody has read is no event")
    unread = (MailMessage.employee_id == actor.employee_id, MailMessage.seen_at.is_(None))
    count = session.scalar(sa.select(sa.func.count()).select_from(MailMessage).where(*unread))
    session.execute(sa.update(MailMessage).where(*unread).values(seen_at=now))
    return count or 0


def try_again(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Queue a failed mail once more, with all its tries before it."""
    if not actor.is_system and not actor.has(Role.ADMIN):
        raise NotAllowed("Only an administrator has a mail sent again.")
    message = session.scalar(
        sa.select(MailMessage).where(MailMessage.public_id == public_id).with_for_update()
    )
    if message is None:
        raise NotFound
    if message.state is not MessageState.FAILED:
        raise IllegalTransition("This mail did not fail, or somebody has it sent again already.")
    message.state, message.attempts, message.next_try_at = MessageState.WAITING, 0, now
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="mail.tried_again",
        subject_kind="mail",
        subject=public_id,
        data={"kind": message.kind},
    )


def trim(session: AnySession, *, actor: Actor, now: datetime) -> int:
    """Delete the messages that are older than ``KEPT``, and record that; return how many."""
    old = MailMessage.made_at < now - KEPT
    trimmed = len(
        session.scalars(sa.delete(MailMessage).where(old).returning(MailMessage.id)).all()
    )
    if not trimmed:
        exempt(session, "nothing was old enough to delete")
        return 0
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="mail.trimmed",
        subject_kind="account",
        subject=actor.public_id,
        data={"before": (now - KEPT).isoformat(), "messages": trimmed},
    )
    return trimmed
