"""The frame of every page: health, home, the language switch and the navigation.

The shell names endpoints and knows no feature's rules. An item whose endpoint is not
registered, or does not admit who asks, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext

from competency import clock
from competency.errors import Invalid
from competency.extensions import db
from competency.people.access import set_language
from competency.people.schema import Actor
from competency.web.permission import access, declared
from competency.web.security import safe_next
from competency.wording import LANGUAGES

YEAR = 365 * 24 * 3600
HOME_ENDPOINT = "assessments.home"

web = Blueprint("web", __name__)
blueprints = (web,)


@dataclass(frozen=True)
class NavigationItem:
    """A place in the top navigation, for whomever its page lets in."""

    label: LazyString
    endpoint: str
    is_administration: bool = False
    """Whether it stands in the menu of what is set up now and then, not worked with daily."""

    def is_for(self, actor: Actor) -> bool:
        """Return whether the application has the page, and its declaration admits the actor."""
        if self.endpoint not in current_app.view_functions:
            return False
        needed = declared(current_app, self.endpoint)
        return needed is not None and needed.admits(actor)


NAVIGATION = (
    NavigationItem(lazy_gettext("Home"), HOME_ENDPOINT),
    NavigationItem(lazy_gettext("Cycles"), "assessments.cycles"),
    NavigationItem(lazy_gettext("Observations"), "observations.index"),
    NavigationItem(lazy_gettext("People"), "people.index"),
    NavigationItem(lazy_gettext("Figures"), "figures.mine"),
    NavigationItem(lazy_gettext("Organisation"), "organisation.index", is_administration=True),
    NavigationItem(lazy_gettext("Frameworks"), "frameworks.index"),
    NavigationItem(lazy_gettext("Register"), "credentials.register"),
    NavigationItem(lazy_gettext("Issuers"), "issuers.index", is_administration=True),
    NavigationItem(lazy_gettext("Accounts"), "access.accounts", is_administration=True),
    NavigationItem(lazy_gettext("Audit"), "audit.index"),
)


@web.app_template_global()
def navigation() -> list[NavigationItem]:
    """Return the items that whoever is signed in sees."""
    actor = g.get("actor")
    return [] if actor is None else [item for item in NAVIGATION if item.is_for(actor)]


@web.get("/health")
@access(public=True)
def health() -> ResponseReturnValue:
    """Answer whether this process reaches its database."""
    db.session.execute(sa.select(1))
    return jsonify(status="ok")


@web.get("/")
@access()
def home() -> ResponseReturnValue:
    """Lead to what waits for whoever is signed in."""
    there = HOME_ENDPOINT in current_app.view_functions
    return redirect(url_for(HOME_ENDPOINT if there else "people.index"))


@web.post("/language")
@access(public=True)
def language() -> ResponseReturnValue:
    """Set the language of the pages: of the account, and of this browser's visits."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Invalid("Choose one of the languages shown.", "language")
    answer = redirect(safe_next(request.form.get("next")) or url_for("web.home"))
    if g.get("actor") is not None and g.language != chosen:
        set_language(db.session, actor=g.actor, now=clock.now(), language=chosen)
    _remember(answer, chosen)
    return answer


def _remember(answer: Response | ResponseReturnValue, chosen: str) -> None:
    """Keep the choice in this browser, for the pages before sign-in."""
    if isinstance(answer, Response):
        answer.set_cookie(
            "language",
            chosen,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
