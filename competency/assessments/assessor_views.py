"""Who judges beside the lead: proposing peers, answering for them, seconds, double scoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from competency import clock
from competency.assessments.agreement_presenters import shown_severity
from competency.assessments.agreement_queries import (
    SEVERITY_FROM,
    others_of,
    severity_of_leads,
)
from competency.assessments.assessors import (
    approve_peer,
    name_second,
    propose_peer,
    refuse_peer,
    release_assessor,
)
from competency.assessments.beside_queries import (
    AskedRow,
    NominationRow,
    asked_beside,
    colleagues,
    double_scored,
    handed_in_counts,
    nominations_of,
    nominations_to_answer,
)
from competency.assessments.blueprint import blueprint
from competency.assessments.cycle_queries import counts_of
from competency.assessments.double_scoring import draw
from competency.assessments.forms import numbers_in
from competency.assessments.models import Cycle
from competency.assessments.permissions import (
    can_choose_assessors,
    can_propose_peers,
    can_see_assessors,
    is_subject,
    peers_can_answer,
)
from competency.assessments.queries import Loaded, cycle_by_public_id, load
from competency.assessments.schema import NominationState, State
from competency.assessments.words import assessor_label, nomination_label
from competency.errors import CompetencyError, IllegalTransition, Invalid, NotAllowed
from competency.extensions import db
from competency.frameworks.queries import framework_of
from competency.people.models import Employee
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@dataclass(frozen=True)
class AssessorsPage:
    """Who is asked beside the lead, as far as the reader may know."""

    loaded: Loaded
    is_subject: bool
    sees_all: bool
    chooses: bool
    proposes: bool
    asks_peers: bool
    names_seconds: bool
    asked: list[AskedRow]
    nominations: list[tuple[NominationRow, str, str]]
    colleagues: list[Employee]


def _page(loaded: Loaded, error: str = "") -> str:
    """Return the page of an appraisal's assessors; raise ``NotAllowed`` for whom it is not for."""
    me, now, facts = actor(), clock.now(), loaded.facts
    sees_all = can_see_assessors(me, facts, loaded.standing)
    own = can_propose_peers(me, facts)
    if not sees_all and not own:
        raise NotAllowed("Who is asked beside the assessor is not yours to read.")
    asking = bool(loaded.cycle.peers_maximum) and peers_can_answer(facts)
    found = nominations_of(db.session, loaded, proposed_by=None if sees_all else me.employee_id)
    page = AssessorsPage(
        loaded=loaded,
        is_subject=is_subject(me, facts),
        sees_all=sees_all,
        chooses=can_choose_assessors(me, facts, loaded.standing),
        proposes=own and asking,
        asks_peers=bool(loaded.cycle.peers_maximum),
        names_seconds=facts.state in {State.OPEN, State.SUBMITTED, State.IN_REVIEW},
        asked=asked_beside(db.session, loaded) if sees_all else [],
        nominations=[
            (row, *_state_of(row, hidden=loaded.cycle.peers_anonymous and not sees_all))
            for row in found
        ],
        colleagues=(
            colleagues(db.session, loaded.subject.id, me.today(now)) if own and asking else []
        ),
    )
    return render_template(
        "assessments/assessors.html",
        title=gettext("Who judges beside the assessor"),
        page=page,
        error=error,
        sent=request.form,
        assessor_label=assessor_label,
    )


def _state_of(row: NominationRow, *, hidden: bool) -> tuple[str, str]:
    """Return what became of a proposal; of anonymous peers only that it was answered."""
    state = row.nomination.state
    if hidden and state not in {NominationState.PROPOSED, NominationState.REFUSED}:
        return gettext("Answered by human resources"), "delivered"
    return nomination_label(state)


def _loaded(public_id: str) -> Loaded:
    """Return an appraisal that the actor sees."""
    return load(db.session, actor=actor(), now=clock.now(), public_id=public_id)


def _refused(public_id: str, error: CompetencyError) -> ResponseReturnValue:
    """Show the page again with why it can't be."""
    read_again()
    return make_response(_page(_loaded(public_id), worded(error)), 422)


def _back(public_id: str) -> ResponseReturnValue:
    """Return to where the form was sent from: the appraisal's page, or its cycle's."""
    if request.form.get("back") == "cycle":
        cycle_id = _loaded(public_id).cycle.public_id
        return redirect(url_for("assessments.cycle_assessors", public_id=cycle_id))
    return redirect(url_for("assessments.assessors", public_id=public_id))


def _taken(
    public_id: str, take: Callable[..., object], said: str, **sent: str
) -> ResponseReturnValue:
    """Take a step with what was sent and say that it is done, or why it was refused."""
    try:
        take(db.session, actor=actor(), now=clock.now(), public_id=public_id, **sent)
    except Invalid as error:
        return _refused(public_id, error)
    flash(said)
    return _back(public_id)


@blueprint.get("/appraisals/<public_id>/assessors")
@access()
def assessors(public_id: str) -> ResponseReturnValue:
    """Show who is asked, and what of it the reader can do."""
    return _page(_loaded(public_id))


@blueprint.post("/appraisals/<public_id>/peers")
@access()
def propose(public_id: str) -> ResponseReturnValue:
    """Propose a colleague as a peer."""
    return _taken(
        public_id,
        propose_peer,
        gettext("Your proposal waits for human resources."),
        number=request.form.get("number", ""),
    )


@blueprint.post("/appraisals/<public_id>/peers/<nomination_id>/approve")
@access()
def approve_nomination(public_id: str, nomination_id: str) -> ResponseReturnValue:
    """Ask a proposed peer."""
    return _taken(
        public_id,
        approve_peer,
        gettext("The peer is asked."),
        nomination_id=nomination_id,
    )


@blueprint.post("/appraisals/<public_id>/peers/<nomination_id>/refuse")
@access()
def refuse_nomination(public_id: str, nomination_id: str) -> ResponseReturnValue:
    """Turn a proposed peer down, saying why."""
    return _taken(
        public_id,
        refuse_peer,
        gettext("The proposal is turned down, with your reason."),
        nomination_id=nomination_id,
        reason=request.form.get("reason", "").replace("\r\n", "\n"),
    )


@blueprint.post("/appraisals/<public_id>/seconds")
@access()
def ask_second(public_id: str) -> ResponseReturnValue:
    """Ask somebody for a second judgement."""
    return _taken(
        public_id,
        name_second,
        gettext("The second assessor is asked."),
        number=request.form.get("number", ""),
    )


@blueprint.post("/appraisals/<public_id>/assessors/<person_id>/release")
@access()
def take_off(public_id: str, person_id: str) -> ResponseReturnValue:
    """Take a second or peer off who has not handed in, and ask another second if one is named."""
    return _taken(
        public_id,
        release_assessor,
        gettext("This person is not asked any more."),
        person_id=person_id,
        replacement=request.form.get("number", ""),
    )


def _cycle_page(cycle: Cycle, error: str = "") -> str:
    """Return the page of a cycle's seconds and peers."""
    me, now = actor(), clock.now()
    counts_of(db.session, me, now, cycle)
    is_hr = me.has(Role.HR)
    framework = framework_of(db.session, cycle.framework_version_id)
    severity = []
    if is_hr:
        severity = severity_of_leads(db.session, others_of(me, now, cycle), framework)
    return render_template(
        "assessments/cycle_assessors.html",
        title=gettext("Seconds and peers"),
        cycle=cycle,
        is_hr=is_hr,
        proposals=nominations_to_answer(db.session, me, me.today(now), cycle),
        counts=[
            (assessor_label(kind), asked, done)
            for kind, (asked, done) in sorted(handed_in_counts(db.session, cycle).items())
        ],
        drawn=len(double_scored(db.session, cycle)),
        severity=shown_severity(severity),
        severity_from=SEVERITY_FROM,
        error=error,
        sent=request.form,
    )


@blueprint.get("/cycles/<public_id>/assessors")
@access(Role.HR, Role.AUDITOR)
def cycle_assessors(public_id: str) -> ResponseReturnValue:
    """Show a cycle's proposals, its double scoring, and how strict its leads are."""
    return _cycle_page(cycle_by_public_id(db.session, public_id))


@blueprint.post("/cycles/<public_id>/double-scoring")
@access(Role.HR)
def double_score(public_id: str) -> ResponseReturnValue:
    """Draw appraisals to be scored twice."""
    me, now = actor(), clock.now()
    cycle = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, cycle)
    try:
        sampled = draw(
            db.session,
            actor=me,
            now=now,
            cycle=cycle,
            pool=numbers_in(request.form.get("pool", "")),
            share=_whole("share"),
            number=_whole("number"),
        )
    except (Invalid, IllegalTransition) as error:
        read_again()
        cycle = cycle_by_public_id(db.session, public_id)
        return make_response(_cycle_page(cycle, worded(error)), 422)
    flash(
        ngettext(
            "%(num)d appraisal is drawn; seconds asked now: %(asked)s.",
            "%(num)d appraisals are drawn; seconds asked now: %(asked)s.",
            sampled.drawn,
            asked=sampled.asked,
        )
    )
    if sampled.nobody:
        flash(
            ngettext(
                "For %(num)d appraisal nobody of the pool is left who has no part in it.",
                "For %(num)d appraisals nobody of the pool is left who has no part in them.",
                sampled.nobody,
            ),
            "error",
        )
    return redirect(url_for("assessments.cycle_assessors", public_id=public_id))


NUMBER_DIGITS = 6


def _whole(name: str) -> int | None:
    """Return a whole number of the form; ``None`` where nothing was typed."""
    raw = request.form.get(name, "").strip()
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= NUMBER_DIGITS):
        raise Invalid("Write a whole number.", name)
    return int(raw)
