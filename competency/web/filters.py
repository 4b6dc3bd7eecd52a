"""What every template can use: dates, pagers, assets; and the count of queries.

Dates and instants are written in the page's language; instants in the time zone of
whoever is signed in.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_datetime_format
from flask import Flask, Response, current_app, g, has_app_context, request, url_for
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_time,
    get_locale,
    gettext,
)
from sqlalchemy import Engine, event
from werkzeug.routing import BuildError

from competency import clock
from competency.extensions import bootstrap, db
from competency.people.schema import Actor
from competency.resources import STATIC
from competency.web.charts_svg import svg
from competency.web.messages import messages
from competency.wording import LANGUAGES, Words

NO_VALUE = "–"
KEPT = 2048
"""Dates and times of day that a process keeps in words."""
_is_plain = re.compile(r"[A-Za-z0-9_-]+").fullmatch
"""Whether a value stands in an address as it is."""
_FRAME = ("BEGIN", "PRAGMA", "SET TRANSACTION", "SAVEPOINT", "RELEASE", "ROLLBACK")


def time_zone() -> str:
    """Return the time zone of whoever is signed in; UTC for visitors."""
    actor = g.get("actor")
    return actor.time_zone if isinstance(actor, Actor) else "UTC"


def day(value: date | None, form: str = "medium") -> str:
    """Return a local date as the page's language writes it (``short`` to ``full``)."""
    return NO_VALUE if value is None else _day(value, form, page_language())


@lru_cache(maxsize=KEPT)
def _day(value: date, form: str, _language: str) -> str:
    """Return a date in the page's language, which ``_language`` names."""
    return str(format_date(value, format=form, rebase=False))


def moment(value: datetime | None, form: str = "medium") -> str:
    """Return an instant as date and time at the reader's place of work.

    ``medium`` names the month and leaves the seconds out, which nobody asks for.
    """
    if value is None:
        return NO_VALUE
    local = value.astimezone(ZoneInfo(time_zone()))
    if form != "medium":
        return str(format_datetime(local, format=form, rebase=False))
    both = get_datetime_format("medium", locale=get_locale())
    return str(both).format(
        format_time(local, format="short", rebase=False),
        format_date(local, format="medium", rebase=False),
    )


def number(value: float) -> str:
    """Return a number with the page language's separators."""
    return str(format_decimal(value))


def translated(message: object) -> str:
    """Return a message that code chose, in the page's language."""
    return str(gettext(str(message))) if message else ""


def page_language() -> str:
    """Return the code of the page's language."""
    return messages().language


def today() -> date:
    """Return today's date at the reader's place of work."""
    return clock.local_date(clock.now(), time_zone())


@cache
def _fingerprint(filename: str) -> str:
    """Return a short hash of a static file: a changed file has another address."""
    return format(zlib.crc32((STATIC / filename).read_bytes()), "08x")


def asset(filename: str) -> str:
    """Return the address of a static file, which browsers may keep for long."""
    return address("static", filename=filename, v=_fingerprint(filename))


def bootstrap_file(filename: str) -> str:
    """Return the address of a file of the component library, by its version."""
    return _of_bootstrap(request.root_path, filename)


@cache
def _of_bootstrap(_root: str, filename: str) -> str:
    """Return a library file's address, where the application is mounted at ``_root``."""
    return url_for("bootstrap.static", filename=filename, v=bootstrap.bootstrap_version)


def address(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - what any route takes
    """Return ``url_for``, which is asked once a process for each kind of address.

    A page links the same few places row by row: only the identifiers in them differ.
    """
    plain = all(type(value) is str and _is_plain(value) for value in values.values())
    pattern = _pattern(request.root_path, endpoint, tuple(values)) if plain else None
    if pattern is None:
        return url_for(endpoint, **values)
    return pattern % values


@lru_cache(maxsize=KEPT)
def _pattern(_root: str, endpoint: str, names: tuple[str, ...]) -> str | None:
    """Return an address with its values left open, as ``%`` takes them.

    ``None`` where the route takes something else than text, or a value is not in it once.
    The application is mounted at ``_root``.
    """
    marks = {name: f"value-{place}-of-{name}" for place, name in enumerate(names)}
    if endpoint.startswith(".") or any(name.startswith("_") for name in names):
        return None
    try:
        made = url_for(endpoint, _anchor=None, _method=None, _scheme=None, _external=None, **marks)
    except (BuildError, ValueError):
        return None
    made = made.replace("%", "%%")
    for name, mark in marks.items():
        if made.count(mark) != 1:
            return None
        made = made.replace(mark, f"%({name})s")
    return made


@dataclass(frozen=True)
class Pager:
    """Which part of a list a page shows; ``first`` and ``last`` count from 1."""

    page: int
    page_size: int
    total: int

    @property
    def first(self) -> int:
        """Return the number of the first row shown, 0 in an empty list."""
        return min((self.page - 1) * self.page_size + 1, self.total)

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return min(self.page * self.page_size, self.total)

    @property
    def previous_url(self) -> str | None:
        """Return the address of the page before, if there is one."""
        return page_url(self.page - 1) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        """Return the address of the page after, if there is one."""
        return page_url(self.page + 1) if self.last < self.total else None

    @property
    def needed(self) -> bool:
        """Return whether the list does not fit on one page."""
        return self.total > self.page_size


def page_url(page: int) -> str:
    """Return this page's address with the same filters and another page number."""
    arguments = {**request.args.to_dict(), **(request.view_args or {}), "page": page}
    return url_for(request.endpoint or "web.home", **arguments)


def page_address() -> str:
    """Return where the page shown can be read again: its own address after a GET.

    After a POST it is the nearest page above: what was sent to ``/plan/actions`` shows
    on ``/plan``.
    """
    if request.method == "GET":
        return request.full_path.rstrip("?")
    routes, path = current_app.create_url_adapter(request), request.path
    while routes is not None and path and not routes.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def country(code: str) -> str:
    """Return a country's name in the page's language; the code itself where it has none."""
    return Words(page_language()).country(code)


def page_number() -> int:
    """Return the page asked for in ``?page=``; nonsense is the first page."""
    raw = request.args.get("page", "1")
    return max(1, int(raw)) if raw.isdecimal() and len(raw) < len("100000") else 1


def install(app: Flask) -> None:
    """Give the templates their filters, and tests the count of queries."""
    app.add_template_filter(country, "country")
    app.add_template_filter(day, "day")
    app.add_template_filter(moment, "moment")
    app.add_template_filter(number, "number")
    app.add_template_filter(svg, "svg")
    app.add_template_filter(translated, "translated")
    app.jinja_env.globals.update(
        asset=asset,
        bootstrap_file=bootstrap_file,
        languages=LANGUAGES,
        page_address=page_address,
        page_language=page_language,
        pager_of=Pager,
        time_zone=time_zone,
        today=today,
        url_for=address,
    )
    with app.app_context():
        _count_queries(db.engine)

    @app.after_request
    def show_count(response: Response) -> Response:
        if app.testing or app.debug:
            response.headers["X-Query-Count"] = str(g.get("query_count", 0))
        return response


def _count_queries(engine: Engine) -> None:
    """Count the statements of each request, without those that frame a transaction."""

    @event.listens_for(engine, "before_cursor_execute")
    def count(
        _connection: object,
        _cursor: object,
        statement: str,
        _parameters: object,
        _context: object,
        _many: object,
    ) -> None:
        if has_app_context() and not statement.startswith(_FRAME):
            g.query_count = g.get("query_count", 0) + 1
