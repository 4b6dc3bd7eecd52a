"""Signing in through the page, as people do, and what the cookie then carries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask

from competency import clock
from competency.people import sign_in as steps
from tests.support.cast import CAST, PASSWORD
from tests.support.client import Browser

COOKIE = "competency"


def visitor(app: Flask, address: str = "192.0.2.1") -> Browser:
    """Return the browser of somebody who has not signed in, at an address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Browser(client)


def knock(browser: Browser, number: str, password: str = PASSWORD, **more: str) -> int:
    """Try to sign in through the page; return the status (302 is success)."""
    form = {"employee_number": number, "password": password, **more}
    return browser.post("/sign-in", form).status_code


def walk_in(app: Flask, name: str, address: str = "192.0.2.1") -> Browser:
    """Return the browser of somebody of the cast who signed in through the page."""
    browser = visitor(app, address)
    assert knock(browser, CAST[name][0]) == 302
    return browser


def cookie_of(browser: Browser) -> str:
    """Return the value of the session cookie that the browser holds now."""
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def with_cookie(app: Flask, value: str) -> Browser:
    """Return another browser that holds a captured cookie."""
    browser = visitor(app)
    browser.client.set_cookie(COOKIE, value)
    return browser


def is_in(browser: Browser) -> bool:
    """Return whether the browser is signed in."""
    return browser.get("/account").status_code == 200


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Iterator[datetime]:
    """Let the clock of the application run ahead."""
    real = clock.now
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: real() + by)
        yield real() + by


class Hashing:
    """Counts how often a password is verified, and leaves the work out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand in for the verification; nobody's password is right."""
        self.stored: list[str | None] = []
        monkeypatch.setattr(steps, "verify_password", self._verify)

    def _verify(self, stored: str | None, password: str) -> bool:
        assert password
        self.stored.append(stored)
        return False
