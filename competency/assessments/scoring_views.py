"""Judging: the page of one assessor, the saves of each criterion, and handing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint, clock_time
from competency.assessments.evidence import evidence_by_criterion
from competency.assessments.forms import comment_of, draft_input
from competency.assessments.judging import Saved, save_draft
from competency.assessments.operations import hand_in_self_assessment, submit
from competency.assessments.permissions import can_judge, can_read_self_assessment, is_subject
from competency.assessments.presenters import (
    Narrowed,
    Progress,
    UnitPart,
    Written,
    narrowed,
    progress,
    shown_answer,
    unit_parts,
)
from competency.assessments.queries import (
    Loaded,
    answers_of,
    drafts,
    judgements,
    load,
    returned_comment,
    unconfirmed_version,
)
from competency.assessments.schema import Answer, AssessorKind
from competency.assessments.session_forms import confirmations_input
from competency.assessments.session_presenters import PartTests, ToConfirm, to_confirm
from competency.assessments.session_queries import results_of, session_results
from competency.assessments.session_views import panel_of, sessions_for
from competency.assessments.words import Due, due, title_of
from competency.audit.access import note_read
from competency.errors import CompetencyError, Conflict, Incomplete, Invalid, NotAllowed
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.people.queries import names_of
from competency.web.errors import wants_json, worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@dataclass(frozen=True)
class ScoringPage:
    """Everything that the template of the scoring page shows."""

    loaded: Loaded
    kind: AssessorKind
    units: tuple[UnitPart, ...]
    progress: Progress
    narrowed: Narrowed | None
    unconfirmed: str | None
    """The framework's version, where its inferred reading is not confirmed."""
    due: Due
    last_saved: datetime | None
    evidence_count: int
    self_awaited: bool
    returned: str | None
    """What review asked to be looked at again, where it returned this round's submission."""
    saving: str
    adding: str
    """Where criteria are saved, and evidence for them added: their ids follow."""
    tests: tuple[PartTests, ...] = ()
    """The tests of a certification, for its lead."""
    to_confirm: ToConfirm | None = None
    """What the lead of a certification confirms and explains at submission."""

    @property
    def is_own(self) -> bool:
        """Return whether somebody judges themselves."""
        return self.kind is AssessorKind.SELF

    @property
    def other_tests(self) -> tuple[PartTests, ...]:
        """Return the tests that stand under no unit of the page: of the knowledge, say."""
        shown = {unit.progress.id for unit in self.units}
        return tuple(part for part in self.tests if part.unit_id not in shown)


def scoring_page(loaded: Loaded, kind: AssessorKind) -> ScoringPage:
    """Gather one assessor's page."""
    me, now = actor(), clock.now()
    written = drafts(db.session, loaded.assessor(kind))
    subject_id = loaded.appraisal.subject_id
    evidence = evidence_by_criterion(db.session, subject_id, loaded.framework.id)
    own: dict[str, Answer] = {}
    shows_own = kind is not AssessorKind.SELF and loaded.facts.self_submitted
    if shows_own and can_read_self_assessment(me, loaded.facts, loaded.standing):
        rows = judgements(db.session, loaded).get(AssessorKind.SELF, {})
        own = {i: Answer(i, j.level, j.excused, j.reason or "") for i, j in rows.items()}
    note_read(me, subject_id, f"appraisal {loaded.appraisal.public_id}")
    sessions = results = confirm = None
    if kind is AssessorKind.LEAD:
        sessions = sessions_for(loaded)
    if sessions is not None:
        results = results_of(loaded, sessions)
        said = confirmations_input(request.form)
        confirm = to_confirm(
            loaded,
            evidence,
            today=me.today(now),
            excused=frozenset(i for i, draft in written.items() if draft.excused),
            relied_on=said.relied_on,
            reasons=said.shortfalls,
        )
    so_far = progress(loaded.framework, loaded.scope, answers_of(written), results)
    awaited = loaded.facts.self_assessment and not loaded.facts.self_submitted
    returned = returned_comment(db.session, loaded) if kind is AssessorKind.LEAD else None
    so_written = Written(written, evidence, own, me.today(now))
    return ScoringPage(
        returned=returned,
        loaded=loaded,
        kind=kind,
        units=unit_parts(loaded.framework, loaded.scope, so_far, so_written),
        progress=so_far,
        narrowed=narrowed(loaded.framework, loaded.appraisal.scope_id, loaded.scope),
        unconfirmed=unconfirmed_version(db.session, loaded),
        due=due(loaded.cycle.submit_due_on, me.today(now)),
        last_saved=max((d.saved_at for d in written.values()), default=None),
        evidence_count=len({e.id for found in evidence.values() for e in found}),
        self_awaited=awaited and kind is AssessorKind.LEAD,
        saving=_before_id("assessments.save", loaded),
        adding=_before_id("assessments.evidence_for", loaded),
        tests=panel_of(loaded, sessions),
        to_confirm=confirm,
    )


def render_scoring(loaded: Loaded, kind: AssessorKind, error: str = "") -> str:
    """Return the scoring page; ``error`` says why a submission was refused.

    What was typed and ticked beside the judgements stays as it was sent.
    """
    page = scoring_page(loaded, kind)
    name = loaded.subject.printed_name
    title = gettext("My self-assessment") if page.is_own else title_of(loaded.appraisal.mode, name)
    return render_template(
        "assessments/scoring.html", page=page, title=title, error=error, sent=request.form
    )


def _before_id(endpoint: str, loaded: Loaded) -> str:
    """Return the address of one criterion's page up to the criterion's id, a slug."""
    address = url_for(endpoint, public_id=loaded.appraisal.public_id, criterion_id="-")
    return address.removesuffix("-")


def _anchor(public_id: str, criterion_id: str) -> str:
    """Return the address of one criterion on the appraisal's page."""
    return url_for("assessments.appraisal", public_id=public_id, _anchor=f"c-{criterion_id}")


@blueprint.post("/appraisals/<public_id>/drafts/<criterion_id>")
@access()
def save(public_id: str, criterion_id: str) -> ResponseReturnValue:
    """Save one criterion; a script gets what is left to do, a form goes back to its place."""
    sent = draft_input(request.form, criterion_id)
    try:
        saved = save_draft(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            kind=sent.kind,
            answer=sent.answer,
            version=sent.version,
        )
    except Conflict as conflict:
        return _conflict(public_id, sent.kind, sent.answer, conflict)
    if not wants_json():
        return redirect(_anchor(public_id, criterion_id))
    return jsonify(_shown(saved))


def _shown(saved: Saved) -> dict[str, object]:
    """Return what the page's script shows after a save."""
    framework, scope = saved.loaded.framework, saved.loaded.scope
    tests = session_results(db.session, saved.loaded)
    so_far = progress(framework, scope, answers_of(saved.drafts), tests)
    return {
        "version": saved.draft.version,
        "saved_at": saved.draft.saved_at.isoformat(),
        "time": clock_time(saved.draft.saved_at),
        **so_far.as_json(),
    }


def _conflict(
    public_id: str, kind: AssessorKind, mine: Answer, conflict: Conflict
) -> ResponseReturnValue:
    """Show both values, the one that stands and the one that was sent; nothing is lost."""
    read_again()
    if wants_json():
        return make_response(jsonify(error=worded(conflict), theirs=conflict.theirs), 409)
    loaded = load(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    framework, theirs = loaded.framework, conflict.theirs
    level = theirs.get("level")
    standing = Answer(
        mine.criterion_id,
        None if level is None else str(level),
        bool(theirs.get("excused")),
        str(theirs.get("note", "")),
    )
    page = render_template(
        "assessments/conflict.html",
        title=gettext("Saved from another place meanwhile"),
        loaded=loaded,
        kind=kind,
        criterion=framework.criterion(mine.criterion_id),
        number=numbers(framework)[mine.criterion_id],
        mine=shown_answer(framework, mine),
        theirs=shown_answer(framework, standing),
        version=theirs.get("version", 0),
        back=_anchor(public_id, mine.criterion_id),
    )
    return make_response(page, 409)


def _refused(public_id: str, kind: AssessorKind, error: CompetencyError) -> ResponseReturnValue:
    """Show the page again with why it can't be handed in yet."""
    read_again()
    loaded = load(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return make_response(render_scoring(loaded, kind, worded(error)), 422)


@blueprint.post("/appraisals/<public_id>/submit")
@access()
def submit_appraisal(public_id: str) -> ResponseReturnValue:
    """Submit the lead's judgements; whatever is missing is said on the page."""
    try:
        submit(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=public_id,
            evidence_confirmed=request.form.get("evidence_confirmed") == "yes",
            confirmations=confirmations_input(request.form),
            comment=comment_of(request.form),
        )
    except (Incomplete, Invalid) as error:
        return _refused(public_id, AssessorKind.LEAD, error)
    flash(gettext("The appraisal is submitted. What you relied on is fixed from here on."))
    return redirect(url_for("assessments.appraisal", public_id=public_id))


@blueprint.get("/appraisals/<public_id>/hand-in")
@access()
def before_handing_in(public_id: str) -> ResponseReturnValue:
    """Say what handing in means and ask; while something is missing, show what."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    if not is_subject(me, loaded.facts):
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    if not can_judge(me, AssessorKind.SELF, loaded.facts, loaded.standing):
        return redirect(url_for("assessments.appraisal", public_id=public_id))
    written = drafts(db.session, loaded.assessor(AssessorKind.SELF))
    so_far = progress(loaded.framework, loaded.scope, answers_of(written))
    if not so_far.complete:
        refusal = gettext("Something is still missing; it is listed at the end of the page.")
        return make_response(render_scoring(loaded, AssessorKind.SELF, refusal), 422)
    lead_id = loaded.appraisal.lead_id
    return render_template(
        "assessments/hand_in.html",
        title=gettext("Hand in my self-assessment?"),
        loaded=loaded,
        progress=so_far,
        lead_name=names_of(db.session, [lead_id]).get(lead_id, ""),
    )


@blueprint.post("/appraisals/<public_id>/hand-in")
@access()
def hand_in(public_id: str) -> ResponseReturnValue:
    """Hand in the self-assessment."""
    try:
        hand_in_self_assessment(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    except Incomplete as error:
        return _refused(public_id, AssessorKind.SELF, error)
    flash(gettext("Your self-assessment is handed in."))
    return redirect(url_for("assessments.home"))
