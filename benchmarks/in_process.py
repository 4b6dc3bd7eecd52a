"""Pages and saves called in this process, one after another in turns with their floor.

Without a server, a socket or a second process between them, what is left is our own
work. Taking turns spreads whatever else the machine does over all of them alike; on a
busy one the ratio of the least times says more than that of the medians.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextvars import Context

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import floor
from benchmarks.browser import cookies, form_token
from competency.extensions import db
from tests.support.client import sign_in

HEADS = ("what", "least ms", "p50 ms", "p95 ms", "queries", "KB", "times the floor", "by least")
TURNS, WARM = 200, 10
HOMES = {"lead": "simon", "employee": "aurora", "human resources": "hilda", "reviewer": "renata"}
JSON = "application/json"


class Caller:
    """Somebody signed in to an application, calling it without a server."""

    def __init__(self, app: Flask, cookie: str) -> None:
        """Keep the application and what the browser sends."""
        self.app, self.cookie = app, cookie
        self.queries, self.size = "-", 0

    def call(self, path: str, data: dict[str, str] | None = None) -> tuple[float, bytes]:
        """Return how long an answer took in milliseconds, and its body."""
        environ = EnvironBuilder(
            path=path,
            method="GET" if data is None else "POST",
            headers=Headers([("Cookie", self.cookie), ("Accept", JSON if data else "text/html")]),
            data=data,
        ).get_environ()
        begun = time.perf_counter()
        parts, status, headers = Context().run(run_wsgi_app, self.app, environ, buffered=True)
        body = b"".join(parts)
        took = (time.perf_counter() - begun) * 1000
        if not status.startswith("200"):
            raise RuntimeError(f"{path}: {status}: {body[:200]!r}")
        self.cookie = cookies(headers.get_all("Set-Cookie")) or self.cookie
        self.queries, self.size = headers.get("X-Query-Count", "-"), len(body)
        return took, body


def _callers(app: Flask, names: set[str]) -> dict[str, Caller]:
    """Return people of the cast, signed in by a session row each."""
    found = {}
    with app.app_context():
        for name in names:
            cookie = sign_in(app, name).client.get_cookie("competency")
            found[name] = Caller(app, f"competency={cookie.value if cookie else ''}")
        db.session.remove()
    return found


def measure(
    app: Flask, floor_app: Flask, path: str, versions: dict[str, int]
) -> list[tuple[object, ...]]:
    """Return the rows of the table; ``versions`` of the drafts, by criterion, are kept up."""
    least = Caller(floor_app, "")
    _, page = least.call("/sign-in")
    floor_form = {"csrf_token": form_token(page)}
    people = _callers(app, set(HOMES.values()))
    lead = people["simon"]
    form = {"csrf_token": form_token(lead.call(path)[1]), "kind": "lead"}
    criteria = list(versions)

    def floor_save(turn: int) -> float:
        return least.call(f"/{turn % floor.ROWS}", {**floor_form, "level": f"level {turn}"})[0]

    def save(turn: int) -> float:
        criterion = criteria[turn % len(criteria)]
        sent = {"level": "GFE"[turn % 3], "note": f"{turn}", "version": str(versions[criterion])}
        versions[criterion] += 1
        return lead.call(f"{path}/drafts/{criterion}", {**form, **sent})[0]

    asked: dict[str, tuple[str, Caller, Callable[[int], float]]] = {
        "floor page": ("", least, lambda _: least.call("/")[0]),
        "scoring page": ("floor page", lead, lambda _: lead.call(path)[0]),
        "floor save": ("", least, floor_save),
        "one save": ("floor save", lead, save),
    }
    for role, name in HOMES.items():
        who = people[name]
        asked[f"home, {role}"] = ("floor page", who, lambda _, who=who: who.call("/home")[0])  # type: ignore[misc]  # bound at once
    times: dict[str, list[float]] = {what: [] for what in asked}
    about: dict[str, tuple[str, int]] = {}
    for turn in range(WARM + TURNS):
        for what, (_, who, call) in asked.items():
            took = call(turn)
            about[what] = (who.queries, who.size)
            if turn >= WARM:
                times[what].append(took)
    rows: list[tuple[object, ...]] = []
    for what, (base, _, _) in asked.items():
        middle, least_time = statistics.median(times[what]), min(times[what])
        floor_times = times[base or what]
        rows.append(
            (
                what,
                f"{least_time:.2f}",
                f"{middle:.2f}",
                f"{statistics.quantiles(times[what], n=20)[18]:.2f}",
                about[what][0],
                f"{about[what][1] / 1024:.0f}",
                f"{middle / statistics.median(floor_times):.1f}",
                f"{least_time / min(floor_times):.1f}",
            )
        )
    return rows
