"""Contesting a result, and what follows: a reviewer who is new to it upholds, or a round begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.assessors import ask_second_of_round, named_second
from competency.assessments.contest_telling import (
    tell_of_contest,
    tell_of_reassessment,
    tell_subject_of_decision,
)
from competency.assessments.history import deciding_rows
from competency.assessments.models import Appraisal, Contest
from competency.assessments.operations import begin, step
from competency.assessments.queries import Loaded
from competency.assessments.rounds import begin_round, require_no_other
from competency.assessments.rules import check_contested, in_scope, is_in_time
from competency.assessments.schema import Action, Mode
from competency.assessments.session_queries import superiors_of
from competency.clock import local_date
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def is_open_to_contest(loaded: Loaded, now: datetime) -> bool:
    """Return whether the days to answer, counted at the subject's site, still run."""
    today = local_date(now, loaded.time_zone)
    return is_in_time(loaded.appraisal.contest_until, today)


def contest(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    statement: str,
    criteria: Sequence[str],
) -> None:
    """Contest some criteria of a released result, saying why; the statement is printed.

    Raises ``IllegalTransition`` after the last day, and ``Invalid`` without a statement,
    without a criterion, for one that was not judged, or for a sign that no document has.
    """
    loaded = begin(session, actor, now, public_id, Action.CONTEST)
    if not is_open_to_contest(loaded, now):
        raise IllegalTransition("The last day on which this result could be contested has passed.")
    if not statement.strip():
        raise Invalid("Say what you contest, and why.", "comment")
    check_printable(statement, "comment")
    appraisal = loaded.appraisal
    check_contested(criteria, deciding_rows(session, appraisal, appraisal.round))
    taken = step(session, loaded, actor=actor, now=now, action=Action.CONTEST, comment=statement)
    wanted = set(criteria)
    session.add(
        Contest(
            step_id=taken.id,
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            round=appraisal.round,
            criteria=[i for i in in_scope(loaded.framework, loaded.scope) if i in wanted],
        )
    )
    session.flush()
    tell_of_contest(session, loaded, now)


def uphold(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, comment: str
) -> None:
    """Let a contested result stand, as a reviewer who is new to it, and close it."""
    loaded = begin(session, actor, now, public_id, Action.UPHOLD)
    if not comment.strip():
        raise Invalid("Say why the result stands. The employee reads it.", "comment")
    check_printable(comment, "comment")
    loaded.appraisal.closed_at = now
    step(session, loaded, actor=actor, now=now, action=Action.UPHOLD, comment=comment)
    tell_subject_of_decision(session, loaded, now)


def reassess(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    lead_id: int | None,
    comment: str = "",
    second: str = "",
) -> None:
    """Begin the next round, in which a new lead judges what was contested.

    ``second`` is the employee number of a second assessor of this round, if there is to be
    one: somebody new to it too. The earlier round stays as it was. Raises ``Invalid`` for a
    lead who is the subject, had any part in an earlier round, is the actor, has left, or is
    a superior of the person in a certification, and for a second who can't be one.
    """
    loaded = begin(session, actor, now, public_id, Action.REASSESS)
    lead = _new_lead(session, loaded, actor, now, lead_id)
    beside = _new_second(session, loaded, actor, now, lead, second)
    require_no_other(session, loaded)
    contested = contest_of(session, loaded.appraisal, loaded.appraisal.round)
    if contested is None:
        raise IllegalTransition("Nothing of this result is contested.")
    step(session, loaded, actor=actor, now=now, action=Action.REASSESS, comment=comment)
    begin_round(session, loaded, lead_id=lead.id, anew=contested.criteria, now=now)
    tell_of_reassessment(session, loaded, now)
    if beside is not None:
        ask_second_of_round(session, loaded, actor, now, beside)


def _new_second(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, lead: Employee, number: str
) -> Employee | None:
    """Return who judges the next round beside its lead, if anybody; raise ``Invalid``."""
    if not number.strip():
        return None
    second = named_second(session, loaded, actor, now, number)
    if second.id == lead.id:
        raise Invalid("The new assessor can't be the second assessor too.", "number")
    return second


def _new_lead(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, lead_id: int | None
) -> Employee:
    """Return who leads the next round; raise ``Invalid`` where they can't."""
    appraisal, today = loaded.appraisal, actor.today(now)
    if lead_id == appraisal.subject_id:
        raise Invalid("Nobody leads their own appraisal.", "lead")
    if lead_id in loaded.facts.involved:
        raise Invalid("Who had a part in an earlier round can't lead this one.", "lead")
    if lead_id == actor.employee_id:
        raise Invalid("You can't name yourself as the assessor.", "lead")
    lead = None if lead_id is None else session.get(Employee, lead_id)
    if lead is None:
        raise Invalid("Nobody in your scope has this number. Name the new assessor.", "lead")
    if lead.left_on is not None and lead.left_on <= today:
        raise Invalid("The new assessor does not work here any more.", "lead")
    if appraisal.mode is Mode.CERTIFICATION and lead_id in superiors_of(
        session, appraisal.subject_id, today
    ):
        raise Invalid("A superior of the person can't assess their certification.", "lead")
    return lead


def contest_of(session: AnySession, appraisal: Appraisal, number: int) -> Contest | None:
    """Return what was contested of a round, if anything was."""
    return session.scalar(
        sa.select(Contest).where(Contest.appraisal_id == appraisal.id, Contest.round == number)
    )
