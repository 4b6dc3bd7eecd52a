"""Requests to be assessed: an employee asks, today's supervisor or human resources answer.

Each step loads the request under its lock, checks permission, then state, then rules,
appends what was said and records the event. An accepted one opens an appraisal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.answering import answer_by
from competency.assessments.cycles import CyclePlan, open_for_one
from competency.assessments.models import Appraisal, AppraisalRequest, RequestStep
from competency.assessments.permissions import can_answer_request, can_choose_lead
from competency.assessments.reassessments import (
    ReassessmentPlan,
    check_base,
    check_criteria,
    last_closed,
    open_reassessment,
)
from competency.assessments.request_queries import LoadedRequest, load_request
from competency.assessments.rules import REQUEST_TARGETS, UNFINISHED, next_request_state
from competency.assessments.schema import Mode, RequestAction, RequestState
from competency.assessments.telling import tell_of_answer, tell_of_request
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound, message_id
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of, version_by_public_id, versions_of
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employees_in_scope, standing
from competency.people.schema import Actor, Role
from competency.wording import Words

AnySession = Session | scoped_session[Session]

WORDS_MAXIMUM = 2000
ASK_WHY = message_id("Say why you ask, in a few words.")
ANSWERS = frozenset({RequestAction.ACCEPT, RequestAction.DECLINE})
HR_ANSWERS = message_id("Human resources answer an application to be certified.")
ANSWER_WHY = message_id("Say why: the employee reads it.")


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: a framework's version, perhaps one unit, perhaps a level."""

    framework: str
    """The public id of the version."""
    words: str
    unit_id: str | None = None
    level: str | None = None
    criteria: tuple[str, ...] = ()
    """Single criteria of one's last result, to be assessed anew."""


@dataclass(frozen=True)
class Acceptance:
    """What is decided when a request is accepted; without ``lead_id`` the supervisor leads."""

    reason: str
    title: str
    due_on: date
    lead_id: int | None = None
    scope_id: str | None = None
    """One of the framework's scopes; without one all of it, or the unit that was named."""


def ask(session: AnySession, *, actor: Actor, now: datetime, wish: Wish) -> AppraisalRequest:
    """Ask to be assessed; of one person and framework one request is open at a time.

    Raises ``IllegalTransition`` while one is open or an appraisal is under way, and
    ``Invalid`` for a unit or a level that the framework hasn't got.
    """
    if actor.employee_id is None:
        raise NotAllowed("Only an employee asks to be assessed.")
    version = version_by_public_id(session, wish.framework)
    if wish.criteria:
        _check_reassessment(session, actor.employee_id, version, wish)
    elif version.id != versions_of(session, version.slug)[0].id:
        raise IllegalTransition("There is a newer version of this framework: ask for that one.")
    framework = framework_of(session, version.id)
    _check_wish(framework, wish)
    words = said(wish.words, ASK_WHY, "words")
    lock_person(session, actor.employee_id)
    check_nothing_open(session, actor.employee_id, version.slug)
    request = AppraisalRequest(
        subject_id=actor.employee_id,
        framework_version_id=version.id,
        framework_slug=version.slug,
        unit_id=wish.unit_id or None,
        level=wish.level or None,
        criteria=sorted(wish.criteria) or None,
        state=RequestState.OPEN,
        answer_by=answer_by(session, actor.employee_id, actor.today(now)),
    )
    session.add(request)
    session.flush()
    write_step(session, request, actor=actor, now=now, action=RequestAction.ASK, comment=words)
    place = standing(session, request.subject_id, actor.today(now))
    tell_of_request(session, request, place, framework, now)
    return request


def _check_reassessment(
    session: AnySession, employee_id: int, version: FrameworkVersion, wish: Wish
) -> None:
    """Raise unless the criteria are some of the person's last closed result of the version."""
    base = last_closed(session, employee_id, version.slug)
    if base is None or base.framework_version_id != version.id:
        raise IllegalTransition("There is no closed result of this version to start from.")
    check_base(session, base, version.slug)
    check_criteria(session, base, wish.criteria)


def lock_person(session: AnySession, employee_id: int) -> None:
    """Let one request of a person be written at a time."""
    session.execute(sa.select(Employee.id).where(Employee.id == employee_id).with_for_update())


def _check_wish(framework: Framework, wish: Wish) -> None:
    """Raise ``Invalid`` for a unit or a level that the framework hasn't got."""
    units = {unit.id: unit for unit in framework.all_units()}
    if wish.unit_id and wish.unit_id not in units:
        raise Invalid("Choose a unit of this framework.", "unit")
    inside = framework.criteria_in(units[wish.unit_id]) if wish.unit_id else framework.criteria()
    known = {code for criterion in inside for code in framework.awardable(criterion.id)}
    if wish.level and wish.level not in known:
        raise Invalid("Choose a level that the framework has there.", "level")


def check_nothing_open(session: AnySession, employee_id: int, slug: str) -> None:
    """Raise ``IllegalTransition`` where asking again leads nowhere."""
    asked = sa.select(AppraisalRequest.id).where(
        AppraisalRequest.subject_id == employee_id,
        AppraisalRequest.framework_slug == slug,
        AppraisalRequest.state == RequestState.OPEN,
    )
    if session.scalar(asked.limit(1)) is not None:
        raise IllegalTransition(
            "You have asked for this framework already, and wait for an answer."
        )
    under_way = (
        sa.select(Appraisal.id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id == employee_id,
            FrameworkVersion.slug == slug,
            Appraisal.state.in_(UNFINISHED),
        )
    )
    if session.scalar(under_way.limit(1)) is not None:
        raise IllegalTransition("An appraisal against this framework is under way already.")


def said(text: str, missing: str, field: str) -> str:
    """Return what was written, trimmed; raise ``Invalid`` for nothing and for too much."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid(missing, field)
    if len(words) > WORDS_MAXIMUM:
        raise Invalid("Write at most 2,000 characters.", field)
    return words


def withdraw_request(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> AppraisalRequest:
    """Take an open request back."""
    loaded = load_request(session, actor=actor, now=now, public_id=public_id, lock=True)
    if loaded.subject.id != actor.employee_id:
        raise NotAllowed("Only who asked can withdraw the request.")
    end_request(session, loaded, actor=actor, now=now, action=RequestAction.WITHDRAW)
    return loaded.request


def decline(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> AppraisalRequest:
    """Answer an open request with no, saying why."""
    loaded = load_to_answer(session, actor, now, public_id, RequestAction.DECLINE)
    words = said(reason, ANSWER_WHY, "reason")
    end_request(session, loaded, actor=actor, now=now, action=RequestAction.DECLINE, comment=words)
    return loaded.request


def accept(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    acceptance: Acceptance,
) -> Appraisal:
    """Answer an open request with yes, saying why; return the appraisal that it opens.

    It is of the version that was asked for, narrowed to the unit where one was named and
    to a scope where one is chosen, in a cycle of its own: with a self-assessment, blind,
    and always reviewed.
    """
    loaded = load_to_answer(session, actor, now, public_id, RequestAction.ACCEPT)
    if loaded.request.mode is Mode.CERTIFICATION:
        raise NotFound
    words = said(acceptance.reason, ANSWER_WHY, "reason")
    request, subject = loaded.request, loaded.subject
    if subject.left_on is not None and subject.left_on <= actor.today(now):
        raise IllegalTransition("This person has left.")
    lead = _lead(session, loaded, actor, now, acceptance.lead_id)
    if request.criteria:
        appraisal = _reassessed(session, loaded, actor, now, acceptance, lead)
    else:
        appraisal = open_for_one(
            session,
            actor=actor,
            now=now,
            plan=CyclePlan(
                title=acceptance.title,
                framework_version_id=request.framework_version_id,
                submit_due_on=acceptance.due_on,
                scope_id=acceptance.scope_id,
            ),
            employee=subject,
            lead=lead,
            unit_id=request.unit_id,
        )
    request.appraisal_id = appraisal.id
    end_request(session, loaded, actor=actor, now=now, action=RequestAction.ACCEPT, comment=words)
    return appraisal


def _reassessed(
    session: AnySession,
    loaded: LoadedRequest,
    actor: Actor,
    now: datetime,
    acceptance: Acceptance,
    lead: Employee,
) -> Appraisal:
    """Open the reassessment that a request asks for; return it."""
    request = loaded.request
    base = last_closed(session, request.subject_id, request.framework_slug)
    if base is None or base.framework_version_id != request.framework_version_id:
        raise IllegalTransition("There is no closed result of this version to start from.")
    check_base(session, base, request.framework_slug)
    criteria = request.criteria or []
    check_criteria(session, base, criteria)
    plan = ReassessmentPlan(criteria, acceptance.reason, acceptance.title, acceptance.due_on)
    return open_reassessment(
        session, actor=actor, now=now, base=base, employee=loaded.subject, lead=lead, plan=plan
    )


def close_requests_of(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee
) -> int:
    """Decline what somebody who leaves has asked for and waits; return how many.

    For whoever has checked that ``actor`` may let them leave. The reason is recorded as
    ``left``, and said in the language of the person's documents.
    """
    waiting = session.scalars(
        sa.select(AppraisalRequest)
        .where(
            AppraisalRequest.subject_id == employee.id,
            AppraisalRequest.state == RequestState.OPEN,
        )
        .order_by(AppraisalRequest.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    said = Words(employee.document_language).gettext("The person has left.")
    for request in waiting:
        request.state, request.ended_at = RequestState.DECLINED, now
        session.flush()
        action = RequestAction.DECLINE
        write_step(
            session, request, actor=actor, now=now, action=action, comment=said, reason="left"
        )
    return len(waiting)


def load_to_answer(
    session: AnySession, actor: Actor, now: datetime, public_id: str, action: RequestAction
) -> LoadedRequest:
    """Load a request under its lock; raise unless the actor may answer it, and it waits."""
    loaded = load_request(session, actor=actor, now=now, public_id=public_id, lock=True)
    mode = loaded.request.mode
    if not can_answer_request(actor, loaded.standing, mode):
        if mode is Mode.CERTIFICATION:
            raise NotAllowed(HR_ANSWERS)
        raise NotAllowed("Today's supervisor and human resources answer a request.")
    next_request_state(loaded.request.state, action)
    return loaded


def _lead(
    session: AnySession, loaded: LoadedRequest, actor: Actor, now: datetime, lead_id: int | None
) -> Employee:
    """Return who leads: the supervisor, or whom human resources choose among their people."""
    chosen = lead_id or loaded.standing.supervisor_id
    if chosen is None:
        raise Invalid("This person has no supervisor today: choose who leads.", "lead")
    if chosen == loaded.subject.id:
        raise Invalid("Nobody leads their own appraisal.", "lead")
    if chosen == loaded.standing.supervisor_id:
        return session.get_one(Employee, chosen)
    if not can_choose_lead(actor, loaded.standing):
        raise NotAllowed("Only human resources choose another lead.")
    if chosen == actor.employee_id:
        raise Invalid("You can't name yourself as the assessor.", "lead")
    today = actor.today(now)
    found = session.scalar(
        sa.select(Employee).where(
            Employee.id == chosen,
            employees_in_scope(actor, today, [Role.HR]),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
        )
    )
    if found is None:
        raise Invalid("Choose who leads among the people shown.", "lead")
    return found


def end_request(
    session: AnySession,
    loaded: LoadedRequest,
    *,
    actor: Actor,
    now: datetime,
    action: RequestAction,
    comment: str = "",
    **data: object,
) -> None:
    """Move an open request to where ``action`` leads, and append the step."""
    request = loaded.request
    request.state = next_request_state(request.state, action)
    request.ended_at = now
    session.flush()
    write_step(session, request, actor=actor, now=now, action=action, comment=comment, **data)
    if action in ANSWERS:
        tell_of_answer(session, request, framework_of(session, request.framework_version_id), now)


def write_step(
    session: AnySession,
    request: AppraisalRequest,
    *,
    actor: Actor,
    now: datetime,
    action: RequestAction,
    comment: str,
    **data: object,
) -> None:
    """Append a step with what was said, and record the event without it."""
    session.add(
        RequestStep(
            request_id=request.id,
            subject_id=request.subject_id,
            action=action,
            target=REQUEST_TARGETS[action],
            actor_id=actor.account_id,
            taken_at=now,
            comment=comment or None,
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"request.{action}",
        subject_kind="request",
        subject=request.public_id,
        data={"framework": request.framework_slug, "unit": request.unit_id, **data},
    )
