"""Make the pictures of the README from a freshly filled demonstration."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from competency import clock
from competency.app import create_app
from competency.config import Config
from competency.demonstration.cast import PASSWORD
from competency.demonstration.filling import fill
from competency.extensions import db
from competency.running import bring_up_to_date
from tests.support.browser import chromium, served

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}


def sign_in(page: Page, base: str, number: str) -> None:
    """Sign in as one of the demonstration's cast."""
    page.goto(f"{base}/sign-in")
    page.locator("input[name=employee_number]").fill(number)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/home")


def main() -> None:
    """Fill, serve, and take the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(data_folder=Path(folder)))
        with app.app_context():
            bring_up_to_date()
            fill(db.session, now=clock.now(), public_url="http://localhost")
            db.session.remove()
        with served(app) as base, chromium() as browser:
            for number, name in (("D200", "scoring"), ("D303", "home")):
                page = browser.new_context(viewport=SIZE, locale="es-CL").new_page()
                sign_in(page, base, number)
                if name == "scoring":
                    page.locator("a.task-name", has_text="Aurora").click()
                    page.locator("#c-ac2\\.cd1").scroll_into_view_if_needed()
                    page.locator("#c-ac1\\.cd4").focus()
                page.screenshot(path=PICTURES / f"{name}.png")
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
