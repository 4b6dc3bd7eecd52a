"""Reads of a supervisor's team: each person's level, open work, evidence and requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalRequest,
    Cycle,
    Evidence,
    OutcomeRecord,
)
from competency.assessments.queries import Against
from competency.assessments.rules import SHOWN_TO_SUBJECT, UNFINISHED
from competency.assessments.schema import RequestState
from competency.database.text import search_pattern
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee, Position, PositionAssignment, ReportingLine
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
Overdue = Callable[[AnySession, Collection[int], date], Mapping[int, int]]
_counters: list[Overdue] = []


def count_overdue(counter: Overdue) -> Overdue:
    """Ask ``counter`` too for what is overdue, by employee id: for features built on this."""
    _counters.append(counter)
    return counter


@dataclass(frozen=True)
class TeamAppraisal:
    """One appraisal of somebody of the team; ``result`` is ``None`` where none is formed."""

    appraisal: Appraisal
    cycle: Cycle
    against: Against
    result: str | None


@dataclass(frozen=True)
class Member:
    """One person of the team; evidence counts what came after their last result."""

    employee: Employee
    position: str
    results: tuple[TeamAppraisal, ...]
    unfinished: tuple[TeamAppraisal, ...]
    evidence: int
    requests: tuple[str, ...]
    """The public ids of the open ones."""
    overdue: int


def team(
    session: AnySession,
    actor: Actor,
    today: date,
    *,
    search: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[Member], int]:
    """Return one page of today's direct reports by name, and how many there are.

    Five reads and those of the counters, however many people; one for who leads nobody.
    """
    query = (
        sa.select(Employee, Position.title, sa.func.count().over())
        .join(ReportingLine, ReportingLine.employee_id == Employee.id)
        .outerjoin(
            PositionAssignment,
            sa.and_(PositionAssignment.employee_id == Employee.id, on(PositionAssignment, today)),
        )
        .outerjoin(Position, Position.id == PositionAssignment.position_id)
        .where(ReportingLine.supervisor_id == actor.employee_id, on(ReportingLine, today))
        .order_by(Employee.sort_key, Employee.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    if search.strip():
        query = query.where(Employee.search_key.like(search_pattern(search), escape="\\"))
    found = session.execute(query).all()
    if not found:
        return [], 0
    ids = [employee.id for employee, _, _ in found]
    appraisals = _appraisals(session, ids)
    evidence, requests = _evidence(session, ids), _requests(session, ids)
    overdue = [counter(session, ids, today) for counter in _counters]
    members = [
        Member(
            employee,
            position or "",
            _latest(appraisals.get(employee.id, ())),
            tuple(a for a in appraisals.get(employee.id, ()) if a.appraisal.state in UNFINISHED),
            evidence.get(employee.id, 0),
            requests.get(employee.id, ()),
            sum(counted.get(employee.id, 0) for counted in overdue),
        )
        for employee, position, _ in found
    ]
    return members, found[0][-1]


def _appraisals(session: AnySession, ids: Sequence[int]) -> dict[int, list[TeamAppraisal]]:
    """Return what is under way and what was delivered, by subject, the newest first."""
    result = (
        sa.select(OutcomeRecord.result)
        .where(OutcomeRecord.appraisal_id == Appraisal.id, OutcomeRecord.round == Appraisal.round)
        .order_by(OutcomeRecord.turn.desc())
        .limit(1)
        .correlate(Appraisal)
        .scalar_subquery()
    )
    rows: Any = session.execute(
        sa.select(
            Appraisal,
            Cycle,
            result,
            FrameworkVersion.slug,
            FrameworkVersion.title,
            FrameworkVersion.language,
            FrameworkVersion.content_hash,
        )
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id.in_(ids),
            Appraisal.state.in_([*UNFINISHED, *sorted(SHOWN_TO_SUBJECT)]),
        )
        .order_by(Appraisal.released_at.desc(), Appraisal.id.desc())
    )
    found: dict[int, list[TeamAppraisal]] = {}
    for appraisal, cycle, code, *framework in rows:
        one = TeamAppraisal(appraisal, cycle, Against(*framework), code)
        found.setdefault(appraisal.subject_id, []).append(one)
    return found


def _latest(rows: Sequence[TeamAppraisal]) -> tuple[TeamAppraisal, ...]:
    """Return the latest delivered one of each framework."""
    found: dict[str, TeamAppraisal] = {}
    for row in rows:
        if row.appraisal.state in SHOWN_TO_SUBJECT:
            found.setdefault(row.against.slug, row)
    return tuple(found.values())


def _evidence(session: AnySession, ids: Sequence[int]) -> dict[int, int]:
    """Return how much evidence of each person was added after their last result."""
    released = (
        sa.select(sa.func.max(Appraisal.released_at))
        .where(Appraisal.subject_id == Evidence.subject_id)
        .correlate(Evidence)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Evidence.subject_id, sa.func.count())
        .where(
            Evidence.subject_id.in_(ids),
            Evidence.withdrawn_at.is_(None),
            sa.or_(released.is_(None), Evidence.added_at > released),
        )
        .group_by(Evidence.subject_id)
    )
    return dict(rows.all())


def _requests(session: AnySession, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the open requests of each person, the oldest first."""
    rows = session.execute(
        sa.select(AppraisalRequest.subject_id, AppraisalRequest.public_id)
        .where(AppraisalRequest.subject_id.in_(ids), AppraisalRequest.state == RequestState.OPEN)
        .order_by(AppraisalRequest.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for subject_id, public_id in rows:
        found[subject_id] = (*found.get(subject_id, ()), public_id)
    return found
