"""What is said about an observation that was handed in: replies, disputes and their answers."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.errors import Incomplete, Invalid
from competency.extensions import db
from competency.observations import answering
from competency.observations.blueprint import blueprint
from competency.observations.forms import marks_input
from competency.observations.sheet_views import read, shown
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def _said(public_id: str, step: Callable[..., None], done: str) -> ResponseReturnValue:
    """Take a step that needs words; what was refused is said on the page."""
    text = request.form.get("text", "")
    try:
        step(db.session, actor=actor(), now=clock.now(), public_id=public_id, text=text)
    except (Incomplete, Invalid) as error:
        read_again()
        return shown(read(public_id), error=worded(error), status=422)
    flash(done)
    return redirect(url_for("observations.observation", public_id=public_id))


@blueprint.post("/observations/<public_id>/reply")
@access()
def reply(public_id: str) -> ResponseReturnValue:
    """Add what the person says about it."""
    return _said(public_id, answering.reply, gettext("Your reply is added."))


@blueprint.post("/observations/<public_id>/dispute")
@access()
def dispute(public_id: str) -> ResponseReturnValue:
    """Dispute the score."""
    return _said(public_id, answering.dispute, gettext("The observation is disputed."))


@blueprint.post("/observations/<public_id>/uphold")
@access()
def uphold(public_id: str) -> ResponseReturnValue:
    """Answer a dispute: the score stands."""
    return _said(public_id, answering.uphold, gettext("The dispute is answered."))


@blueprint.post("/observations/<public_id>/change")
@access()
def change(public_id: str) -> ResponseReturnValue:
    """Answer a dispute with other marks."""
    marks = marks_input(request.form)
    try:
        answering.change(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            marks=marks,
            text=request.form.get("text", ""),
        )
    except (Incomplete, Invalid) as error:
        read_again()
        return shown(read(public_id), error=worded(error), sent=marks, status=422)
    flash(gettext("The dispute is answered; the score and the figure of its day are corrected."))
    return redirect(url_for("observations.observation", public_id=public_id))
