"""Accepting a finding beside a criterion as evidence, or setting it aside."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.finding_facts import Data
from competency.assessments.finding_presenters import described
from competency.assessments.finding_steps import accept_finding, set_finding_aside
from competency.assessments.queries import load
from competency.assessments.schema import AssessorKind
from competency.assessments.scoring_views import refused
from competency.errors import Invalid
from competency.extensions import db
from competency.web.filters import page_language
from competency.web.permission import access, actor


@blueprint.post("/appraisals/<public_id>/findings/<criterion_id>/<kpi>")
@access()
def decide_finding(public_id: str, criterion_id: str, kpi: str) -> ResponseReturnValue:
    """Accept a finding as evidence, or set it aside; go back to its criterion."""
    me, now = actor(), clock.now()
    try:
        if request.form.get("do") == "accept":
            framework = load(db.session, actor=me, now=now, public_id=public_id).framework

            def words(facts: Data) -> tuple[str, str]:
                return described(framework, criterion_id, facts, page_language())

            accept_finding(
                db.session,
                actor=me,
                now=now,
                public_id=public_id,
                criterion_id=criterion_id,
                kpi=kpi,
                described=words,
            )
            flash(gettext("The figures are evidence now, as they stand today."))
        else:
            set_finding_aside(
                db.session,
                actor=me,
                now=now,
                public_id=public_id,
                criterion_id=criterion_id,
                kpi=kpi,
                reason=request.form.get("reason", ""),
            )
            flash(gettext("The figures are set aside; your reason stays with them."))
    except Invalid as error:
        return refused(public_id, AssessorKind.LEAD, error)
    anchor = f"c-{criterion_id}"
    return redirect(url_for("assessments.appraisal", public_id=public_id, _anchor=anchor))
