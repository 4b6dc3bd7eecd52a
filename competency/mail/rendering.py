"""Messages in words: for the page, and as the mail that arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from werkzeug.routing import Map

from competency.mail.kinds import KINDS
from competency.mail.rules import one_line
from competency.mail.schema import Param, Params, Rendered
from competency.wording import Words

ENCODED = "=?"
"""What begins an encoded word: typed by somebody, the library would decode it, line ends too."""

Links = Callable[[str, Mapping[str, str]], str]
"""Gives the address of an endpoint's page with its values."""


def links_of(routes: Map, public_url: str) -> Links:
    """Return how to write addresses as people outside reach them, without a request."""
    address = urlsplit(public_url)
    adapter = routes.bind(
        address.netloc, script_name=address.path.rstrip("/") + "/", url_scheme=address.scheme
    )

    def link(endpoint: str, values: Mapping[str, str]) -> str:
        return adapter.build(endpoint, dict(values), force_external=True)

    return link


def render(
    kind: str,
    params: Params | None,
    person: str | None,
    link_id: str | None,
    words: Words,
    links: Links,
) -> Rendered:
    """Return a message in the language of ``words``.

    ``params`` are ``None`` once its recipient was erased; ``person`` is empty once the
    one it is about was.
    """
    what = KINDS[kind]
    values = {what.argument: link_id} if what.argument and link_id else {}
    link = links(what.endpoint, values)
    if params is None:
        return Rendered(words.gettext("(erased)"), "", link)
    filled = {name: _shown(name, value, words) for name, value in params.items()}
    if what.about:
        filled["person"] = one_line(person or "") or words.gettext("(erased)")
    return Rendered(
        subject=one_line(words.gettext(what.subject) % filled),
        body=words.gettext(what.body) % filled,
        link=link,
    )


def _shown(name: str, value: Param, words: Words) -> str:
    """Return a param as the words take it: a day written out, a text on one line."""
    if name.endswith("_on"):
        return words.date(date.fromisoformat(str(value)))
    return one_line(str(value))


def as_mail(
    rendered: Rendered,
    *,
    public_id: str,
    language: str,
    recipient: str,
    sender: str,
    made_at: datetime,
    host: str,
) -> EmailMessage:
    """Return the mail: the same message gives the same bytes whenever it is sent.

    Its Message-ID is made from the message's own identifier, so that a mail which was
    sent twice, as after a crash, can be told to be one. Raises ``ValueError``
    or ``MessageError`` for an address that can't stand in a header.
    """
    words = Words(language)
    name, address = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(name), addr_spec=address)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = rendered.subject.replace(ENCODED, f"{ENCODED[0]} {ENCODED[1]}")
    mail["Date"] = format_datetime(made_at)
    mail["Message-ID"] = f"<{public_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(rendered, words), charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = language
    return mail


def text_of(rendered: Rendered, words: Words) -> str:
    """Return the plain text of a mail."""
    foot = words.gettext("You sign in to read more. Nobody reads answers to this mail.")
    return f"{rendered.body}\n\n{rendered.link}\n\n-- \n{foot}\n"
