"""One observation: its sheet while it is a draft, what it came to afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.audit.access import note_read
from competency.errors import Conflict, Incomplete, Invalid
from competency.extensions import db
from competency.observations.blueprint import blueprint
from competency.observations.form_queries import Form
from competency.observations.forms import edition_input, sheet_input
from competency.observations.measuring import measurement_of
from competency.observations.models import ObservationScore
from competency.observations.operations import discard as discard_draft
from competency.observations.operations import hand_in as hand_in_sheet
from competency.observations.operations import save as save_sheet
from competency.observations.permissions import can_answer, can_reply, can_write
from competency.observations.presenters import greeting, score_lines, shown_items
from competency.observations.queries import Loaded, draw_of, load, marks_in, scores_of, sheet_of
from competency.observations.rules import Score, may_dispute, percent_of
from competency.observations.rules import score as scored
from competency.observations.schema import NOTE_MAXIMUM, Mark, Sheet
from competency.observations.words import percent, points, step_words
from competency.people.queries import names_of, names_of_accounts
from competency.web.errors import wants_json, worded
from competency.web.filters import page_language
from competency.web.permission import access, actor
from competency.web.transaction import read_again
from competency.wording import Words


def read(public_id: str) -> Loaded:
    """Return an observation for reading, and note who read of whom."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    note_read(me, loaded.subject.id, f"observation {loaded.row.public_id}")
    return loaded


@blueprint.get("/observations/<public_id>")
@access()
def observation(public_id: str) -> ResponseReturnValue:
    """Show the sheet of a draft to its writer, and what was handed in to who may read it."""
    loaded = read(public_id)
    if loaded.facts.handed_in:
        return shown(loaded)
    return sheet_page(loaded, sheet_of(db.session, loaded.row), loaded.row.edition)


def sheet_values(
    form: Form, sheet: Sheet, edition: int, error: str, missing: Collection[str]
) -> dict[str, object]:
    """Return what a page shows of a form with what is written on it, by its names there."""
    items = shown_items(form, sheet, Words(page_language()), missing)
    script = form.script
    return {
        "items": items,
        "note": sheet.note,
        "edition": edition,
        "done": sum(item.mark is not None for item in items),
        "script": script,
        "greeting": greeting(script) if script else (),
        "language": form.framework.language,
        "limit": NOTE_MAXIMUM,
        "error": error,
    }


def refused_sheet(
    error: Incomplete | Invalid | Conflict, page: Callable[[str, Collection[str]], str]
) -> ResponseReturnValue:
    """Return why a sheet was refused: to a script its words, else the page with them.

    ``page`` makes it anew from the words and the behaviours that still lack a mark.
    """
    read_again()
    status = 409 if isinstance(error, Conflict) else 422
    if wants_json():
        return make_response(jsonify(error=worded(error)), status)
    missing = error.missing if isinstance(error, Incomplete) else ()
    return make_response(page(worded(error), missing), status)


def sheet_page(
    loaded: Loaded,
    sheet: Sheet,
    edition: int,
    *,
    error: str = "",
    missing: Collection[str] = (),
) -> str:
    """Return the sheet to be filled in, with what is written on it."""
    return render_template(
        "observations/sheet.html",
        title=gettext("Observe: %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        draw=draw_of(db.session, loaded.row.id),
        can_write=can_write(actor(), loaded.facts, loaded.standing),
        **sheet_values(loaded.form, sheet, edition, error, missing),
    )


def score_of(loaded: Loaded, row: ObservationScore) -> Score:
    """Return a score with its lines, worked out again from its marks."""
    return scored(loaded.form.items, marks_in(row), loaded.form.row.cap_percent)


def shown(
    loaded: Loaded,
    *,
    error: str = "",
    sent: dict[str, Mark] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of what was handed in: the score, why, and what followed."""
    me, words = actor(), Words(page_language())
    rows, sheet = scores_of(db.session, loaded.row.id), sheet_of(db.session, loaded.row)
    last = score_of(loaded, rows[-1])
    answers = can_answer(me, loaded.facts, loaded.standing)
    replies = can_reply(me, loaded.facts, loaded.standing)
    measured = measurement_of(db.session, loaded.row)
    marks = Sheet(sent or marks_in(rows[-1]), {})
    page = render_template(
        "observations/observation.html",
        title=gettext("Observation of %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        draw=draw_of(db.session, loaded.row.id),
        score=last,
        percent=percent(last.percent, words),
        points=lambda thousandths: points(thousandths, words),
        lines=score_lines(loaded.form.framework, last, sheet.notes, words),
        note=sheet.note,
        scores=[(row, percent(percent_of(row.reached, row.possible), words)) for row in rows],
        observer=names_of(db.session, [loaded.row.observer_id]).get(loaded.row.observer_id, ""),
        names=names_of_accounts(db.session, [step.taken_by_id for step in loaded.steps])
        if loaded.steps
        else {},
        step_words=lambda kind: step_words(kind, words),
        replies=replies,
        may_dispute=replies and may_dispute(step.kind for step in loaded.steps),
        answers=answers,
        items=shown_items(loaded.form, marks, words) if answers else (),
        day=measured,
        day_percent=percent(
            None if measured is None else percent_of(measured.numerator, measured.denominator or 0),
            words,
        ),
        language=loaded.form.framework.language,
        limit=NOTE_MAXIMUM,
        error=error,
        sent_text=request.form.get("text", ""),
    )
    return make_response(page, status)


def _again(
    public_id: str, sheet: Sheet, edition: int, error: Incomplete | Invalid | Conflict
) -> ResponseReturnValue:
    """Return the sheet as it was sent, with why it was refused."""
    return refused_sheet(
        error,
        lambda words, missing: sheet_page(
            read(public_id), sheet, edition, error=words, missing=missing
        ),
    )


@blueprint.post("/observations/<public_id>/save")
@access()
def save(public_id: str) -> ResponseReturnValue:
    """Save a draft; a script gets its new edition, a form goes back to the sheet."""
    sheet, edition = sheet_input(request.form), edition_input(request.form)
    try:
        loaded = save_sheet(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            sheet=sheet,
            edition=edition,
        )
    except (Conflict, Invalid) as error:
        return _again(public_id, sheet, edition, error)
    if wants_json():
        return jsonify(edition=loaded.row.edition)
    flash(gettext("The draft is saved."))
    return redirect(url_for("observations.observation", public_id=public_id))


@blueprint.post("/observations/<public_id>/hand-in")
@access()
def hand_in(public_id: str) -> ResponseReturnValue:
    """Hand a sheet in for good; what is missing is said on it."""
    sheet, edition = sheet_input(request.form), edition_input(request.form)
    try:
        hand_in_sheet(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            sheet=sheet,
            edition=edition,
        )
    except (Conflict, Incomplete, Invalid) as error:
        return _again(public_id, sheet, edition, error)
    flash(gettext("The observation is handed in. The person can read it from now on."))
    return redirect(url_for("observations.observation", public_id=public_id))


@blueprint.post("/observations/<public_id>/discard")
@access()
def discard(public_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    discard_draft(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The draft is thrown away."))
    return redirect(url_for("observations.index"))
