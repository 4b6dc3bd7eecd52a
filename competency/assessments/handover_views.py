"""Handing over: the unfinished appraisals of somebody who left, each to a new lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.cycle_queries import (
    active_by_number,
    person_for_handover,
    possible_leads,
    supervisors_of,
)
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import reassign_lead
from competency.assessments.schema import State
from competency.assessments.session_queries import planned_for
from competency.assessments.words import instrument_label
from competency.assessments.worklists import work_of
from competency.errors import Invalid
from competency.extensions import db
from competency.people.models import Employee
from competency.people.queries import names_of
from competency.people.schema import Actor, Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again

PREFIX = "lead-"
EVERY = "every"
"""The field for one new lead of all that have none of their own."""
HANDED_OVER = (State.PLANNED, State.OPEN)


@dataclass(frozen=True)
class HandoverRow:
    """One unfinished appraisal, with the lead that today's reporting line suggests."""

    appraisal: Appraisal
    cycle: Cycle
    subject_name: str
    suggested: str
    can_move: bool


def _rows(me: Actor, now: datetime, person: Employee) -> list[HandoverRow]:
    """Return what the person leads and has not finished."""
    work = work_of(db.session, person.id)
    names = names_of(db.session, [a.subject_id for a, _ in work])
    above = supervisors_of(db.session, [a.subject_id for a, _ in work], now, me)
    rows = []
    for appraisal, cycle in work:
        supervisor = above.get(appraisal.subject_id)
        suggested = supervisor and supervisor.id != person.id and supervisor.employee_number
        rows.append(
            HandoverRow(
                appraisal,
                cycle,
                names.get(appraisal.subject_id, ""),
                suggested or "",
                appraisal.state in HANDED_OVER,
            )
        )
    return rows


def _page(me: Actor, now: datetime, person: Employee, error: str = "") -> str:
    """Return the page of one person's open work."""
    leads = [e for e in possible_leads(db.session, me, now) if e.id != person.id]
    return render_template(
        "assessments/handover.html",
        title=gettext("Open appraisals led by %(name)s", name=person.printed_name),
        person=person,
        rows=_rows(me, now, person),
        tests=[
            (row, instrument_label(row.session.instrument))
            for row in planned_for(db.session, person.id)
            if row.session.subject_id != person.id
        ],
        leads=leads,
        error=error,
        prefix=PREFIX,
        every=EVERY,
    )


@blueprint.route("/people/<public_id>/handover", methods=["GET", "POST"])
@access(Role.HR)
def handover(public_id: str) -> ResponseReturnValue:
    """List what somebody leads and has not finished, and hand each to a new lead."""
    me, now = actor(), clock.now()
    person = person_for_handover(db.session, me, now, public_id)
    if request.method == "GET":
        return _page(me, now, person)
    try:
        moved = _move(me, now, person)
    except Invalid as error:
        read_again()
        person = person_for_handover(db.session, me, now, public_id)
        return make_response(_page(me, now, person, worded(error)), 422)
    flash(
        ngettext("%(num)d appraisal is handed over.", "%(num)d appraisals are handed over.", moved)
    )
    return redirect(url_for("assessments.handover", public_id=public_id))


def _move(me: Actor, now: datetime, person: Employee) -> int:
    """Hand over each appraisal for which a new lead was named; return how many."""
    moved, every = 0, request.form.get(EVERY, "").strip()
    for appraisal, _cycle in work_of(db.session, person.id):
        number = request.form.get(PREFIX + appraisal.public_id, "").strip() or every
        if not number or appraisal.state not in HANDED_OVER:
            continue
        lead = active_by_number(db.session, me, now, number)
        if lead is None:
            raise Invalid("Nobody in your scope has the number %(number)s.", number=number)
        reassign_lead(db.session, actor=me, now=now, appraisal=appraisal, lead_id=lead.id)
        moved += 1
    return moved
