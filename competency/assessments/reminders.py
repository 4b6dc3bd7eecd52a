"""Who is reminded of what a cycle waits for: one digest a person and day, by a key of the database.

A lead is reminded of what is not submitted, an employee of a self-assessment, a reviewer
of what waits for review where the cycle says by when. Dates do it on the days of
``BEFORE`` and each week after; human resources do it for those who are late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession, SessionExaminer
from competency.assessments.models import Appraisal, Assessor, Cycle, EarlierLead
from competency.assessments.permissions import can_open_cycle
from competency.assessments.reminder_days import days_of, take_days, zones_of
from competency.assessments.reminder_models import Reminder
from competency.assessments.schema import AssessorKind, State
from competency.audit.operations import exempt, record
from competency.clock import local_date
from competency.errors import NotAllowed
from competency.mail.operations import notify
from competency.mail.rules import KEPT
from competency.people.absences import away_on
from competency.people.models import Account, Employee, RoleGrant
from competency.people.permissions import covers
from competency.people.queries import employees_in_scope, standings
from competency.people.schema import AccountState, Actor, Grant, Role

AnySession = Session | scoped_session[Session]
TO_JUDGE, OWN, TO_REVIEW = "to_judge", "own", "to_review"
KINDS = {
    TO_JUDGE: "reminder_to_judge",
    OWN: "reminder_of_self_assessment",
    TO_REVIEW: "reminder_to_review",
}
BEFORE = frozenset({0, 1, 3, 7})
"""So many days before a due date its day reminds of it."""
WEEK = 7


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody, and its day."""

    employee_id: int
    what: str
    due_on: date


def reminds(due_on: date, today: date) -> bool:
    """Return whether a day reminds of a due date: some days before, and each week after."""
    left = (due_on - today).days
    return left in BEFORE or (left < 0 and -left % WEEK == 1)


def remind_of_dates(session: AnySession, *, actor: Actor, now: datetime) -> int:
    """Remind everybody whom today's dates concern, as the system; return how many were told."""
    if not actor.is_system:
        raise NotAllowed("Only the system reminds people of dates.")
    exempt(session, "a reminder changes nothing that it reminds of")
    latest = local_date(now, "UTC") + timedelta(days=max(BEFORE) + 1)
    first = sa.func.coalesce(Cycle.self_assessment_due_on, Cycle.submit_due_on)
    session.execute(sa.delete(Reminder).where(Reminder.made_at < now - KEPT))
    waiting = waiting_for(session, actor, now, first <= latest)
    return _tell(session, waiting, now, only_late=False)


def remind_late(session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle) -> int:
    """Remind those who are late with a cycle, as human resources; return how many were told.

    Whoever was reminded today already, or did some of it today, is left in peace.
    """
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources can remind people.")
    mine = sa.and_(
        Appraisal.cycle_id == cycle.id,
        employees_in_scope(actor, actor.today(now), [Role.HR]),
    )
    told = _tell(session, waiting_for(session, actor, now, mine), now, only_late=True)
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.reminded",
        subject_kind="cycle",
        subject=cycle.public_id,
        data={"people": told},
    )
    return told


def waiting_for(
    session: AnySession,
    actor: Actor,
    now: datetime,
    which: sa.ColumnElement[bool],
    *,
    undated_reviews: bool = False,
) -> list[Waiting]:
    """Return all that waits for a lead, an employee or a reviewer in some open cycles.

    Reviews only where their cycle has a date for them, unless ``undated_reviews``: those
    go by the assessors' date.
    """
    of_cycles = (
        sa.select(Appraisal, Cycle)
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(Cycle.closed_at.is_(None), which)
    )
    found: list[Waiting] = []
    for appraisal, cycle in session.execute(of_cycles.where(Appraisal.state == State.OPEN)):
        found.append(Waiting(appraisal.lead_id, TO_JUDGE, cycle.submit_due_on))
    handed_in = (
        sa.select(Assessor.id)
        .where(
            Assessor.appraisal_id == Appraisal.id,
            Assessor.round == Appraisal.round,
            Assessor.kind == AssessorKind.SELF,
            Assessor.submitted_at.is_(None),
        )
        .exists()
    )
    own = of_cycles.where(Appraisal.state == State.OPEN, Cycle.self_assessment, handed_in)
    for appraisal, cycle in session.execute(own):
        found.append(Waiting(appraisal.subject_id, OWN, cycle.own_due_on))
    submitted = of_cycles.where(Appraisal.state.in_([State.SUBMITTED, State.IN_REVIEW]))
    if not undated_reviews:
        submitted = submitted.where(Cycle.review_due_on.is_not(None))
    rows = [(appraisal, cycle) for appraisal, cycle in session.execute(submitted)]
    return [*found, *_to_review(session, rows, actor.today(now))]


def _to_review(
    session: AnySession, rows: list[tuple[Appraisal, Cycle]], today: date
) -> Iterable[Waiting]:
    """Yield what waits for each reviewer: who took it, else whoever may take it."""
    if not rows:
        return
    grants = _reviewers(session)
    places = standings(session, {appraisal.subject_id for appraisal, _ in rows}, today)
    ids = [appraisal.id for appraisal, _ in rows]
    involved = _involved(session, ids)
    for appraisal, cycle in rows:
        due_on = cycle.reviewed_by_on
        if appraisal.reviewer_id is not None:
            yield Waiting(appraisal.reviewer_id, TO_REVIEW, due_on)
            continue
        place = places[appraisal.subject_id]
        may = {one for one, grant in grants if covers(grant, place)}
        out = {appraisal.subject_id, appraisal.lead_id} | involved.get(appraisal.id, set())
        for reviewer in may - out:
            yield Waiting(reviewer, TO_REVIEW, due_on)


def _reviewers(session: AnySession) -> list[tuple[int, Grant]]:
    """Return everybody's grants as reviewers in force."""
    rows = session.execute(
        sa.select(Account.employee_id, RoleGrant.scope_kind, RoleGrant.scope_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.state == AccountState.ACTIVE,
            Account.employee_id.is_not(None),
            RoleGrant.role == Role.REVIEWER,
            RoleGrant.revoked_at.is_(None),
        )
    )
    return [(i, Grant(Role.REVIEWER, kind, scope)) for i, kind, scope in rows if i is not None]


def _involved(session: AnySession, appraisal_ids: list[int]) -> dict[int, set[int]]:
    """Return who led, judged or examined each appraisal, and so can't review it."""
    earlier = sa.select(EarlierLead.appraisal_id, EarlierLead.employee_id)
    part = sa.select(Assessor.appraisal_id, Assessor.employee_id)
    examined = sa.select(AssessmentSession.appraisal_id, SessionExaminer.employee_id).join(
        SessionExaminer, SessionExaminer.session_id == AssessmentSession.id
    )
    found: dict[int, set[int]] = {}
    for query, column in (
        (earlier, EarlierLead.appraisal_id),
        (part, Assessor.appraisal_id),
        (examined, AssessmentSession.appraisal_id),
    ):
        for appraisal_id, employee_id in session.execute(query.where(column.in_(appraisal_ids))):
            found.setdefault(appraisal_id, set()).add(employee_id)
    return found


def _tell(
    session: AnySession, waiting: Iterable[Waiting], now: datetime, *, only_late: bool
) -> int:
    """Queue one digest for each person whom today reminds; return how many were told."""
    of_each: dict[int, list[Waiting]] = {}
    for each in waiting:
        of_each.setdefault(each.employee_id, []).append(each)
    zones = zones_of(session, of_each, now)
    days = days_of(zones, now)
    busy = _did_today(session, zones, days, now) | away_on(session, days)
    due = {
        who: [w for w in things if _is_due(w.due_on, days[who], only_late=only_late)]
        for who, things in of_each.items()
        if who in days and who not in busy
    }
    due = {who: things for who, things in due.items() if things}
    told = 0
    for who in take_days(session, {who: days[who] for who in due}, now):
        kind, params = digest(due[who])
        told += notify(session, now=now, to=[who], kind=kind, params=params)
    return told


def _is_due(due_on: date, today: date, *, only_late: bool) -> bool:
    """Return whether somebody is told of a thing today."""
    return due_on < today if only_late else reminds(due_on, today)


def digest(things: list[Waiting]) -> tuple[str, dict[str, str | int]]:
    """Return the kind of message for what waits, and its params."""
    first = min(each.due_on for each in things).isoformat()
    counts = {what: sum(each.what == what for each in things) for what in KINDS}
    several = [what for what, count in counts.items() if count]
    if len(several) == 1:
        return KINDS[several[0]], {"count": counts[several[0]], "due_on": first}
    return "reminder_of_all", {**counts, "due_on": first}


def _did_today(
    session: AnySession, zones: Mapping[int, str], days: Mapping[int, date], now: datetime
) -> set[int]:
    """Return who handed in, submitted or reviewed something today, where they work."""
    rows = session.execute(
        sa.select(Assessor.employee_id, Assessor.submitted_at).where(
            Assessor.employee_id.in_(list(zones)),
            Assessor.submitted_at > now - timedelta(days=2),
        )
    )
    return {i for i, at in rows if at and local_date(at, zones[i]) == days[i]}
