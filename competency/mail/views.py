"""Pages of messages: one's own mailbox, the demonstration's mail, mails that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.config import Config
from competency.errors import NotFound
from competency.extensions import db
from competency.mail import operations
from competency.mail.queries import Letter, everything, failed, mailbox, recipients, unread
from competency.mail.rendering import Links, links_of, render, text_of
from competency.mail.schema import MessageState, Rendered
from competency.people.schema import Role
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor
from competency.wording import Words

PAGE_SIZE = 20

mail_pages = Blueprint("mail", __name__, url_prefix="/mailbox")
blueprints = (mail_pages,)


@dataclass(frozen=True)
class Shown:
    """A message in the words of one language."""

    letter: Letter
    rendered: Rendered
    text: str
    """As it arrives by mail."""


def _config() -> Config:
    """Return the settings of this application."""
    config: Config = current_app.extensions["competency"]
    return config


def _links() -> Links:
    """Return how mails write addresses."""
    return links_of(current_app.url_map, _config().public_url)


def _shown(found: Sequence[Letter], links: Links, language: str | None = None) -> list[Shown]:
    """Return messages worded in ``language``, without one each in its recipient's."""
    shown = []
    for letter in found:
        message = letter.message
        words = Words(language or message.language)
        rendered = render(
            message.kind, message.params, letter.person, message.link_id, words, links
        )
        shown.append(Shown(letter, rendered, text_of(rendered, words)))
    return shown


def _state_of(letter: Letter) -> tuple[str, str]:
    """Return what became of a message's mail, in words and as the chip's shape."""
    match letter.message.state:
        case MessageState.SENT:
            return gettext("Mailed"), "done"
        case MessageState.FAILED:
            return gettext("Could not be mailed"), "warning"
        case MessageState.KEPT:
            return gettext("In the mailbox only"), "neutral"
        case MessageState.WAITING if _config().mail_server is None:
            return gettext("Not sent: no mail server is set"), "neutral"
        case MessageState.WAITING:
            return gettext("Waiting to be mailed"), "to_do"


@mail_pages.app_context_processor
def words_of_mail() -> dict[str, object]:
    """Give the templates what a message's state is called."""
    return {"mail_state": _state_of}


def _here(endpoint: str, values: object) -> str:
    """Return a page's address without the host: whoever reads it is here already."""
    return url_for(endpoint, **dict(values))  # type: ignore[call-overload]  # Links' own mapping


@mail_pages.get("/")
@access()
def own() -> ResponseReturnValue:
    """Show the messages to whoever is signed in."""
    page = page_number()
    found, total = mailbox(db.session, actor(), page=page, page_size=PAGE_SIZE)
    return render_template(
        "mail/mailbox.html",
        rows=_shown(found, _here, page_language()),
        part=Pager(page, PAGE_SIZE, total),
        unread=unread(db.session, actor()),
        may_see_failed=actor().has(Role.ADMIN),
        demo=_config().demo,
    )


@mail_pages.post("/read")
@access()
def read() -> ResponseReturnValue:
    """Mark all own messages as read."""
    operations.mark_read(db.session, actor=actor(), now=clock.now())
    return redirect(url_for("mail.own"))


@mail_pages.get("/all")
@access()
def demonstration() -> ResponseReturnValue:
    """Show every message of a demonstration as it would arrive; elsewhere there is no such page."""
    if not _config().demo:
        raise NotFound
    page = page_number()
    search, person = request.args.get("search", "").strip(), request.args.get("person", "")
    found, total = everything(
        db.session, search=search, person=person, page=page, page_size=PAGE_SIZE
    )
    return render_template(
        "mail/demonstration.html",
        rows=_shown(found, _links()),
        part=Pager(page, PAGE_SIZE, total),
        people=recipients(db.session),
        person=person,
        search=search,
        sender=_config().mail_from,
    )


@mail_pages.get("/failed")
@access(Role.ADMIN)
def failures() -> ResponseReturnValue:
    """Show the mails that were given up, with the reason."""
    page = page_number()
    found, total = failed(db.session, page=page, page_size=PAGE_SIZE)
    return render_template(
        "mail/failed.html",
        rows=_shown(found, _links(), page_language()),
        part=Pager(page, PAGE_SIZE, total),
    )


@mail_pages.post("/<public_id>/again")
@access(Role.ADMIN)
def again(public_id: str) -> ResponseReturnValue:
    """Have a failed mail sent once more."""
    operations.try_again(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The mail will be sent again."))
    return redirect(url_for("mail.failures"))
