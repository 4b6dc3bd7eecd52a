"""The one address of an appraisal: it shows each viewer the page that is theirs."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.beside_views import render_part
from competency.assessments.blueprint import blueprint
from competency.assessments.permissions import can_judge, can_see_appraisal, can_take
from competency.assessments.queries import BESIDE, Loaded, load_own
from competency.assessments.result_views import render_result
from competency.assessments.review_views import render_review
from competency.assessments.schema import Action, AssessorKind
from competency.assessments.scoring_views import render_scoring
from competency.extensions import db
from competency.people.schema import Actor
from competency.web.permission import access, actor


@blueprint.get("/appraisals/<public_id>")
@access()
def appraisal(public_id: str) -> ResponseReturnValue:
    """Show scoring to who judges now, review to who reviews now, else the result."""
    me = actor()
    loaded = load_own(db.session, actor=me, now=clock.now(), public_id=public_id)
    for kind in (AssessorKind.SELF, AssessorKind.LEAD, *BESIDE):
        if can_judge(me, kind, loaded.facts, loaded.standing):
            return render_scoring(loaded, kind)
    if not can_see_appraisal(me, loaded.facts, loaded.standing):
        return render_part(loaded)
    if _reviews(me, loaded) and request.args.get("view") != "result":
        return render_review(loaded)
    return render_result(loaded)


def _reviews(me: Actor, loaded: Loaded) -> bool:
    """Return whether the viewer reviews this appraisal, or could take it now."""
    facts, standing = loaded.facts, loaded.standing
    return can_judge(me, AssessorKind.REVIEW, facts, standing) or can_take(
        me, Action.TAKE, facts, standing
    )
