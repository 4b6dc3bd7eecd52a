"""Who is signed in: Flask-Login over session rows of ours.

Flask's signed cookie holds a random token; the row it names says whose session it is
and whether it still runs. So access ends at the next request after sign-out, a new
password or the end of an account (ADR 0004).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user

from competency import clock
from competency.extensions import db, login_manager
from competency.people.queries import Identity, identity_of_session

UNIDENTIFIED = frozenset({"static", "bootstrap.static", "web.health"})


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """What Flask-Login keeps for a request."""

    token: str
    identity: Identity | None = None

    def get_id(self) -> str:
        """Return what the cookie carries: the session's token."""
        return self.token


def begin(token: str) -> None:
    """Put a new session's token into a fresh cookie; who it is, the next request asks."""
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(token))


def end() -> None:
    """Clear the cookie."""
    logout_user()
    cookie.clear()


def install(app: Flask) -> None:
    """Load who is signed in before every request that is not a static file.

    ``g.language``, ``g.person_name`` and ``g.person_id`` are plain values, so that the page
    of an error asks nothing of a database that may be the error's cause.
    """

    @login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def load(token: str) -> SignedIn | None:
        identity = identity_of_session(db.session, token, clock.now())
        return None if identity is None else SignedIn(token, identity)

    @app.before_request
    def identify() -> None:
        if request.endpoint not in UNIDENTIFIED and current_user.is_authenticated:
            identity = current_user.identity
            g.actor = identity.actor
            g.language = identity.language
            g.person_name, g.person_id = identity.printed_name, identity.person_id
