"""Make the pictures of the README and of the tour, from a freshly filled demonstration."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from competency import clock
from competency.app import create_app
from competency.config import Config
from competency.credentials.keys import signing_key
from competency.demonstration.filling import fill
from competency.extensions import db
from competency.running import bring_up_to_date
from tests.support.browser import chromium, served
from tests.support.story import Teller

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"


def taken(page: Page, name: str) -> None:
    """Write a picture of what the window shows."""
    page.screenshot(path=PICTURES / f"{name}.png")


def main() -> None:
    """Fill, serve, play the story, and take the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        config = Config(data_folder=Path(folder), demo=True)
        app = create_app(config)
        with app.app_context():
            bring_up_to_date()
            now = clock.now()
            fill(db.session, now=now, public_url="http://localhost", key=signing_key(config, now))
            db.session.remove()
        with served(app) as base, chromium() as browser:
            Teller(browser, base, taken, check=False).play()
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
