"""Erasure: one way through every table, following what each column declares.

What stays is a tombstone: random identifiers, codes, dates and results that name
nobody. The audit chain holds no personal text and stays whole.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal, AppraisalRequest
from competency.assessments.schema import RequestState, State
from competency.audit.operations import record
from competency.database.base import Erase, Personal
from competency.errors import IllegalTransition, NotAllowed, NotFound
from competency.kpis.import_drafts import forget_person
from competency.people.access import end_account
from competency.people.models import Absence, Account, Employee
from competency.people.queries import standing
from competency.people.schema import Actor
from competency.privacy.models import Erasure, ErasureRequest
from competency.privacy.permissions import can_carry_out, can_request_erasure
from competency.tables import metadata

AnySession = Session | scoped_session[Session]


def request_erasure(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee
) -> ErasureRequest:
    """Ask for an employee's data to be erased; asking again returns the first request."""
    if not can_request_erasure(actor, standing(session, employee.id, actor.today(now))):
        raise NotAllowed("Only the person or human resources can ask for an erasure.")
    existing = session.scalar(
        sa.select(ErasureRequest).where(ErasureRequest.employee_id == employee.id)
    )
    if existing is not None:
        return existing
    request = ErasureRequest(
        employee_id=employee.id, requested_by_id=actor.account_id, requested_at=now
    )
    session.add(request)
    session.flush()
    _record(session, actor, now, "erasure.requested", employee)
    return request


def carry_out(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    request_public_id: str,
) -> None:
    """Erase the person's data in every table; ``sweep`` removes the files after the commit.

    Raises ``NotAllowed`` for whoever asked for it and for the person, and
    ``IllegalTransition`` while the person still works here.
    """
    request = session.scalar(
        sa.select(ErasureRequest)
        .where(ErasureRequest.public_id == request_public_id)
        .with_for_update()
    )
    if request is None:
        raise NotFound
    employee = session.get_one(Employee, request.employee_id)
    place = standing(session, employee.id, actor.today(now))
    if not can_carry_out(actor, request.requested_by_id, place):
        raise NotAllowed("Somebody of human resources who did not ask for it carries it out.")
    if session.get(Erasure, employee.id) is not None:
        raise IllegalTransition("This person's data have been erased already.")
    if employee.left_on is None or employee.left_on > actor.today(now):
        raise IllegalTransition("A person's data are erased after they have left.")
    unfinished = sa.select(Appraisal.id).where(
        Appraisal.subject_id == employee.id,
        Appraisal.state.not_in([State.CLOSED, State.CANCELLED]),
    )
    if session.scalar(unfinished.limit(1)) is not None:
        raise IllegalTransition("Finish or cancel this person's appraisals first.")
    asked = sa.select(AppraisalRequest.id).where(
        AppraisalRequest.subject_id == employee.id, AppraisalRequest.state == RequestState.OPEN
    )
    if session.scalar(asked.limit(1)) is not None:
        raise IllegalTransition("Answer this person's open requests first.")
    session.add(
        Erasure(
            employee_id=employee.id,
            requested_by_id=request.requested_by_id,
            carried_out_by_id=actor.account_id,
            carried_out_at=now,
        )
    )
    account = session.scalar(sa.select(Account).where(Account.employee_id == employee.id))
    if account is not None:
        end_account(session, actor=actor, now=now, account=account)
    session.execute(sa.delete(Absence).where(Absence.employee_id == employee.id))
    forget_person(session, employee)
    session.flush()
    for table in metadata.sorted_tables:
        _erase_rows(session, table, employee.id)
    session.expire_all()
    _record(session, actor, now, "erasure.carried_out", employee)


def _erase_rows(session: AnySession, table: sa.Table, employee_id: int) -> None:
    """Empty the personal columns of the employee's rows in one table."""
    subject = table.info.get("subject_column")
    if subject is None:
        return
    values = {
        column.name: _in_place(column, table)
        for column in table.columns
        if isinstance(column.info.get("personal"), Personal)
    }
    if values:
        session.execute(sa.update(table).where(table.c[subject] == employee_id).values(values))


def _in_place(column: sa.Column[object], table: sa.Table) -> object:
    """Return what erasure puts in the place of a column's value."""
    match column.info["personal"].erase:
        case Erase.BLANK:
            return ""
        case Erase.PUBLIC_ID:
            return table.c.public_id
        case _:
            return sa.null()


def _record(
    session: AnySession, actor: Actor, now: datetime, action: str, employee: Employee
) -> None:
    """Record an event about an employee."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="employee",
        subject=employee.public_id,
    )
