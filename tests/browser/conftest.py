"""One Chromium a test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import chromium, missing_reason, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium, or skip with the reason."""
    if reason := missing_reason():
        pytest.skip(reason)
    with chromium() as running:
        yield running


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """Return the address at which this test's application is served."""
    with served(app) as address:
        yield address
