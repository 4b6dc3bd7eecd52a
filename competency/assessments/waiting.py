"""What waits for review and for release at home: the first rows of each, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.beside_queries import ever_beside
from competency.assessments.involvement import took_no_part
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.assessments.worklists import (
    EARLIEST_DUE,
    HOME_LIST,
    KEPT,
    UNFLAGGED,
    Against,
    WorkRow,
    fetched,
    waits_for_review,
)
from competency.database.types import fixed
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class ToReview:
    """The earliest due of what review looks at one by one, and of the rest; and all counted."""

    alone: list[WorkRow]
    alone_total: int
    unflagged: list[WorkRow]
    unflagged_total: int


@dataclass(frozen=True)
class Ready:
    """How many results of one cycle wait to be released."""

    cycle: Cycle
    against: Against
    count: int


def to_review(session: AnySession, actor: Actor, today: date, shown: int) -> ToReview:
    """Return what the actor can review, at most ``shown`` rows of each part."""
    if not actor.has(Role.REVIEWER):
        return ToReview([], 0, [], 0)
    parts: dict[bool, tuple[list[WorkRow], int]] = {}
    for *row, is_unflagged, total in session.execute(_review_list(actor, today, shown)):
        rows, _ = parts.setdefault(bool(is_unflagged), ([], total))
        rows.append(fetched(row))
    return ToReview(*parts.get(False, ([], 0)), *parts.get(True, ([], 0)))


@lru_cache(maxsize=KEPT)
def _review_list(actor: Actor, today: date, shown: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of the first rows of both parts, each with its part's count."""
    ranked = (
        sa.select(
            Appraisal.id,
            UNFLAGGED.label("is_unflagged"),
            sa.func.row_number()
            .over(partition_by=UNFLAGGED, order_by=EARLIEST_DUE)
            .label("position"),
            sa.func.count().over(partition_by=UNFLAGGED).label("total"),
        )
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(waits_for_review(actor, today))
        .subquery()
    )
    return (
        HOME_LIST.add_columns(ranked.c.is_unflagged, ranked.c.total)
        .join(ranked, ranked.c.id == Appraisal.id)
        .where(ranked.c.position <= shown)
    )


def to_decide(session: AnySession, actor: Actor, today: date) -> list[WorkRow]:
    """Return the contested results on which the actor decides, the earliest due first.

    That is whoever may review and is new to them, and human resources, who name who judges anew.
    """
    if not (actor.has(Role.REVIEWER) or actor.has(Role.HR)):
        return []
    return [fetched(row) for row in session.execute(_contested_list(actor, today))]


@lru_cache(maxsize=KEPT)
def _contested_list(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what is contested, made once a day."""
    me = actor.employee_id
    as_reviewer = sa.and_(
        employees_in_scope(actor, today, [Role.REVIEWER]),
        took_no_part(actor),
        Appraisal.lead_id != me,
        ~ever_beside(me),
    )
    return HOME_LIST.where(
        Appraisal.state == fixed(State.CONTESTED),
        Appraisal.subject_id != me,
        sa.or_(as_reviewer, employees_in_scope(actor, today, [Role.HR])),
    )


def to_release(session: AnySession, actor: Actor, today: date) -> tuple[Ready, ...]:
    """Return the cycles with results that the actor can release, the earliest due first."""
    if not actor.has(Role.HR):
        return ()
    return tuple(
        Ready(cycle, Against(*framework), count)
        for cycle, count, *framework in session.execute(_release_list(actor, today))
    )


@lru_cache(maxsize=KEPT)
def _release_list(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of the cycles with what waits in them; made once a day."""
    waiting = (
        sa.select(Appraisal.cycle_id, sa.func.count().label("count"))
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(
            employees_in_scope(actor, today, [Role.HR]),
            Appraisal.state == fixed(State.APPROVED),
            Appraisal.subject_id != actor.employee_id,
        )
        .group_by(Appraisal.cycle_id)
        .subquery()
    )
    return (
        sa.select(
            Cycle,
            waiting.c.count,
            FrameworkVersion.slug,
            FrameworkVersion.title,
            FrameworkVersion.language,
            FrameworkVersion.content_hash,
        )
        .join(waiting, waiting.c.cycle_id == Cycle.id)
        .join(FrameworkVersion, FrameworkVersion.id == Cycle.framework_version_id)
        .order_by(Cycle.submit_due_on, Cycle.id)
    )
