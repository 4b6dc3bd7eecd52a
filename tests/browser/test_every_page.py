"""Every page of the demonstration, in every role and at both widths: nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from competency.demonstration.cast import CAST
from tests.support.browser import served
from tests.support.demonstration import demonstration

pytestmark = pytest.mark.browser
NUMBERS = ("D100", "D120", "D200", "D301", "D302", "D400", "D500", "D600", "D700", "D900")
LANGUAGES = {person.number: person.language for person in CAST}
NOT_WALKED = {
    "web.health": "answers machines",
    "web.home": "leads to the home page",
    "access.sign_in": "is for whoever is not signed in: a test of its own below",
    "access.code": "is for whoever is not signed in: a test of its own below",
}
"""Endpoints that no link of a signed-in person's pages leads to, each with the reason."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the filled demonstration; reading pages changes nothing in it."""
    return demonstration(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture(scope="module")
def base(app: Flask) -> Iterator[str]:
    """Return the address at which the demonstration is served."""
    with served(app) as address:
        yield address
