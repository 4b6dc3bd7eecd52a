"""No page says anything that its language has no words for."""

from __future__ import annotations

import flask_babel
import pytest
import sqlalchemy as sa
from babel.support import NullTranslations, Translations
from flask import Flask

from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.models import Account
from tests.support.cast import World
from tests.support.routes import answers, scene


class Recorder(NullTranslations):
    """Asked last, for what the catalogue lacks."""

    def __init__(self, lacking: set[str]) -> None:
        super().__init__()
        self.lacking = lacking

    def gettext(self, message: str) -> str:
        self.lacking.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.lacking.add(msgid1)
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        self.lacking.add(f"{context}: {message}")
        return message

    ugettext = gettext
    upgettext = pgettext
    ungettext = ngettext


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the messages that pages ask for in vain, from now on."""
    found: set[str] = set()
    original = flask_babel.Domain.get_translations

    def recorded(domain: flask_babel.Domain) -> NullTranslations:
        translations: Translations = original(domain)
        if str(flask_babel.get_locale()) == "en":
            return translations  # the source text needs no catalogue
        if not isinstance(translations._fallback, Recorder):  # noqa: SLF001 - gettext's own chain
            translations._fallback = Recorder(found)  # noqa: SLF001 - the same
        else:
            translations._fallback.lacking = found  # noqa: SLF001 - the same
        return translations

    monkeypatch.setattr(flask_babel.Domain, "get_translations", recorded)
    return found


@pytest.mark.parametrize(
    ("language", "state"),
    [
        ("ru", State.OPEN),
        ("ru", State.IN_REVIEW),
        ("ru", State.RELEASED),
        ("ru", State.CLOSED),
        ("es", State.RELEASED),
        ("it", State.RELEASED),
    ],
)
def test_no_page_of_anybody_has_an_untranslated_message(
    app: Flask,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    lacking: set[str],
    language: str,
    state: State,
    request: pytest.FixtureRequest,
) -> None:
    if "postgresql" in request.node.name and (language, state) != ("ru", State.CLOSED):
        return  # words don't come from the database: one pass shows that it agrees
    place = scene(app, world, state)
    with unit_of_work(world.session):
        exempt(world.session, "the test's cast reads another language")
        world.session.execute(sa.update(Account).values(language=language))
    pages = 0
    for endpoint, _method, who, answer in answers(place, monkeypatch):
        pages += answer.mimetype == "text/html" and answer.status_code == 200
        if answer.mimetype == "text/html" and answer.status_code == 200 and who != "nobody":
            assert f'lang="{language}"' in answer.text, endpoint
    assert pages
    assert not lacking
