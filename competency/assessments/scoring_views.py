"""Judging: the page of one assessor, the saves of each criterion, and handing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.beside_queries import said_beside
from competency.assessments.blueprint import blueprint, clock_time
from competency.assessments.confirming import Asked, ToConfirm, evidence_standing, to_confirm
from competency.assessments.evidence import evidence_by_criterion, frozen_by_criterion
from competency.assessments.finding_presenters import ShownFinding, shown_findings
from competency.assessments.finding_queries import Found, findings_for, recorded
from competency.assessments.forms import comment_of, draft_input
from competency.assessments.gate_facts import gated_facts
from competency.assessments.judging import Saved, save_draft
from competency.assessments.models import Evidence
from competency.assessments.operations import hand_in_self_assessment, submit
from competency.assessments.permissions import (
    can_judge,
    can_read_self_assessment,
    can_withdraw,
    is_subject,
)
from competency.assessments.presenters import (
    EVIDENCE_SHOWN,
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
    BESIDE,
    Loaded,
    answers_of,
    judgements,
    load,
    load_own,
    returned_comment,
    unconfirmed_version,
    written_drafts,
)
from competency.assessments.question_views import asked
from competency.assessments.round_queries import Contested, contests_of, reopened_reason
from competency.assessments.schema import Answer, AssessorKind, Confirmations, Facts
from competency.assessments.session_forms import confirmations_input
from competency.assessments.session_presenters import PartTests
from competency.assessments.session_queries import results_of, session_results
from competency.assessments.session_views import panel_of, sessions_for
from competency.assessments.words import Due, due, title_of
from competency.audit.access import note_read
from competency.errors import CompetencyError, Conflict, Incomplete, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.people.permissions import can_read_person
from competency.people.queries import names_of, position_title
from competency.web.errors import wants_json, worded
from competency.web.filters import page_language
from competency.web.permission import access, actor
from competency.web.transaction import read_again

EVIDENCE_OF_SECOND = 50
"""Pieces listed for a second, who can't open the rest on the person's own page."""
FIGURE_READERS = frozenset({AssessorKind.LEAD, AssessorKind.SECOND})
"""Who is led to the person's page of figures, where they may read the person."""


@dataclass(frozen=True)
class ScoringPage:
    """Everything that the template of the scoring page shows."""

    loaded: Loaded
    kind: AssessorKind
    units: tuple[UnitPart, ...]
    progress: Progress
    narrowed: Narrowed | None
    carried: int
    """How many criteria carry over from an earlier result, and are not judged here."""
    unconfirmed: str | None
    """The framework's version, where its inferred reading is not confirmed."""
    due_on: date
    due: Due
    last_saved: datetime | None
    evidence_count: int
    self_awaited: bool
    returned: str | None
    """What review asked to be looked at again, where it returned this round's submission."""
    saving: str
    adding: str
    """Where criteria are saved, and evidence for them added: their ids follow."""
    job: str = ""
    """The person's position, for a second or a peer."""
    tests: tuple[PartTests, ...] = ()
    """The tests of a certification, for its lead."""
    to_confirm: ToConfirm | None = None
    """What the lead confirms of the evidence at submission, and explains in a certification."""
    units_asked: Mapping[str, Asked] = field(default_factory=dict)
    """How the evidence of each unit stands that asks for some as a whole."""
    findings: Mapping[str, Sequence[ShownFinding]] = field(default_factory=dict)
    """What indicators say about each criterion, for all but peers."""
    reads_figures: bool = False
    """Whether the way to the person's page of figures is shown."""
    contested: Contested | None = None
    """What was contested of the round before, for the lead who judges it anew."""
    reopened: str | None = None
    """Why the result was taken back, for its subject."""

    @property
    def is_own(self) -> bool:
        """Return whether somebody judges themselves."""
        return self.kind is AssessorKind.SELF

    @property
    def is_lead(self) -> bool:
        """Return whether the page submits; everybody else hands in."""
        return self.kind is AssessorKind.LEAD

    @property
    def is_peer(self) -> bool:
        """Return whether a peer judges: without evidence, and free not to say why."""
        return self.kind is AssessorKind.PEER

    @property
    def adds_evidence(self) -> bool:
        """Return whether evidence is added here; a second scores what others collected."""
        return self.kind in {AssessorKind.SELF, AssessorKind.LEAD}

    @property
    def hand_in_endpoint(self) -> str:
        """Return the endpoint that asks before handing in."""
        own = "assessments.before_handing_in"
        return own if self.is_own else f"{own}_beside"

    @property
    def other_tests(self) -> tuple[PartTests, ...]:
        """Return the tests that stand under no unit of the page: of the knowledge, say."""
        shown = {unit.progress.id for unit in self.units}
        return tuple(part for part in self.tests if part.unit_id not in shown)


def scoring_page(loaded: Loaded, kind: AssessorKind) -> ScoringPage:
    """Gather one assessor's page."""
    me, now = actor(), clock.now()
    written = written_drafts(db.session, loaded.part(kind, me.employee_id))
    subject_id = loaded.appraisal.subject_id
    beside = kind in BESIDE
    evidence = _evidence(loaded, kind)
    own: dict[str, Answer] = {}
    shows_own = kind is AssessorKind.LEAD and loaded.facts.self_submitted
    if shows_own and can_read_self_assessment(me, loaded.facts, loaded.standing):
        rows = judgements(db.session, loaded).get(AssessorKind.SELF, {})
        own = {i: Answer(i, j.level, j.excused, j.reason or "") for i, j in rows.items()}
    if not (kind is AssessorKind.PEER and loaded.cycle.peers_anonymous):
        note_read(me, subject_id, f"appraisal {loaded.appraisal.public_id}")
    sessions = results = confirm = None
    excused = frozenset(i for i, draft in written.items() if draft.excused)
    if kind is AssessorKind.LEAD:
        sessions = sessions_for(loaded)
        said = confirmations_input(request.form)
        confirm = to_confirm(loaded, evidence, today=me.today(now), excused=excused, said=said)
    if sessions is not None:
        results = results_of(loaded, sessions)
    found = None if kind is AssessorKind.PEER else findings_for(db.session, loaded, now)
    known = gated_facts(db.session, loaded, Facts({}, tests=results), now, found)
    so_far = part_progress(loaded, kind, answers_of(written), known)
    awaited = loaded.facts.self_assessment and not loaded.facts.self_submitted
    returned = returned_comment(db.session, loaded) if kind is AssessorKind.LEAD else None
    questions = asked(loaded.framework, loaded.content_hash, is_peer=kind is AssessorKind.PEER)
    due_on = loaded.cycle.own_due_on if kind is AssessorKind.SELF else loaded.cycle.submit_due_on
    so_written = Written(
        written,
        evidence,
        own,
        questions.question,
        me.today(now),
        _seconds(loaded, kind),
        EVIDENCE_OF_SECOND if kind is AssessorKind.SECOND else EVIDENCE_SHOWN,
    )
    return ScoringPage(
        returned=returned,
        loaded=loaded,
        kind=kind,
        units=unit_parts(loaded.framework, loaded.asked_of(kind), so_far, so_written),
        progress=so_far,
        narrowed=narrowed(
            loaded.framework,
            loaded.appraisal.scope_id,
            None if loaded.scope is None else loaded.scope | known.carried.keys(),
        ),
        carried=len(known.carried),
        unconfirmed=unconfirmed_version(db.session, loaded),
        due_on=due_on,
        due=due(due_on, me.today(now)),
        last_saved=max((d.saved_at for d in written.values()), default=None),
        evidence_count=len({e.id for found in evidence.values() for e in found}),
        self_awaited=awaited and kind is AssessorKind.LEAD,
        job=(position_title(db.session, subject_id, me.today(now)) or "") if beside else "",
        saving=_before_id("assessments.save", loaded),
        adding=_before_id("assessments.evidence_for", loaded),
        tests=panel_of(loaded, sessions),
        to_confirm=confirm,
        units_asked=evidence_standing(loaded, evidence, me.today(now), excused).units,
        findings=_findings(
            loaded, kind, {i: None if d.excused else d.level for i, d in written.items()}, found
        ),
        reads_figures=kind in FIGURE_READERS and can_read_person(me, loaded.standing),
        contested=_contested(loaded) if kind is AssessorKind.LEAD else None,
        reopened=reopened_reason(db.session, loaded.appraisal)
        if kind is AssessorKind.SELF and loaded.appraisal.turn > 0
        else None,
    )


def part_progress(
    loaded: Loaded,
    kind: AssessorKind,
    answers: dict[str, Answer],
    known: Facts | None = None,
) -> Progress:
    """Return how far an assessor is; a peer never has to say why."""
    so_far = progress(loaded.framework, loaded.asked_of(kind), answers, known)
    return replace(so_far, reasons=()) if kind is AssessorKind.PEER else so_far


def _evidence(loaded: Loaded, kind: AssessorKind) -> dict[str, list[Evidence]]:
    """Return what an assessor reads: a peer nothing, a second what the lead relied on.

    Before the lead has submitted a second reads what is linked.
    """
    if kind is AssessorKind.PEER:
        return {}
    if kind is AssessorKind.SECOND and loaded.appraisal.submitted_at is not None:
        return frozen_by_criterion(db.session, loaded.appraisal)
    subject_id, reader = loaded.appraisal.subject_id, actor().employee_id
    return evidence_by_criterion(db.session, subject_id, loaded.framework.id, reader=reader)


def _findings(
    loaded: Loaded, kind: AssessorKind, levels: Mapping[str, str | None], found: Found | None
) -> dict[str, tuple[ShownFinding, ...]]:
    """Return what indicators say about each criterion; peers read none.

    What the lead did with them is the lead's to see until it is submitted, and only the lead's
    levels can be flagged.
    """
    if found is None:
        return {}
    leads = kind is AssessorKind.LEAD
    reads = leads and loaded.has_findings
    decided = recorded(db.session, loaded.appraisal).decisions if reads else {}
    judged = levels if leads else {}
    return shown_findings(loaded.framework, found, decided, judged, page_language())


def _seconds(loaded: Loaded, kind: AssessorKind) -> dict[str, list[tuple[str, Answer]]]:
    """Return what seconds handed in, for the lead of a cycle that is not blind."""
    facts = loaded.facts
    there = any(p.kind is AssessorKind.SECOND and p.handed_in for p in facts.beside)
    if kind is not AssessorKind.LEAD or facts.blind or not there:
        return {}
    found: dict[str, list[tuple[str, Answer]]] = {}
    for said in said_beside(db.session, loaded):
        row = said.judgement
        if row.kind is AssessorKind.SECOND and not said.drawn:
            answer = Answer(row.criterion_id, row.level, row.excused, row.reason or "")
            found.setdefault(row.criterion_id, []).append((said.name, answer))
    return found


def _title(loaded: Loaded, kind: AssessorKind) -> str:
    """Return what an assessor's page is called."""
    name = loaded.subject.printed_name
    match kind:
        case AssessorKind.SELF:
            return gettext("My self-assessment")
        case AssessorKind.SECOND:
            return gettext("Second assessment of %(name)s", name=name)
        case AssessorKind.PEER:
            return gettext("As a colleague: the work of %(name)s", name=name)
        case _:
            return title_of(loaded.appraisal.mode, name)


def _contested(loaded: Loaded) -> Contested | None:
    """Return what was contested of the round before this one; nothing is read in the first."""
    if loaded.judged_anew is None:
        return None
    return contests_of(db.session, loaded.appraisal).get(loaded.appraisal.round - 1)


def render_scoring(loaded: Loaded, kind: AssessorKind, error: str = "") -> str:
    """Return the scoring page; ``error`` says why a submission was refused.

    What was typed and ticked beside the judgements stays as it was sent.
    """
    page = scoring_page(loaded, kind)
    return render_template(
        "assessments/scoring.html",
        page=page,
        title=_title(loaded, kind),
        error=error,
        sent=request.form,
        can_withdraw=can_withdraw(actor(), loaded.facts, loaded.standing),
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
    return jsonify(_shown(saved, sent.kind))


def _shown(saved: Saved, kind: AssessorKind) -> dict[str, object]:
    """Return what the page's script shows after a save."""
    tests = session_results(db.session, saved.loaded)
    known = gated_facts(db.session, saved.loaded, Facts({}, tests=tests), clock.now())
    so_far = part_progress(saved.loaded, kind, answers_of(saved.drafts), known)
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
    loaded = load_own(db.session, actor=actor(), now=clock.now(), public_id=public_id)
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


def refused(public_id: str, kind: AssessorKind, error: CompetencyError) -> ResponseReturnValue:
    """Show the page again with why it can't be handed in yet."""
    read_again()
    loaded = load_own(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return make_response(render_scoring(loaded, kind, worded(error)), 422)


@blueprint.get("/appraisals/<public_id>/sufficiency")
@access()
def sufficiency_of(public_id: str) -> ResponseReturnValue:
    """Say how the evidence stands now, for the scoring page while it is open."""
    me, now = actor(), clock.now()
    loaded = load(db.session, actor=me, now=now, public_id=public_id)
    kinds = (AssessorKind.LEAD, AssessorKind.SELF)
    kind = next((k for k in kinds if can_judge(me, k, loaded.facts, loaded.standing)), None)
    if kind is None:
        raise NotFound
    evidence = evidence_by_criterion(
        db.session, loaded.appraisal.subject_id, loaded.framework.id, reader=me.employee_id
    )
    written = written_drafts(db.session, loaded.assessor(kind))
    excused = frozenset(i for i, draft in written.items() if draft.excused)
    shown = evidence_standing(loaded, evidence, me.today(now), excused)
    confirm = None
    if kind is AssessorKind.LEAD:
        nothing = Confirmations()
        confirm = to_confirm(loaded, evidence, today=me.today(now), excused=excused, said=nothing)
    return jsonify(
        criteria={i: asked.as_json() for i, asked in shown.criteria.items()},
        units={i: asked.as_json() for i, asked in shown.units.items()},
        total=len({e.id for found in evidence.values() for e in found}),
        confirming=render_template("assessments/_confirming.html", confirm=confirm)
        if confirm
        else "",
    )


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
        return refused(public_id, AssessorKind.LEAD, error)
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
    written = written_drafts(db.session, loaded.assessor(AssessorKind.SELF))
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
        return refused(public_id, AssessorKind.SELF, error)
    flash(gettext("Your self-assessment is handed in."))
    return redirect(url_for("assessments.home"))
