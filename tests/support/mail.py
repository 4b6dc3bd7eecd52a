"""A mail server of the tests' own, and what is sent through it."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask

from competency import clock
from competency.audit.operations import exempt
from competency.config import MailServer
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.mail.delivery import Delivered, Post, deliver
from competency.mail.models import MailMessage
from competency.mail.operations import notify
from competency.mail.rendering import links_of
from competency.mail.transport import connecting
from competency.people.models import Account, Employee
from tests.support.cast import World

SENDER = "Competencias <no-reply@centro.example>"
HOST = "competency.example"
PUBLIC_URL = "https://competency.example/hr"


@dataclass
class Letterbox:
    """What a mail server accepted, and what it answers instead of accepting."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    refusals: dict[str, str] = field(default_factory=dict)
    """Answers by recipient, in place of accepting."""

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self,
        _server: SMTP,
        _session: SmtpSession,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Accept a recipient, or refuse as told."""
        await asyncio.sleep(0)
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        await asyncio.sleep(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.arrived.set()
        return "250 OK"

    def post(self, app: Flask) -> Post:
        """Return how mails of an application leave to this server."""
        links = links_of(app.url_map, PUBLIC_URL)
        server = MailServer("smtp", "127.0.0.1", self.port)
        return Post(connecting(server, HOST), links, SENDER, HOST)


@contextmanager
def mail_server() -> Iterator[Letterbox]:
    """Run a mail server on a free port of this machine."""
    box, loop, listening = Letterbox(), asyncio.new_event_loop(), threading.Event()

    def serve() -> None:  # in a thread of its own, as a browser's loop may run in this one
        server = loop.run_until_complete(
            loop.create_server(lambda: SMTP(box, loop=loop, hostname="localhost"), "127.0.0.1", 0)
        )
        box.port = server.sockets[0].getsockname()[1]
        listening.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(_ended(loop))
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    listening.wait(timeout=30)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _ended(loop: asyncio.AbstractEventLoop) -> None:
    """End what is left of the server's talks."""
    left = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def give_address(world: World, name: str, *, language: str = "en", address: str = "") -> str:
    """Give somebody of the cast an address and a language; return the address."""
    address = address or f"{name}@centro.example"
    employee_id = world.employee(name).id
    with unit_of_work(world.session):
        exempt(world.session, "a test gives somebody an address")
        world.session.execute(
            sa.update(Employee).where(Employee.id == employee_id).values(email=address)
        )
        world.session.execute(
            sa.update(Account).where(Account.employee_id == employee_id).values(language=language)
        )
    return address


def tell(world: World, *names: str, number: str = "CDP-2026-0001") -> None:
    """Queue a message to each of the named, as an operation would."""
    ids = [world.employee(name).id for name in names]
    with unit_of_work(world.session):
        exempt(world.session, "a test queues a message without a change")
        notify(
            world.session,
            now=clock.now(),
            to=ids,
            kind="attestation_issued",
            params={"number": number},
            link="0" * 20,
        )


def send(box: Letterbox, app: Flask, *, after: timedelta = timedelta(0)) -> Delivered:
    """Send one batch through the server, ``after`` from now."""
    return deliver(db.session, now=moment(after), post=box.post(app))


def moment(after: timedelta = timedelta(0)) -> datetime:
    """Return a moment ``after`` from now, and a little later than what was just queued."""
    return clock.now() + after + timedelta(seconds=1)


def messages(world: World, name: str = "") -> list[MailMessage]:
    """Return the messages in the database now, to somebody or to all, oldest first."""
    world.session.rollback()
    query = sa.select(MailMessage).order_by(MailMessage.id)
    if name:
        query = query.where(MailMessage.employee_id == world.employee(name).id)
    return list(world.session.scalars(query))


def kinds(world: World, name: str) -> list[str]:
    """Return the kinds of the messages to somebody, oldest first."""
    return [message.kind for message in messages(world, name)]
