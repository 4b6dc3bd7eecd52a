"""Drawing a contact at random, and what is done with it: its sheet, or set aside with a reason."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.audit.access import note_read
from competency.errors import Invalid
from competency.extensions import db
from competency.observations.blueprint import blueprint
from competency.observations.drawing import (
    REASON_MAXIMUM,
    begin_drawn,
    draw_contact,
    load_draw,
    set_aside,
)
from competency.observations.forms import day_of
from competency.observations.plan_rules import month_of
from competency.people.queries import names_of_accounts
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@blueprint.post("/contact-draws")
@access()
def draw() -> ResponseReturnValue:
    """Draw a contact of a person and a month, and show it."""
    me, now = actor(), clock.now()
    first = day_of(request.form.get("month", "")) or month_of(me.today(now))
    try:
        row = draw_contact(
            db.session,
            actor=me,
            now=now,
            employee_public_id=request.form.get("person", ""),
            form_public_id=request.form.get("form", ""),
            first=first,
        )
    except Invalid as error:
        read_again()
        flash(worded(error), "error")
        return redirect(url_for("observations.due", month=first))
    return redirect(url_for("observations.drawn", draw_id=row.public_id))


@blueprint.get("/contact-draws/<draw_id>")
@access()
def drawn(draw_id: str) -> ResponseReturnValue:
    """Show a drawn contact, from how many it was drawn, and what can be done with it."""
    return _page(draw_id)


def _page(draw_id: str, error: str = "", field: str | None = None) -> str:
    """Return the page of a drawn contact, with what was refused."""
    me = actor()
    loaded = load_draw(db.session, actor=me, now=clock.now(), public_id=draw_id)
    note_read(me, loaded.subject.id, f"contact draw {loaded.row.public_id}")
    by = [who for who in (loaded.row.drawn_by_id, loaded.row.set_aside_by_id) if who is not None]
    return render_template(
        "observations/draw.html",
        loaded=loaded,
        names=names_of_accounts(db.session, by),
        mine=loaded.row.drawn_by_id == me.account_id,
        error=error,
        field=field,
        reason=request.form.get("reason", ""),
        limit=REASON_MAXIMUM,
    )


@blueprint.post("/contact-draws/<draw_id>/begin")
@access()
def begin_draw(draw_id: str) -> ResponseReturnValue:
    """Begin the sheet of a drawn contact, and go to it."""
    try:
        row = begin_drawn(db.session, actor=actor(), now=clock.now(), public_id=draw_id)
    except Invalid as error:
        read_again()
        return make_response(_page(draw_id, worded(error), error.field), 422)
    return redirect(url_for("observations.observation", public_id=row.public_id))


@blueprint.post("/contact-draws/<draw_id>/set-aside")
@access()
def set_draw_aside(draw_id: str) -> ResponseReturnValue:
    """Set a drawn contact aside."""
    reason = request.form.get("reason", "")
    try:
        set_aside(db.session, actor=actor(), now=clock.now(), public_id=draw_id, reason=reason)
    except Invalid as error:
        read_again()
        return make_response(_page(draw_id, worded(error), error.field), 422)
    flash(gettext("The contact is set aside. Another one can be drawn."))
    return redirect(url_for("observations.due"))
