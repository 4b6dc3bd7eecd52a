"""The mailbox, the demonstration's mail, and mails that failed."""

from __future__ import annotations

import dataclasses
import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.cli import main
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.mail.kinds import KINDS
from competency.mail.models import MailMessage
from competency.mail.sender import post_of, start_sender
from competency.people.models import Account
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.mail import give_address, mail_server, messages, tell

PAGES = 6
"""Who it is, the page's messages, their count, the unread ones; and a page's filters."""


def configure(app: Flask, **changes: object) -> None:
    """Change settings of the application under test."""
    config: Config = app.extensions["competency"]
    app.extensions["competency"] = dataclasses.replace(config, **changes)  # type: ignore[arg-type]  # settings by name


def fail_all(world: World, reason: str = "550 no such mailbox") -> None:
    """Let every mail fail."""
    with unit_of_work(world.session):
        exempt(world.session, "a test lets mails fail")
        world.session.execute(sa.update(MailMessage).values(state="failed", last_error=reason))


def test_the_mailbox_shows_ones_own_messages_and_leads_to_what_they_tell_of(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.RELEASED)
    aurora = sign_in(app, "aurora")
    page = aurora.get("/mailbox/")
    assert page.text.index("Your result can be read") < page.text.index("Your self-assessment")
    assert f'href="{road.path}"' in page.text
    assert "Appraisals are waiting for you" not in page.text
    assert int(page.headers["X-Query-Count"]) <= PAGES
    assert aurora.get(road.path).status_code == 200


def test_the_mailbox_speaks_the_readers_language(app: Flask, world: World) -> None:
    tell(world, "aurora")
    with unit_of_work(world.session):
        exempt(world.session, "a test changes a language")
        world.session.execute(sa.update(Account).values(language="es"))
    assert "Se emitió una constancia a su nombre" in sign_in(app, "aurora").get("/mailbox/").text


def test_a_message_of_an_older_versions_kind_is_left_out(app: Flask, world: World) -> None:
    tell(world, "aurora")
    with unit_of_work(world.session):
        exempt(world.session, "a test has an older version's message")
        world.session.execute(sa.update(MailMessage).values(kind="of_an_older_version"))
    assert "No messages yet" in sign_in(app, "aurora").get("/mailbox/").text


def test_a_get_marks_nothing_as_read_and_the_button_does(app: Flask, world: World) -> None:
    tell(world, "aurora", "bruno")
    aurora = sign_in(app, "aurora")
    for _ in range(2):
        assert "Not marked as read: 1" in aurora.get("/mailbox/").text
    assert aurora.post("/mailbox/read").status_code == 302
    assert "Not marked as read" not in aurora.get("/mailbox/").text
    assert "Not marked as read: 1" in sign_in(app, "bruno").get("/mailbox/").text


def test_without_a_mail_server_it_says_that_nothing_is_sent(app: Flask, world: World) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    aurora = sign_in(app, "aurora")
    assert "Not sent: no mail server is set" in aurora.get("/mailbox/").text
    assert post_of(app) is None
    assert start_sender(app) is None
    configure(app, smtp_url="smtp://127.0.0.1:2525", mail_from="no-reply@centro.example")
    assert "Waiting to be mailed" in aurora.get("/mailbox/").text


def test_the_mailbox_is_shown_in_pages(app: Flask, world: World) -> None:
    for number in range(25):
        tell(world, "aurora", number=f"CDP-2026-{number:04}")
    aurora = sign_in(app, "aurora")
    first, second = aurora.get("/mailbox/"), aurora.get("/mailbox/?page=2")
    assert "CDP-2026-0024" in first.text
    assert "CDP-2026-0004" in second.text
    assert "CDP-2026-0005" not in second.text
    assert int(first.headers["X-Query-Count"]) <= PAGES


def test_only_a_demonstration_shows_everybodys_mail(app: Flask, world: World) -> None:
    give_address(world, "aurora", language="ru")
    tell(world, "aurora", number="CDP-2026-0007")
    tell(world, "bruno", number="CDP-2026-0008")
    browser = sign_in(app, "simon")
    assert browser.get("/mailbox/all").status_code == 404
    assert "/mailbox/all" not in browser.get("/mailbox/").text
    configure(app, demo=True)
    assert "/mailbox/all" in browser.get("/mailbox/").text
    page = browser.get("/mailbox/all").text
    assert "Вам выдано подтверждение" in page
    assert f"http://localhost/appraisals/{'0' * 20}/attestation" in page
    assert page.index("CDP-2026-0008") < page.index("CDP-2026-0007")
    for search in ("0007", "ficticia", "e301"):
        found = browser.get(f"/mailbox/all?search={search}").text
        assert "CDP-2026-0007" in found, search
        assert "CDP-2026-0008" not in found, search
    assert "CDP" not in browser.get("/mailbox/all?search=%25").text
    only = browser.get(f"/mailbox/all?person={world.employee('bruno').public_id}").text
    assert "CDP-2026-0008" in only
    assert "CDP-2026-0007" not in only


def test_an_administrator_sees_what_failed_and_has_it_sent_again(app: Flask, world: World) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    fail_all(world, "550 <b>no such mailbox</b>")
    ada = sign_in(app, "ada")
    assert "/mailbox/failed" in ada.get("/mailbox/").text
    page = ada.get("/mailbox/failed").text
    assert "550 &lt;b&gt;no such mailbox" in page
    found = re.search(r'action="(/mailbox/\w+/again)"', page)
    assert found is not None
    assert sign_in(app, "hilda").get("/mailbox/failed").status_code == 403
    assert sign_in(app, "hilda").post(found[1]).status_code == 403
    assert ada.post(found[1]).status_code == 302
    assert "No mail failed" in ada.get("/mailbox/failed").text
    assert ada.post(found[1]).status_code == 409


def test_every_kind_leads_to_a_page_that_there_is(app: Flask) -> None:
    for name, kind in KINDS.items():
        assert kind.endpoint in app.view_functions, name
        values = {kind.argument: "thing"} if kind.argument else {}
        assert app.url_map.bind("x").build(kind.endpoint, values), name


@pytest.mark.parametrize("json", [False, True])
def test_the_command_sends_what_waits(app: Flask, world: World, *, json: bool) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    arguments = ["mail", "send", *(["--json"] if json else [])]

    def run() -> tuple[int, str]:
        result = CliRunner().invoke(main, arguments, obj=lambda: app)
        return result.exit_code, result.output

    code, output = run()
    assert code == 1
    assert "COMPETENCY_SMTP_URL" in output
    with mail_server() as box:
        configure(app, smtp_url=f"smtp://127.0.0.1:{box.port}", mail_from="no-reply@centro.example")
        code, output = run()
        assert code == 0, output
        assert "sent" in output
        assert len(box.mails) == 1
        assert run()[0] == 0
        assert len(box.mails) == 1
    assert messages(world)[0].sent_at is not None


def test_the_commands_say_how_it_stands_and_trim(app: Flask, world: World) -> None:
    tell(world, "aurora")
    status = CliRunner().invoke(main, ["mail", "status"], obj=lambda: app)
    assert "kept: 1" in status.output
    trimmed = CliRunner().invoke(main, ["mail", "trim"], obj=lambda: app)
    assert (trimmed.exit_code, trimmed.output) == (0, "trimmed: 0\n")
    reminded = CliRunner().invoke(main, ["plans", "remind"], obj=lambda: app)
    assert reminded.exit_code == 0, reminded.output
