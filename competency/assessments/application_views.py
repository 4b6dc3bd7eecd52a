"""Applying to be certified, with what is still missing in sight, and answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from competency import clock
from competency.assessments.answering import answer_by
from competency.assessments.applications import (
    DECLARATION,
    Application,
    Certifying,
    accept_application,
    application_of,
    apply,
    certifiable,
    chosen_units,
    exception_of,
    units_of,
)
from competency.assessments.blueprint import blueprint
from competency.assessments.certification_models import ATTEMPTS
from competency.assessments.cycle_queries import possible_leads
from competency.assessments.cycles import ATTEMPTS_HIGHEST
from competency.assessments.eligibility import Condition, EligibilityFacts, unmet
from competency.assessments.eligibility_queries import eligibility_facts
from competency.assessments.eligibility_words import UnmetLine, condition_label, unmet_line
from competency.assessments.forms import due_on_of
from competency.assessments.permissions import can_answer_request
from competency.assessments.request_presenters import answer_due
from competency.assessments.request_queries import (
    LoadedRequest,
    load_request,
    request_row,
    steps_of,
)
from competency.assessments.requests import HR_ANSWERS
from competency.assessments.schema import Mode, RequestState
from competency.assessments.session_queries import superiors_of
from competency.assessments.words import REQUEST_CHIPS, request_action_label, request_state_label
from competency.audit.access import note_read
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import (
    certified_frameworks,
    framework_of,
    version_by_public_id,
    versions_of,
)
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import names_of
from competency.people.schema import Actor
from competency.web.errors import worded
from competency.web.filters import Pager, day, page_language, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again
from competency.wording import Words

FRAMEWORKS_SHOWN = 20
DUE_DAYS = 60
"""Days until a certification is to be judged, unless whoever accepts says otherwise."""


@dataclass(frozen=True)
class UnitLine:
    """One unit that can be applied for, with what stands in its way."""

    id: str
    number: str
    title: str
    is_open: bool
    is_attested: bool
    attested_until: date | None


def _unit_lines(framework: Framework, facts: EligibilityFacts) -> list[UnitLine]:
    """Return the outermost units of a framework as an applicant reads them."""
    place = numbers(framework)
    return [
        UnitLine(
            unit.id,
            place[unit.id],
            unit.title,
            unit.id in facts.open_units,
            unit.id in facts.attested,
            facts.attested.get(unit.id),
        )
        for unit in framework.units
    ]


def _lines(framework: Framework, facts: EligibilityFacts, units: Sequence[str]) -> list[UnmetLine]:
    """Return what is lacking for some units, in words."""
    return [unmet_line(framework, one) for one in unmet(facts, units)]


def _form(me: Actor, version: FrameworkVersion, error: str = "", *, refused: bool = False) -> str:
    """Return the form for one framework, with what was sent to it."""
    framework = framework_of(db.session, version.id)
    if framework.certification is None or me.employee_id is None:
        raise NotFound
    now = clock.now()
    today = me.today(now)
    employee = db.session.get_one(Employee, me.employee_id)
    facts = eligibility_facts(db.session, employee, framework.id, today=today, now=now)
    sent = request.form.getlist("units")
    known = [unit.id for unit in framework.units]
    units = [unit for unit in known if unit in sent] or known
    language = page_language()
    return render_template(
        "assessments/application_new.html",
        version=version,
        framework=framework,
        by_unit=framework.certification.by_unit,
        units=_unit_lines(framework, facts),
        ticked=sent,
        lacks=_lines(framework, facts, units),
        refused=refused,
        declaration=Words(language).gettext(DECLARATION),
        language=language,
        answer_by=answer_by(db.session, me.employee_id, today),
        sent=request.form,
        error=error,
    )


@blueprint.get("/applications/new")
@access()
def new_application() -> ResponseReturnValue:
    """Choose a framework that allows certification; then show the form that applies."""
    slug = request.args.get("framework", "")
    if slug:
        newest = next(iter(versions_of(db.session, slug)), None)
        if newest is None:
            raise NotFound
        return _form(actor(), newest)
    search, page = request.args.get("search", ""), page_number()
    found = certified_frameworks(db.session, search)
    first = (page - 1) * FRAMEWORKS_SHOWN
    return render_template(
        "assessments/application_choose.html",
        versions=found[first : first + FRAMEWORKS_SHOWN],
        search=search,
        pager=Pager(page, FRAMEWORKS_SHOWN, len(found)),
    )


def _sent() -> Application:
    """Return what the form says; raise ``Invalid`` where no unit of several is ticked."""
    _, framework = certifiable(db.session, request.form.get("framework", ""))
    units = tuple(request.form.getlist("units"))
    by_unit = framework.certification is not None and framework.certification.by_unit
    if by_unit and not units:
        raise Invalid("Choose at least one unit.", "units")
    return Application(
        framework=request.form.get("framework", ""),
        words=request.form.get("words", ""),
        units=chosen_units(framework, units),
        declares=request.form.get("declares") == "yes",
        language=request.form.get("language", ""),
        despite=request.form.get("despite") == "yes",
    )


@blueprint.post("/applications")
@access()
def apply_for() -> ResponseReturnValue:
    """Apply to be certified; what is missing is said on the page that was sent."""
    me = actor()
    try:
        made = apply(db.session, actor=me, now=clock.now(), application=_sent())
        public_id, promised = made.public_id, made.answer_by
    except (Invalid, IllegalTransition) as error:
        read_again()
        slug = version_by_public_id(db.session, request.form.get("framework", "")).slug
        newest = versions_of(db.session, slug)[0]
        despite = isinstance(error, Invalid) and error.field == "despite"
        page = _form(me, newest, worded(error), refused=despite)
        return make_response(page, 422 if isinstance(error, Invalid) else 409)
    flash(
        gettext(
            "You have applied. Human resources see it. You get an answer by %(day)s.",
            day=day(promised),
        )
    )
    return redirect(url_for("assessments.request_page", public_id=public_id))


def application_page(loaded: LoadedRequest, error: str = "") -> str:
    """Return the page of one application with what the actor can do about it."""
    me, now = actor(), clock.now()
    today, subject = me.today(now), loaded.subject
    row = request_row(db.session, loaded.request)
    beside, exception = (
        application_of(db.session, loaded.request),
        exception_of(db.session, loaded.request),
    )
    is_open = loaded.request.state is RequestState.OPEN
    answers = is_open and can_answer_request(me, loaded.standing, loaded.request.mode)
    lacks: list[UnmetLine] = []
    if is_open:
        facts = eligibility_facts(db.session, subject, row.framework.id, today=today, now=now)
        lacks = _lines(row.framework, facts, units_of(row.framework, beside))
    leads: list[Employee] = []
    if answers:
        taboo = {subject.id, me.employee_id, *superiors_of(db.session, subject.id, today)}
        leads = [one for one in possible_leads(db.session, me, now) if one.id not in taboo]
    note_read(me, subject.id, f"request {loaded.request.public_id}")
    return render_template(
        "assessments/application.html",
        row=row,
        application=beside,
        exception=exception,
        excepted=[condition_label(Condition(code)) for code in exception.unmet]
        if exception
        else [],
        own=me.employee_id == subject.id,
        answers=answers,
        is_open=is_open,
        lacks=lacks,
        is_blocked=any(line.is_binding for line in lacks),
        leads=leads,
        supervisor=names_of(db.session, [loaded.standing.supervisor_id]).get(
            loaded.standing.supervisor_id or 0, ""
        ),
        attempts=ATTEMPTS,
        attempts_highest=ATTEMPTS_HIGHEST,
        due_on=(today + timedelta(days=DUE_DAYS)).isoformat(),
        waits=answer_due(row, today),
        steps=steps_of(db.session, loaded.request),
        state_label=request_state_label,
        action_label=request_action_label,
        chips=REQUEST_CHIPS,
        sent=request.form,
        error=error,
    )


def _attempts(raw: str) -> int:
    """Return how often a test can be taken; raise ``Invalid``."""
    if not raw.isdecimal() or not 1 <= int(raw) <= ATTEMPTS_HIGHEST:
        raise Invalid("A test can be taken once to ten times.", "attempts")
    return int(raw)


@blueprint.post("/requests/<public_id>/certify")
@access()
def certify(public_id: str) -> ResponseReturnValue:
    """Answer an application with yes, naming the assessor; a certification opens."""
    me, now = actor(), clock.now()
    loaded = load_request(db.session, actor=me, now=now, public_id=public_id)
    if loaded.request.mode is not Mode.CERTIFICATION:
        raise NotFound
    if not can_answer_request(me, loaded.standing, loaded.request.mode):
        raise NotAllowed(HR_ANSWERS)
    try:
        accept_application(
            db.session,
            actor=me,
            now=now,
            public_id=public_id,
            certifying=Certifying(
                reason=request.form.get("reason", ""),
                title=gettext("On application, %(day)s", day=format_date(me.today(now))),
                due_on=due_on_of(request.form.get("due_on", "")),
                assessor=request.form.get("assessor", ""),
                attempts_maximum=_attempts(request.form.get("attempts", "")),
                exception=request.form.get("exception", ""),
            ),
        )
    except Invalid as error:
        read_again()
        loaded = load_request(db.session, actor=actor(), now=now, public_id=public_id)
        return make_response(application_page(loaded, worded(error)), 422)
    flash(gettext("The application is accepted, and the certification is open."))
    return redirect(url_for("assessments.request_page", public_id=public_id))
