"""What seconds and peers do on their own pages: read their answers, hand in, decline."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.assessors import decline, hand_in_beside
from competency.assessments.blueprint import blueprint
from competency.assessments.models import Judgement
from competency.assessments.permissions import owes_judgement
from competency.assessments.presenters import shown_answer
from competency.assessments.queries import Loaded, answers_of, drafts, load_own
from competency.assessments.schema import Answer, AssessorKind
from competency.assessments.scoring_views import part_progress, refused
from competency.assessments.words import assessor_label
from competency.errors import Incomplete, NotAllowed
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.web.permission import access, actor


def render_part(loaded: Loaded) -> str:
    """Return the page of a second or peer who has handed in or can't any more.

    It shows what they said themselves, and nothing that others said.
    """
    me, framework = actor(), loaded.framework
    asked = loaded.facts.part_beside(me.employee_id)
    kind = asked.kind if asked else AssessorKind.PEER
    part = loaded.part(kind, me.employee_id)
    rows = db.session.scalars(
        sa.select(Judgement).where(Judgement.assessor_id == (part.id if part else 0))
    )
    said = {row.criterion_id: row for row in rows}
    place = numbers(framework)
    lines = [
        (
            place[criterion.id],
            criterion.title,
            shown_answer(
                framework, Answer(row.criterion_id, row.level, row.excused, row.reason or "")
            ),
        )
        for criterion in framework.criteria()
        if (row := said.get(criterion.id)) is not None
    ]
    return render_template(
        "assessments/part.html",
        title=gettext("What I said of the work of %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        kind=assessor_label(kind),
        is_peer=kind is AssessorKind.PEER,
        handed_in_at=part.submitted_at if part else None,
        lines=lines,
    )


@blueprint.get("/appraisals/<public_id>/beside/hand-in")
@access()
def before_handing_in_beside(public_id: str) -> ResponseReturnValue:
    """Say what handing in means and ask; while something is missing, show what."""
    me = actor()
    loaded = load_own(db.session, actor=me, now=clock.now(), public_id=public_id)
    asked = loaded.facts.part_beside(me.employee_id)
    if asked is None:
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    if not owes_judgement(me, loaded.facts):
        return redirect(url_for("assessments.appraisal", public_id=public_id))
    written = drafts(db.session, loaded.part(asked.kind, me.employee_id))
    so_far = part_progress(loaded, asked.kind, answers_of(written))
    if not so_far.complete:
        return refused(
            public_id,
            asked.kind,
            Incomplete("Something is still missing; it is listed at the end of the page."),
        )
    return make_response(
        render_template(
            "assessments/hand_in_beside.html",
            title=gettext("Hand in what I say?"),
            loaded=loaded,
            progress=so_far,
            is_peer=asked.kind is AssessorKind.PEER,
        )
    )


@blueprint.post("/appraisals/<public_id>/beside/hand-in")
@access()
def hand_in_part(public_id: str) -> ResponseReturnValue:
    """Hand in as second or peer."""
    me = actor()
    try:
        hand_in_beside(db.session, actor=me, now=clock.now(), public_id=public_id)
    except Incomplete as error:
        kind = AssessorKind.PEER
        loaded = load_own(db.session, actor=me, now=clock.now(), public_id=public_id)
        asked = loaded.facts.part_beside(me.employee_id)
        return refused(public_id, asked.kind if asked else kind, error)
    flash(gettext("Your answers are handed in. Thank you."))
    return redirect(url_for("assessments.home"))


@blueprint.post("/appraisals/<public_id>/beside/decline")
@access()
def decline_peer(public_id: str) -> ResponseReturnValue:
    """Say that one won't judge as a peer."""
    reason = request.form.get("reason", "").replace("\r\n", "\n")
    decline(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    flash(gettext("You have declined. Human resources can ask somebody else."))
    return redirect(url_for("assessments.home"))
