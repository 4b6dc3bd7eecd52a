"""Every page of the demonstration, in every role and at both widths: nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser

from competency.demonstration.cast import CAST
from tests.support.browser import served, visitor
from tests.support.crawling import FILE, Found, pages
from tests.support.demonstration import client_of, demonstration
from tests.support.doors import COOKIE

pytestmark = pytest.mark.browser
NUMBERS = ("D100", "D120", "D200", "D301", "D302", "D400", "D500", "D600", "D700", "D810", "D900")
LANGUAGES = {person.number: person.language for person in CAST}
NOT_WALKED = {
    "web.health": "answers machines",
    "web.home": "leads to the home page",
    "access.sign_in": "is for whoever is not signed in: looked at before signing in",
    "access.code": "is for whoever is not signed in: looked at before signing in",
    "assessments.my_evidence": "leads to one's own portfolio",
    "assessments.sufficiency_of": "answers the script of the scoring page",
    "kpi_imports.draft": "is of files that wait to be imported: looked at in test_kpi_import",
    "kpi_imports.progress": "is of files that are being imported: looked at in test_kpi_import",
    "assessments.rounds": "is of a contested result judged anew: looked at in test_contest",
    "assessments.before_handing_in_beside": "is of a second or peer: looked at in test_peers",
    "assessments.record_answers": "is of a test with questions: looked at in test_written_test",
    "assessments.evidence_for": "is a part of the scoring page, asked for by its script",
}
"""Endpoints that no link of a signed-in person's pages leads to, each with the reason."""


@dataclass
class Walks:
    """What each of the cast meets, walked once; and the cookie that it was met with."""

    app: Flask
    more: list[tuple[str, str]]
    cookies: dict[str, str] = field(default_factory=dict)
    found: dict[str, list[Found]] = field(default_factory=dict)
    looked_at: set[tuple[str, str]] = field(default_factory=set)
    """The language and the content of pages: what several roles read alike is looked at once."""

    def of(self, number: str) -> list[Found]:
        """Return the pages that one of the cast meets."""
        if number not in self.found:
            client = client_of(self.app, number)
            cookie = client.get_cookie(COOKIE)
            assert cookie is not None
            self.cookies[number] = cookie.value
            more = [path for who, path in self.more if who == number]
            self.found[number] = pages(self.app, client, *more)
        return self.found[number]


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Walks:
    """Return the walks through a filled demonstration; reading pages changes nothing in it."""
    return Walks(*demonstration(tmp_path_factory.mktemp("demonstration")))


@pytest.fixture(scope="module")
def base(walks: Walks) -> Iterator[str]:
    """Return the address at which the demonstration is served."""
    with served(walks.app) as address:
        yield address


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", NUMBERS)
def test_every_page_of_a_role_keeps_the_rules_at_both_widths(
    walks: Walks, base: str, browser: Browser, number: str
) -> None:
    found = walks.of(number)
    with visitor(browser, base) as guest:
        cookie = {"name": COOKIE, "value": walks.cookies[number], "url": base}
        guest.context.add_cookies([cookie])  # type: ignore[list-item]  # a dictionary is one
        for one in found:
            if (LANGUAGES[number], one.content) in walks.looked_at:
                continue
            walks.looked_at.add((LANGUAGES[number], one.content))
            guest.open(one.path)
            page = guest.page
            assert page.locator("html").get_attribute("lang") == LANGUAGES[number], one
            heading = page.locator("h1")
            assert heading.count() == 1, one
            words = " ".join(heading.inner_text().split())
            assert words, one
            assert " ".join(page.title().split()) == f"{words} · Competency", one


@pytest.mark.timeout(300)
def test_no_page_is_forgotten(walks: Walks) -> None:
    reached = {one.endpoint for number in NUMBERS for one in walks.of(number)}
    there = {
        rule.endpoint
        for rule in walks.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not FILE.search(rule.rule)
        and not rule.endpoint.endswith("static")
    }
    assert not reached & NOT_WALKED.keys(), "an exception that is none any more"
    assert there - reached == NOT_WALKED.keys()


def test_the_pages_before_signing_in_keep_the_rules(base: str, browser: Browser) -> None:
    with visitor(browser, base) as guest:
        for path in ("/sign-in", "/code", "/verify"):
            guest.open(path)
