"""Calibrations of observations: the list, opening one, one's own sheet, and side by side."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.audit.access import note_read
from competency.errors import Conflict, Incomplete, Invalid
from competency.extensions import db
from competency.observations import calibrating
from competency.observations.blueprint import blueprint
from competency.observations.calibration_presenters import agreement, compared, scores
from competency.observations.calibration_queries import (
    LoadedCalibration,
    calibrations,
    load_calibration,
    may_be_invited,
    may_close,
    may_open,
    sheet_in,
)
from competency.observations.form_queries import forms
from competency.observations.forms import contact_input, edition_input, sheet_input
from competency.observations.queries import sources_by_employer
from competency.observations.schema import Sheet
from competency.observations.sheet_views import refused_sheet, sheet_values
from competency.people.choosing import to_choose_from
from competency.people.queries import names_of
from competency.people.schema import Role
from competency.web.errors import wants_json, worded
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again
from competency.wording import Words

PAGE_SIZE = 25


@blueprint.get("/observation-calibrations")
@access()
def calibration_list() -> ResponseReturnValue:
    """List the calibrations that whoever is signed in may read."""
    me, now, page = actor(), clock.now(), page_number()
    lines, total = calibrations(db.session, me, now, page=page, page_size=PAGE_SIZE)
    for line in lines:
        note_read(me, line.row.subject_id, "list of calibrations of observations")
    return render_template(
        "observations/calibrations.html",
        lines=lines,
        pager=Pager(page, PAGE_SIZE, total),
        refused=not sources_by_employer(db.session, now),
        may_open=may_open(me),
    )


@blueprint.get("/observation-calibrations/new")
@access(Role.HR)
def new_calibration() -> ResponseReturnValue:
    """Ask for the contact, the form and who marks it."""
    return _new_page()


def _new_page(error: str = "", field: str | None = None) -> str:
    """Return the page on which a calibration is opened, with what was sent to it."""
    values = request.form or request.args
    today = actor().today(clock.now())
    search = values.get("search", "")
    return render_template(
        "observations/calibration_new.html",
        forms=forms(db.session, only_current=True),
        choice=to_choose_from(db.session, today, allowed=may_be_invited(today), search=search),
        picked=set(values.getlist("people")),
        values=values,
        search=search,
        today=today,
        error=error,
        field=field,
    )


@blueprint.post("/observation-calibrations")
@access(Role.HR)
def add_calibration() -> ResponseReturnValue:
    """Open a calibration; what was refused is said on the page that was sent."""
    try:
        row = calibrating.open_calibration(
            db.session,
            actor=actor(),
            now=clock.now(),
            new=calibrating.NewCalibration(
                request.form.get("number", ""),
                request.form.get("form", ""),
                contact_input(request.form),
                request.form.getlist("people"),
            ),
        )
    except Invalid as error:
        read_again()
        return make_response(_new_page(worded(error), error.field), 422)
    flash(gettext("The calibration is opened. Who is invited is told."))
    return redirect(url_for("observations.calibration", calibration_id=row.public_id))


def _read(calibration_id: str) -> LoadedCalibration:
    """Return a calibration for reading, and note who read of whom."""
    me = actor()
    loaded = load_calibration(db.session, actor=me, now=clock.now(), public_id=calibration_id)
    note_read(me, loaded.subject.id, f"calibration of observations {loaded.row.public_id}")
    return loaded


@blueprint.get("/observation-calibrations/<calibration_id>")
@access()
def calibration(calibration_id: str) -> ResponseReturnValue:
    """Show one's own sheet while it can be written; side by side once it is closed."""
    loaded = _read(calibration_id)
    own = loaded.own
    if own is not None and own.submitted_at is None and loaded.row.closed_at is None:
        return _sheet_page(loaded, sheet_in(own), own.edition)
    names = names_of(db.session, [one.observer_id for one in loaded.sheets])
    sheets = [(names.get(one.observer_id, ""), sheet_in(one)) for one in loaded.shown]
    words = Words(page_language())
    return render_template(
        "observations/calibration.html",
        title=gettext("Calibration: %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        items=compared(loaded.form, sheets, words),
        scores=scores(loaded.form, sheets, words),
        notes=[(name, sheet.note) for name, sheet in sheets if sheet.note],
        agreement=agreement([sheet.marks for _, sheet in sheets]),
        invited=[
            (names.get(one.observer_id, ""), one.submitted_at is not None) for one in loaded.sheets
        ],
        may_close=may_close(actor(), loaded),
        language=loaded.form.framework.language,
    )


def _sheet_page(
    loaded: LoadedCalibration,
    sheet: Sheet,
    edition: int,
    *,
    error: str = "",
    missing: Collection[str] = (),
) -> str:
    """Return one's own sheet, with what is written on it."""
    return render_template(
        "observations/calibration_sheet.html",
        title=gettext("Calibration: %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        may_close=may_close(actor(), loaded),
        **sheet_values(loaded.form, sheet, edition, error, missing),
    )


def _again(
    calibration_id: str, sheet: Sheet, edition: int, error: Incomplete | Invalid | Conflict
) -> ResponseReturnValue:
    """Return the sheet as it was sent, with why it was refused."""
    return refused_sheet(
        error,
        lambda words, missing: _sheet_page(
            _read(calibration_id), sheet, edition, error=words, missing=missing
        ),
    )


@blueprint.post("/observation-calibrations/<calibration_id>/save")
@access()
def save_calibration(calibration_id: str) -> ResponseReturnValue:
    """Save one's own sheet; a script gets its new edition, a form goes back to the sheet."""
    sheet, edition = sheet_input(request.form), edition_input(request.form)
    try:
        saved = calibrating.save_own(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=calibration_id,
            sheet=sheet,
            edition=edition,
        )
    except (Conflict, Invalid) as error:
        return _again(calibration_id, sheet, edition, error)
    if wants_json():
        return jsonify(edition=saved)
    flash(gettext("The draft is saved."))
    return redirect(url_for("observations.calibration", calibration_id=calibration_id))


@blueprint.post("/observation-calibrations/<calibration_id>/submit")
@access()
def submit_calibration(calibration_id: str) -> ResponseReturnValue:
    """Hand one's own sheet in; what is missing is said on it."""
    sheet, edition = sheet_input(request.form), edition_input(request.form)
    try:
        calibrating.submit_own(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=calibration_id,
            sheet=sheet,
            edition=edition,
        )
    except (Conflict, Incomplete, Invalid) as error:
        return _again(calibration_id, sheet, edition, error)
    flash(gettext("Your sheet is handed in."))
    return redirect(url_for("observations.calibration", calibration_id=calibration_id))


@blueprint.post("/observation-calibrations/<calibration_id>/close")
@access()
def close_calibration(calibration_id: str) -> ResponseReturnValue:
    """Close a calibration before all have handed in."""
    calibrating.close_calibration(
        db.session, actor=actor(), now=clock.now(), public_id=calibration_id
    )
    flash(gettext("The calibration is closed. The sheets stand side by side."))
    return redirect(url_for("observations.calibration", calibration_id=calibration_id))
