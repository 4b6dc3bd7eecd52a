"""Cycles: the list, a new one with its preview, one cycle, and its bulk steps."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from competency import clock
from competency.assessments.agreement_presenters import ShownAgreement, shown_agreement
from competency.assessments.agreement_queries import others_of, pairs_with, pairs_with_review
from competency.assessments.batches import take_each
from competency.assessments.blueprint import blueprint
from competency.assessments.bulk_views import bulk_words
from competency.assessments.candidates import Candidate, candidates
from competency.assessments.certification_models import CycleCertification
from competency.assessments.cloning import like
from competency.assessments.cycle_queries import (
    approved_count,
    approved_in,
    by_visible_state,
    counts_of,
    states_of,
    subject_names,
    teams_in,
)
from competency.assessments.cycles import check_plan, close_cycle, open_cycle
from competency.assessments.forms import BY_POSITION, CycleForm
from competency.assessments.models import Cycle
from competency.assessments.operations import release
from competency.assessments.overview import filters_of, narrowing
from competency.assessments.population import (
    MAXIMUM_BYTES,
    NumberList,
    in_order,
    not_found,
    of_file,
    of_text,
)
from competency.assessments.position_scopes import scopes_of_positions
from competency.assessments.presenters import Narrowed, narrowed
from competency.assessments.queries import cycle_by_public_id, cycles_with_counts
from competency.assessments.reminding import reminded_today
from competency.assessments.rules import kept_criteria, scope_named, visible_state
from competency.assessments.schema import AssessorKind, Flag, Mode, Review
from competency.assessments.session_queries import certification_and_assessor, sessions_in
from competency.assessments.words import (
    STATE_CHIPS,
    due,
    flag_label,
    instrument_label,
    mode_label,
    obstacle_label,
    review_label,
    session_state_label,
    state_label,
)
from competency.assessments.worklists import cycle_rows
from competency.audit.access import note_read
from competency.errors import Invalid, InvalidFile
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of, published_versions
from competency.frameworks.schema import Framework
from competency.people.queries import places
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again, stages

PAGE_SIZE = 25
ADDRESS_MAXIMUM = 3000
NOT_CARRIED = frozenset({"csrf_token", "units", "numbers"})
PREVIEWED = 100
"""People listed in a preview; the counts are of all."""


@blueprint.get("/cycles")
@access(Role.HR, Role.AUDITOR)
def cycles() -> ResponseReturnValue:
    """List the cycles with how far each is, newest first."""
    me, now = actor(), clock.now()
    rows = [
        (cycle, by_visible_state(counts), due(cycle.submit_due_on, me.today(now)))
        for cycle, counts in cycles_with_counts(db.session, me, now)
    ]
    return render_template(
        "assessments/cycles.html", rows=rows, state_label=state_label, chips=STATE_CHIPS
    )


def _named(version: FrameworkVersion) -> str:
    """Return a published version as pickers name it."""
    return f"{version.title} {version.version}"


def _form(values: MultiDict[str, str]) -> CycleForm:
    """Return the form of a new cycle, filled from what was sent or is proposed."""
    form = CycleForm(formdata=values or None, meta={"csrf": False})
    published = published_versions(db.session)
    form.framework.choices = [(str(v.id), _named(v)) for v in published]
    form.scope.choices = [
        SelectChoice("", gettext("The whole framework")),
        SelectChoice(BY_POSITION, gettext("What each person's position asks for")),
        *(
            SelectChoice(f"{version.id}:{scope['id']}", scope["title"], optgroup=_named(version))
            for version in published
            for scope in version.scopes
        ),
    ]
    known = places(db.session)
    form.employer.choices = [("", gettext("All employers")), *known["employer"]]
    form.campaign.choices = [("", gettext("All campaigns")), *known["campaign"]]
    form.site.choices = [("", gettext("All sites")), *known["site"]]
    form.team.choices = [("", gettext("All teams")), *known["team"]]
    form.position.choices = [("", gettext("All positions")), *known["position"]]
    form.mode.choices = [(m.value, mode_label(m)) for m in Mode]
    form.review.choices = [(r.value, review_label(r)) for r in Review]
    form.self_assessment.choices = [
        ("blind", gettext("Yes, neither sees the other's answers until both are in")),
        ("open", gettext("Yes, the assessor sees it once it is handed in")),
        ("none", gettext("No")),
    ]
    return form


def _narrowed(form: CycleForm, framework: Framework) -> Narrowed | None:
    """Return what the chosen scope keeps of the framework; raise ``Invalid``."""
    if form.scope_is_of_another():
        raise Invalid(
            "This scope belongs to another framework than %(framework)s. Choose one of its"
            " own, or the whole framework.",
            "scope",
            framework=f"{framework.title} {framework.version}",
        )
    return narrowed(framework, form.scope_id, _kept(form, framework))


def _units() -> list[str]:
    """Return the ids of the units that a certification is narrowed to."""
    return request.values.getlist("units")


def _kept(form: CycleForm, framework: Framework) -> frozenset[str] | None:
    """Return the criteria that scope and units keep, ``None`` for all; raise ``Invalid``."""
    units = _units() if form.certifies else []
    kept = kept_criteria(framework, scope_named(framework, form.scope_id), units)
    return None if kept is None else frozenset(kept)


def _preview(form: CycleForm) -> list[Candidate]:
    """Return who would be in the cycle, with their lead or what stands in the way."""
    return candidates(
        db.session,
        actor=actor(),
        now=clock.now(),
        framework_version_id=int(form.framework.data),
        population=form.population(),
        assessor=form.assessor_number,
        by_position=form.scope_by_position,
    )


def _render_form(
    form: CycleForm,
    found: list[Candidate] | None,
    error: str = "",
    lists: Sequence[NumberList] | None = None,
    units: Sequence[str] | None = None,
) -> str:
    """Return the page of a new cycle; with candidates it is the preview.

    ``lists`` are the lists that its numbers come from: what was typed, if nothing is said.
    """
    known = {c.employee.employee_number for c in found or ()}
    read = [] if found is None else [form.listed()] if lists is None else lists
    faults = [fault for each in read for fault in in_order(each.faults, not_found(each, known))]
    framework = None if found is None else framework_of(db.session, int(form.framework.data))
    included = [c for c in found or () if c.obstacle is None]
    refused = [c for c in found or () if c.obstacle is not None]
    asked = framework if form.scope_by_position else None
    scopes = scopes_of_positions(db.session, asked) if asked else {}
    return render_template(
        "assessments/cycle_new.html",
        form=form,
        by_position=form.scope_by_position,
        scope_of={
            candidate.employee.id: framework.scope(scopes[candidate.position.code]).title
            for candidate in included
            if framework and candidate.position and candidate.position.code in scopes
        },
        previewed=found is not None,
        criteria=len(framework.criteria()) if framework else 0,
        narrowed=_narrowed(form, framework) if framework else None,
        units=framework.units if framework and form.certifies else (),
        chosen_units=_units() if units is None else units,
        carried=[
            *((n, v) for n, v in request.values.items(multi=True) if n not in NOT_CARRIED),
            ("numbers", form.numbers.data or ""),
        ],
        faults=[(fault.row, fault.number, str(gettext(fault.message))) for fault in faults],
        language=framework.language if framework else "",
        included=included,
        refused=refused,
        leads=len({c.lead.id for c in included if c.lead}),
        shown=PREVIEWED,
        obstacle_label=obstacle_label,
        error=error,
    )


def _is_whole(form: CycleForm) -> bool:
    """Return whether everything is there, naming on the form what is not."""
    valid = bool(form.validate())
    try:
        form.listed()
    except InvalidFile as error:
        form.numbers.errors = [worded(error)]
        return False
    if not form.names_somebody():
        form.everybody.errors = [gettext("Choose whom the cycle is for.")]
        valid = False
    if form.certifies and not form.assessor_number:
        form.assessor.errors = [gettext("A certification needs its assessor.")]
        valid = False
    if not form.framework.errors:
        try:
            _narrowed(form, framework_of(db.session, int(form.framework.data)))
        except Invalid as error:
            form.scope.errors = [worded(error)]
            valid = False
    return valid


@blueprint.get("/cycles/new")
@access(Role.HR)
def new_cycle() -> ResponseReturnValue:
    """Ask for a new cycle, and show who would be in it before it is opened."""
    form = _form(request.args)
    if not request.args:
        return _render_form(form, None)
    return _previewed(form)


def _previewed(form: CycleForm, lists: Sequence[NumberList] | None = None) -> ResponseReturnValue:
    """Return the preview of what a form says, or what is wrong in it."""
    if not _is_whole(form):
        return make_response(_render_form(form, None), 422)
    try:
        check_plan(form.plan(), actor().today(clock.now()))
        found = _preview(form)
    except Invalid as error:
        named = form[error.field] if error.field and error.field in form else form.assessor
        named.errors = [worded(error)]
        return make_response(_render_form(form, None), 422)
    return _render_form(form, found, lists=lists)


@blueprint.post("/cycles/preview")
@access(Role.HR)
@stages
def preview_cycle() -> ResponseReturnValue:
    """Read the list that came with a new cycle, if any, and show the preview.

    What an address can hold is previewed at one, so that the way back works.
    """
    form = _form(request.form)
    upload = request.files.get("people_file")
    if upload is not None and upload.filename:
        try:
            with upload.stream as content:
                listed = of_file(content.read(MAXIMUM_BYTES + 1))
        except InvalidFile as error:
            form.validate()
            form.people_file.errors = [worded(error)]
            return make_response(_render_form(form, None), 422)
        typed = of_text(form.numbers.data or "")
        form.numbers.data = " ".join([*typed.numbers, *listed.numbers])
        return _previewed(form, [typed, listed])
    sent = MultiDict((n, v) for n, v in request.form.items(multi=True) if v and n != "csrf_token")
    address = url_for("assessments.new_cycle") + "?" + urlencode(list(sent.items(multi=True)))
    return redirect(address, 303) if len(address) <= ADDRESS_MAXIMUM else _previewed(form)


@blueprint.get("/cycles/<public_id>/again")
@access(Role.HR)
def again(public_id: str) -> ResponseReturnValue:
    """Ask for a new cycle like an earlier one, a year later."""
    me, now = actor(), clock.now()
    earlier = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, earlier)
    values = like(db.session, me, now, earlier)
    return _render_form(_form(values), None, units=values.getlist("units"))


@blueprint.post("/cycles")
@access(Role.HR)
def open_new_cycle() -> ResponseReturnValue:
    """Open the cycle that the preview showed."""
    form = _form(request.form)
    if not _is_whole(form):
        read_again()
        return make_response(_render_form(form, None), 422)
    try:
        cycle = open_cycle(
            db.session,
            actor=actor(),
            now=clock.now(),
            plan=form.plan(_units()),
            population=form.population(),
        )
    except Invalid as error:
        read_again()
        return make_response(_render_form(form, None, worded(error)), 422)
    public_id = cycle.public_id
    flash(gettext("The cycle is open."))
    return redirect(url_for("assessments.cycle", public_id=public_id))


@blueprint.get("/cycles/<public_id>")
@access(Role.HR, Role.AUDITOR)
def cycle(public_id: str) -> ResponseReturnValue:
    """Show one cycle: its counts, and its appraisals by state, search and page."""
    me, now = actor(), clock.now()
    found = cycle_by_public_id(db.session, public_id)
    counts = counts_of(db.session, me, now, found)
    state, search, page = (
        request.args.get("state", ""),
        request.args.get("search", ""),
        page_number(),
    )
    filters = filters_of(*(request.args.get(name, "") for name in ("team", "lead", "flag")))
    framework = framework_of(db.session, found.framework_version_id)
    rows, total = cycle_rows(
        db.session,
        me,
        now,
        found,
        criteria=len(framework.criteria()),
        states=states_of(state),
        search=search,
        narrowed=narrowing(filters, me.today(now)),
        page=page,
        page_size=PAGE_SIZE,
    )
    ready = approved_count(db.session, me, now, found) if me.has(Role.HR) else 0
    certification, assessor = certification_and_assessor(db.session, found)
    sessions = sessions_in(db.session, me, now, found) if certification else []
    units = {unit.id: unit.title for unit in framework.all_units()}
    measured: tuple[ShownAgreement, ...] = ()
    if me.has(Role.HR):
        condition = others_of(me, now, found)
        pairs = dict(pairs_with(db.session, condition))
        pairs[AssessorKind.REVIEW] = pairs_with_review(db.session, condition)
        measured = shown_agreement(framework, pairs)
    for row in rows:
        note_read(me, row.appraisal.subject_id, f"state of appraisal {row.appraisal.public_id}")
    return render_template(
        "assessments/cycle.html",
        title=found.title,
        cycle=found,
        framework=framework,
        narrowed=_narrowed_as_opened(framework, found, certification),
        mode=mode_label(found.mode),
        certification=certification,
        assessor=assessor,
        sessions=[
            (
                each,
                units.get(each.session.unit_id or "", ""),
                session_state_label(
                    each.session.state, passed=each.session.passed if each.reads_marks else None
                ),
            )
            for each in sessions
        ],
        instrument_label=instrument_label,
        due=due(found.submit_due_on, me.today(now)),
        counts=by_visible_state(counts),
        rows=[(row, visible_state(row.appraisal.state)) for row in rows],
        reminded=reminded_today(db.session, [row.appraisal for row in rows], now),
        pager=Pager(page, PAGE_SIZE, total),
        state=state,
        search=search,
        ready=ready,
        filters=filters,
        teams=teams_in(db.session, me, now, found),
        flags=[(flag.value, flag_label(flag)) for flag in Flag],
        is_late=found.submit_due_on < me.today(now),
        is_hr=me.has(Role.HR),
        bulk=bulk_words(),
        state_label=state_label,
        chips=STATE_CHIPS,
        review=review_label(found.review),
        agreement=measured,
    )


def _narrowed_as_opened(
    framework: Framework, cycle: Cycle, certification: CycleCertification | None
) -> Narrowed | None:
    """Return what a cycle's scope and units keep of its framework."""
    units = certification.unit_ids if certification else None
    kept = kept_criteria(framework, scope_named(framework, cycle.scope_id), units or ())
    return narrowed(framework, cycle.scope_id, None if kept is None else frozenset(kept))


@blueprint.post("/cycles/<public_id>/release")
@access(Role.HR)
def release_cycle(public_id: str) -> ResponseReturnValue:
    """Release every approved result of a cycle in the actor's scope that can be released.

    Whose can't is named with the reason.
    """
    me, now = actor(), clock.now()
    found = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, found)
    ready = approved_in(db.session, me, now, found)
    done = take_each(db.session, release, ready, actor=me, now=now)
    flash(ngettext("%(num)d result is released.", "%(num)d results are released.", done.taken))
    names = subject_names(db.session, done.refused)
    for refused_id, error in done.refused.items():
        name = names.get(refused_id, refused_id)
        reason = worded(error)
        flash(gettext("Not released, %(name)s: %(reason)s", name=name, reason=reason), "error")
    return redirect(url_for("assessments.cycle", public_id=public_id))


@blueprint.post("/cycles/<public_id>/close")
@access(Role.HR)
def close(public_id: str) -> ResponseReturnValue:
    """Close a cycle in which nothing is unfinished."""
    me, now = actor(), clock.now()
    found = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, found)
    close_cycle(db.session, actor=me, now=now, cycle=found)
    flash(gettext("The cycle is closed."))
    return redirect(url_for("assessments.cycle", public_id=public_id))
