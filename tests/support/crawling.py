"""A walk along the links of somebody's pages, by the test client: where a browser looks later."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

START = "/home"
OF_ONE_ENDPOINT = 6
"""So many addresses of one endpoint are opened, to meet the different pages that it has."""
FILE = re.compile(r"(\.[a-z]{3,4}|/file|/evidence/[^/]+/(files|previews)/.+)$")
"""How the address of a file ends."""
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
_LINK = re.compile(r"<a\b([^>]*)>")
_HREF = re.compile(r'\bhref="([^"]*)"')


@dataclass(frozen=True)
class Found:
    """One kind of page that somebody meets: an endpoint with the template that it rendered."""

    endpoint: str
    template: str
    path: str
    size: int
    """Bytes of HTML: of the pages of a kind the longest is kept, which shows the most."""
    content: str
    """What is on it between navigation and foot, without what changes with every answer."""


def pages(app: Flask, client: FlaskClient, *more: str) -> list[Found]:
    """Return the pages reached by links from the home page, one of each kind, in walking order.

    ``more`` are addresses that the walk begins at too.

    Raises ``AssertionError`` for a link that leads nowhere.
    """
    match = _matcher(app)
    met: Counter[str] = Counter()
    found: dict[tuple[str, str], Found] = {}
    waiting, seen = deque([(path, "") for path in (START, *more)]), {START, *more}
    while waiting:
        path, source = waiting.popleft()
        endpoint = match(path)
        if endpoint is None or met[endpoint] == OF_ONE_ENDPOINT:
            continue
        met[endpoint] += 1
        answer, template = _opened(app, client, path)
        assert answer.status_code in {200, 302}, (path, answer.status_code, source)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        one = Found(endpoint, template, path, len(answer.data), _content(answer.text))
        known = found.get((endpoint, template))
        if known is None or known.size < one.size:
            found[endpoint, template] = one
        for link in _links(answer.text, path):
            if link not in seen:
                seen.add(link)
                waiting.append((link, path))
    return list(found.values())


def _matcher(app: Flask) -> Callable[[str], str | None]:
    """Return what tells a page's endpoint from its address; ``None`` for files and other places."""
    adapter = app.url_map.bind("localhost")

    def match(path: str) -> str | None:
        try:
            endpoint, _ = adapter.match(path.split("?", maxsplit=1)[0], method="GET")
        except HTTPException:
            return None
        return None if FILE.search(path.split("?", maxsplit=1)[0]) else str(endpoint)

    return match


def _opened(app: Flask, client: FlaskClient, path: str) -> tuple[TestResponse, str]:
    """Return the answer to a GET and the page's template."""
    rendered: list[str] = []

    def note(_: Flask, template: Template, **__: object) -> None:
        rendered.append(template.name or "")

    with template_rendered.connected_to(note, app):
        answer = Context().run(client.get, path)
    return answer, rendered[-1] if rendered else ""


def _content(text: str) -> str:
    """Return the main part of a page, without the tokens of its forms."""
    return _TOKEN.sub("", text.partition("<main")[2].partition("</main>")[0])


def _links(text: str, page: str) -> Iterator[str]:
    """Yield the addresses of this application that a page links, downloads left out."""
    for attributes in _LINK.findall(text):
        address = _HREF.search(attributes)
        if address is None or re.search(r"\sdownload\b", attributes):
            continue
        there, _ = urldefrag(urljoin(page, html.unescape(address[1])))
        if there.startswith("/"):
            yield there
