"""Lists of appraisals: what waits for whom, what they did, and the rows of a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, load_only, scoped_session

from competency.assessments.beside_queries import ever_beside
from competency.assessments.involvement import took_no_part
from competency.assessments.models import (
    Appraisal,
    Assessor,
    Cycle,
    Draft,
)
from competency.assessments.rules import SHOWN_TO_SUBJECT, UNFINISHED
from competency.assessments.schema import (
    AssessorKind,
    Mode,
    State,
)
from competency.database.text import search_pattern
from competency.database.types import fixed
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

JUDGED_SHOWN = 10
KEPT = 64
"""Lists of an actor on a day that a process holds ready."""


@dataclass(frozen=True)
class Against:
    """The framework's version that an appraisal is against, without all that it says."""

    slug: str = ""
    title: str = ""
    language: str = ""
    content_hash: str = ""


@dataclass(frozen=True)
class WorkRow:
    """One appraisal in a list, with what is needed to know whose it is and what is next."""

    appraisal: Appraisal
    cycle: Cycle
    subject_name: str
    lead_name: str
    done: int = 0
    total: int = 0
    handed_in: bool = False
    """Whether the part of the assessor that the list is for was handed in."""
    against: Against = field(default_factory=Against)


@dataclass(frozen=True)
class Worklist:
    """What waits for somebody, by what there is to do; each sorted by due date."""

    to_judge: list[WorkRow]
    own: list[WorkRow]
    own_results: list[WorkRow]
    judged: list[WorkRow]
    """What the actor submitted or reviewed last, the newest first."""


def _part_of(kind: AssessorKind) -> sa.ColumnElement[bool]:
    """Return the condition that an assessor is the row's of ``kind``, in its round."""
    return sa.and_(
        Assessor.appraisal_id == Appraisal.id,
        Assessor.round == Appraisal.round,
        Assessor.kind == fixed(kind),
    )


def _answered(kind: AssessorKind) -> sa.ColumnElement[int]:
    """Return how many criteria the row's assessor of ``kind`` has answered."""
    return (
        sa.select(sa.func.count())
        .select_from(Draft)
        .join(Assessor, Assessor.id == Draft.assessor_id)
        .where(_part_of(kind), sa.or_(Draft.level.is_not(None), Draft.excused))
        .correlate(Appraisal)
        .scalar_subquery()
    )


def _handed_in(kind: AssessorKind) -> sa.ColumnElement[bool]:
    """Return whether the row's assessor of ``kind`` has handed in."""
    part = sa.select(Assessor.id).where(_part_of(kind), Assessor.submitted_at.is_not(None))
    return part.correlate(Appraisal).exists()


EARLIEST_DUE = (Cycle.submit_due_on, Employee.sort_key, Appraisal.id)
UNFLAGGED = sa.and_(Appraisal.flags == {}, Appraisal.mode == Mode.APPRAISAL)
"""What can be approved at a stroke: a certification never is."""


def _list_of(
    kind: AssessorKind | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of appraisals as lists show them, earliest due first.

    With a ``kind`` each row says how far the assessor of that kind is.
    """
    lead = aliased(Employee)
    return (
        sa.select(
            Appraisal,
            Cycle,
            Employee.printed_name,
            lead.printed_name,
            FrameworkVersion.criteria,
            _answered(kind) if kind else sa.literal(0),
            _handed_in(kind) if kind else sa.false(),
            FrameworkVersion.slug,
            FrameworkVersion.title,
            FrameworkVersion.language,
            FrameworkVersion.content_hash,
        )
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .order_by(*EARLIEST_DUE)
        .limit(200)
    )


def _fetched(
    session: AnySession, query: sa.Select[*tuple[Any, ...]], **values: object
) -> list[WorkRow]:
    """Return the rows of a list, with ``values`` for what it leaves open."""
    return [fetched(row) for row in session.execute(query, values)]


def fetched(row: Sequence[Any]) -> WorkRow:
    """Return a row of a list's select."""
    a, cycle, name, lead, count, done, handed_in, *framework = row
    total = _to_judge(a, count)
    return WorkRow(a, cycle, name, lead, done, total, bool(handed_in), Against(*framework))


def _rows(session: AnySession, condition: sa.ColumnElement[bool]) -> list[WorkRow]:
    """Return the appraisals of a condition, earliest due first."""
    return _fetched(session, LIST.where(condition))


def waits_for_review(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that an appraisal waits for the actor's review."""
    me = actor.employee_id
    return sa.and_(
        employees_in_scope(actor, today, [Role.REVIEWER]),
        sa.or_(
            (Appraisal.state == fixed(State.SUBMITTED)) & took_no_part(actor),
            (Appraisal.state == fixed(State.IN_REVIEW)) & (Appraisal.reviewer_id == me),
        ),
        Appraisal.subject_id != me,
        Appraisal.lead_id != me,
        ~ever_beside(me),
    )


def unflagged_to_review(
    session: AnySession, actor: Actor, now: datetime, *, page: int, page_size: int
) -> tuple[list[WorkRow], int]:
    """Return one page of the submitted appraisals without a flag that the actor may review.

    And how many there are.
    """
    condition = sa.and_(
        waits_for_review(actor, actor.today(now)), UNFLAGGED, Appraisal.state == State.SUBMITTED
    )
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(condition)
    )
    query = LIST.where(condition).offset((page - 1) * page_size).limit(page_size)
    return _fetched(session, query), total or 0


_ME = sa.bindparam("me", type_=sa.BigInteger)
LIST = _list_of()
_AT_HOME = (
    load_only(
        Appraisal.public_id,
        Appraisal.mode,
        Appraisal.subject_id,
        Appraisal.framework_version_id,
        Appraisal.scope,
        Appraisal.round,
        Appraisal.turn,
        Appraisal.state,
        Appraisal.lead_id,
        Appraisal.reviewer_id,
        Appraisal.flags,
        Appraisal.judged_anew,
        Appraisal.released_at,
    ),
    load_only(
        Cycle.public_id,
        Cycle.title,
        Cycle.submit_due_on,
        Cycle.self_assessment,
        Cycle.self_assessment_due_on,
        Cycle.review_due_on,
    ),
)
"""What of an appraisal and its cycle the home page shows or decides on."""
HOME_LIST = LIST.options(*_AT_HOME)
_LED = (
    _list_of(AssessorKind.LEAD)
    .options(*_AT_HOME)
    .where(Appraisal.lead_id == _ME, Appraisal.state == fixed(State.OPEN))
)
_OWN = (
    _list_of(AssessorKind.SELF)
    .options(*_AT_HOME)
    .where(Appraisal.subject_id == _ME, Appraisal.state != fixed(State.CANCELLED))
)
"""Made once, since everybody's home page asks them."""


def worklist(session: AnySession, actor: Actor, *, leads: bool = True) -> Worklist:
    """Return what waits for the actor, and the actor's own appraisals.

    Without ``leads`` it is known that they never led or reviewed one.
    """
    me = actor.employee_id
    own = _fetched(session, _OWN, me=me)
    return Worklist(
        to_judge=_fetched(session, _LED, me=me) if leads else [],
        own=[row for row in own if row.appraisal.state in UNFINISHED],
        own_results=[row for row in own if row.appraisal.state not in UNFINISHED],
        judged=_judged_by(session, actor) if leads else [],
    )


def _judged_by(session: AnySession, actor: Actor) -> list[WorkRow]:
    """Return the appraisals that the actor submitted or reviewed last, the newest first."""
    query = _JUDGED_OR_REVIEWED if actor.has(Role.REVIEWER) else _JUDGED
    return _fetched(session, query, me=actor.employee_id)


def _done_by(done: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what was submitted under a condition, the newest first."""
    return (
        HOME_LIST.where(done, Appraisal.state.not_in([fixed(State.PLANNED), fixed(State.OPEN)]))
        .order_by(None)
        .order_by(Appraisal.submitted_at.desc(), Appraisal.id.desc())
        .limit(JUDGED_SHOWN)
    )


_SUBMITTED = (Appraisal.lead_id == _ME) & Appraisal.submitted_at.is_not(None)
_JUDGED = _done_by(_SUBMITTED)
_JUDGED_OR_REVIEWED = _done_by(
    _SUBMITTED | ((Appraisal.reviewer_id == _ME) & (Appraisal.state != State.IN_REVIEW))
)


def _to_judge(appraisal: Appraisal, count: int) -> int:
    """Return how many of the framework's ``count`` criteria its lead judges in this round."""
    if appraisal.judged_anew is not None:
        return len(appraisal.judged_anew)
    return count if appraisal.scope is None else len(appraisal.scope)


def _progress(
    session: AnySession, appraisal_ids: Iterable[int]
) -> dict[tuple[int, int, AssessorKind], int]:
    """Return how many criteria have an answer, by appraisal, round and assessor kind."""
    rows = session.execute(
        sa.select(Assessor.appraisal_id, Assessor.round, Assessor.kind, sa.func.count())
        .join(Draft, Draft.assessor_id == Assessor.id)
        .where(
            Assessor.appraisal_id.in_(list(appraisal_ids)),
            sa.or_(Draft.level.is_not(None), Draft.excused),
        )
        .group_by(Assessor.appraisal_id, Assessor.round, Assessor.kind)
    )
    return {(a, r, k): n for a, r, k, n in rows}


def delivered_of(session: AnySession, employee_id: int | None, slug: str) -> list[WorkRow]:
    """Return somebody's delivered appraisals against any version of a framework."""
    return _rows(
        session,
        sa.and_(
            Appraisal.subject_id == employee_id,
            FrameworkVersion.slug == slug,
            Appraisal.state.in_(sorted(SHOWN_TO_SUBJECT)),
        ),
    )


def work_of(session: AnySession, employee_id: int) -> list[tuple[Appraisal, Cycle]]:
    """Return the unfinished appraisals that an employee leads, to be handed over."""
    led = (Appraisal.lead_id == employee_id) & Appraisal.state.in_(UNFINISHED)
    return [(row.appraisal, row.cycle) for row in _rows(session, led)]


def cycle_rows(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    criteria: int,
    states: Sequence[State] = (),
    search: str = "",
    narrowed: sa.ColumnElement[bool] | None = None,
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[WorkRow], int]:
    """Return one page of a cycle's appraisals in the actor's scope, and how many.

    ``criteria`` is how many its framework has, ``narrowed`` a further condition on the
    appraisal.
    """
    condition = (Appraisal.cycle_id == cycle.id) & employees_in_scope(
        actor, actor.today(now), [Role.HR, Role.AUDITOR]
    )
    if states:
        condition &= Appraisal.state.in_(list(states))
    if narrowed is not None:
        condition &= narrowed
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    lead = aliased(Employee)
    base = sa.select(Appraisal).join(Employee, Employee.id == Appraisal.subject_id)
    total = session.scalar(sa.select(sa.func.count()).select_from(base.where(condition).subquery()))
    found = session.execute(
        base.add_columns(Employee.printed_name, lead.printed_name)
        .outerjoin(lead, lead.id == Appraisal.lead_id)
        .where(condition)
        .order_by(Employee.sort_key, Appraisal.id)
        .offset((page - 1) * page_size)
        .limit(page_size)
    ).all()
    progress = _progress(session, [a.id for a, _, _ in found])
    return [
        WorkRow(
            a,
            cycle,
            subject,
            led_by or "",
            progress.get((a.id, a.round, AssessorKind.LEAD), 0),
            _to_judge(a, criteria),
        )
        for a, subject, led_by in found
    ], total or 0
