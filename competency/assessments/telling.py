"""Whom each step of an appraisal is told to; queued in the step's own transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import AppraisalRequest, Cycle
from competency.assessments.queries import Loaded
from competency.assessments.schema import Mode
from competency.frameworks.schema import Framework
from competency.mail.operations import notify
from competency.people.queries import holders_over
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]

DIGEST = timedelta(days=1)
"""A reviewer hears of one cycle's submissions, and a new lead of what was handed over in it, once
in this time, however many there are."""


def tell_subject_of_opening(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the subject that the appraisal is open, or that their self-assessment waits."""
    params = {"cycle": loaded.cycle.title}
    kind = "appraisal_opened"
    if loaded.cycle.self_assessment:
        kind = "self_assessment_waiting"
        params["due_on"] = loaded.cycle.own_due_on.isoformat()
    _tell(session, loaded, now, [loaded.subject.id], kind, params)


def tell_leads(session: AnySession, cycle: Cycle, leads: Iterable[int], now: datetime) -> None:
    """Tell each lead once how many appraisals of a new cycle are theirs.

    ``leads`` has an employee id for each appraisal.
    """
    for lead_id, count in Counter(leads).items():
        notify(
            session,
            now=now,
            to=[lead_id],
            kind="appraisals_to_judge",
            params={
                "cycle": cycle.title,
                "count": count,
                "due_on": cycle.submit_due_on.isoformat(),
            },
        )


def tell_new_lead(session: AnySession, loaded: Loaded, actor: Actor, now: datetime) -> None:
    """Tell who an appraisal was handed over to, once a day and cycle however many there are.

    Not the actor, who took it over.
    """
    notify(
        session,
        now=now,
        to={loaded.appraisal.lead_id} - {actor.employee_id},
        kind="appraisals_handed_over",
        params={
            "cycle": loaded.cycle.title,
            "due_on": loaded.cycle.submit_due_on.isoformat(),
        },
        link=loaded.cycle.public_id,
        once_in=DIGEST,
    )


def possible_reviewers(session: AnySession, loaded: Loaded) -> set[int]:
    """Return who may review an appraisal, as ``permissions.may_review`` says of each."""
    facts = loaded.facts
    out = {loaded.appraisal.lead_id, loaded.subject.id, *facts.judged_beside, *facts.involved}
    return holders_over(session, Role.REVIEWER, loaded.standing) - out - facts.led_or_examined


def tell_reviewers(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell whoever may review a submitted appraisal that there is something to review."""
    notify(
        session,
        now=now,
        to=possible_reviewers(session, loaded),
        kind="appraisals_to_review",
        params={"cycle": loaded.cycle.title},
        link=loaded.cycle.public_id,
        once_in=DIGEST,
    )


def tell_lead_of_return(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the lead that review gave the appraisal back."""
    params = {"cycle": loaded.cycle.title}
    to = [loaded.appraisal.lead_id]
    _tell(session, loaded, now, to, "appraisal_returned", params, about=loaded.subject.id)


def tell_subject_of_result(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell the subject that the result can be read, and until when to answer."""
    until = loaded.appraisal.contest_until
    params = {"cycle": loaded.cycle.title, "answer_by_on": until.isoformat() if until else ""}
    _tell(session, loaded, now, [loaded.subject.id], "result_released", params)


def tell_hr_of_comment(session: AnySession, loaded: Loaded, now: datetime) -> None:
    """Tell human resources in scope that the subject wrote a comment on the result."""
    params = {"cycle": loaded.cycle.title}
    to = holders_over(session, Role.HR, loaded.standing)
    _tell(session, loaded, now, to, "result_commented", params, about=loaded.subject.id)


def tell_of_request(
    session: AnySession,
    request: AppraisalRequest,
    place: Standing,
    framework: Framework,
    now: datetime,
) -> None:
    """Tell today's supervisor that somebody asks; human resources where none works here.

    An application to be certified is told to human resources, who answer it.
    """
    certifies = request.mode is Mode.CERTIFICATION
    above = [] if place.supervisor_id is None or certifies else [place.supervisor_id]
    for to in (above, holders_over(session, Role.HR, place)):
        told = notify(
            session,
            now=now,
            to=to,
            kind="application_made" if certifies else "request_made",
            params={"framework": framework.title},
            about=request.subject_id,
            link=request.public_id,
        )
        if told:
            return


def tell_of_answer(
    session: AnySession, request: AppraisalRequest, framework: Framework, now: datetime
) -> None:
    """Tell whoever asked that their request was answered."""
    notify(
        session,
        now=now,
        to=[request.subject_id],
        kind="application_answered" if request.mode is Mode.CERTIFICATION else "request_answered",
        params={"framework": framework.title},
        link=request.public_id,
    )


def _tell(
    session: AnySession,
    loaded: Loaded,
    now: datetime,
    to: Iterable[int],
    kind: str,
    params: dict[str, str],
    *,
    about: int | None = None,
) -> None:
    """Queue a message that leads to the appraisal."""
    notify(
        session,
        now=now,
        to=to,
        kind=kind,
        params=params,
        about=about,
        link=loaded.appraisal.public_id,
    )
