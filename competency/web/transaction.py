"""The transaction boundary of the pages: one commit, at the end of a request.

GET, HEAD and OPTIONS run in reading transactions, which the database refuses to write
in. Every other method writes from its first statement, except where a view says
``@stages``: it then works in reading and writing steps of its own, so that hashing,
rendering and receiving files happen outside any lock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from competency.database.transactions import end_reading, set_writing
from competency.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = 400


def stages(view: View) -> View:
    """Declare that the view runs its own ``unit_of_work`` steps."""
    view.__dict__["stages"] = True
    return view


def _begins_writing() -> bool:
    """Return whether this request writes from its first statement."""
    if request.method in READING_METHODS or request.endpoint is None:
        return False
    return not getattr(current_app.view_functions[request.endpoint], "stages", False)


def install(app: Flask) -> None:
    """Begin, commit and roll back around every request."""

    @app.before_request
    def begin() -> None:
        set_writing(writing=_begins_writing())

    @app.after_request
    def end(response: Response) -> Response:
        if response.status_code >= _REFUSED:
            db.session.rollback()
        elif request.method in READING_METHODS:
            end_reading(db.session)
        else:
            db.session.commit()
        return response

    @app.teardown_request
    def reset(_error: BaseException | None) -> None:
        set_writing(writing=False)
