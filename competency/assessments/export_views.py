"""What came out of a cycle, to be worked on in a spreadsheet program."""

from __future__ import annotations

from io import BytesIO

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.utils import send_file

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.cycle_queries import counts_of
from competency.assessments.exporting import as_table, exported
from competency.assessments.queries import cycle_by_public_id
from competency.audit.access import note_read
from competency.extensions import db
from competency.files.tables.csvs import csv_files
from competency.people.schema import Role
from competency.web.permission import access, actor


@blueprint.get("/cycles/<public_id>/results.csv")
@access(Role.HR, Role.AUDITOR)
def cycle_results(public_id: str) -> ResponseReturnValue:
    """Download what came out of a cycle, a line for each criterion of each person."""
    me, now = actor(), clock.now()
    found = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, found)
    rows = exported(db.session, me, now, found)
    for row in rows:
        note_read(me, row.appraisal.subject_id, f"result of appraisal {row.appraisal.public_id}")
    content = csv_files({"results": as_table(db.session, found, rows)})["results.csv"]
    return send_file(
        BytesIO(content),
        request.environ,
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{found.title}.csv",
        max_age=0,
    )
