"""The rounds of an appraisal side by side: who said what, who changed it, and why."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.permissions import (
    can_read_earlier_rounds,
    can_read_result,
    is_subject,
)
from competency.assessments.queries import load
from competency.assessments.round_presenters import compared, shown_round
from competency.assessments.round_queries import contests_of, rounds_of
from competency.audit.access import note_read
from competency.errors import NotFound
from competency.extensions import db
from competency.people.queries import names_of
from competency.web.permission import access, actor


@blueprint.get("/appraisals/<public_id>/rounds")
@access()
def rounds(public_id: str) -> ResponseReturnValue:
    """Show every round that the viewer may read; the current one once its result is theirs."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    facts, place, appraisal = loaded.facts, loaded.standing, loaded.appraisal
    if not can_read_earlier_rounds(me, facts, place):
        raise NotFound
    upto = facts.round if can_read_result(me, facts, place) else facts.round - 1
    found = rounds_of(db.session, appraisal, range(1, upto + 1))
    names = names_of(db.session, [row.employee_id for each in found for row in each.rows])
    note_read(me, appraisal.subject_id, f"rounds of {public_id}")
    own = is_subject(me, facts)
    return render_template(
        "assessments/rounds.html",
        title=gettext("Rounds of this appraisal")
        if own
        else gettext("Rounds: %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        rounds=[shown_round(loaded.framework, each, for_subject=own) for each in found],
        criteria=compared(loaded.framework, loaded.scope, found, names),
        contests=contests_of(db.session, appraisal),
    )
