"""Leave on a person's page: entered and removed by human resources, never with a reason."""

from __future__ import annotations

from datetime import date

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import Invalid
from competency.extensions import db
from competency.people.absences import record_absence, remove_absence
from competency.people.import_file import is_date
from competency.people.person_views import managed, people_pages, person_page
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def _day(name: str) -> date:
    """Return a date that was sent; raise ``Invalid`` for anything else."""
    value = request.form.get(name, "").strip()
    if not is_date(value):
        raise Invalid("Write both days, as in 2026-03-31.", name)
    return date.fromisoformat(value)


@people_pages.post("/<public_id>/absences")
@access(Role.HR)
def add_absence(public_id: str) -> ResponseReturnValue:
    """Enter from which day until which a person is on leave."""
    row, _where = managed(public_id)
    try:
        new = record_absence(
            db.session,
            actor=actor(),
            now=clock.now(),
            employee=row.employee,
            starts_on=_day("starts_on"),
            last_on=_day("last_on"),
        )
    except Invalid as error:
        read_again()
        return make_response(person_page(public_id, worded(error)), 422)
    flash(_("The leave is entered.") if new else _("This leave was entered already."))
    return redirect(url_for("people.show", public_id=public_id))


@people_pages.post("/<public_id>/absences/<absence_id>/remove")
@access(Role.HR)
def end_absence(public_id: str, absence_id: str) -> ResponseReturnValue:
    """Remove a leave that was entered."""
    row, _where = managed(public_id)
    remove_absence(
        db.session,
        actor=actor(),
        now=clock.now(),
        employee=row.employee,
        public_id=absence_id,
    )
    flash(_("The leave is removed."))
    return redirect(url_for("people.show", public_id=public_id))
