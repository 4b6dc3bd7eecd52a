"""Reads of appraisals: one with all that decides about it, and lists for each role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Assessor,
    Cycle,
    Draft,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.outcomes import from_data
from competency.assessments.permissions import can_see_appraisal
from competency.assessments.rules import SHOWN_TO_SUBJECT, UNFINISHED
from competency.assessments.schema import (
    Action,
    Answer,
    AppraisalFacts,
    AssessorKind,
    Mode,
    Node,
    State,
)
from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import (
    criteria_counts,
    framework_by_hash,
    unconfirmed_reading,
)
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employee_and_standing, employees_in_scope, names_of
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]

JUDGED_SHOWN = 10
KEPT = 64
"""Lists of an actor on a day that a process holds ready."""


@dataclass(frozen=True)
class Loaded:
    """An appraisal with everything that permission and rules are decided on."""

    appraisal: Appraisal
    cycle: Cycle
    subject: Employee
    facts: AppraisalFacts
    standing: Standing
    framework: Framework
    assessors: tuple[Assessor, ...]

    @property
    def scope(self) -> frozenset[str] | None:
        """Return the ids of the criteria in scope, or ``None`` for all."""
        return None if self.appraisal.scope is None else frozenset(self.appraisal.scope)

    def assessor(self, kind: AssessorKind) -> Assessor | None:
        """Return the assessor of ``kind`` in this round, if there is one."""
        return next((a for a in self.assessors if a.kind is kind), None)


_READING = (
    sa.select(Appraisal, FrameworkVersion.content_hash)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .where(Appraisal.public_id == sa.bindparam("public_id"))
    .options(joinedload(Appraisal.cycle))
)
_LOCKING = _READING.with_for_update(of=Appraisal).execution_options(populate_existing=True)
_ASSESSORS = (
    sa.select(Assessor)
    .where(
        Assessor.appraisal_id == sa.bindparam("appraisal_id"),
        Assessor.round == sa.bindparam("round"),
    )
    .order_by(Assessor.id)
)
"""Read after the lock is held, as is where the subject stands."""


def load(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    lock: bool = False,
    admitted: bool = False,
) -> Loaded:
    """Return one appraisal; ``NotFound`` where it is missing or not the actor's to see.

    ``lock`` takes the appraisal's row lock, the first of the order. ``admitted`` is for
    callers that let somebody see it for a reason of their own and have checked it.
    """
    found = session.execute(_LOCKING if lock else _READING, {"public_id": public_id}).one_or_none()
    if found is None:
        raise NotFound
    appraisal, content_hash = found
    assessors = tuple(
        session.scalars(_ASSESSORS, {"appraisal_id": appraisal.id, "round": appraisal.round})
    )
    facts = _facts(appraisal, assessors)
    subject, subject_standing = employee_and_standing(
        session, appraisal.subject_id, actor.today(now)
    )
    if not admitted and not can_see_appraisal(actor, facts, subject_standing):
        raise NotFound
    return Loaded(
        appraisal=appraisal,
        cycle=appraisal.cycle,
        subject=subject,
        facts=facts,
        standing=subject_standing,
        framework=framework_by_hash(session, appraisal.framework_version_id, content_hash),
        assessors=assessors,
    )


def _facts(appraisal: Appraisal, assessors: Sequence[Assessor]) -> AppraisalFacts:
    """Return what permission is decided on."""
    handed_in = any(a.kind is AssessorKind.SELF and a.submitted_at is not None for a in assessors)
    cycle = appraisal.cycle
    return AppraisalFacts(
        state=appraisal.state,
        subject_id=appraisal.subject_id,
        lead_id=appraisal.lead_id,
        reviewer_id=appraisal.reviewer_id,
        review=cycle.review,
        flagged=bool(appraisal.flags),
        self_assessment=cycle.self_assessment,
        self_submitted=handed_in,
        blind=cycle.blind,
    )


_DRAFTS = sa.select(Draft).where(Draft.assessor_id == sa.bindparam("assessor_id"))


def drafts(session: AnySession, assessor: Assessor | None) -> dict[str, Draft]:
    """Return an assessor's drafts by criterion."""
    if assessor is None:
        return {}
    rows = session.scalars(_DRAFTS, {"assessor_id": assessor.id})
    return {draft.criterion_id: draft for draft in rows}


def answers_of(drafted: dict[str, Draft]) -> dict[str, Answer]:
    """Return drafts as answers."""
    return {
        i: Answer(criterion_id=i, level=d.level, excused=d.excused, note=d.note)
        for i, d in drafted.items()
    }


def judgements(session: AnySession, loaded: Loaded) -> dict[AssessorKind, dict[str, Judgement]]:
    """Return the standing judgements of this round, by assessor kind and criterion.

    Of lead and review only those of the last submission stand; the earlier ones stay
    readable in ``history``.
    """
    appraisal = loaded.appraisal
    rows = session.scalars(
        sa.select(Judgement)
        .where(
            Judgement.appraisal_id == appraisal.id,
            Judgement.round == appraisal.round,
            sa.or_(
                Judgement.turn == appraisal.turn,
                Judgement.kind.in_([AssessorKind.SELF, AssessorKind.PEER]),
            ),
        )
        .order_by(Judgement.id)
    )
    found: dict[AssessorKind, dict[str, Judgement]] = {}
    for row in rows:
        found.setdefault(row.kind, {})[row.criterion_id] = row
    return found


def unconfirmed_version(session: AnySession, loaded: Loaded) -> str | None:
    """Return the public id of the framework's version, where its reading is not confirmed."""
    version_id = loaded.appraisal.framework_version_id
    return unconfirmed_reading(session, loaded.framework, version_id)


def returned_comment(session: AnySession, loaded: Loaded) -> str | None:
    """Return what the last return of this round said, if there was one."""
    if loaded.appraisal.turn == 0:  # never submitted in this round, so never returned
        return None
    return session.scalar(
        sa.select(AppraisalStep.comment)
        .where(
            AppraisalStep.appraisal_id == loaded.appraisal.id,
            AppraisalStep.round == loaded.appraisal.round,
            AppraisalStep.action == Action.RETURN,
        )
        .order_by(AppraisalStep.id.desc())
        .limit(1)
    )


def outcome_of(session: AnySession, appraisal: Appraisal) -> Node | None:
    """Return the outcome that was decided last in this round, if one was."""
    tree = session.scalar(
        sa.select(OutcomeRecord.tree)
        .where(OutcomeRecord.appraisal_id == appraisal.id, OutcomeRecord.round == appraisal.round)
        .order_by(OutcomeRecord.turn.desc())
        .limit(1)
    )
    return None if tree is None else from_data(tree)


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
    to_review: list[WorkRow]
    to_release: list[WorkRow]
    own_results: list[WorkRow]
    judged: list[WorkRow]
    """What the actor submitted or reviewed last, the newest first."""


def _part_of(kind: AssessorKind) -> sa.ColumnElement[bool]:
    """Return the condition that an assessor is the row's of ``kind``, in its round."""
    return sa.and_(
        Assessor.appraisal_id == Appraisal.id,
        Assessor.round == Appraisal.round,
        Assessor.kind == kind,
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


_EARLIEST_DUE = (Cycle.submit_due_on, Employee.sort_key, Appraisal.id)
_UNFLAGGED = sa.and_(Appraisal.flags == {}, Appraisal.mode == Mode.APPRAISAL)
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
        .order_by(*_EARLIEST_DUE)
        .limit(200)
    )


def _fetched(
    session: AnySession, query: sa.Select[*tuple[Any, ...]], **values: object
) -> list[WorkRow]:
    """Return the rows of a list, with ``values`` for what it leaves open."""
    return [
        WorkRow(a, c, name, lead, done, _to_judge(a, count), bool(handed_in), Against(*framework))
        for a, c, name, lead, count, done, handed_in, *framework in session.execute(query, values)
    ]


def _rows(session: AnySession, condition: sa.ColumnElement[bool]) -> list[WorkRow]:
    """Return the appraisals of a condition, earliest due first."""
    return _fetched(session, _LIST.where(condition))


@lru_cache(maxsize=KEPT)
def _review_list(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what the actor reviews, flagged before the rest; made once a day."""
    query = _LIST.where(_to_review(actor, today))
    return query.order_by(None).order_by(_UNFLAGGED, *_EARLIEST_DUE)


@lru_cache(maxsize=KEPT)
def _release_list(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what the actor can release; made once a day."""
    return _LIST.where(
        employees_in_scope(actor, today, [Role.HR]),
        Appraisal.state == State.APPROVED,
        Appraisal.subject_id != actor.employee_id,
    )


def _to_review(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that an appraisal waits for the actor's review."""
    me = actor.employee_id
    return sa.and_(
        employees_in_scope(actor, today, [Role.REVIEWER]),
        sa.or_(
            Appraisal.state == State.SUBMITTED,
            (Appraisal.state == State.IN_REVIEW) & (Appraisal.reviewer_id == me),
        ),
        Appraisal.subject_id != me,
        Appraisal.lead_id != me,
    )


def unflagged_to_review(
    session: AnySession, actor: Actor, now: datetime, *, page: int, page_size: int
) -> tuple[list[WorkRow], int]:
    """Return one page of the submitted appraisals without a flag that the actor may review.

    And how many there are.
    """
    condition = sa.and_(
        _to_review(actor, actor.today(now)), _UNFLAGGED, Appraisal.state == State.SUBMITTED
    )
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(condition)
    )
    query = _LIST.where(condition).offset((page - 1) * page_size).limit(page_size)
    return _fetched(session, query), total or 0


_ME = sa.bindparam("me", type_=sa.BigInteger)
_LIST = _list_of()
_LED = _list_of(AssessorKind.LEAD).where(Appraisal.lead_id == _ME, Appraisal.state == State.OPEN)
_OWN = _list_of(AssessorKind.SELF).where(
    Appraisal.subject_id == _ME, Appraisal.state != State.CANCELLED
)
"""Made once, since everybody's home page asks them."""


def worklist(session: AnySession, actor: Actor, now: datetime, *, leads: bool = True) -> Worklist:
    """Return what waits for the actor, and the actor's own appraisals.

    Without ``leads`` it is known that they never led or reviewed one.
    """
    today, me = actor.today(now), actor.employee_id
    own = _fetched(session, _OWN, me=me)
    review: list[WorkRow] = []
    if actor.has(Role.REVIEWER):
        review = _fetched(session, _review_list(actor, today))
    release: list[WorkRow] = []
    if actor.has(Role.HR):
        release = _fetched(session, _release_list(actor, today))
    return Worklist(
        to_judge=_fetched(session, _LED, me=me) if leads else [],
        own=[row for row in own if row.appraisal.state in UNFINISHED],
        to_review=review,
        to_release=release,
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
        _LIST.where(done, Appraisal.state.not_in([State.PLANNED, State.OPEN]))
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
    """Return how many of the framework's ``count`` criteria are in an appraisal's scope."""
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


def cycle_by_public_id(session: AnySession, public_id: str) -> Cycle:
    """Return a cycle; ``NotFound``."""
    cycle = session.scalar(sa.select(Cycle).where(Cycle.public_id == public_id))
    if cycle is None:
        raise NotFound
    return cycle


def cycles_with_counts(
    session: AnySession, actor: Actor, now: datetime
) -> list[tuple[Cycle, dict[State, int]]]:
    """Return cycles, newest first, with counts by state over the actor's people.

    A cycle without anybody in the actor's scope is left out.
    """
    counts: dict[int, dict[State, int]] = {}
    condition = employees_in_scope(actor, actor.today(now), [Role.HR, Role.AUDITOR])
    rows: Any = session.execute(
        sa.select(Appraisal.cycle_id, Appraisal.state, sa.func.count())
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(condition)
        .group_by(Appraisal.cycle_id, Appraisal.state)
    )
    for cycle_id, state, number in rows:
        counts.setdefault(cycle_id, {})[state] = number
    cycles = session.scalars(sa.select(Cycle).where(Cycle.id.in_(counts)).order_by(Cycle.id.desc()))
    return [(cycle, counts[cycle.id]) for cycle in cycles]


def cycle_rows(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    states: Sequence[State] = (),
    search: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[WorkRow], int]:
    """Return one page of a cycle's appraisals in the actor's scope, and how many."""
    condition = (Appraisal.cycle_id == cycle.id) & employees_in_scope(
        actor, actor.today(now), [Role.HR, Role.AUDITOR]
    )
    if states:
        condition &= Appraisal.state.in_(list(states))
    if search.strip():
        condition &= Employee.search_key.like(search_pattern(search), escape="\\")
    base = sa.select(Appraisal).join(Employee, Employee.id == Appraisal.subject_id)
    total = session.scalar(sa.select(sa.func.count()).select_from(base.where(condition).subquery()))
    found = list(
        session.scalars(
            base.where(condition)
            .order_by(Employee.sort_key, Appraisal.id)
            .offset((page - 1) * page_size)
            .limit(page_size)
        )
    )
    names = names_of(session, [i for a in found for i in (a.subject_id, a.lead_id)])
    progress = _progress(session, [a.id for a in found])
    counts = criteria_counts(session, [a.framework_version_id for a in found])
    return [
        WorkRow(
            a,
            cycle,
            names.get(a.subject_id, ""),
            names.get(a.lead_id, ""),
            progress.get((a.id, a.round, AssessorKind.LEAD), 0),
            _to_judge(a, counts[a.framework_version_id]),
        )
        for a in found
    ], total or 0
