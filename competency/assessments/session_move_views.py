"""The page on which a planned session is moved, or another day is asked for."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.permissions import can_move_session, is_subject
from competency.assessments.schema import SessionState, State
from competency.assessments.session_forms import move_input
from competency.assessments.session_moves import (
    NOT_MOVING,
    ask_to_move,
    keep_session,
    move_session,
    moves_of,
    open_ask,
)
from competency.assessments.session_queries import LoadedSession
from competency.assessments.session_views import page_values, read_session
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def _may_move(found: LoadedSession) -> bool:
    """Return whether the actor moves a session themselves."""
    me, facts = actor(), found.loaded.facts
    return can_move_session(me, facts, found.loaded.standing, examines=found.is_examiner(me))


def _found(public_id: str) -> LoadedSession:
    """Return a session that the actor may move, or ask to be moved."""
    found = read_session(public_id)
    if not _may_move(found) and not is_subject(actor(), found.loaded.facts):
        raise NotAllowed(NOT_MOVING)
    return found


def _page(found: LoadedSession, error: str = "") -> str:
    """Return the page, with what was sent to it."""
    held, zone = found.session, found.loaded.time_zone
    local = held.planned_for.astimezone(ZoneInfo(zone))
    sent = request.form
    return render_template(
        "assessments/session_move.html",
        **page_values(found),
        moves=_may_move(found),
        asked=open_ask(moves_of(db.session, held.id)),
        zone=zone,
        day=sent.get("day", local.date().isoformat()),
        time=sent.get("time", f"{local:%H:%M}"),
        place=sent.get("place", held.place or ""),
        sent=sent,
        error=error,
    )


@blueprint.get("/sessions/<public_id>/move")
@access()
def before_moving(public_id: str) -> ResponseReturnValue:
    """Ask for another day, or for the reason why the session is moved."""
    found = _found(public_id)
    is_open = found.loaded.appraisal.state is State.OPEN
    if found.session.state is not SessionState.PLANNED or not is_open:
        return redirect(url_for("assessments.session", public_id=public_id))
    return _page(found)


def _taken(public_id: str, take: Callable[[], None], done: str) -> ResponseReturnValue:
    """Take a step, and say what came of it; what was refused is said on its page."""
    try:
        take()
    except Invalid as error:
        read_again()
        return make_response(_page(_found(public_id), worded(error)), 422)
    flash(done)
    return redirect(url_for("assessments.session", public_id=public_id))


@blueprint.post("/sessions/<public_id>/move")
@access()
def move_test(public_id: str) -> ResponseReturnValue:
    """Move a session to another day, time or place."""
    found = _found(public_id)
    if not _may_move(found):
        raise NotAllowed(NOT_MOVING)
    zone = found.loaded.time_zone
    return _taken(
        public_id,
        lambda: move_session(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            move=move_input(request.form, zone),
        ),
        gettext("The session is moved. Everybody concerned is told."),
    )


@blueprint.post("/sessions/<public_id>/ask-to-move")
@access()
def ask_another_day(public_id: str) -> ResponseReturnValue:
    """Ask for another day of one's own session."""
    reason = request.form.get("reason", "")
    return _taken(
        public_id,
        lambda: ask_to_move(
            db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason
        ),
        gettext("You have asked for another day. Your assessor and the examiners are told."),
    )


@blueprint.post("/sessions/<public_id>/keep")
@access()
def keep_day(public_id: str) -> ResponseReturnValue:
    """Answer the wish for another day with no."""
    reason = request.form.get("reason", "")
    return _taken(
        public_id,
        lambda: keep_session(
            db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason
        ),
        gettext("The day stays. The candidate reads why."),
    )
