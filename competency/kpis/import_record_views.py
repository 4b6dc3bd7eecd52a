"""Pages of what stays of imports: whom sources name, and rows that were set aside."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competency import clock
from competency.extensions import db
from competency.kpis.import_drafts import empty_aside, forget_alias
from competency.kpis.import_queries import aliases, set_aside_rows
from competency.kpis.import_views import PAGE_SIZE, kpi_imports
from competency.people.schema import Role
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

DIGITS = 15
"""Of a row's number at the most."""


@kpi_imports.get("/people")
@access(Role.HR, over_all=True)
def named_people() -> ResponseReturnValue:
    """List whom the names of sources mean."""
    page = page_number()
    rows, count = aliases(db.session, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    pager = Pager(page, PAGE_SIZE, count)
    return render_template("kpis/imports/people.html", rows=rows, pager=pager)


@kpi_imports.post("/people/<alias_id>/forget")
@access(Role.HR, over_all=True)
def forget(alias_id: str) -> ResponseReturnValue:
    """Forget who a name is."""
    forget_alias(db.session, actor=actor(), now=clock.now(), public_id=alias_id)
    flash(_("The name was forgotten; what was imported stays."))
    return redirect(url_for("kpi_imports.named_people"))


def _told(fault: object) -> str:
    """Return a kept fault in the page's language."""
    if not isinstance(fault, dict):
        return ""
    message = str(fault["message"])
    text = str(_(message))
    return f"{fault['column']}: {text % fault['params'] if fault['params'] else text}"


@kpi_imports.get("/set-aside")
@access(Role.HR, over_all=True)
def set_aside() -> ResponseReturnValue:
    """List the rows that could not be imported and wait for somebody to look at them."""
    page = page_number()
    rows, count = set_aside_rows(db.session, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    pager = Pager(page, PAGE_SIZE, count)
    return render_template("kpis/imports/set_aside.html", rows=rows, pager=pager, told=_told)


@kpi_imports.post("/set-aside/empty")
@access(Role.HR, over_all=True)
def empty() -> ResponseReturnValue:
    """Delete the chosen rows."""
    ids = [
        int(one) for one in request.form.getlist("rows") if one.isdecimal() and len(one) <= DIGITS
    ]
    count = empty_aside(db.session, actor=actor(), now=clock.now(), ids=ids)
    flash(ngettext("%(num)s row was deleted.", "%(num)s rows were deleted.", count))
    return redirect(url_for("kpi_imports.set_aside"))
