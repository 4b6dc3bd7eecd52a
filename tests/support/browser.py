"""A real Chromium against a real server on a test's own database."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Request,
    sync_playwright,
)
from werkzeug.serving import make_server

from tests.support.cast import NUMBERS, PASSWORD

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 390)
PAGE_BYTES = 100 * 1024
WAIT_MS = 30_000
AXE = Axe().axe_script
VIOLATIONS = 'axe.run({resultTypes: ["violations"]}).then(found => found.violations)'


def executable() -> str | None:
    """Return the path of the system's Chromium, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application on a free port of this machine; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start Chromium; in CI a missing one is a failure, not a skip."""
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Chromium:
    return playwright.chromium.launch(executable_path=executable(), args=FLAGS)


@dataclass
class Visitor:
    """One person's browser window, which notes what must never happen."""

    base: str
    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        """Go to a page of ours and check it."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.ok, (path, answer.status)
        assert len(answer.body()) <= PAGE_BYTES, path
        self.check()

    def sign_in(self, name: str) -> None:
        """Sign in through the form, as people do."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.get_by_label("Employee number").fill(NUMBERS[name])
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/home")
        self.check()

    def follow(self, found: Locator) -> None:
        """Click what leads to another page; check that page once it is there."""
        with self.page.expect_navigation():
            found.click()
        self.check()

    def check(self) -> None:
        """Fail on a serious accessibility violation, or on a page wider than its window."""
        self.page.evaluate(AXE)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found = self.page.evaluate(VIOLATIONS)
            serious = [v for v in found if v["impact"] in {"serious", "critical"}]
            assert not serious, (self.page.url, width, _told(serious))
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (self.page.url, width, wide)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self.checked.add(urlsplit(self.page.url).path)


def _told(violations: list[dict[str, object]]) -> list[object]:
    """Return what axe found, short enough to read."""
    return [
        (v["id"], [node["html"] for node in v["nodes"]][:3])  # type: ignore[attr-defined]
        for v in violations
    ]


@contextmanager
def visitor(browser: Chromium, base: str, locale: str = "en-GB") -> Iterator[Visitor]:
    """Open a fresh window; at its end nothing may have gone to another host or failed."""
    context = browser.new_context(locale=locale, accept_downloads=True)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    guest = Visitor(base, context, page)

    def note(request: Request) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            guest.foreign.append(request.url)

    page.on("request", note)
    page.on("pageerror", lambda error: guest.console.append(str(error)))
    page.on(
        "console",
        lambda message: guest.console.append(message.text) if message.type == "error" else None,
    )
    try:
        yield guest
        assert not guest.foreign
        assert not guest.console
    finally:
        context.close()


def missing_reason() -> str | None:
    """Return why browser tests can't run here, or ``None``; in CI they always run."""
    if executable() or os.environ.get("CI"):
        return None
    return "Chromium is not installed: apt-get install chromium"
