"""The list of observations, as a page and as a file, and beginning one."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.utils import send_file

from competency import clock
from competency.audit.access import note_read
from competency.errors import Invalid
from competency.extensions import db
from competency.files.tables.cells import Grid
from competency.files.tables.csvs import csv_files
from competency.observations.blueprint import blueprint
from competency.observations.form_queries import forms
from competency.observations.forms import contact_input, day_of
from competency.observations.lists import (
    PEOPLE_SHOWN,
    STATES,
    Filters,
    ObservationLine,
    observations,
    observes_anybody,
    people_to_observe,
)
from competency.observations.operations import begin
from competency.observations.plan_queries import still_due_now
from competency.observations.queries import sources_by_employer
from competency.observations.rules import percent_of
from competency.observations.words import percent
from competency.web.errors import worded
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again
from competency.wording import Words

PAGE_SIZE = 25


def _filters() -> Filters:
    """Return what the list is narrowed to; what no page sends narrows nothing."""
    state = request.args.get("state", "all")
    return Filters(
        request.args.get("search", ""),
        state if state in STATES else "all",
        day_of(request.args.get("since", "")),
        day_of(request.args.get("until", "")),
    )


def state_label(line: ObservationLine) -> tuple[str, str]:
    """Return the words for how far an observation is, and the kind of their chip."""
    if line.row.handed_in_at is None:
        return gettext("Draft"), "to_do"
    if line.disputed:
        return gettext("Disputed"), "warning"
    return gettext("Handed in"), "done"


def _states() -> list[tuple[str, str]]:
    """Return the states that a list can be narrowed to, worded."""
    words = {
        "all": gettext("All observations"),
        "draft": gettext("Drafts"),
        "handed_in": gettext("Handed in"),
        "disputed": gettext("Disputed"),
    }
    return [(state, words[state]) for state in STATES]


def percent_words(line: ObservationLine) -> str:
    """Return what an observation came to, in a hundred."""
    if line.score is None:
        return ""
    return percent(percent_of(line.score.reached, line.score.possible), Words(page_language()))


@blueprint.get("/observations")
@access()
def index() -> ResponseReturnValue:
    """List the observations that whoever is signed in may read."""
    me, now, page, chosen = actor(), clock.now(), page_number(), _filters()
    lines, total = observations(db.session, me, now, chosen, page=page, page_size=PAGE_SIZE)
    for line in lines:
        note_read(me, line.row.subject_id, "list of observations")
    may_observe = observes_anybody(db.session, me, now)
    return render_template(
        "observations/index.html",
        lines=lines,
        pager=Pager(page, PAGE_SIZE, total),
        filters=chosen,
        states=_states(),
        state_label=state_label,
        percent_words=percent_words,
        may_observe=may_observe,
        due=still_due_now(db.session, me, now) if may_observe else 0,
        refused=not sources_by_employer(db.session, now),
        narrowed=chosen != Filters(),
        exports={
            k: v for k, v in request.args.items() if k in {"search", "state", "since", "until"}
        },
    )


@blueprint.get("/observations/export.csv")
@access()
def export() -> ResponseReturnValue:
    """Download the list, narrowed as the page is."""
    me = actor()
    lines, _ = observations(db.session, me, clock.now(), _filters(), page_size=None)
    for line in lines:
        note_read(me, line.row.subject_id, "list of observations")
    content = csv_files({"observations": _table(lines)})["observations.csv"]
    return send_file(
        BytesIO(content),
        request.environ,
        mimetype="text/csv",
        as_attachment=True,
        download_name="observations.csv",
        max_age=0,
    )


def _table(lines: list[ObservationLine]) -> Grid:
    """Return the list as cells, the headings in the page's language."""
    heading = (
        gettext("Day of the contact"),
        gettext("Employee number"),
        gettext("Person"),
        gettext("Observer"),
        gettext("Form"),
        gettext("Version"),
        gettext("Reference"),
        gettext("Channel"),
        gettext("Line"),
        gettext("State"),
        gettext("Points reached"),
        gettext("Points possible"),
    )
    return (heading, *(_cells(line) for line in lines))


def _cells(line: ObservationLine) -> tuple[str, ...]:
    """Return one observation's cells."""
    row, score = line.row, line.score
    return (
        row.contact_on.isoformat(),
        line.number,
        line.name,
        line.observer,
        line.form.title,
        str(line.form.version),
        row.reference or "",
        row.channel or "",
        row.line or "",
        state_label(line)[0],
        _points(score.reached) if score else "",
        _points(score.possible) if score else "",
    )


def _points(thousandths: int) -> str:
    """Return points as a file has them: the same in every language."""
    return format(Decimal(thousandths) / 1000, "f")


@blueprint.get("/observations/new")
@access()
def new() -> ResponseReturnValue:
    """Ask whom, on which form and which contact."""
    return _new_page()


def _new_page(error: str = "", field: str | None = None) -> str:
    """Return the page on which an observation is begun, with what was sent to it."""
    values = request.form or request.args
    search = values.get("search", "")
    found = people_to_observe(db.session, actor(), clock.now(), search)
    return render_template(
        "observations/new.html",
        people=found.people,
        refused=found.refused,
        is_cut=len(found.people) == PEOPLE_SHOWN,
        search=search,
        forms=forms(db.session, only_current=True),
        values=values,
        today=actor().today(clock.now()),
        error=error,
        field=field,
    )


@blueprint.post("/observations")
@access()
def add() -> ResponseReturnValue:
    """Begin an observation, and go to its sheet."""
    try:
        row = begin(
            db.session,
            actor=actor(),
            now=clock.now(),
            employee_public_id=request.form.get("person", ""),
            form_public_id=request.form.get("form", ""),
            contact=contact_input(request.form),
        )
    except Invalid as error:
        read_again()
        return make_response(_new_page(worded(error), error.field), 422)
    flash(gettext("The sheet is begun. It is saved as you go."))
    return redirect(url_for("observations.observation", public_id=row.public_id))
