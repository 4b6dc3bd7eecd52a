"""Headers that every answer carries, and where a redirect may lead."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_babel import gettext

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


CACHED = frozenset({"static", "bootstrap.static", "credentials.status"})
"""What names nobody and says itself for how long a copy may be used."""


def safe_next(target: str | None) -> str | None:
    """Return ``target`` if it is a path of this site, else ``None``.

    Anything with a scheme, a host, a backslash or a control character is refused,
    and so is ``//host``, which browsers read as an address elsewhere.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or any(ord(letter) <= ord(" ") for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def _has_controls(address: str) -> bool:
    """Return whether an address holds control characters, which no page of ours makes."""
    plain = address.translate({ord(letter): None for letter in "\t\n\r"})
    return any(unicodedata.category(letter) == "Cc" for letter in plain)


def install(app: Flask) -> None:
    """Refuse hidden characters in addresses; add the headers, and no cache for pages."""

    @app.before_request
    def refuse_controls() -> Response | None:
        query = "".join(name + value for name, value in request.args.items(multi=True))
        if _has_controls(request.path + query):
            text = gettext("This address holds hidden characters.")
            return Response(text, status=400, mimetype="text/plain")
        return None

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint not in CACHED:
            response.headers["Cache-Control"] = "no-store"
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
