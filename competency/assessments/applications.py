"""Applications to be certified: an employee applies, human resources answer.

An application is a request (ADR 0019) with its units and a declaration beside. An accepted
one opens a cycle of one certification through the function that every cycle goes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.answering import answer_by
from competency.assessments.application_models import (
    ApplicationException,
    CertificationApplication,
)
from competency.assessments.candidates import Population
from competency.assessments.certification_models import ATTEMPTS
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.cycles import CertificationPlan, CyclePlan, open_cycle
from competency.assessments.eligibility import Unmet, unmet
from competency.assessments.eligibility_queries import eligibility_facts
from competency.assessments.models import Appraisal, AppraisalRequest
from competency.assessments.request_queries import LoadedRequest
from competency.assessments.requests import (
    ANSWER_WHY,
    ASK_WHY,
    check_nothing_open,
    end_request,
    load_to_answer,
    lock_person,
    said,
    write_step,
)
from competency.assessments.schema import Mode, RequestAction, RequestState
from competency.assessments.session_queries import superiors_of
from competency.assessments.telling import tell_of_request
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound, message_id
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of, version_by_public_id, versions_of
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import standing
from competency.people.schema import Actor
from competency.wording import LANGUAGES, Words

AnySession = Session | scoped_session[Session]

DECLARATION = message_id(
    "I declare that what I say in this application is true, and that the evidence that I hand "
    "in is my own work. I know that a certification that rests on false statements is revoked."
)
EXCEPTION_WHY = message_id(
    "Not every condition is met. Say why you accept it all the same: the employee reads it."
)


@dataclass(frozen=True)
class Application:
    """What somebody applies for, in their words."""

    framework: str
    """The public id of the version."""
    words: str
    units: tuple[str, ...] = ()
    """Outermost units; none for all of them."""
    declares: bool = False
    language: str = "en"
    """The language in which the declaration was shown."""
    despite: bool = False
    """Whether they apply although conditions are not met."""


@dataclass(frozen=True)
class Certifying:
    """What is decided when an application is accepted; ``assessor`` is an employee number."""

    reason: str
    title: str
    due_on: date
    assessor: str
    attempts_maximum: int = ATTEMPTS
    exception: str = ""
    """Why it is accepted although conditions are not met."""


def certifiable(session: AnySession, public_id: str) -> tuple[FrameworkVersion, Framework]:
    """Return the newest version of a framework that allows certification.

    Raises ``NotFound`` for a framework without, ``IllegalTransition`` for an older version.
    """
    version = version_by_public_id(session, public_id)
    framework = framework_of(session, version.id)
    if framework.certification is None:
        raise NotFound
    if version.id != versions_of(session, version.slug)[0].id:
        raise IllegalTransition("There is a newer version of this framework: ask for that one.")
    return version, framework


def chosen_units(framework: Framework, units: Sequence[str]) -> tuple[str, ...]:
    """Return the outermost units that are applied for, in order; raise ``Invalid``."""
    known = tuple(unit.id for unit in framework.units)
    if not set(units) <= set(known):
        raise Invalid("Choose units of this framework.", "units")
    whole = framework.certification is None or not framework.certification.by_unit
    if whole and units and set(units) != set(known):
        raise Invalid("This framework is certified as a whole only.", "units")
    return tuple(unit for unit in known if unit in units) or known


def lacking(
    session: AnySession,
    employee: Employee,
    framework: Framework,
    units: Sequence[str],
    *,
    today: date,
    now: datetime,
) -> tuple[Unmet, ...]:
    """Return the conditions that somebody doesn't meet today to be certified for some units."""
    facts = eligibility_facts(session, employee, framework.id, today=today, now=now)
    return unmet(facts, units)


def apply(
    session: AnySession, *, actor: Actor, now: datetime, application: Application
) -> AppraisalRequest:
    """Apply to be certified; of one person and framework one request is open at a time.

    The words of the declaration are kept as they were shown. Raises ``Invalid`` without
    the declaration, and where conditions are not met and that was not accepted.
    """
    if actor.employee_id is None:
        raise NotAllowed("Only an employee applies to be certified.")
    version, framework = certifiable(session, application.framework)
    if application.language not in LANGUAGES:
        raise Invalid("This form is not complete. Reload the page and try again.")
    units = chosen_units(framework, application.units)
    words = said(application.words, ASK_WHY, "words")
    if not application.declares:
        raise Invalid("Tick the declaration: nobody is certified without it.", "declares")
    lock_person(session, actor.employee_id)
    check_nothing_open(session, actor.employee_id, version.slug)
    employee, today = session.get_one(Employee, actor.employee_id), actor.today(now)
    lacks = lacking(session, employee, framework, units, today=today, now=now)
    if any(one.is_binding for one in lacks):
        raise IllegalTransition("Only who is employed today can be certified.")
    if lacks and not application.despite:
        raise Invalid(
            "Not every condition is met. Read what is missing, and say whether you apply all "
            "the same.",
            "despite",
        )
    request = AppraisalRequest(
        subject_id=employee.id,
        framework_version_id=version.id,
        framework_slug=version.slug,
        mode=Mode.CERTIFICATION,
        state=RequestState.OPEN,
        answer_by=answer_by(session, employee.id, today),
    )
    session.add(request)
    session.flush()
    is_whole = len(units) == len(framework.units)
    session.add(
        CertificationApplication(
            request_id=request.id,
            subject_id=employee.id,
            unit_ids=None if is_whole else list(units),
            declaration=Words(application.language).gettext(DECLARATION),
            declaration_language=application.language,
            declared_at=now,
            unmet=[one.condition.value for one in lacks],
        )
    )
    session.flush()
    ask = RequestAction.ASK
    data = {"mode": Mode.CERTIFICATION.value, "units": list(units)}
    write_step(session, request, actor=actor, now=now, action=ask, comment=words, **data)
    tell_of_request(session, request, standing(session, employee.id, today), framework, now)
    return request


def application_of(session: AnySession, request: AppraisalRequest) -> CertificationApplication:
    """Return what an application has beside its request."""
    return session.get_one(CertificationApplication, request.id)


def exception_of(session: AnySession, request: AppraisalRequest) -> ApplicationException | None:
    """Return the exception that was made when an application was accepted, if one was."""
    return session.get(ApplicationException, request.id)


def units_of(framework: Framework, application: CertificationApplication) -> tuple[str, ...]:
    """Return the ids of the outermost units that are applied for."""
    return tuple(application.unit_ids or (unit.id for unit in framework.units))


def accept_application(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    certifying: Certifying,
) -> Appraisal:
    """Answer an application with yes, naming the assessor; return the certification it opens.

    Where conditions are not met today it needs an exception, which is kept with its reason.
    Raises ``IllegalTransition`` for what no exception can be made to, and ``Invalid`` for
    an assessor who is a superior, the person or the actor.
    """
    loaded = load_to_answer(session, actor, now, public_id, RequestAction.ACCEPT)
    request, today = loaded.request, actor.today(now)
    if request.mode is not Mode.CERTIFICATION:
        raise NotFound
    words = said(certifying.reason, ANSWER_WHY, "reason")
    framework = framework_of(session, request.framework_version_id)
    units = units_of(framework, application_of(session, request))
    lacks = lacking(session, loaded.subject, framework, units, today=today, now=now)
    if any(one.is_binding for one in lacks):
        raise IllegalTransition(
            "This person has left, or an appraisal against this framework is under way."
        )
    if lacks:
        _except(session, loaded, actor, now, lacks, certifying.exception)
    assessor = _assessor(session, loaded, actor, now, certifying.assessor)
    whole = len(units) == len(framework.units)
    cycle = open_cycle(
        session,
        actor=actor,
        now=now,
        plan=CyclePlan(
            title=certifying.title,
            framework_version_id=request.framework_version_id,
            submit_due_on=certifying.due_on,
            certification=CertificationPlan(
                assessor.employee_number, () if whole else units, certifying.attempts_maximum
            ),
        ),
        population=Population(employee_numbers=(loaded.subject.employee_number,)),
    )
    appraisal = session.scalars(sa.select(Appraisal).where(Appraisal.cycle_id == cycle.id)).one()
    request.appraisal_id = appraisal.id
    excepted = [one.condition.value for one in lacks]
    accept = RequestAction.ACCEPT
    data = {"mode": Mode.CERTIFICATION.value, "units": list(units), "exceptions": excepted}
    end_request(session, loaded, actor=actor, now=now, action=accept, comment=words, **data)
    return appraisal


def _except(
    session: AnySession,
    loaded: LoadedRequest,
    actor: Actor,
    now: datetime,
    lacks: Sequence[Unmet],
    reason: str,
) -> None:
    """Keep that conditions were not met and why it is accepted all the same."""
    session.add(
        ApplicationException(
            request_id=loaded.request.id,
            subject_id=loaded.subject.id,
            unmet=[one.condition.value for one in lacks],
            reason=said(reason, EXCEPTION_WHY, "exception"),
            made_by_id=actor.account_id,
            made_at=now,
        )
    )
    session.flush()


def _assessor(
    session: AnySession, loaded: LoadedRequest, actor: Actor, now: datetime, number: str
) -> Employee:
    """Return who assesses; raise ``Invalid`` where they can't, as opening a cycle does."""
    found = active_by_number(session, actor, now, number)
    if found is None:
        raise Invalid(
            "Nobody who works here and is in your scope has the number “%(number)s”.",
            "assessor",
            number=number,
        )
    if found.id == loaded.subject.id:
        raise Invalid("Nobody leads their own appraisal.", "assessor")
    if found.id == actor.employee_id:
        raise Invalid("You can't name yourself as the assessor.", "assessor")
    if found.id in superiors_of(session, loaded.subject.id, actor.today(now)):
        raise Invalid("A superior of the person can't assess their certification.", "assessor")
    return found
