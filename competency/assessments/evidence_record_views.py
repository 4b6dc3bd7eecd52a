"""The pages of evidence as auditors read it; whoever reads it whole never comes here."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext

from competency import clock
from competency.assessments.evidence_records import Records, record_of, records_of
from competency.audit.access import note_read
from competency.extensions import db
from competency.web.filters import Pager, page_number
from competency.web.permission import actor

PAGE_SIZE = 25


def records_page(employee_public_id: str) -> str:
    """Return somebody's evidence for an auditor; ``NotFound`` for everybody else."""
    me, page = actor(), page_number()
    found = records_of(
        db.session,
        actor=me,
        now=clock.now(),
        employee_public_id=employee_public_id,
        page=page,
        page_size=PAGE_SIZE,
    )
    note_read(me, found.subject.id, "records of evidence")
    return _rendered(found, page)


def record_page(public_id: str) -> str:
    """Return one piece of evidence for an auditor; ``NotFound`` for everybody else."""
    me = actor()
    found = record_of(db.session, actor=me, now=clock.now(), public_id=public_id)
    note_read(me, found.subject.id, f"record of evidence {public_id}")
    return _rendered(found, 1)


def _rendered(found: Records, page: int) -> str:
    """Return the page of some records."""
    name = found.subject.printed_name
    return render_template(
        "assessments/evidence_records.html",
        title=gettext("Records of evidence: %(name)s", name=name),
        records=found,
        pager=Pager(page, PAGE_SIZE, found.total),
    )
