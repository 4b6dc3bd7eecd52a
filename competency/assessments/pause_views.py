"""What human resources do on the way: suspend, resume and reopen, each with its reason."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.forms import comment_of
from competency.assessments.result_views import refused_step
from competency.assessments.suspending import reopen, resume, suspend
from competency.errors import Invalid
from competency.extensions import db
from competency.web.permission import access, actor


@blueprint.post("/appraisals/<public_id>/suspend")
@access()
def suspend_appraisal(public_id: str) -> ResponseReturnValue:
    """Suspend an unfinished appraisal."""
    reason = comment_of(request.form)
    try:
        suspend(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("The appraisal is suspended."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/resume")
@access()
def resume_appraisal(public_id: str) -> ResponseReturnValue:
    """Resume a suspended appraisal where it was."""
    reason = comment_of(request.form)
    try:
        resume(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("The appraisal goes on where it was."))
    return _back(public_id)


@blueprint.post("/appraisals/<public_id>/reopen")
@access()
def reopen_appraisal(public_id: str) -> ResponseReturnValue:
    """Give a decided result back to its assessor."""
    reason = comment_of(request.form)
    try:
        reopen(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        return refused_step(public_id, error)
    flash(gettext("The appraisal is back with its assessor."))
    return _back(public_id)


def _back(public_id: str) -> ResponseReturnValue:
    """Return to the appraisal's page, as the result."""
    return redirect(url_for("assessments.appraisal", public_id=public_id, view="result"))
