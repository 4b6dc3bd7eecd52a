"""Reads of the plan: its rows with their history, and what is still due of whom in a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.text import search_pattern
from competency.kpis.threshold_queries import where_of
from competency.kpis.threshold_rules import narrowest
from competency.observations.lists import observable
from competency.observations.models import (
    ContactDraw,
    Observation,
    ObservationForm,
    ObservationFormEnd,
    ObservationPlan,
)
from competency.observations.plan_rules import Period, month, month_of, planned, still_due
from competency.observations.queries import sources_by_employer
from competency.people.models import Absence, Employee
from competency.people.queries import employees_in_scope, holding
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

ORDERS = ("due", "name", "done")
READERS = (Role.HR, Role.AUDITOR)
"""The roles that read what is due in their scope, beside those who observe."""


def holds_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the plan holds on a day, and so all its month."""
    return holding(ObservationPlan.starts_on, ObservationPlan.ends_on, day)


@dataclass(frozen=True)
class PlanLine:
    """A row of the plan, with the title of its form."""

    row: ObservationPlan
    title: str

    def state(self, today: date) -> str:
        """Return ``planned``, ``holds`` or ``ended``."""
        if self.row.starts_on > today:
            return "planned"
        ended = self.row.ends_on is not None and self.row.ends_on <= today
        return "ended" if ended else "holds"


def plan_lines(session: AnySession, today: date, *, with_ended: bool = False) -> list[PlanLine]:
    """Return the plan by form and narrowing, the latest first."""
    newest = (
        sa.select(sa.func.max(ObservationForm.version))
        .where(ObservationForm.series == ObservationPlan.form_series)
        .correlate(ObservationPlan)
        .scalar_subquery()
    )
    query = (
        sa.select(ObservationPlan, ObservationForm.title)
        .join(ObservationForm, ObservationForm.series == ObservationPlan.form_series)
        .where(ObservationForm.version == newest)
        .order_by(
            ObservationForm.title, ObservationPlan.narrowing, ObservationPlan.starts_on.desc()
        )
    )
    if not with_ended:
        query = query.where(
            sa.or_(ObservationPlan.ends_on.is_(None), ObservationPlan.ends_on > today)
        )
    return [PlanLine(row, title) for row, title in session.execute(query)]


def plans_of_month(
    session: AnySession, first: date
) -> dict[str, tuple[ObservationForm, list[ObservationPlan]]]:
    """Return what is planned in a month by form, with the version that is used now.

    A form that was retired is planned no more.
    """
    rows = session.execute(
        sa.select(ObservationPlan, ObservationForm)
        .join(ObservationForm, ObservationForm.series == ObservationPlan.form_series)
        .outerjoin(ObservationFormEnd, ObservationFormEnd.form_id == ObservationForm.id)
        .where(holds_on(first), ObservationFormEnd.form_id.is_(None))
        .order_by(ObservationForm.title, ObservationForm.series, ObservationPlan.id)
    )
    found: dict[str, tuple[ObservationForm, list[ObservationPlan]]] = {}
    for row, form in rows:
        found.setdefault(form.series, (form, []))[1].append(row)
    return found


@dataclass(frozen=True)
class DueLine:
    """What is planned and done of one person on one form in a month."""

    employee: Employee
    form: ObservationForm
    planned: int
    done: int
    draw: ContactDraw | None
    """The contact that the reader drew and that still waits."""
    may_observe: bool

    @property
    def due(self) -> int:
        """Return how many contacts are still to be observed."""
        return still_due(self.planned, self.done)


def due_lines(
    session: AnySession, actor: Actor, now: datetime, *, first: date, search: str = ""
) -> list[DueLine]:
    """Return what is due in a month of everybody whom the actor observes or oversees, by name.

    Whom nothing allows to observe today is left out, and so is who has nothing planned and
    nothing done.
    """
    plans = plans_of_month(session, first)
    if not plans:
        return []
    people = _people(session, actor, now, first, search)
    ids = [employee.id for employee, _ in people]
    until = month(first)
    where = where_of(session, ids, min(actor.today(now), until.last_day))
    away = _away(session, ids, until)
    done = _done(session, ids, until, plans.keys())
    draws = _open_draws(session, actor, ids)
    found = []
    for employee, may_observe in people:
        employed = Period(employee.hired_on, employee.left_on)
        for series, (form, rows) in plans.items():
            row = narrowest(rows, where[employee.id])
            if row is None:
                continue
            line = DueLine(
                employee,
                form,
                planned(row.contacts, until, employed, away.get(employee.id, ())),
                done.get((employee.id, series), 0),
                draws.get((employee.id, series)),
                may_observe,
            )
            if line.planned or line.done:
                found.append(line)
    return found


def ordered(lines: Sequence[DueLine], order: str) -> list[DueLine]:
    """Return lines as a page sorts them; they come by name."""
    if order == "due":
        return sorted(lines, key=lambda line: -line.due)
    return sorted(lines, key=lambda line: line.done) if order == "done" else list(lines)


def still_due_now(session: AnySession, actor: Actor, now: datetime) -> int:
    """Return how many contacts are still to be observed this month of whom the actor observes."""
    lines = due_lines(session, actor, now, first=month_of(actor.today(now)))
    return sum(line.due for line in lines if line.may_observe)


def _people(
    session: AnySession, actor: Actor, now: datetime, first: date, search: str
) -> list[tuple[Employee, bool]]:
    """Return whom the actor observes or oversees and who is there in a month, by name."""
    today = actor.today(now)
    mine = observable(actor, today)
    query = (
        sa.select(Employee, mine.label("may_observe"))
        .where(
            sa.or_(mine, employees_in_scope(actor, today, READERS)),
            Employee.search_key != "",
            sa.or_(Employee.left_on.is_(None), Employee.left_on > first),
            Employee.employer_id.in_(set(sources_by_employer(session, now))),
        )
        .order_by(Employee.sort_key, Employee.id)
    )
    if search.strip():
        query = query.where(Employee.search_key.like(search_pattern(search), escape="\\"))
    return [(employee, bool(may)) for employee, may in session.execute(query)]


def _away(
    session: AnySession, employee_ids: Collection[int], of: Period
) -> Mapping[int, list[Period]]:
    """Return the leaves of people that touch a month."""
    found: dict[int, list[Period]] = defaultdict(list)
    rows = session.execute(
        sa.select(Absence.employee_id, Absence.starts_on, Absence.ends_on)
        .where(Absence.employee_id.in_(employee_ids))
        .where(Absence.starts_on < of.ends_on, Absence.ends_on > of.starts_on)
    )
    for who, starts_on, ends_on in rows:
        found[who].append(Period(starts_on, ends_on))
    return found


def _done(
    session: AnySession, employee_ids: Collection[int], of: Period, series: Collection[str]
) -> dict[tuple[int, str], int]:
    """Return how many contacts of a month were observed and handed in, by person and form."""
    rows = session.execute(
        sa.select(Observation.subject_id, ObservationForm.series, sa.func.count())
        .join(ObservationForm, ObservationForm.id == Observation.form_id)
        .where(
            Observation.subject_id.in_(employee_ids),
            Observation.handed_in_at.is_not(None),
            Observation.contact_on >= of.starts_on,
            Observation.contact_on < of.ends_on,
            ObservationForm.series.in_(series),
        )
        .group_by(Observation.subject_id, ObservationForm.series)
    )
    return {(who, form): number for who, form, number in rows}


def _open_draws(
    session: AnySession, actor: Actor, employee_ids: Collection[int]
) -> dict[tuple[int, str], ContactDraw]:
    """Return the contacts that the actor drew and that wait, by person and form."""
    rows = session.scalars(
        sa.select(ContactDraw).where(
            ContactDraw.subject_id.in_(employee_ids),
            ContactDraw.drawn_by_id == actor.account_id,
            ContactDraw.closed_at.is_(None),
        )
    )
    return {(row.subject_id, row.form_series): row for row in rows}
