"""A signed-in browser of the tests that checks every page it touches."""

from __future__ import annotations

import re
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.access import start_session
from tests.support.cast import World

QUERIES = 15
PAGE_BYTES = 100 * 1024
JSON = {"Accept": "application/json"}


@dataclass
class Browser:
    """One person's browser; every HTML answer is checked as a page.

    Each request runs in a context of its own, as in a server: nothing of the test's own
    application context, or of another browser's request, is left in ``g``.
    """

    client: FlaskClient
    checked: list[str] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - the client's own
        """Return the answer to a GET, checked; a page with status 200 keeps the budgets."""
        answer = Context().run(self.client.get, path, **options)
        self._check(path, answer, keeps_budget=answer.status_code == 200)
        return answer

    def post(self, path: str, data: Any = None, **options: Any) -> TestResponse:  # noqa: ANN401 - the client's own
        """Return the answer to a POST, checked."""
        answer = Context().run(self.client.post, path, data=data or {}, **options)
        self._check(path, answer, keeps_budget=False)
        return answer

    def _check(self, path: str, answer: TestResponse, *, keeps_budget: bool) -> None:
        if answer.mimetype != "text/html" or answer.status_code in {301, 302, 303, 308}:
            return
        self.checked.append(path)
        check_page(answer.text)
        if keeps_budget:
            assert int(answer.headers["X-Query-Count"]) <= QUERIES, (
                path,
                answer.headers["X-Query-Count"],
            )
            assert len(answer.data) <= PAGE_BYTES, path


def check_page(text: str) -> Element:
    """Fail unless the page is valid, titled, in a language, and its ids and forms are sound."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(text)
    assert tree.get("lang")
    headings = ["".join(h.itertext()).strip() for h in tree.iter("h1")]
    assert len(headings) == 1, headings
    title = "".join(next(tree.iter("title")).itertext())
    assert headings[0] in title, (headings, title)
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1 and i})
    assert all(form.get("action") for form in tree.iter("form"))
    for element in tree.iter():
        assert element.get("style") is None
        for name in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//", element.get(name) or "")
    return tree


def sign_in(app: Flask, name: str) -> Browser:
    """Return a browser in which somebody of the cast is signed in, without a password."""
    account = World(db.session).account(name)
    with unit_of_work(db.session):
        token = start_session(db.session, now=clock.now(), account=account, hours=1)
    client = app.test_client()
    Context().run(_set_cookie, client, token)
    return Browser(client)


def _set_cookie(client: FlaskClient, token: str) -> None:
    """Put the session's token where signing in puts it."""
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
