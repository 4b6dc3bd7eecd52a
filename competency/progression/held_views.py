"""Pages of the positions that people hold: listed, added, renamed, closed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.people import closing, places
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.models import Position
from competency.people.permissions import can_change_structure
from competency.people.schema import Role
from competency.people.structure_forms import NewPositionForm, PositionForm
from competency.people.structure_queries import Counted, seen
from competency.progression.held_positions import held_positions, not_held
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor

held_pages = Blueprint("held", __name__, url_prefix="/organisation/positions")
blueprints = (held_pages,)

PAGE_SIZE = 25


def _found(position_id: str) -> Counted[Position]:
    """Return a position that the actor may see; ``NotFound``."""
    return seen(db.session, actor(), actor().today(clock.now()), Position, position_id)


@held_pages.get("")
@access(Role.HR, Role.AUDITOR, Role.ADMIN)
def index() -> ResponseReturnValue:
    """List the positions with how many people hold each, and what is published of it."""
    search, closed = request.args.get("search", "").strip(), "closed" in request.args
    today, page = actor().today(clock.now()), page_number()
    rows = held_positions(
        db.session, actor(), today, page_language(), search=search, with_closed=closed
    )
    return render_template(
        "structure/positions.html",
        rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        part=Pager(page, PAGE_SIZE, len(rows)),
        search=search,
        closed=closed,
        may_change=can_change_structure(actor()),
    )


@held_pages.route("/new", methods=["GET", "POST"])
@access(Role.HR)
def add() -> ResponseReturnValue:
    """Add a position: code and title of a published one, or by hand."""
    if not can_change_structure(actor()):
        raise NotAllowed("Only human resources over everyone change the organisation's structure.")
    today = actor().today(clock.now())
    held = held_positions(db.session, actor(), today, page_language(), with_closed=True)
    published = not_held(db.session, held, page_language())
    picked = request.args.get("from", "")
    start = next((one for one in published if f"{one.file_id}/{one.code}" == picked), None)
    form = NewPositionForm(
        code=start.code if start else None, title=start.title[:120] if start else None
    )
    if form.validate_on_submit():
        try:
            row = places.add_position(
                db.session,
                actor=actor(),
                now=clock.now(),
                code=form.code.data,
                title=form.title.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s was added.", name=row.title))
            return redirect(url_for("held.index"))
    status = status_of(form)
    page = render_template(
        "structure/position_new.html", form=form, published=published, picked=picked
    )
    return page, status


@held_pages.route("/<position_id>/change", methods=["GET", "POST"])
@access(Role.HR)
def change(position_id: str) -> ResponseReturnValue:
    """Give a position another title; and lead to closing it."""
    row = _found(position_id).row
    closing.require_change(actor(), row)
    form = PositionForm(obj=row)
    if form.validate_on_submit():
        try:
            places.rename(
                db.session, actor=actor(), now=clock.now(), place=row, name=form.title.data
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("held.index"))
    status = status_of(form)
    return _position_page(_found(position_id), form), status


def _position_page(found: Counted[Position], form: PositionForm) -> str:
    """Return the page on which a position is changed and closed."""
    return render_template("structure/position.html", found=found, form=form)


@held_pages.post("/<position_id>/close")
@access(Role.HR)
def close(position_id: str) -> ResponseReturnValue:
    """Close a position, or say who still holds it."""
    row = _found(position_id).row
    form = PositionForm(formdata=None, obj=row)
    try:
        closing.close(db.session, actor=actor(), now=clock.now(), place=row)
    except Invalid as error:
        show_refusal(form, error)
        return _position_page(_found(position_id), form), REFUSED
    flash(_("%(name)s is closed. It stays in the history.", name=row.title))
    return redirect(url_for("held.index"))


@held_pages.post("/<position_id>/reopen")
@access(Role.HR)
def reopen(position_id: str) -> ResponseReturnValue:
    """Let a closed position be chosen again."""
    row = _found(position_id).row
    closing.reopen(db.session, actor=actor(), now=clock.now(), place=row)
    flash(_("%(name)s is open again.", name=row.title))
    return redirect(url_for("held.index"))
