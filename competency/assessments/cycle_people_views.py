"""The people of an open cycle: added, withdrawn, handed over, reminded; and how far they are."""

from __future__ import annotations

from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from competency import clock
from competency.assessments.batches import Batch
from competency.assessments.blueprint import blueprint
from competency.assessments.candidates import Candidate, Population
from competency.assessments.cycle_people import (
    add_people,
    candidates_for,
    hand_over_to,
    withdraw,
)
from competency.assessments.cycle_queries import active_by_number, counts_of, subject_names
from competency.assessments.forms import NUMBERS_LENGTH, comment_of
from competency.assessments.models import Cycle
from competency.assessments.overview import led, progress_of_leads, progress_of_teams
from competency.assessments.population import ListFault, NumberList, in_order, not_found, of_text
from competency.assessments.queries import cycle_by_public_id
from competency.assessments.reminders import remind_late
from competency.assessments.words import obstacle_label
from competency.errors import IllegalTransition, Invalid, InvalidFile
from competency.extensions import db
from competency.people.schema import Actor, Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

PAGE_SIZE = 25
SHOWN = 100
MOVED = "moved"


def _found(me: Actor, now: datetime, public_id: str) -> Cycle:
    """Return a cycle with people in the actor's scope; ``NotFound``."""
    cycle = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, cycle)
    return cycle


def _population(listed: NumberList) -> Population:
    """Return whom a form names: a team, a list, or both."""
    team = request.values.get("team", "")
    return Population(
        team_id=int(team) if team.isascii() and team.isdecimal() else None,
        employee_numbers=listed.numbers,
    )


def _listed() -> NumberList:
    """Return the numbers that were typed; raise ``Invalid`` for more than can be."""
    text = request.values.get("numbers", "")
    try:
        return of_text(text[: NUMBERS_LENGTH + 1])
    except InvalidFile as error:
        raise Invalid(error.message, "numbers", **error.params) from error


def _page(me: Actor, now: datetime, cycle: Cycle, error: str = "") -> str:
    """Return the page of an open cycle's people; with numbers it previews who comes in."""
    only, search, page = request.args.get("only", ""), request.args.get("search", ""), page_number()
    rows, total = led(
        db.session,
        me,
        now,
        cycle,
        only_moved=only == MOVED,
        search=search,
        page=page,
        page_size=PAGE_SIZE,
    )
    found: list[Candidate] | None = None
    faults: tuple[ListFault, ...] = ()
    if request.values.get("numbers") and not error:
        listed = _listed()
        found = candidates_for(
            db.session, actor=me, now=now, cycle=cycle, population=_population(listed)
        )
        known = {candidate.employee.employee_number for candidate in found}
        faults = in_order(listed.faults, not_found(listed, known))
    return render_template(
        "assessments/cycle_people.html",
        title=gettext("People of %(cycle)s", cycle=cycle.title),
        cycle=cycle,
        rows=rows,
        pager=Pager(page, PAGE_SIZE, total),
        total=total,
        only=only,
        search=search,
        error=error,
        numbers=request.values.get("numbers", ""),
        included=[c for c in found or () if c.obstacle is None],
        refused=[(c, obstacle_label(c.obstacle)) for c in found or () if c.obstacle],
        previewed=found is not None,
        faults=[(fault.row, fault.number, str(gettext(fault.message))) for fault in faults],
        shown=SHOWN,
    )


@blueprint.get("/cycles/<public_id>/people")
@access(Role.HR)
def cycle_people(public_id: str) -> ResponseReturnValue:
    """List whose appraisals wait for a lead, and preview whom to add."""
    me, now = actor(), clock.now()
    cycle = _found(me, now, public_id)
    try:
        return _page(me, now, cycle)
    except Invalid as error:
        return make_response(_page(me, now, cycle, worded(error)), 422)


@blueprint.post("/cycles/<public_id>/people")
@access(Role.HR)
def add_to_cycle(public_id: str) -> ResponseReturnValue:
    """Add the people of the preview to an open cycle."""
    me, now = actor(), clock.now()
    cycle = _found(me, now, public_id)
    try:
        population = _population(_listed())
        added = add_people(db.session, actor=me, now=now, cycle=cycle, population=population)
    except (Invalid, IllegalTransition) as error:
        read_again()
        cycle = _found(me, now, public_id)
        return make_response(_page(me, now, cycle, worded(error)), 422)
    flash(ngettext("%(num)d person is added.", "%(num)d people are added.", added))
    return redirect(url_for("assessments.cycle_people", public_id=public_id))


@blueprint.post("/cycles/<public_id>/people/change")
@access(Role.HR)
def change_people(public_id: str) -> ResponseReturnValue:
    """Withdraw the chosen, or hand their appraisals over; whose can't is named with the reason."""
    me, now = actor(), clock.now()
    cycle = _found(me, now, public_id)
    try:
        done = _change(me, now, cycle)
    except Invalid as error:
        read_again()
        cycle = _found(me, now, public_id)
        return make_response(_page(me, now, cycle, worded(error)), 422)
    names = subject_names(db.session, done.refused)
    for refused_id, why in done.refused.items():
        name, reason = names.get(refused_id, refused_id), worded(why)
        flash(gettext("Not changed, %(name)s: %(reason)s", name=name, reason=reason), "error")
    return redirect(
        url_for("assessments.cycle_people", public_id=public_id, only=request.args.get("only"))
    )


def _change(me: Actor, now: datetime, cycle: Cycle) -> Batch:
    """Do what the form says for each that it chose; raise ``Invalid``."""
    chosen = request.form.getlist("appraisals")
    if not chosen:
        raise Invalid("Choose at least one person.")
    if request.form.get("step") == "withdraw":
        reason = comment_of(request.form)
        done = withdraw(
            db.session, actor=me, now=now, cycle=cycle, public_ids=chosen, reason=reason
        )
        flash(ngettext("%(num)d person is withdrawn.", "%(num)d people are withdrawn.", done.taken))
        return done
    lead = None
    if request.form.get("step") != "to_supervisors":
        number = request.form.get("lead", "").strip()
        lead = active_by_number(db.session, me, now, number)
        if lead is None:
            raise Invalid("Nobody in your scope has the number %(number)s.", number=number)
    done = hand_over_to(db.session, actor=me, now=now, cycle=cycle, public_ids=chosen, lead=lead)
    flash(
        ngettext(
            "%(num)d appraisal is handed over.", "%(num)d appraisals are handed over.", done.taken
        )
    )
    return done


@blueprint.post("/cycles/<public_id>/remind")
@access(Role.HR)
def remind(public_id: str) -> ResponseReturnValue:
    """Remind those who are late with a cycle, each at most once a day."""
    me, now = actor(), clock.now()
    cycle = _found(me, now, public_id)
    told = remind_late(db.session, actor=me, now=now, cycle=cycle)
    flash(
        ngettext("%(num)d person is reminded.", "%(num)d people are reminded.", told)
        if told
        else gettext("Nobody is reminded: whoever is late was reminded today, or did some of it.")
    )
    return redirect(url_for("assessments.cycle", public_id=public_id))


@blueprint.get("/cycles/<public_id>/progress")
@access(Role.HR, Role.AUDITOR)
def cycle_progress(public_id: str) -> ResponseReturnValue:
    """Show how far each team and each lead of a cycle is."""
    me, now = actor(), clock.now()
    cycle = _found(me, now, public_id)
    page, by_team = page_number(), request.args.get("by") == "team"
    read = progress_of_teams if by_team else progress_of_leads
    rows, total = read(db.session, me, now, cycle, page=page, page_size=PAGE_SIZE)
    return render_template(
        "assessments/cycle_progress.html",
        title=gettext("Progress of %(cycle)s", cycle=cycle.title),
        cycle=cycle,
        by_team=by_team,
        rows=rows,
        pager=Pager(page, PAGE_SIZE, total),
    )
