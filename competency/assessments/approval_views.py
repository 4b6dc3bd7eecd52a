"""Giving an approval that a result waits for."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.approvals import approve_gate
from competency.assessments.blueprint import blueprint
from competency.errors import Invalid
from competency.extensions import db
from competency.web.errors import worded
from competency.web.permission import access, actor


@blueprint.post("/appraisals/<public_id>/approvals/<gate_id>")
@access()
def give_approval(public_id: str, gate_id: str) -> ResponseReturnValue:
    """Give it, with the reason that the form holds."""
    try:
        approve_gate(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            gate_id=gate_id,
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        flash(worded(error), "error")
    else:
        flash(gettext("The approval is given."))
    return redirect(url_for("assessments.appraisal", public_id=public_id, _anchor="approvals"), 303)
