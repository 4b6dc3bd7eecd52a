"""Requests to be assessed: asked with one's evidence and last result in sight, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from competency import clock
from competency.assessments.answering import answer_by
from competency.assessments.application_views import application_page
from competency.assessments.blueprint import blueprint
from competency.assessments.cycle_queries import active_by_number, possible_leads
from competency.assessments.evidence import evidence_by_criterion
from competency.assessments.forms import due_on_of
from competency.assessments.own_results import OwnResult, own_results
from competency.assessments.permissions import can_answer_request, can_choose_lead
from competency.assessments.position_scopes import usual_scope
from competency.assessments.request_presenters import answer_due
from competency.assessments.request_queries import (
    LoadedRequest,
    RequestRow,
    load_request,
    own_requests,
    request_row,
    requests_to_answer,
    steps_of,
)
from competency.assessments.requests import (
    Acceptance,
    Wish,
    accept,
    ask,
    decline,
    withdraw_request,
)
from competency.assessments.schema import Mode, RequestState
from competency.assessments.words import (
    REQUEST_CHIPS,
    request_action_label,
    request_state_label,
)
from competency.assessments.worklists import delivered_of
from competency.audit.access import note_read
from competency.errors import IllegalTransition, Invalid, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import (
    catalogue,
    framework_of,
    version_by_public_id,
    versions_of,
)
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import names_of
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, day, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

PAGE_SIZE = 25
FRAMEWORKS_SHOWN = 20
DUE_DAYS = 30
"""Days until an accepted request is to be judged, unless whoever accepts says otherwise."""


@dataclass(frozen=True)
class UnitChoice:
    """A unit that can be asked for, with how much evidence is there for it."""

    id: str
    number: str
    title: str
    evidence: int


def _units(framework: Framework, employee_id: int) -> tuple[list[UnitChoice], int]:
    """Return the units with their evidence, and how many pieces there are in all."""
    linked = evidence_by_criterion(db.session, employee_id, framework.id, reader=employee_id)
    place = numbers(framework)

    def pieces(criteria: list[str]) -> int:
        return len({e.id for i in criteria for e in linked.get(i, ())})

    units = [
        UnitChoice(
            unit.id,
            place[unit.id],
            unit.title,
            pieces([c.id for c in framework.criteria_in(unit)]),
        )
        for unit in framework.all_units()
    ]
    return units, pieces([c.id for c in framework.criteria()])


def _levels(framework: Framework) -> list[tuple[str, str]]:
    """Return the levels that can be aimed at; none where there is only one to reach."""
    found: dict[str, str] = {}
    for criterion in framework.criteria():
        scale = framework.scale_of(criterion.id)
        for code in framework.awardable(criterion.id):
            found.setdefault(code, scale.label(code))
    return list(found.items()) if len(found) > 1 else []


def _form(version: FrameworkVersion, error: str = "") -> str:
    """Return the form that asks, with the person's evidence and last result beside it."""
    me = actor()
    framework = framework_of(db.session, version.id)
    units, pieces = _units(framework, me.employee_id or 0)
    results: tuple[OwnResult, ...] = own_results(
        db.session, delivered_of(db.session, me.employee_id, version.slug)
    )
    person = db.session.get(Employee, me.employee_id) if me.employee_id else None
    return render_template(
        "assessments/request_new.html",
        version=version,
        framework=framework,
        units=units,
        pieces=pieces,
        levels=_levels(framework),
        results=results,
        person=person,
        answer_by=answer_by(db.session, me.employee_id, me.today(clock.now()))
        if me.employee_id
        else None,
        sent=request.values,
        error=error,
    )


@blueprint.get("/requests/new")
@access()
def new_request() -> ResponseReturnValue:
    """Choose a framework; then show the form that asks."""
    slug = request.args.get("framework", "")
    if slug:
        newest = next(iter(versions_of(db.session, slug)), None)
        if newest is None:
            raise NotFound
        return _form(newest)
    search, page = request.args.get("search", ""), page_number()
    found, total = catalogue(db.session, search, page=page, page_size=FRAMEWORKS_SHOWN)
    return render_template(
        "assessments/request_choose.html",
        versions=found,
        search=search,
        pager=Pager(page, FRAMEWORKS_SHOWN, total),
    )


@blueprint.post("/requests")
@access()
def ask_for() -> ResponseReturnValue:
    """Ask to be assessed."""
    wish = Wish(
        framework=request.form.get("framework", ""),
        words=request.form.get("words", ""),
        unit_id=request.form.get("unit") or None,
        level=request.form.get("level") or None,
    )
    try:
        made = ask(db.session, actor=actor(), now=clock.now(), wish=wish)
        asked, promised = made.public_id, made.answer_by
    except (Invalid, IllegalTransition) as error:
        read_again()
        slug = version_by_public_id(db.session, wish.framework).slug
        page = _form(versions_of(db.session, slug)[0], worded(error))
        return make_response(page, 422 if isinstance(error, Invalid) else 409)
    flash(
        gettext(
            "You have asked. Your supervisor and human resources see it. You get an answer by "
            "%(day)s.",
            day=day(promised),
        )
    )
    return redirect(url_for("assessments.request_page", public_id=asked))


@blueprint.get("/requests")
@access()
def requests_page() -> ResponseReturnValue:
    """List one's own requests, and those that the actor may answer, by state and name."""
    me, page = actor(), page_number()
    search, chosen = request.args.get("search", ""), request.args.get("state", "open")
    state = RequestState(chosen) if chosen in set(RequestState) else None
    rows, total = requests_to_answer(
        db.session,
        me,
        me.today(clock.now()),
        search=search,
        state=state,
        page=page,
        page_size=PAGE_SIZE,
    )
    for row in rows:
        note_read(me, row.request.subject_id, f"request {row.request.public_id}")
    own, own_total = own_requests(db.session, me.employee_id)
    return render_template(
        "assessments/requests.html",
        rows=rows,
        pager=Pager(page, PAGE_SIZE, total),
        own=own,
        own_total=own_total,
        answers=bool(rows) or bool(search) or chosen != "open" or me.has(Role.HR),
        search=search,
        chosen=chosen,
        states=[(state.value, request_state_label(state)) for state in RequestState],
        state_label=request_state_label,
        chips=REQUEST_CHIPS,
        answer_due=lambda row: answer_due(row, me.today(clock.now())),
    )


def _request_page(loaded: LoadedRequest, error: str = "") -> str:
    """Return the page of one request with what the actor can do about it."""
    if loaded.request.mode is Mode.CERTIFICATION:
        return application_page(loaded, error)
    me, now = actor(), clock.now()
    row: RequestRow = request_row(db.session, loaded.request)
    answers = can_answer_request(me, loaded.standing) and loaded.request.state is RequestState.OPEN
    own = me.employee_id == loaded.subject.id
    supervisor_id = loaded.standing.supervisor_id
    leads = []
    if answers and can_choose_lead(me, loaded.standing):
        leads = [
            lead
            for lead in possible_leads(db.session, me, now)
            if lead.id not in {loaded.subject.id, supervisor_id, me.employee_id}
        ]
    names = names_of(db.session, [supervisor_id])
    evidence = evidence_by_criterion(
        db.session,
        loaded.subject.id,
        row.framework.id,
        reader=None if me.has(Role.HR) and not own else me.employee_id,
    )
    note_read(me, loaded.subject.id, f"request {loaded.request.public_id}")
    return render_template(
        "assessments/request.html",
        row=row,
        own=own,
        answers=answers,
        waits=answer_due(row, me.today(now)),
        steps=steps_of(db.session, loaded.request),
        state_label=request_state_label,
        action_label=request_action_label,
        chips=REQUEST_CHIPS,
        supervisor=names.get(supervisor_id or 0, ""),
        leads=leads,
        due_on=(me.today(now) + timedelta(days=DUE_DAYS)).isoformat(),
        scopes=row.framework.scopes if answers else (),
        usual_scope=usual_scope(db.session, loaded.subject.id, row.framework, me.today(now))
        if answers and row.framework.scopes
        else None,
        pieces=len({e.id for found in evidence.values() for e in found}),
        results=own_results(
            db.session, delivered_of(db.session, loaded.subject.id, row.framework.id)
        ),
        sent=request.form,
        error=error,
    )


@blueprint.get("/requests/<public_id>")
@access()
def request_page(public_id: str) -> ResponseReturnValue:
    """Show one request: what is asked, what was answered, and the form to answer."""
    return _request_page(
        load_request(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    )


def _refused(public_id: str, error: Invalid) -> ResponseReturnValue:
    """Say on the request's page what is missing; what was typed stays in its form."""
    read_again()
    loaded = load_request(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return make_response(_request_page(loaded, worded(error)), 422)


@blueprint.post("/requests/<public_id>/withdraw")
@access()
def withdraw_own_request(public_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    withdraw_request(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("The request is withdrawn."))
    return redirect(url_for("assessments.request_page", public_id=public_id))


@blueprint.post("/requests/<public_id>/decline")
@access()
def decline_request(public_id: str) -> ResponseReturnValue:
    """Answer no, with the reason."""
    reason = request.form.get("reason", "")
    try:
        decline(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        return _refused(public_id, error)
    flash(gettext("The request is declined; the employee reads your reason."))
    return redirect(url_for("assessments.request_page", public_id=public_id))


@blueprint.post("/requests/<public_id>/accept")
@access()
def accept_request(public_id: str) -> ResponseReturnValue:
    """Answer yes, with the reason; an appraisal opens."""
    me, now = actor(), clock.now()
    try:
        accept(
            db.session,
            actor=me,
            now=now,
            public_id=public_id,
            acceptance=Acceptance(
                reason=request.form.get("reason", ""),
                title=gettext("On request, %(day)s", day=format_date(me.today(now))),
                due_on=due_on_of(request.form.get("due_on", "")),
                lead_id=_chosen_lead(request.form.get("lead", "")),
                scope_id=request.form.get("scope") or None,
            ),
        )
    except Invalid as error:
        return _refused(public_id, error)
    flash(gettext("The request is accepted, and the appraisal is open."))
    return redirect(url_for("assessments.request_page", public_id=public_id))


def _chosen_lead(number: str) -> int | None:
    """Return the row id of the lead with an employee number; ``None`` for the supervisor."""
    if not number:
        return None
    found = active_by_number(db.session, actor(), clock.now(), number)
    if found is None:
        raise Invalid("Choose who leads among the people shown.", "lead")
    return found.id
