"""What each route asks of whoever calls it; a route that says nothing fails the tests.

The declaration is the coarse gate, checked before the view runs. Whose row it is, is
decided by the operation or query that loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency.errors import NotAllowed
from competency.people.schema import Actor, Role
from competency.web.errors import wants_json

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """``public``, or signed in; and with any of ``roles``, where some are named.

    ``over_all`` asks for the role over everybody: for pages that no scope narrows.
    """

    public: bool = False
    roles: frozenset[Role] = frozenset()
    over_all: bool = False

    def admits(self, actor: Actor) -> bool:
        """Return whether somebody signed in has a role that is asked for."""
        has = actor.has_over_all if self.over_all else actor.has
        return not self.roles or has(*self.roles)


PUBLIC = Access(public=True)
SIGNED_IN = Access()
FILES = frozenset({"static", "bootstrap.static"})
"""Endpoints of Flask and Bootstrap-Flask that serve the packaged files to anybody."""


def access(*roles: Role, public: bool = False, over_all: bool = False) -> Callable[[View], View]:
    """Declare who may call the view: ``@access()``, ``@access(Role.HR)``, or public."""

    def declare(view: View) -> View:
        view.__dict__["access"] = Access(public, frozenset(roles), over_all)
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Access | None:
    """Return what the endpoint's view declares, or ``None`` where it says nothing."""
    if endpoint in FILES:
        return PUBLIC
    found = getattr(app.view_functions[endpoint], "access", None)
    return found if isinstance(found, Access) else None


def actor() -> Actor:
    """Return who is signed in; only for views behind a declaration that asks for it."""
    current = g.get("actor")
    if not isinstance(current, Actor):
        raise NotAllowed("Sign in first.")
    return current


def _sign_in_first() -> ResponseReturnValue:
    """Lead to the sign-in page, and back to the page afterwards; tell scripts so."""
    if wants_json():
        return jsonify(error=gettext("You are signed out. Sign in again to go on.")), 401
    there = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("access.sign_in", next=None if there == "/" else there))


def install(app: Flask) -> None:
    """Check every declaration before its view; an undeclared route is refused."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        needed = declared(current_app, request.endpoint)
        if needed is None:
            raise NotAllowed("This route declares no permission.")
        if needed.public:
            return None
        current = g.get("actor")
        if current is None:
            return _sign_in_first()
        if not needed.admits(current):
            raise NotAllowed("Your role does not include this page.")
        return None
