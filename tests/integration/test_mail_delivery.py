"""From the queue to a mail server: what arrives, what is tried again, and nothing twice."""

from __future__ import annotations

import dataclasses
import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.audit.operations import exempt
from competency.config import Config, MailServer
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.mail import delivery, sender
from competency.mail.delivery import Delivered, Post, deliver
from competency.mail.models import MailMessage
from competency.mail.rendering import links_of
from competency.mail.rules import BATCH, LEASE, STALE, WAITS
from competency.mail.schema import MessageState
from competency.mail.transport import Answer, Verdict, connecting, hand_in
from competency.people.models import Employee
from tests.support.cast import World
from tests.support.mail import (
    HOST,
    PUBLIC_URL,
    SENDER,
    Letterbox,
    give_address,
    mail_server,
    messages,
    moment,
    send,
    tell,
)
from tests.support.races import together

AURORA = "aurora@centro.example"
NOTHING = Delivered()


@pytest.fixture
def box() -> Iterator[Letterbox]:
    """Return the mailbox of a server that runs during the test."""
    with mail_server() as letterbox:
        yield letterbox


def nowhere(app: Flask) -> Post:
    """Return how mails leave to a server that isn't there."""

    def connect() -> smtplib.SMTP:
        raise ConnectionRefusedError(111, "Connection refused")

    return Post(connect, links_of(app.url_map, PUBLIC_URL), SENDER, HOST)


def test_a_mail_arrives_in_its_recipients_language_with_a_link_to_sign_in_behind(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora", language="ru")
    tell(world, "aurora", number="CDP-2026-0007")
    assert send(box, app) == Delivered(sent=1)
    [mail] = box.mails
    [message] = messages(world)
    assert mail["To"] == AURORA
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Вам выдано подтверждение"
    assert mail["Message-ID"] == f"<{message.public_id}@{HOST}>"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    text = mail.get_content()
    assert "CDP-2026-0007" in text
    assert f"https://competency.example/hr/appraisals/{'0' * 20}/attestation" in text
    assert message.state is MessageState.SENT
    assert message.sent_at is not None
    assert send(box, app, after=timedelta(days=1)) == NOTHING
    assert len(box.mails) == 1


def test_without_an_address_a_message_stays_in_the_mailbox(
    app: Flask, world: World, box: Letterbox
) -> None:
    tell(world, "aurora")
    assert send(box, app) == NOTHING
    [message] = messages(world)
    assert message.state is MessageState.KEPT
    give_address(world, "aurora")
    assert send(box, app) == NOTHING
    assert box.mails == []


@pytest.mark.parametrize("change", ["no address", "left"])
def test_who_lost_the_address_or_left_meanwhile_gets_no_mail(
    app: Flask, world: World, box: Letterbox, change: str
) -> None:
    give_address(world, "aurora")
    give_address(world, "bruno")
    tell(world, "aurora", "bruno")
    with unit_of_work(world.session):
        exempt(world.session, "a test takes an address away")
        employee = world.employee("aurora")
        if change == "left":
            employee.left_on = moment().date()
        else:
            employee.email = None
    assert send(box, app) == Delivered(sent=1, kept=1)
    assert [mail["To"] for mail in box.mails] == ["bruno@centro.example"]
    assert messages(world, "aurora")[0].state is MessageState.KEPT


def test_what_is_refused_for_good_fails_at_once_and_holds_back_no_other(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora")
    give_address(world, "bruno")
    box.refusals[AURORA] = "550 5.1.1 no such mailbox"
    tell(world, "aurora", "bruno")
    assert send(box, app) == Delivered(sent=1, failed=1)
    [failed] = messages(world, "aurora")
    assert failed.state is MessageState.FAILED
    assert failed.last_error == "550 5.1.1 no such mailbox"
    assert send(box, app, after=timedelta(days=3)) == NOTHING


def test_what_is_refused_for_now_is_tried_again_after_growing_waits_then_given_up(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora")
    box.refusals[AURORA] = "451 try later"
    tell(world, "aurora")
    passed = timedelta(seconds=5)
    for wait in WAITS:
        assert send(box, app, after=passed) == Delivered(later=1)
        assert send(box, app, after=passed + wait - timedelta(seconds=3)) == NOTHING
        passed += wait + timedelta(seconds=3)
    assert send(box, app, after=passed) == Delivered(failed=1)
    [message] = messages(world)
    assert (message.state, message.attempts) == (MessageState.FAILED, len(WAITS) + 1)


def test_a_mail_that_could_not_be_sent_arrives_once_it_can(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    assert deliver(db.session, now=moment(), post=nowhere(app)) == Delivered(later=1)
    [message] = messages(world)
    assert message.last_error is not None
    assert "refused" in message.last_error
    assert send(box, app) == NOTHING
    assert send(box, app, after=WAITS[0] + timedelta(seconds=1)) == Delivered(sent=1)
    assert messages(world)[0].last_error is None


@pytest.mark.parametrize(
    "server",
    [MailServer("smtp+starttls", "127.0.0.1", 0), MailServer("smtp", "127.0.0.1", 0, "me", "word")],
)
def test_nothing_is_handed_in_where_encryption_or_sign_in_is_not_had(
    app: Flask, world: World, box: Letterbox, server: MailServer
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    connect = connecting(dataclasses.replace(server, port=box.port), HOST)
    post = dataclasses.replace(box.post(app), connect=connect)
    assert deliver(db.session, now=moment(), post=post) == Delivered(later=1)
    assert box.mails == []
    assert "word" not in str(messages(world)[0].last_error)


def test_the_sender_of_a_process_sends_by_itself(
    app: Flask, world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Config = app.extensions["competency"]
    url = f"smtp://127.0.0.1:{box.port}"
    app.extensions["competency"] = dataclasses.replace(config, smtp_url=url, mail_from=SENDER)
    give_address(world, "aurora")
    tell(world, "aurora")
    world.session.rollback()
    monkeypatch.setattr(sender, "INTERVAL_SECONDS", 0.01)
    stop = sender.start_sender(app)
    assert stop is not None
    assert box.arrived.wait(60)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join()
    assert messages(world)[0].state is MessageState.SENT


def test_a_server_that_hangs_up_leaves_the_rest_waiting(
    app: Flask, world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("aurora", "bruno", "simon"):
        give_address(world, name)
    tell(world, "aurora", "bruno", "simon")
    tried: list[str] = []

    def hang_up(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
        tried.append(str(mail["To"]))
        if len(tried) == 2:
            raise smtplib.SMTPServerDisconnected("gone")
        return hand_in(smtp, mail)

    monkeypatch.setattr(delivery, "hand_in", hang_up)
    assert send(box, app) == Delivered(sent=1, later=2)
    assert len(tried) == 2
    monkeypatch.undo()
    assert send(box, app, after=WAITS[0] + timedelta(seconds=1)) == Delivered(sent=2)
    assert len(box.mails) == 3


def test_a_sender_that_dies_loses_nothing_and_its_mail_is_known_by_its_id(
    app: Flask, world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery, "_note", die)
    with pytest.raises(KeyboardInterrupt):
        send(box, app)
    monkeypatch.undo()
    assert len(box.mails) == 1
    assert send(box, app, after=LEASE - timedelta(minutes=1)) == NOTHING
    assert send(box, app, after=LEASE + timedelta(minutes=1)) == Delivered(sent=1)
    assert box.raw[0] == box.raw[1]


def test_a_sender_whose_lease_ended_overwrites_nothing(
    app: Flask, world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")

    def slowly(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
        monkeypatch.undo()
        later = moment(LEASE + timedelta(minutes=1))
        assert deliver(db.session, now=later, post=box.post(app)) == Delivered(sent=1)
        assert smtp
        assert mail
        return Answer(Verdict.REFUSED, "550 too late")

    monkeypatch.setattr(delivery, "hand_in", slowly)
    send(box, app)
    assert messages(world)[0].state is MessageState.SENT


def test_two_senders_never_send_the_same_message(app: Flask, world: World, box: Letterbox) -> None:
    give_address(world, "aurora")
    number = 3 * BATCH
    for index in range(number):
        tell(world, "aurora", number=f"CDP-2026-{index:04}")
    world.session.rollback()
    meeting = threading.Barrier(2, timeout=60)
    sent: list[int] = []

    def work() -> None:
        meeting.wait()
        now = moment()
        while (done := deliver(db.session, now=now, post=box.post(app))).total:
            sent.append(done.sent)

    together(app, [work, work])
    assert sum(sent) == number
    ids = [mail["Message-ID"] for mail in box.mails]
    assert len(ids) == len(set(ids)) == number


def test_while_the_server_is_talked_to_no_transaction_is_open(
    app: Flask, world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    seen: list[bool] = []

    def watched(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
        seen.append(db.session().in_transaction())
        with unit_of_work(World(db.session).session):
            exempt(db.session, "somebody else writes meanwhile")
            db.session.execute(sa.update(Employee).values(left_on=None))
        return hand_in(smtp, mail)

    monkeypatch.setattr(delivery, "hand_in", watched)
    assert send(box, app) == Delivered(sent=1)
    assert seen == [False]


def test_what_waited_too_long_for_a_server_stays_in_the_mailbox(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    assert send(box, app, after=STALE + timedelta(minutes=1)) == NOTHING
    assert messages(world)[0].state is MessageState.KEPT
    assert box.mails == []


def test_an_address_that_got_in_otherwise_fails_by_itself(
    app: Flask, world: World, box: Letterbox
) -> None:
    give_address(world, "aurora", address="aurora@centro.example\nBcc: x@y.example")
    give_address(world, "bruno", address="bruño@centro.example")
    give_address(world, "simon")
    tell(world, "aurora", "bruno", "simon")
    assert send(box, app) == Delivered(sent=1, failed=2)
    assert [mail["To"] for mail in box.mails] == ["simon@centro.example"]


def test_a_kind_that_is_no_more_fails_by_itself(app: Flask, world: World, box: Letterbox) -> None:
    give_address(world, "aurora")
    give_address(world, "bruno")
    tell(world, "aurora", "bruno")
    with unit_of_work(world.session):
        exempt(world.session, "a test has an older version's message")
        world.session.execute(
            sa.update(MailMessage)
            .where(MailMessage.employee_id == world.employee("aurora").id)
            .values(kind="of_an_older_version")
        )
    assert send(box, app) == Delivered(sent=1, failed=1)
