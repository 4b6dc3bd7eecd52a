"""A planned test's further pages: changing it, and its sheet as a file."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.permissions import can_plan_session
from competency.assessments.schema import SessionState
from competency.assessments.session_changes import change_session
from competency.assessments.session_forms import change_input
from competency.assessments.session_papers import session_sheet_facts
from competency.assessments.session_queries import LoadedSession
from competency.assessments.session_views import page_values, read_session
from competency.documents.finishing import finished
from competency.documents.practical_test import practical_test_sheet
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.people.models import Employee
from competency.web.errors import worded
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def _change_page(
    found: LoadedSession, values: Mapping[str, str] | None = None, error: str = ""
) -> str:
    """Return the page on which a planned session is changed, with what was sent to it."""
    zone = found.loaded.time_zone
    return render_template(
        "assessments/session_edit.html",
        **page_values(found),
        values=values or _values(found, zone),
        zone=zone,
        error=error,
    )


def _values(found: LoadedSession, zone: str) -> dict[str, str]:
    """Return what a session's form holds as it is planned now."""
    held = found.session
    local = held.planned_for.astimezone(ZoneInfo(zone))
    numbers = db.session.scalars(
        sa.select(Employee.employee_number)
        .where(Employee.id.in_(found.examiners))
        .order_by(Employee.employee_number)
    )
    return {
        "day": local.date().isoformat(),
        "time": f"{local:%H:%M}",
        "place": held.place or "",
        "examiners": ", ".join(numbers),
        "situation": held.situation or "",
        "reason": "",
    }


def _for_changing(public_id: str) -> LoadedSession:
    """Return a session whose tests the actor may plan."""
    found = read_session(public_id)
    if not can_plan_session(actor(), found.loaded.facts, found.loaded.standing):
        raise NotAllowed("Tests are planned by human resources and by the assessor.")
    return found


@blueprint.get("/sessions/<public_id>/edit")
@access()
def edit_session(public_id: str) -> ResponseReturnValue:
    """Ask what is changed about a session that is still to be held."""
    found = _for_changing(public_id)
    if found.session.state is not SessionState.PLANNED:
        return redirect(url_for("assessments.session", public_id=public_id))
    return _change_page(found)


@blueprint.post("/sessions/<public_id>/edit")
@access()
def change_test(public_id: str) -> ResponseReturnValue:
    """Change a planned session; what was refused is said on the page that was sent."""
    found = _for_changing(public_id)
    zone = found.loaded.time_zone
    try:
        change_session(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            change=change_input(request.form, zone),
        )
    except Invalid as error:
        read_again()
        page = _change_page(_for_changing(public_id), request.form, worded(error))
        return make_response(page, 422)
    flash(gettext("The test is changed."))
    return redirect(url_for("assessments.session", public_id=public_id))


@blueprint.get("/sessions/<public_id>/sheet.pdf")
@access()
def session_sheet_file(public_id: str) -> ResponseReturnValue:
    """Give the sheet of a practical test: to write on before it, as recorded after it."""
    found = read_session(public_id)
    facts = session_sheet_facts(db.session, actor=actor(), now=clock.now(), found=found)
    db.session.rollback()
    content = finished(practical_test_sheet(facts), facts, facts.language)
    return pdf_answer(content, f"test-{public_id}")
