"""Sending what was queued: claimed in one transaction, sent outside any, noted in others.

A crash between the server's acceptance and our note sends the mail again once the
lease has ended, with the same Message-ID: at least once, never not at all (ADR 0015).
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt
from competency.database.identifiers import public_id
from competency.database.transactions import unit_of_work
from competency.mail.models import MailMessage
from competency.mail.queries import Letter, letters
from competency.mail.rendering import Links, as_mail, render
from competency.mail.rules import BATCH, LEASE, STALE, next_try
from competency.mail.schema import MessageState, Params
from competency.mail.transport import Answer, Connect, Verdict, hand_in, leave, said
from competency.wording import Words

AnySession = Session | scoped_session[Session]

NO_EVENT = "that a message was mailed is no event: the change that it tells of is one"


@dataclass(frozen=True)
class Post:
    """How mails leave: the connection, and what they say about where they come from."""

    connect: Connect
    links: Links
    sender: str
    host: str


@dataclass(frozen=True)
class Claimed:
    """One message that this sender has to itself, as plain values."""

    row_id: int
    public_id: str
    attempts: int
    recipient: str
    language: str
    kind: str
    params: Params | None
    person: str | None
    link_id: str | None
    made_at: datetime


@dataclass
class Delivered:
    """How many of a batch were sent, wait for another try, were given up, or can't be mailed."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    kept: int = 0

    @property
    def total(self) -> int:
        """Return how many were taken on."""
        return self.sent + self.later + self.failed + self.kept


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a message can be claimed now."""
    return sa.and_(
        MailMessage.state == MessageState.WAITING,
        MailMessage.next_try_at <= now,
        sa.or_(MailMessage.lease_until.is_(None), MailMessage.lease_until <= now),
    )


def deliver(session: AnySession, *, now: datetime, post: Post) -> Delivered:
    """Send one batch of what is due; runs transactions of its own.

    While the server is talked to no transaction is open and no lock is held.
    """
    session.rollback()
    waits = session.scalar(sa.select(MailMessage.id).where(_due(now)).limit(1)) is not None
    session.rollback()
    if not waits:
        return Delivered()
    claim = public_id()
    found = _claim(session, claim, now)
    batch = [claimed for claimed in found if claimed is not None]
    done = Delivered(kept=len(found) - len(batch))
    _send(session, batch, claim, now, post, done)
    return done


def _claim(session: AnySession, claim: str, now: datetime) -> list[Claimed | None]:
    """Take a batch for this sender alone; ``None`` stands for one that can't be mailed.

    What nobody tried for long, or has no address any more, stays in the mailbox only.
    """
    with unit_of_work(session):
        exempt(session, NO_EVENT)
        session.execute(
            sa.update(MailMessage)
            .where(_due(now), MailMessage.next_try_at <= now - STALE)
            .values(state=MessageState.KEPT, claim=None, lease_until=None)
        )
        ids = session.scalars(
            sa.select(MailMessage.id)
            .where(_due(now))
            .order_by(MailMessage.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.id.in_(list(ids)))
            .values(claim=claim, lease_until=now + LEASE, attempts=MailMessage.attempts + 1)
        )
        rows = session.execute(letters().where(MailMessage.claim == claim).order_by(MailMessage.id))
        return [_taken(Letter(*row)) for row in rows]


def _taken(letter: Letter) -> Claimed | None:
    """Return a message of ours as plain values; one that nobody can get any more is let go."""
    message, recipient = letter.message, letter.recipient
    if not recipient.email or recipient.left_on is not None:
        message.state, message.claim, message.lease_until = MessageState.KEPT, None, None
        return None
    return Claimed(
        message.id,
        message.public_id,
        message.attempts,
        recipient.email,
        message.language,
        message.kind,
        message.params,
        letter.person,
        message.link_id,
        message.made_at,
    )


def _mail(claimed: Claimed, post: Post) -> EmailMessage:
    """Return a message as its mail, in its recipient's language."""
    rendered = render(
        claimed.kind,
        claimed.params,
        claimed.person,
        claimed.link_id,
        Words(claimed.language),
        post.links,
    )
    return as_mail(
        rendered,
        public_id=claimed.public_id,
        language=claimed.language,
        recipient=claimed.recipient,
        sender=post.sender,
        made_at=claimed.made_at,
        host=post.host,
    )


@dataclass
class _Talk:
    """The connection of one batch: opened for the first mail, not again once it is lost."""

    post: Post
    smtp: smtplib.SMTP | None = None
    lost: str = ""

    def send(self, claimed: Claimed) -> Answer:
        """Send one mail; where the server is lost, this and the rest wait."""
        try:
            mail = _mail(claimed, self.post)
        except (LookupError, ValueError, MessageError) as error:
            return Answer(Verdict.REFUSED, said(error))
        if self.lost:
            return Answer(Verdict.LATER, self.lost)
        try:
            self.smtp = self.smtp or self.post.connect()
            return hand_in(self.smtp, mail)
        except OSError as error:
            self.lost = said(error)
            return Answer(Verdict.LATER, self.lost)


def _send(
    session: AnySession,
    batch: Sequence[Claimed],
    claim: str,
    now: datetime,
    post: Post,
    done: Delivered,
) -> None:
    """Send the batch, counting in ``done``; note each mail's end before the next is sent."""
    talk = _Talk(post)
    try:
        for claimed in batch:
            _note(session, claimed, talk.send(claimed), claim, now, done)
    finally:
        if talk.smtp is not None:
            leave(talk.smtp)


def _note(
    session: AnySession,
    claimed: Claimed,
    answer: Answer,
    claim: str,
    now: datetime,
    done: Delivered,
) -> None:
    """Write down what became of a mail, unless somebody claimed it after our lease."""
    again = next_try(claimed.attempts, now)
    values: dict[str, object] = {"claim": None, "lease_until": None, "last_error": None}
    if answer.verdict is Verdict.ACCEPTED:
        values |= {"state": MessageState.SENT, "sent_at": now}
        done.sent += 1
    elif answer.verdict is Verdict.LATER and again is not None:
        values |= {"next_try_at": again, "last_error": answer.reason}
        done.later += 1
    else:
        values |= {"state": MessageState.FAILED, "last_error": answer.reason}
        done.failed += 1
    with unit_of_work(session):
        exempt(session, NO_EVENT)
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.id == claimed.row_id, MailMessage.claim == claim)
            .values(values)
        )
