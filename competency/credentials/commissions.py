"""The commission that a standard asks for: appointing its members, and their decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.cycle_queries import active_by_number
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import State
from competency.audit.operations import record
from competency.credentials.commission_queries import (
    Commission,
    Seat,
    commission_of,
    load_as_member,
)
from competency.credentials.models import CommissionMember, CommissionVote
from competency.credentials.permissions import can_appoint, can_sit
from competency.credentials.queries import part_of
from competency.credentials.schema import CommissionState
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.mail.operations import notify
from competency.people.account_queries import account_of
from competency.people.models import Account, Employee
from competency.people.schema import AccountState, Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 2000


def appoint(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    seat: int,
    employee_number: str,
) -> CommissionMember:
    """Appoint somebody to a seat, counted from 0; a member who has not decided is replaced.

    Raises ``NotAllowed`` for all but human resources in scope, ``IllegalTransition``
    before the appraisal is closed and once the seat or the commission has decided, and
    ``Invalid`` for somebody who had a part in the appraisal, holds another seat, can't
    sign in, or appoints themselves.
    """
    loaded = load(session, actor=actor, now=now, public_id=appraisal_public_id, lock=True)
    if not can_appoint(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Human resources appoint the members of a commission.")
    commission = _open(session, loaded)
    if not 0 <= seat < len(commission.seats):
        raise NotFound
    place = commission.seats[seat]
    if place.vote is not None:
        raise IllegalTransition("Whoever holds this seat has decided already.")
    employee = _candidate(session, actor, now, loaded, employee_number)
    if any(one.number != seat and one.employee_id == employee.id for one in commission.seats):
        raise Invalid("%(name)s holds another seat.", "number", name=employee.printed_name)
    if place.member is not None and place.employee_id == employee.id:
        return place.member
    member = CommissionMember(
        appraisal_id=loaded.appraisal.id,
        subject_id=loaded.appraisal.subject_id,
        round=loaded.appraisal.round,
        seat=seat,
        turn=place.member.turn + 1 if place.member else 1,
        employee_id=employee.id,
        appointed_by_id=actor.account_id,
        appointed_at=now,
    )
    session.add(member)
    session.flush()
    _record(session, actor, now, "commission.appointed", loaded, seat, member=employee.public_id)
    notify(
        session,
        now=now,
        to=[employee.id],
        kind="commission_appointed",
        about=loaded.appraisal.subject_id,
        link=loaded.appraisal.public_id,
    )
    return member


def _open(session: AnySession, loaded: Loaded) -> Commission:
    """Return the commission of a closed appraisal that nobody has decided yet."""
    commission = commission_of(session, loaded)
    if commission is None:
        raise NotFound
    if loaded.appraisal.state is not State.CLOSED:
        raise IllegalTransition("A commission decides on a closed appraisal only.")
    if commission.state in {CommissionState.APPROVED, CommissionState.REFUSED}:
        raise IllegalTransition("The commission has decided already.")
    return commission


def _candidate(
    session: AnySession, actor: Actor, now: datetime, loaded: Loaded, number: str
) -> Employee:
    """Return somebody who may sit; raise ``Invalid`` with the reason for anybody else."""
    employee = active_by_number(session, actor, now, number)
    if employee is None:
        raise Invalid("Nobody in your scope has the number %(number)s.", "number", number=number)
    if employee.id == actor.employee_id:
        raise Invalid("Nobody appoints themselves.", "number")
    account = account_of(session, employee.id)
    if _is_involved(session, loaded, employee.id, account, actor.today(now)):
        raise Invalid(
            "%(name)s is the person appraised, or has assessed, reviewed or supervised them.",
            "number",
            name=employee.printed_name,
        )
    if account is None or account.state is AccountState.ENDED:
        raise Invalid("%(name)s can't sign in to decide.", "number", name=employee.printed_name)
    return employee


def _is_involved(
    session: AnySession, loaded: Loaded, employee_id: int, account: Account | None, today: date
) -> bool:
    """Return whether somebody can't sit: the person appraised, or with a part in it."""
    assessed = any(one.employee_id == employee_id for one in loaded.assessors)
    involved = assessed or part_of(
        session, employee_id, account.id if account else None, today, loaded
    )
    return not can_sit(employee_id, loaded.facts, loaded.standing, took_part=involved)


def _still_sits(session: AnySession, actor: Actor, now: datetime, loaded: Loaded) -> bool:
    """Return whether a member still works here, signs in, and has had no part meanwhile."""
    today = actor.today(now)
    employee = session.get(Employee, actor.employee_id)
    if employee is None or (employee.left_on is not None and employee.left_on <= today):
        return False
    account = account_of(session, employee.id)
    if account is None or account.state is AccountState.ENDED:
        return False
    return not _is_involved(session, loaded, employee.id, account, today)


def decide(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    approves: bool,
    reason: str,
) -> Commission:
    """Record a member's decision with its reason, once; return where the commission stands.

    Raises ``NotFound`` for who holds no seat, ``IllegalTransition`` where they or the
    commission have decided, and ``Invalid`` without a reason.
    """
    loaded = load_as_member(session, actor=actor, now=now, public_id=appraisal_public_id, lock=True)
    commission = commission_of(session, loaded)
    own = commission.seat_of(actor.employee_id) if commission else None
    if own is None or own.member is None:
        raise NotAllowed("Only a member of the commission decides.")
    if own.vote is not None:
        raise IllegalTransition("You have decided already.")
    if not _still_sits(session, actor, now, loaded):
        raise NotAllowed(
            "You have left, or have a part in this appraisal by now: human resources appoint"
            " somebody else."
        )
    _open(session, loaded)
    _vote(session, now, loaded, own, approves=approves, reason=reason)
    _record(session, actor, now, "commission.decided", loaded, own.number, approves=approves)
    decided = commission_of(session, loaded)
    if decided is None:
        raise NotFound
    return decided


def _vote(
    session: AnySession, now: datetime, loaded: Loaded, seat: Seat, *, approves: bool, reason: str
) -> None:
    """Write a member's decision."""
    text = reason.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid("Say why.", "reason")
    if len(text) > REASON_MAXIMUM:
        raise Invalid("At most %(maximum)s characters fit here.", "reason", maximum=REASON_MAXIMUM)
    session.add(
        CommissionVote(
            member_id=seat.member.id if seat.member else None,
            subject_id=loaded.appraisal.subject_id,
            approves=approves,
            reason=text if loaded.subject.printed_name else None,
            voted_at=now,
        )
    )
    session.flush()


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    loaded: Loaded,
    seat: int,
    **data: object,
) -> None:
    """Record an event about an appraisal's commission; seats count from 1 there."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"seat": seat + 1, **data},
    )
