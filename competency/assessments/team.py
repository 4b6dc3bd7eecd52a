"""Reads of a supervisor's team: each person's level, open work, evidence and requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalRequest,
    Evidence,
    OutcomeRecord,
)
from competency.assessments.rules import SHOWN_TO_SUBJECT, UNFINISHED
from competency.assessments.schema import RequestState
from competency.assessments.worklists import Against
from competency.database.text import search_pattern
from competency.database.types import fixed
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee, Position, PositionAssignment, ReportingLine
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
_overdue: list[sa.ScalarSelect[int]] = []


def count_overdue(counted: sa.ScalarSelect[int]) -> None:
    """Count this too of each person, as overdue: for features built on this one.

    It is correlated to ``Employee`` and leaves ``today`` open.
    """
    _overdue.append(counted)


@dataclass(frozen=True)
class TeamAppraisal:
    """One appraisal of somebody of the team; ``result`` is ``None`` where none is formed."""

    appraisal: Appraisal
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
    requests: int
    first_request: str | None
    """The public id of the oldest open request."""
    overdue: int


_RELEASED = (
    sa.select(sa.func.max(Appraisal.released_at))
    .where(Appraisal.subject_id == Employee.id)
    .correlate(Employee)
    .scalar_subquery()
)
_EVIDENCE = (
    sa.select(sa.func.count())
    .select_from(Evidence)
    .where(
        Evidence.subject_id == Employee.id,
        Evidence.withdrawn_at.is_(None),
        sa.or_(_RELEASED.is_(None), Evidence.added_at > _RELEASED),
    )
    .correlate(Employee)
    .scalar_subquery()
)
"""How much evidence of a person was added after their last result."""
_WAITS = sa.and_(
    AppraisalRequest.subject_id == Employee.id, AppraisalRequest.state == fixed(RequestState.OPEN)
)
_ASKED = (
    sa.select(sa.func.count())
    .select_from(AppraisalRequest)
    .where(_WAITS)
    .correlate(Employee)
    .scalar_subquery()
)
_FIRST_ASKED = (
    sa.select(AppraisalRequest.public_id)
    .where(_WAITS)
    .order_by(AppraisalRequest.id)
    .limit(1)
    .correlate(Employee)
    .scalar_subquery()
)


_TODAY = sa.bindparam("today", type_=sa.Date)


@lru_cache(maxsize=4)
def _people(overdue: tuple[sa.ScalarSelect[int], ...]) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of a page of the team, made once; ``overdue`` is added up."""
    return (
        sa.select(
            Employee,
            Position.title,
            _EVIDENCE,
            _ASKED,
            _FIRST_ASKED,
            sum(overdue, start=sa.literal(0)),
            sa.func.count().over(),
        )
        .join(ReportingLine, ReportingLine.employee_id == Employee.id)
        .outerjoin(
            PositionAssignment,
            sa.and_(PositionAssignment.employee_id == Employee.id, on(PositionAssignment, _TODAY)),
        )
        .outerjoin(Position, Position.id == PositionAssignment.position_id)
        .where(
            ReportingLine.supervisor_id == sa.bindparam("me", type_=sa.BigInteger),
            on(ReportingLine, _TODAY),
        )
        .order_by(Employee.sort_key, Employee.id)
        .offset(sa.bindparam("first", type_=sa.Integer))
        .limit(sa.bindparam("most", type_=sa.Integer))
        .options(load_only(Employee.public_id, Employee.printed_name))
    )


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

    Two reads, however many people; one for who leads nobody.
    """
    query = _people(tuple(_overdue))
    if search.strip():
        query = query.where(Employee.search_key.like(search_pattern(search), escape="\\"))
    part = {"first": (page - 1) * page_size, "most": page_size}
    found = session.execute(query, {"me": actor.employee_id, "today": today, **part}).all()
    if not found:
        return [], 0
    ids = [employee.id for employee, *_ in found]
    appraisals = _appraisals(session, ids)
    members = [
        Member(
            employee,
            position or "",
            _latest(appraisals.get(employee.id, ())),
            tuple(a for a in appraisals.get(employee.id, ()) if a.appraisal.state in UNFINISHED),
            evidence,
            asked,
            first_asked,
            overdue,
        )
        for employee, position, evidence, asked, first_asked, overdue, _ in found
    ]
    return members, found[0][-1]


_RESULT = (
    sa.select(OutcomeRecord.result)
    .where(OutcomeRecord.appraisal_id == Appraisal.id, OutcomeRecord.round == Appraisal.round)
    .order_by(OutcomeRecord.turn.desc())
    .limit(1)
    .correlate(Appraisal)
    .scalar_subquery()
)
_APPRAISALS: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        Appraisal,
        _RESULT,
        FrameworkVersion.slug,
        FrameworkVersion.title,
        FrameworkVersion.language,
        FrameworkVersion.content_hash,
    )
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .where(
        Appraisal.subject_id.in_(sa.bindparam("ids", expanding=True)),
        Appraisal.state.in_([fixed(s) for s in (*UNFINISHED, *sorted(SHOWN_TO_SUBJECT))]),
    )
    .order_by(Appraisal.released_at.desc(), Appraisal.id.desc())
    .options(
        load_only(
            Appraisal.public_id,
            Appraisal.state,
            Appraisal.subject_id,
            Appraisal.framework_version_id,
        )
    )
)


def _appraisals(session: AnySession, ids: Sequence[int]) -> dict[int, list[TeamAppraisal]]:
    """Return what is under way and what was delivered, by subject, the newest first."""
    found: dict[int, list[TeamAppraisal]] = {}
    for appraisal, code, *framework in session.execute(_APPRAISALS, {"ids": ids}):
        one = TeamAppraisal(appraisal, Against(*framework), code)
        found.setdefault(appraisal.subject_id, []).append(one)
    return found


def _latest(rows: Sequence[TeamAppraisal]) -> tuple[TeamAppraisal, ...]:
    """Return the latest delivered one of each framework."""
    found: dict[str, TeamAppraisal] = {}
    for row in rows:
        if row.appraisal.state in SHOWN_TO_SUBJECT:
            found.setdefault(row.against.slug, row)
    return tuple(found.values())
