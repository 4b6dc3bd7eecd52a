"""What nobody flagged, approved at a stroke: each one through the steps of a single review."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from competency import clock
from competency.assessments.batches import take_each
from competency.assessments.blueprint import blueprint
from competency.assessments.carrying import with_carried
from competency.assessments.cycle_queries import subject_names
from competency.assessments.gate_facts import with_gates
from competency.assessments.gates import gates
from competency.assessments.history import deciding_judgements
from competency.assessments.operations import approve_unflagged
from competency.assessments.outcomes import outcome
from competency.assessments.presenters import result_words
from competency.assessments.queries import time_zone_of
from competency.assessments.rules import is_drawn
from competency.assessments.schema import Facts, Judged
from competency.assessments.worklists import WorkRow, unflagged_to_review
from competency.audit.access import note_read
from competency.errors import NotFound
from competency.extensions import db
from competency.frameworks.queries import framework_by_hash, is_reading_confirmed
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

PAGE_SIZE = 50


@dataclass(frozen=True)
class Approvable:
    """An appraisal without a flag, and what would come of it in the framework's words."""

    row: WorkRow
    label: str
    kind: str


def _approvable(rows: list[WorkRow]) -> list[Approvable]:
    """Return rows with the outcome that their judgements lead to; one read for all."""
    judged = deciding_judgements(db.session, [row.appraisal for row in rows])
    found, confirmed, now = [], dict[int, bool](), clock.now()
    for row in rows:
        appraisal = row.appraisal
        version_id = appraisal.framework_version_id
        framework = framework_by_hash(db.session, version_id, row.against.content_hash)
        answers = {i: Judged(j.level, j.excused) for i, j in judged.get(appraisal.id, {}).items()}
        scope = None if appraisal.scope is None else frozenset(appraisal.scope)
        if version_id not in confirmed:
            confirmed[version_id] = is_reading_confirmed(db.session, framework, version_id)
        facts = Facts(answers, scope, reading_confirmed=confirmed[version_id])
        facts = with_carried(db.session, appraisal, facts)
        if gates(framework):
            zone = time_zone_of(db.session, appraisal.subject_id, actor().today(now))
            facts = with_gates(db.session, framework, appraisal, facts, now=now, time_zone=zone)
        node = outcome(framework, facts)
        found.append(Approvable(row, *result_words(framework, node.result)))
    return found


@blueprint.get("/reviews/unflagged")
@access(Role.REVIEWER)
def unflagged() -> ResponseReturnValue:
    """List what was submitted without a flag, to be approved at a stroke.

    What chance drew is listed apart, to be looked at one by one.
    """
    me, page = actor(), page_number()
    rows, total = unflagged_to_review(db.session, me, clock.now(), page=page, page_size=PAGE_SIZE)
    for row in rows:
        note_read(me, row.appraisal.subject_id, f"outcome of {row.appraisal.public_id}")
    drawn = [r for r in rows if is_drawn(r.appraisal.public_id, r.cycle.single_review_percent)]
    return render_template(
        "assessments/unflagged.html",
        rows=_approvable([row for row in rows if row not in drawn]),
        drawn=drawn,
        pager=Pager(page, PAGE_SIZE, total),
    )


@blueprint.post("/reviews/unflagged")
@access(Role.REVIEWER)
def approve_chosen() -> ResponseReturnValue:
    """Approve those that were left ticked; whose can't be is named with the reason."""
    chosen = list(dict.fromkeys(request.form.getlist("appraisal")))[:PAGE_SIZE]
    done = take_each(db.session, approve_unflagged, chosen, actor=actor(), now=clock.now())
    if not chosen:
        flash(gettext("Nothing was ticked, so nothing was approved."), "error")
    else:
        flash(
            ngettext(
                "%(num)d appraisal is approved.", "%(num)d appraisals are approved.", done.taken
            )
        )
    refused = {i: e for i, e in done.refused.items() if not isinstance(e, NotFound)}
    names = subject_names(db.session, refused)
    for refused_id, error in refused.items():
        name, reason = names.get(refused_id, refused_id), worded(error)
        flash(gettext("Not approved, %(name)s: %(reason)s", name=name, reason=reason), "error")
    return redirect(url_for("assessments.unflagged" if done.refused else "assessments.home"))
