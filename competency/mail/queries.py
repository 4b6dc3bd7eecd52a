"""Reads of messages: one's own mailbox, all of a demonstration's, those that failed."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.database.text import search_pattern
from competency.mail.kinds import KINDS
from competency.mail.models import MailMessage
from competency.mail.schema import MessageState
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

_ABOUT = aliased(Employee)
_WORDED = MailMessage.kind.in_(sorted(KINDS))
"""A message of a kind that an older version had, and this one has no words for, isn't shown."""


@dataclass(frozen=True)
class Letter:
    """A message with its recipient and the name of whom it is about."""

    message: MailMessage
    recipient: Employee
    person: str | None


def letters() -> sa.Select[MailMessage, Employee, str | None]:
    """Return the select of messages with what their words need of people."""
    return (
        sa.select(MailMessage, Employee, _ABOUT.printed_name)
        .join(Employee, Employee.id == MailMessage.employee_id)
        .outerjoin(_ABOUT, _ABOUT.id == MailMessage.about_id)
    )


def _page(
    session: AnySession, condition: sa.ColumnElement[bool], page: int, page_size: int
) -> tuple[list[Letter], int]:
    """Return one page of the messages, newest first, and how many there are."""
    condition &= _WORDED
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(MailMessage)
        .join(Employee, Employee.id == MailMessage.employee_id)
        .where(condition)
    )
    rows = session.execute(
        letters()
        .where(condition)
        .order_by(MailMessage.made_at.desc(), MailMessage.id.desc())
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [Letter(*row) for row in rows], total or 0


def mailbox(
    session: AnySession, actor: Actor, *, page: int, page_size: int
) -> tuple[list[Letter], int]:
    """Return one page of the messages to the actor, and how many there are."""
    return _page(session, MailMessage.employee_id == actor.employee_id, page, page_size)


def unread(session: AnySession, actor: Actor) -> int:
    """Return how many messages the actor has not marked as read."""
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                MailMessage.employee_id == actor.employee_id,
                MailMessage.seen_at.is_(None),
                _WORDED,
            )
        )
        or 0
    )


def failed(session: AnySession, *, page: int, page_size: int) -> tuple[list[Letter], int]:
    """Return one page of the mails that were given up, and how many there are."""
    return _page(session, MailMessage.state == MessageState.FAILED, page, page_size)


def everything(
    session: AnySession, *, search: str, person: str, page: int, page_size: int
) -> tuple[list[Letter], int]:
    """Return one page of all messages, and how many there are.

    ``search`` is looked for in the recipient's name, number and address and in what the
    message is filled with; ``person`` is a recipient's public id. Either may be empty.
    """
    condition: sa.ColumnElement[bool] = sa.true()
    if search.strip():
        pattern = search_pattern(search)
        condition &= sa.or_(
            Employee.search_key.like(pattern, escape="\\"),
            sa.type_coerce(MailMessage.params, sa.Text).ilike(f"%{_literal(search)}%", escape="\\"),
        )
    if person:
        condition &= Employee.public_id == person
    return _page(session, condition, page, page_size)


def _literal(text: str) -> str:
    """Return the text as it stands between the wildcards of LIKE."""
    text = text.strip()
    for letter in "\\%_":
        text = text.replace(letter, f"\\{letter}")
    return text


def recipients(session: AnySession) -> list[Employee]:
    """Return everybody who was sent a message, by name."""
    told = sa.select(MailMessage.employee_id)
    return list(
        session.scalars(
            sa.select(Employee).where(Employee.id.in_(told)).order_by(Employee.sort_key)
        )
    )


def counts(session: AnySession) -> dict[str, int]:
    """Return how many messages there are in each state."""
    rows = session.execute(
        sa.select(MailMessage.state, sa.func.count()).group_by(MailMessage.state)
    )
    found = dict(rows.all())
    return {state.value: found.get(state, 0) for state in MessageState}
