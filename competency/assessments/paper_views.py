"""Papers of appraisals and frameworks: the report, the blank form, the practical test."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.blank_papers import (
    Spoken,
    form_facts,
    practical_test_facts,
    spoken,
)
from competency.assessments.blueprint import blueprint
from competency.assessments.report_papers import report_facts
from competency.audit.access import note_read
from competency.documents.form import blank_form
from competency.documents.practical_test import practical_test_sheet
from competency.documents.report import appraisal_report
from competency.extensions import db
from competency.web.filters import page_language
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor


@blueprint.get("/appraisals/<public_id>/report.pdf")
@access()
def report_file(public_id: str) -> ResponseReturnValue:
    """Give a decided appraisal as a document in the employee's language."""
    me = actor()
    loaded, facts = report_facts(db.session, actor=me, now=clock.now(), public_id=public_id)
    note_read(me, loaded.subject.id, f"appraisal {facts.reference}")
    db.session.rollback()
    return pdf_answer(appraisal_report(facts), f"report-{facts.reference}")


@blueprint.get("/frameworks/<public_id>/form.pdf")
@access()
def form_file(public_id: str) -> ResponseReturnValue:
    """Give a framework as a form to be filled in by hand, narrowed to a scope if asked."""
    facts = form_facts(_spoken(public_id), request.args.get("scope", ""))
    db.session.rollback()
    return pdf_answer(blank_form(facts), f"form-{public_id}")


@blueprint.get("/frameworks/<public_id>/units/<unit_id>/test.pdf")
@access()
def practical_test_file(public_id: str, unit_id: str) -> ResponseReturnValue:
    """Give the blank sheet of a unit's practical test."""
    facts = practical_test_facts(_spoken(public_id), unit_id)
    db.session.rollback()
    return pdf_answer(practical_test_sheet(facts), f"test-{public_id}-{unit_id}")


def _spoken(public_id: str) -> Spoken:
    """Return the framework in the language that is asked for."""
    return spoken(
        db.session,
        actor=actor(),
        public_id=public_id,
        chosen=request.args.get("in", ""),
        otherwise=page_language(),
    )
