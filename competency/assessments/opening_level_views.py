"""Imported levels: the page that brings them in from a file, and the page of one person's."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.forms import LevelsForm
from competency.assessments.opening_level_file import LENGTHS, NEEDED, read_levels
from competency.assessments.opening_level_presenters import levels_of
from competency.assessments.opening_level_queries import HAS_OPENING_LEVEL
from competency.assessments.opening_levels import (
    import_levels,
    preview_levels,
    refusal,
    remove_level,
)
from competency.audit.access import note_read
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile
from competency.extensions import db
from competency.people.access_views import REFUSED
from competency.people.import_file import MAXIMUM_BYTES
from competency.people.import_views import (
    CARRIED_MAXIMUM,
    FAULTS_SHOWN,
    packed,
    unpacked,
    worded_fault,
)
from competency.people.permissions import can_manage_person
from competency.people.person_views import loaded
from competency.people.schema import Actor, Role
from competency.web.errors import worded
from competency.web.panels import Panel, panel
from competency.web.permission import access, actor
from competency.web.transaction import stages

SHOWN_AT_HOME = 12


@panel(15, when=HAS_OPENING_LEVEL)
def opening_level_panel(me: Actor, now: datetime) -> Panel | None:
    """Show one's own imported levels, as what they are."""
    del now
    found = levels_of(db.session, me.employee_id or 0, at_most=SHOWN_AT_HOME)
    return Panel("assessments/_home_levels.html", {"found": found}) if found else None


@blueprint.route("/levels/import", methods=["GET", "POST"])
@access(Role.HR)
@stages
def import_levels_page() -> ResponseReturnValue:
    """Take a file, and show what it would do or every fault in it."""
    form = LevelsForm()
    result, carried, faults = None, "", []
    if form.validate_on_submit():
        content = form.file.data.read(MAXIMUM_BYTES + 1)
        try:
            result = preview_levels(
                db.session, actor=actor(), now=clock.now(), file=read_levels(content)
            )
        except InvalidFile as error:
            form.file.errors = [*form.file.errors, worded(error)]
        else:
            carried = packed(content)
            faults = [worded_fault(fault) for fault in result.faults[:FAULTS_SHOWN]]
    page = render_template(
        "assessments/levels_import.html",
        form=form,
        result=result,
        faults=faults,
        carried=carried if len(carried) <= CARRIED_MAXIMUM else "",
        columns=LENGTHS,
        needed=NEEDED,
    )
    return page, REFUSED if form.errors or faults else 200


@blueprint.post("/levels/import/apply")
@access(Role.HR)
@stages
def apply_levels() -> ResponseReturnValue:
    """Import the file that was looked at; it is checked again."""
    file = read_levels(unpacked(request.form.get("carried", "")))
    if file.faults:
        raise refusal(file.faults)
    with unit_of_work(db.session):
        result = import_levels(db.session, actor=actor(), now=clock.now(), lines=file.lines)
    flash(
        gettext(
            "Levels imported: %(added)s; recorded already: %(unchanged)s.",
            added=result.added,
            unchanged=result.unchanged,
        )
    )
    return redirect(url_for("people.index"))


@blueprint.get("/people/<public_id>/levels")
@access()
def opening_levels(public_id: str) -> ResponseReturnValue:
    """Show the imported levels of one person, and those that were removed."""
    row, where = loaded(public_id)
    note_read(actor(), row.employee.id, "imported levels")
    return render_template(
        "assessments/levels.html",
        person=row.employee,
        found=levels_of(db.session, row.employee.id, with_removed=True),
        may_remove=can_manage_person(actor(), where),
        may_import=actor().has(Role.HR),
    )


@blueprint.post("/people/<public_id>/levels/<level_id>/remove")
@access()
def remove_opening_level(public_id: str, level_id: str) -> ResponseReturnValue:
    """Let one count no longer, with the reason that the form holds."""
    try:
        remove_level(
            db.session,
            actor=actor(),
            now=clock.now(),
            employee_public_id=public_id,
            public_id=level_id,
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        flash(worded(error), "error")
    else:
        flash(gettext("The imported level counts no longer."))
    return redirect(url_for("assessments.opening_levels", public_id=public_id), 303)
