"""Every error as a page, or as JSON where the caller asked for it; never a trace."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from competency.errors import (
    CompetencyError,
    Conflict,
    IllegalTransition,
    Incomplete,
    Invalid,
    InvalidFile,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from competency.web.transaction import read_again

STATUS: dict[type[CompetencyError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    IllegalTransition: 409,
    Conflict: 409,
    Incomplete: 422,
    Invalid: 422,
    InvalidFile: 422,
    TooManyAttempts: 429,
}

logger = logging.getLogger(__name__)


def worded(error: CompetencyError) -> str:
    """Return the error's message in the page's language."""
    text = str(gettext(error.message))
    return text % error.params if error.params else text


def wants_json() -> bool:
    """Return whether the caller is a script of ours rather than a page load."""
    return request.accept_mimetypes.best == "application/json"


def _answer(status: int, title: str, message: str, details: tuple[str, ...] = ()) -> Response:
    """Return the error as JSON or as a page."""
    if wants_json():
        return make_response(jsonify(error=message, details=list(details)), status)
    page = render_template(
        "errors/error.html", status=status, title=title, message=message, details=details
    )
    return make_response(page, status)


def _titles() -> dict[int, str]:
    """Return the headings by status."""
    return {
        400: gettext("The request could not be read"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        405: gettext("Not possible here"),
        409: gettext("Something has changed meanwhile"),
        413: gettext("Too large"),
        422: gettext("Please check what was entered"),
        429: gettext("Too many tries"),
    }


def install(app: Flask) -> None:
    """Answer the errors of operations, of HTTP and of the database."""

    @app.errorhandler(CompetencyError)
    def refused(error: CompetencyError) -> ResponseReturnValue:
        read_again()
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        details = error.faults if isinstance(error, InvalidFile) else ()
        answer = _answer(status, _titles()[status], worded(error), details)
        if isinstance(error, TooManyAttempts):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> ResponseReturnValue:
        if wants_json():
            return jsonify(error=gettext("You are signed out. Sign in again to go on.")), 401
        message = gettext(
            "This form was open for too long. Go back, reload the page and try again."
        )
        return _answer(400, _titles()[400], message)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        messages = {
            404: gettext("This page does not exist."),
            405: gettext("This address does not answer that kind of request."),
            413: gettext(
                "What was sent is too large. A file can have at most %(megabytes)s MB.",
                megabytes=app.extensions["competency"].upload_megabytes,
            ),
        }
        fallback = gettext("The request could not be answered. Go back and try again.")
        title = _titles().get(status, gettext("Something went wrong"))
        return _answer(status, title, messages.get(status, fallback))

    @app.errorhandler(DataError)
    def unreadable(error: DataError) -> ResponseReturnValue:
        read_again()
        logger.warning("a value that no column takes: %s", error.orig)
        message = gettext("Something in the request can't be stored, such as a hidden character.")
        return _answer(400, _titles()[400], message)

    @app.errorhandler(IntegrityError)
    def collided(error: IntegrityError) -> ResponseReturnValue:
        read_again()
        logger.warning("database: %s", error.orig)
        message = gettext(
            "Somebody else changed the same thing meanwhile. Nothing was saved; try again."
        )
        return _answer(409, _titles()[409], message)

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> ResponseReturnValue:
        read_again()
        logger.error("database: %s", error.orig)
        message = gettext("The database is busy or out of reach. Nothing was saved; try again.")
        answer = _answer(503, gettext("Not reachable right now"), message)
        answer.headers["Retry-After"] = "5"
        return answer

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        read_again()
        reference = secrets.token_hex(4)
        logger.error("unexpected error %s", reference, exc_info=error)
        message = gettext(
            "Something went wrong on our side. Nothing was saved. "
            "If it happens again, give your administrator the reference %(reference)s.",
            reference=reference,
        )
        return _answer(500, gettext("Something went wrong"), message)
