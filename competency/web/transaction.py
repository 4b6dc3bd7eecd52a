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
from flask import session as cookie

from competency.database.transactions import end_reading, set_writing
from competency.extensions import db

View = TypeVar("View", bound=Callable[..., Any])

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FLASHES = "_flashes"
"""Where Flask keeps the messages for the next page."""
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


def read_again() -> None:
    """End the writing transaction, so that a page about a refusal only reads."""
    db.session.rollback()
    set_writing(writing=False)


def install_begin(app: Flask) -> None:
    """Begin every request; to be installed before whatever reads the database."""

    @app.before_request
    def begin() -> None:
        set_writing(writing=_begins_writing())

    @app.teardown_request
    def reset(_error: BaseException | None) -> None:
        set_writing(writing=False)


def install_end(app: Flask) -> None:
    """Commit or roll back at the end of every request.

    To be installed last, so that it runs before whatever completes the answer: where the
    commit fails, the answer is the error's, and nothing says that it was done.
    """

    @app.after_request
    def end(response: Response) -> Response:
        if response.status_code >= _REFUSED:
            db.session.rollback()
            return response
        if request.method in READING_METHODS:
            end_reading(db.session)
            return response
        try:
            db.session.commit()
        except Exception as error:  # noqa: BLE001 - the error handlers answer every kind
            cookie.pop(FLASHES, None)
            return app.make_response(app.handle_user_exception(error))
        return response
