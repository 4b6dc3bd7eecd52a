"""Reads of calibration sessions: who reads which rows, what stands, what was adjusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.beside_queries import OWES, ever_beside
from competency.assessments.calibration_models import (
    Calibration,
    CalibrationAdjustment,
    CalibrationAppraisal,
    CalibrationMember,
)
from competency.assessments.history import DECIDING
from competency.assessments.involvement import took_no_part
from competency.assessments.models import Appraisal, Assessor, Cycle, Draft, Judgement
from competency.assessments.rules import DECIDED
from competency.assessments.schema import AssessorKind, State
from competency.errors import NotFound
from competency.people.models import Account, Employee, Placement, RoleGrant, Team
from competency.people.permissions import covers
from competency.people.queries import employees_in_scope, on, standings
from competency.people.schema import AccountState, Actor, Grant, Role

AnySession = Session | scoped_session[Session]
Condition = sa.ColumnElement[bool]

TO_CALIBRATE = (State.SUBMITTED, State.IN_REVIEW)
SHOWN = frozenset({*TO_CALIBRATE, *DECIDED})
"""The states in which submitted levels stand that a session can show."""
SESSIONS_SHOWN = 100


@dataclass(frozen=True)
class Seen:
    """A session as somebody sees it: as a member, as who runs it, or only to read."""

    calibration: Calibration
    cycle: Cycle
    is_member: bool
    runs: bool
    """Whether everybody in it is in the scope of the actor, who is of human resources."""


@dataclass(frozen=True)
class Row:
    """One appraisal of a session."""

    appraisal: Appraisal
    subject: Employee
    lead_name: str
    lead_key: str
    opens: bool
    """Whether the reader opens what is behind the levels, too."""


def _in_scope(actor: Actor, today: date, *roles: Role) -> Condition:
    """Return the condition that a role of the actor covers the appraisal's subject."""
    return Appraisal.subject_id.in_(
        sa.select(Employee.id).where(employees_in_scope(actor, today, roles))
    )


def _not_own(actor: Actor) -> Condition:
    """Return the condition that an appraisal is another's, and not one the actor still judges."""
    judging = (
        sa.select(Assessor.id)
        .where(
            Assessor.appraisal_id == Appraisal.id,
            Assessor.round == Appraisal.round,
            Assessor.employee_id == actor.employee_id,
            Cycle.id == Appraisal.cycle_id,
            OWES,
        )
        .correlate(Appraisal)
        .exists()
    )
    return sa.and_(Appraisal.subject_id != (actor.employee_id or 0), ~judging)


def _readable(actor: Actor, now: datetime) -> Condition:
    """Return the condition of the rows that somebody reads in a session.

    Human resources and auditors in scope; members over whom they review, where they have
    no part; leads their own people. Nobody reads about themselves.
    """
    today = actor.today(now)
    is_member = (
        sa.select(CalibrationMember.employee_id)
        .where(
            CalibrationMember.calibration_id == CalibrationAppraisal.calibration_id,
            CalibrationMember.employee_id == actor.employee_id,
        )
        .correlate(CalibrationAppraisal)
        .exists()
    )
    me = actor.employee_id or 0
    reviews = sa.and_(
        is_member,
        _in_scope(actor, today, Role.REVIEWER),
        ~ever_beside(me),
        sa.or_(took_no_part(actor), Appraisal.reviewer_id == me),
    )
    overseen = _in_scope(actor, today, Role.HR, Role.AUDITOR)
    return sa.and_(_not_own(actor), sa.or_(overseen, reviews, Appraisal.lead_id == me))


_IN = CalibrationAppraisal.appraisal_id == Appraisal.id


def seen_by(
    session: AnySession, actor: Actor, now: datetime, public_id: str, *, lock: str = ""
) -> Seen:
    """Return a session of which the actor reads a row; ``NotFound`` otherwise.

    ``lock`` is ``read`` for who adjusts and ``write`` for who closes: it is taken before
    the appraisal's, and nobody who holds an appraisal asks for it.
    """
    rows = (
        sa.select(Appraisal.id)
        .join(CalibrationAppraisal, _IN)
        .where(CalibrationAppraisal.calibration_id == Calibration.id)
        .correlate(Calibration)
    )
    takes_part = (
        sa.select(CalibrationMember.employee_id)
        .where(
            CalibrationMember.calibration_id == Calibration.id,
            CalibrationMember.employee_id == actor.employee_id,
        )
        .correlate(Calibration)
        .exists()
    )
    runs = sa.and_(_not_own(actor), _in_scope(actor, actor.today(now), Role.HR))
    query = (
        sa.select(
            Calibration,
            Cycle,
            rows.where(_readable(actor, now)).exists(),
            takes_part,
            sa.not_(rows.where(sa.not_(runs)).exists()),
        )
        .join(Cycle, Cycle.id == Calibration.cycle_id)
        .where(Calibration.public_id == public_id)
    )
    if lock:
        query = query.with_for_update(read=lock == "read", of=Calibration).execution_options(
            populate_existing=True
        )
    found = session.execute(query).one_or_none()
    if found is None or not found[2]:
        raise NotFound
    return Seen(found[0], found[1], is_member=bool(found[3]), runs=bool(found[4]))


def rows_of(
    session: AnySession, actor: Actor, now: datetime, seen: Seen, appraisal_id: str = ""
) -> list[Row]:
    """Return the appraisals of a session that the actor reads, by name, or only the one."""
    lead = aliased(Employee)
    me = actor.employee_id
    opens = sa.or_(
        _in_scope(actor, actor.today(now), Role.HR, Role.AUDITOR),
        Appraisal.lead_id == (me or 0),
        Appraisal.reviewer_id == (me or 0),
        Appraisal.state.in_(TO_CALIBRATE),
    )
    found = session.execute(
        sa.select(Appraisal, Employee, lead.printed_name, lead.sort_key, opens)
        .join(CalibrationAppraisal, _IN)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .where(
            CalibrationAppraisal.calibration_id == seen.calibration.id,
            _readable(actor, now),
            *([Appraisal.public_id == appraisal_id] if appraisal_id else []),
        )
        .order_by(Employee.sort_key, Employee.id)
    )
    return [Row(a, subject, name, key, bool(o)) for a, subject, name, key, o in found]


Levels = dict[int, dict[str, str | None]]
"""By appraisal id and criterion; ``None`` is "not judged"."""


def levels_of(session: AnySession, seen: Seen, rows: Sequence[Row]) -> tuple[Levels, Levels]:
    """Return the levels that leads submitted and those that stand, of rows that show any.

    What a session adjusted stands as long as its reviewer's change is there; what review
    changed otherwise is the reviewer's own until it is approved.
    """
    shown = {r.appraisal.id: r.appraisal for r in rows if r.appraisal.state in SHOWN}
    submitted: Levels = {i: {} for i in shown}
    stands: Levels = {i: {} for i in shown}
    found = session.execute(
        sa.select(
            Judgement.appraisal_id,
            Judgement.round,
            Judgement.turn,
            Judgement.kind,
            Judgement.criterion_id,
            Judgement.level,
        )
        .where(Judgement.appraisal_id.in_(list(shown)), Judgement.kind.in_(DECIDING))
        .order_by(Judgement.kind == AssessorKind.REVIEW, Judgement.id)
    )
    for appraisal_id, number, turn, kind, criterion, level in found:
        appraisal = shown[appraisal_id]
        if (number, turn) != (appraisal.round, appraisal.turn):
            continue
        if kind is AssessorKind.LEAD:
            submitted[appraisal_id][criterion] = level
        stands[appraisal_id][criterion] = level
    for (appraisal_id, criterion), level in _changes(session, seen).items():
        if appraisal_id in stands and shown[appraisal_id].state not in DECIDED:
            stands[appraisal_id][criterion] = level
    return submitted, stands


def _changes(session: AnySession, seen: Seen) -> dict[tuple[int, str], str | None]:
    """Return the reviewers' changes of criteria that the session adjusted, by their place."""
    last = (
        sa.select(sa.func.max(CalibrationAdjustment.id))
        .where(CalibrationAdjustment.calibration_id == seen.calibration.id)
        .group_by(CalibrationAdjustment.appraisal_id, CalibrationAdjustment.criterion_id)
    )
    found = session.execute(
        sa.select(Appraisal.id, Draft.criterion_id, Draft.level)
        .join(CalibrationAdjustment, CalibrationAdjustment.appraisal_id == Appraisal.id)
        .join(
            Assessor,
            sa.and_(
                Assessor.appraisal_id == Appraisal.id,
                Assessor.round == Appraisal.round,
                Assessor.kind == AssessorKind.REVIEW,
                Assessor.employee_id == Appraisal.reviewer_id,
            ),
        )
        .join(
            Draft,
            sa.and_(
                Draft.assessor_id == Assessor.id,
                Draft.criterion_id == CalibrationAdjustment.criterion_id,
            ),
        )
        .where(
            CalibrationAdjustment.id.in_(last),
            sa.not_(CalibrationAdjustment.undone),
            CalibrationAdjustment.round == Appraisal.round,
            CalibrationAdjustment.turn == Appraisal.turn,
            sa.or_(Draft.level.is_not(None), Draft.excused),
        )
    )
    return {(appraisal_id, criterion): level for appraisal_id, criterion, level in found}


@dataclass(frozen=True)
class Logged:
    """One adjustment with whom it is about and who made it."""

    adjustment: CalibrationAdjustment
    subject_name: str
    by: str


def adjustments_of(session: AnySession, seen: Seen, rows: Iterable[Row]) -> list[Logged]:
    """Return what was adjusted about the rows that somebody reads, oldest first."""
    subject, by = aliased(Employee), aliased(Employee)
    found = session.execute(
        sa.select(CalibrationAdjustment, subject.printed_name, by.printed_name)
        .join(subject, subject.id == CalibrationAdjustment.subject_id)
        .join(by, by.id == CalibrationAdjustment.employee_id)
        .where(
            CalibrationAdjustment.calibration_id == seen.calibration.id,
            CalibrationAdjustment.appraisal_id.in_([row.appraisal.id for row in rows]),
        )
        .order_by(CalibrationAdjustment.id)
    )
    return [Logged(*each) for each in found]


def last_adjustment(
    session: AnySession, seen: Seen, appraisal: Appraisal, criterion_id: str
) -> CalibrationAdjustment | None:
    """Return the session's last word on a criterion as it was submitted last."""
    return session.scalar(
        sa.select(CalibrationAdjustment)
        .where(
            CalibrationAdjustment.calibration_id == seen.calibration.id,
            CalibrationAdjustment.appraisal_id == appraisal.id,
            CalibrationAdjustment.round == appraisal.round,
            CalibrationAdjustment.turn == appraisal.turn,
            CalibrationAdjustment.criterion_id == criterion_id,
        )
        .order_by(CalibrationAdjustment.id.desc())
        .limit(1)
    )


def members_of(session: AnySession, seen: Seen) -> list[str]:
    """Return the names of who takes part."""
    return list(
        session.scalars(
            sa.select(Employee.printed_name)
            .join(CalibrationMember, CalibrationMember.employee_id == Employee.id)
            .where(CalibrationMember.calibration_id == seen.calibration.id)
            .order_by(Employee.sort_key, Employee.id)
        )
    )


def sessions_seen(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle | None = None
) -> list[tuple[Calibration, str]]:
    """Return the sessions of which the actor reads a row, with their cycle, newest first."""
    rows = (
        sa.select(CalibrationAppraisal.appraisal_id)
        .join(Appraisal, _IN)
        .where(CalibrationAppraisal.calibration_id == Calibration.id, _readable(actor, now))
        .correlate(Calibration)
        .exists()
    )
    query = sa.select(Calibration, Cycle.title).join(Cycle, Cycle.id == Calibration.cycle_id)
    if cycle is not None:
        query = query.where(Calibration.cycle_id == cycle.id)
    found = session.execute(query.where(rows).order_by(Calibration.id.desc()).limit(SESSIONS_SHOWN))
    return [(calibration, title) for calibration, title in found]


@dataclass(frozen=True)
class Candidate:
    """An appraisal that a session can be about."""

    appraisal: Appraisal
    subject: Employee
    lead_id: str
    lead_name: str
    team_id: int | None
    team: str


def candidates_of(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle
) -> list[Candidate]:
    """Return a cycle's submitted appraisals that human resources can bring, by name.

    Not their own, nor one that is in an open session already.
    """
    today, lead = actor.today(now), aliased(Employee)
    busy = (
        sa.select(CalibrationAppraisal.appraisal_id)
        .join(Calibration, Calibration.id == CalibrationAppraisal.calibration_id)
        .where(Calibration.closed_at.is_(None))
    )
    found = session.execute(
        sa.select(Appraisal, Employee, lead.public_id, lead.printed_name, Team.id, Team.name)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .outerjoin(Placement, sa.and_(Placement.employee_id == Employee.id, on(Placement, today)))
        .outerjoin(Team, Team.id == Placement.team_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            Appraisal.state.in_(TO_CALIBRATE),
            Appraisal.id.not_in(busy),
            _not_own(actor),
            employees_in_scope(actor, today, [Role.HR]),
        )
        .order_by(Employee.sort_key, Employee.id)
    )
    return [Candidate(a, s, li, ln, ti, tn or "") for a, s, li, ln, ti, tn in found]


def reviewers_over(
    session: AnySession, subject_ids: Sequence[int], today: date
) -> dict[str, Employee]:
    """Return who reviews any of the people today, by public id, in the order of names."""
    granted = session.execute(
        sa.select(Employee, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .join(Account, Account.employee_id == Employee.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.state == AccountState.ACTIVE,
            RoleGrant.role == Role.REVIEWER,
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(Employee.sort_key, Employee.id)
    ).all()
    places = standings(session, subject_ids, today)
    return {
        reviewer.public_id: reviewer
        for reviewer, role, kind, scope_id in granted
        if any(
            covers(Grant(role, kind, scope_id), place)
            for subject_id, place in places.items()
            if subject_id != reviewer.id
        )
    }
