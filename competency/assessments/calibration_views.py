"""Calibration sessions: opening one, its grid and its log, and one person's levels."""

from __future__ import annotations

from io import BytesIO

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.utils import send_file

from competency import clock
from competency.assessments.agreement_presenters import shown_agreement, shown_severity
from competency.assessments.agreement_queries import pairs_with, severity_of_leads
from competency.assessments.blueprint import blueprint
from competency.assessments.calibrating import (
    PEOPLE_MAXIMUM,
    adjust,
    close_calibration,
    open_calibration,
    undo,
)
from competency.assessments.calibration_person_views import person_page
from competency.assessments.calibration_presenters import (
    columns_of,
    grid,
    log,
    log_table,
    spreads,
)
from competency.assessments.calibration_queries import (
    adjustments_of,
    candidates_of,
    levels_of,
    members_of,
    reviewers_over,
    rows_of,
    seen_by,
    sessions_seen,
)
from competency.assessments.cycle_queries import counts_of
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.presenters import EXCUSED
from competency.assessments.queries import cycle_by_public_id
from competency.assessments.schema import AssessorKind
from competency.audit.access import note_read
from competency.errors import CompetencyError, Conflict, Invalid
from competency.extensions import db
from competency.files.tables.csvs import csv_files
from competency.frameworks.queries import framework_of
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

CELLS = 350
"""Cells of the grid on a page: more criteria, fewer people."""
PEOPLE_SHOWN = 25
PEOPLE_LEAST = 5


@blueprint.get("/calibrations")
@access()
def calibrations() -> ResponseReturnValue:
    """List the sessions that the actor takes part in, runs, or may read."""
    return render_template(
        "assessments/calibrations.html", found=sessions_seen(db.session, actor(), clock.now())
    )


def _cycle_page(cycle: Cycle, error: str = "") -> str:
    """Return a cycle's sessions, with the form of a new one for human resources."""
    me, now = actor(), clock.now()
    counts_of(db.session, me, now, cycle)
    is_hr = me.has(Role.HR) and cycle.closed_at is None
    found = candidates_of(db.session, me, now, cycle) if is_hr else []
    team, lead = request.values.get("team", ""), request.values.get("lead", "")
    listed = [
        each
        for each in found
        if (not team or str(each.team_id) == team) and (not lead or each.lead_id == lead)
    ]
    subjects = [each.subject.id for each in found]
    return render_template(
        "assessments/cycle_calibrations.html",
        title=gettext("Calibration"),
        cycle=cycle,
        is_hr=is_hr,
        sessions=sessions_seen(db.session, me, now, cycle),
        candidates=listed[:PEOPLE_MAXIMUM],
        more=len(listed) > PEOPLE_MAXIMUM,
        teams=sorted({(each.team, str(each.team_id)) for each in found if each.team_id}),
        leads=sorted({(each.lead_name, each.lead_id) for each in found}),
        team=team,
        lead=lead,
        reviewers=reviewers_over(db.session, subjects, me.today(now)) if found else {},
        ticked=set(request.form.getlist("appraisal")) if error else None,
        named=set(request.form.getlist("member")),
        sent_title=request.form.get("title", ""),
        error=error,
    )


@blueprint.get("/cycles/<public_id>/calibrations")
@access(Role.HR, Role.AUDITOR)
def cycle_calibrations(public_id: str) -> ResponseReturnValue:
    """Show a cycle's sessions, and whom a new one could be about."""
    return _cycle_page(cycle_by_public_id(db.session, public_id))


@blueprint.post("/cycles/<public_id>/calibrations")
@access(Role.HR)
def open_session(public_id: str) -> ResponseReturnValue:
    """Open a session about those that were left ticked."""
    me, now = actor(), clock.now()
    cycle = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, cycle)
    try:
        opened = open_calibration(
            db.session,
            actor=me,
            now=now,
            cycle=cycle,
            title=request.form.get("title", ""),
            appraisals=request.form.getlist("appraisal"),
            members=request.form.getlist("member"),
        )
    except Invalid as error:
        read_again()
        cycle = cycle_by_public_id(db.session, public_id)
        return make_response(_cycle_page(cycle, worded(error)), 422)
    flash(gettext("The session is open."))
    return redirect(url_for("assessments.calibration", public_id=opened.public_id))


@blueprint.get("/calibrations/<public_id>")
@access()
def calibration(public_id: str) -> ResponseReturnValue:
    """Show a session: its grid, how levels are spread, how far assessors agree, its log."""
    me, now = actor(), clock.now()
    seen = seen_by(db.session, me, now, public_id)
    rows = rows_of(db.session, me, now, seen)
    framework = framework_of(db.session, seen.cycle.framework_version_id)
    submitted, stands = levels_of(db.session, seen, rows)
    columns = columns_of(framework, rows)
    size = max(PEOPLE_LEAST, min(PEOPLE_SHOWN, CELLS // max(1, len(columns))))
    page = page_number()
    shown = rows[(page - 1) * size : page * size]
    for row in rows:
        note_read(me, row.appraisal.subject_id, f"calibration {public_id}")
    of_them = Appraisal.id.in_([row.appraisal.id for row in rows])
    pairs = pairs_with(db.session, of_them) if seen.runs or seen.is_member else {}
    severity = severity_of_leads(db.session, of_them, framework) if seen.runs else []
    return render_template(
        "assessments/calibration.html",
        title=seen.calibration.title,
        seen=seen,
        framework=framework,
        columns=columns,
        rows=grid(framework, columns, shown, submitted, stands),
        pager=Pager(page, size, len(rows)),
        spreads=spreads(framework, columns, rows, submitted, stands),
        members=members_of(db.session, seen),
        lines=log(framework, adjustments_of(db.session, seen, rows)),
        agreement=shown_agreement(
            framework, {k: v for k, v in pairs.items() if k is AssessorKind.SECOND}
        ),
        severity=shown_severity(severity),
    )


@blueprint.get("/calibrations/<public_id>/adjustments.csv")
@access()
def calibration_log(public_id: str) -> ResponseReturnValue:
    """Download what a session adjusted, of the people whom the actor reads."""
    me, now = actor(), clock.now()
    seen = seen_by(db.session, me, now, public_id)
    rows = rows_of(db.session, me, now, seen)
    framework = framework_of(db.session, seen.cycle.framework_version_id)
    found = adjustments_of(db.session, seen, rows)
    for subject_id in {each.adjustment.subject_id for each in found}:
        note_read(me, subject_id, f"log of calibration {public_id}")
    table = log_table(log(framework, found))
    return send_file(
        BytesIO(csv_files({"log": table})["log.csv"]),
        request.environ,
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{seen.calibration.title}.csv",
        max_age=0,
    )


@blueprint.get("/calibrations/<public_id>/people/<appraisal_id>")
@access()
def calibrated(public_id: str, appraisal_id: str) -> ResponseReturnValue:
    """Show one person's levels with what they rest on, and the form to adjust them."""
    return person_page(public_id, appraisal_id)


def _refused(public_id: str, appraisal_id: str, error: CompetencyError) -> ResponseReturnValue:
    """Show the person's page again with why it can't be; what was typed stays."""
    read_again()
    status = 409 if isinstance(error, Conflict) else 422
    return make_response(person_page(public_id, appraisal_id, worded(error)), status)


@blueprint.post("/calibrations/<public_id>/people/<appraisal_id>/<criterion_id>")
@access()
def adjust_level(public_id: str, appraisal_id: str, criterion_id: str) -> ResponseReturnValue:
    """Adjust a level, with the rationale."""
    level = request.form.get("level", "")
    version = request.form.get("version", "")
    try:
        adjust(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            appraisal_id=appraisal_id,
            criterion_id=criterion_id,
            level=None if level in ("", EXCUSED) else level,
            excused=level == EXCUSED,
            rationale=request.form.get("note", "").replace("\r\n", "\n"),
            version=int(version) if version.isascii() and version.isdigit() else 0,
        )
    except (Invalid, Conflict) as error:
        return _refused(public_id, appraisal_id, error)
    flash(gettext("The level is adjusted, and stands in the session's log."))
    return redirect(_at(public_id, appraisal_id, criterion_id))


@blueprint.post("/calibrations/<public_id>/people/<appraisal_id>/<criterion_id>/undo")
@access()
def undo_level(public_id: str, appraisal_id: str, criterion_id: str) -> ResponseReturnValue:
    """Take an adjustment back."""
    undo(
        db.session,
        actor=actor(),
        now=clock.now(),
        public_id=public_id,
        appraisal_id=appraisal_id,
        criterion_id=criterion_id,
    )
    flash(gettext("The adjustment is taken back: the assessor's level stands again."))
    return redirect(_at(public_id, appraisal_id, criterion_id))


def _at(public_id: str, appraisal_id: str, criterion_id: str) -> str:
    """Return the address of one criterion on a person's page."""
    return url_for(
        "assessments.calibrated",
        public_id=public_id,
        appraisal_id=appraisal_id,
        c=criterion_id,
    )


@blueprint.post("/calibrations/<public_id>/close")
@access()
def close_session(public_id: str) -> ResponseReturnValue:
    """Close a session: its log stays as it is."""
    close_calibration(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The session is closed."))
    return redirect(url_for("assessments.calibration", public_id=public_id))
