"""The page on which a candidate withdraws from their certification."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.forms import comment_of
from competency.assessments.permissions import can_withdraw
from competency.assessments.queries import Loaded, load
from competency.assessments.session_ending import planned_sessions
from competency.assessments.withdrawing import withdraw_certification
from competency.assessments.words import instrument_label
from competency.audit.access import note_read
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def _loaded(public_id: str) -> Loaded:
    """Return a certification from which the actor can withdraw."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    if not can_withdraw(me, loaded.facts, loaded.standing):
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    return loaded


def _page(loaded: Loaded, error: str = "") -> str:
    """Return the page that asks once more, with what was sent to it."""
    note_read(actor(), loaded.appraisal.subject_id, f"appraisal {loaded.appraisal.public_id}")
    return render_template(
        "assessments/withdraw.html",
        title=gettext("Withdraw from this certification"),
        loaded=loaded,
        sessions=planned_sessions(db.session, loaded.appraisal),
        instrument_label=instrument_label,
        reason=comment_of(request.form),
        error=error,
    )


@blueprint.get("/appraisals/<public_id>/withdraw")
@access()
def before_withdrawing(public_id: str) -> ResponseReturnValue:
    """Say what withdrawing means, and ask why."""
    return _page(_loaded(public_id))


def _require_confirmed() -> None:
    """Raise ``Invalid`` unless it was confirmed."""
    if request.form.get("confirmed") != "yes":
        raise Invalid("Confirm that you withdraw.", "confirmed")


@blueprint.post("/appraisals/<public_id>/withdraw")
@access()
def withdraw(public_id: str) -> ResponseReturnValue:
    """Withdraw from one's own certification."""
    reason = comment_of(request.form)
    _loaded(public_id)
    try:
        _require_confirmed()
        withdraw_certification(
            db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason
        )
    except Invalid as error:
        read_again()
        return make_response(_page(_loaded(public_id), worded(error)), 422)
    flash(gettext("You have withdrawn from this certification."))
    return redirect(url_for("assessments.appraisal", public_id=public_id))
