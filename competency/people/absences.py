"""Leave: from which day until which somebody is away, and nothing of why (ADR 0032)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import Invalid, NotFound, message_id
from competency.people.absence_file import AbsencesFile
from competency.people.import_file import RowFault
from competency.people.importing import refusal
from competency.people.models import Absence, Employee
from competency.people.operations import record_change, require_manage
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

DAY = timedelta(days=1)
LONGEST = timedelta(days=5 * 366)
IN_ONE_QUERY = 5_000


def absences_of(session: AnySession, employee_id: int) -> list[Absence]:
    """Return when somebody is or was away, the latest first."""
    query = sa.select(Absence).where(Absence.employee_id == employee_id)
    return list(session.scalars(query.order_by(Absence.starts_on.desc())))


def away_until(session: AnySession, employee_ids: Iterable[int], today: date) -> dict[int, date]:
    """Return the last day of leave of each of the people who is away today."""
    wanted, found = sorted(set(employee_ids)), dict[int, date]()
    for start in range(0, len(wanted), IN_ONE_QUERY):
        rows = session.execute(
            sa.select(Absence.employee_id, Absence.ends_on).where(
                Absence.employee_id.in_(wanted[start : start + IN_ONE_QUERY]), is_away_on(today)
            )
        )
        found |= {who: ends_on - DAY for who, ends_on in rows}
    return found


def is_away_on(day: date) -> sa.ColumnElement[bool]:
    """Return the condition on a leave that it holds on a day."""
    return sa.and_(Absence.starts_on <= day, Absence.ends_on > day)


def away_on(session: AnySession, days: Mapping[int, date]) -> frozenset[int]:
    """Return who of the people is away on their day, by employee id."""
    of_day: dict[date, list[int]] = {}
    for who, day in days.items():
        of_day.setdefault(day, []).append(who)
    return frozenset(
        who for day, people in of_day.items() for who in away_until(session, people, day)
    )


def record_absence(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee: Employee,
    starts_on: date,
    last_on: date,
) -> bool:
    """Record that somebody is away, as human resources; return whether it was new.

    ``last_on`` is the last day away. The same days again change nothing; days that overlap
    others are refused, as ``Invalid``.
    """
    require_manage(session, actor, employee, now)
    if last_on < starts_on:
        raise Invalid("The last day of leave can't be before its first.", "last_on")
    if last_on - starts_on > LONGEST:
        raise Invalid("A leave can be at most five years long. Check the dates.", "last_on")
    other = session.scalar(
        sa.select(Absence).where(
            Absence.employee_id == employee.id,
            Absence.starts_on <= last_on,
            Absence.ends_on > starts_on,
        )
    )
    if other is not None and (other.starts_on, other.last_on) == (starts_on, last_on):
        return False
    if other is not None:
        raise Invalid(
            "These days overlap a leave from %(first)s to %(last)s. Remove that one first.",
            "starts_on",
            first=other.starts_on.isoformat(),
            last=other.last_on.isoformat(),
        )
    session.add(
        Absence(
            employee_id=employee.id,
            starts_on=starts_on,
            ends_on=last_on + DAY,
            entered_by_id=actor.account_id,
            entered_at=now,
        )
    )
    session.flush()
    record_change(session, actor, now, employee, "employee.absence")
    return True


def remove_absence(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee, public_id: str
) -> None:
    """Delete a leave that was entered, as human resources: nothing of it is kept."""
    require_manage(session, actor, employee, now)
    found = session.scalar(
        sa.select(Absence).where(Absence.employee_id == employee.id, Absence.public_id == public_id)
    )
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
    record_change(session, actor, now, employee, "employee.absence_removed")


def import_absences(session: AnySession, *, actor: Actor, now: datetime, file: AbsencesFile) -> int:
    """Record the leave of everybody in a file, all or none; return how many were new.

    Raises ``InvalidFile`` with every fault by row; the same file again changes nothing.
    """
    numbers = [line.number for line in file.lines]
    people = {
        employee.employee_number.upper(): employee
        for start in range(0, len(numbers), IN_ONE_QUERY)
        for employee in session.scalars(
            sa.select(Employee).where(
                sa.func.upper(Employee.employee_number).in_(numbers[start : start + IN_ONE_QUERY])
            )
        )
    }
    faults, new = list(file.faults), 0
    for line in file.lines:
        employee = people.get(line.number)
        if employee is None:
            message = message_id("There is nobody with the number %(number)s.")
            faults.append(RowFault(line.row, "number", message, {"number": line.number}))
            continue
        try:
            new += record_absence(
                session,
                actor=actor,
                now=now,
                employee=employee,
                starts_on=line.starts_on,
                last_on=line.last_on,
            )
        except Invalid as error:
            column = "until" if error.field == "last_on" else "from"
            faults.append(RowFault(line.row, column, error.message, dict(error.params)))
    if faults:
        raise refusal(faults)
    return new
