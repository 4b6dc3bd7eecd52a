"""The story of the tour, played from beginning to end by the demonstration's people."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import served
from tests.support.story import Teller


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_the_story_of_the_tour(filled: Flask, browser: Browser) -> None:
    pictures: list[str] = []
    with served(filled) as base:
        teller = Teller(browser, base, lambda _page, name: pictures.append(name))
        teller.play()
    assert len(pictures) == len(set(pictures)) == 12
    assert set(teller.documents) == {"plan", "attestation"}
