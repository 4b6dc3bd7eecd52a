"""Reads of assessment sessions: of an appraisal, of one, of a cycle, and on home pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import (
    ATTEMPTS,
    AssessmentSession,
    CycleCertification,
    SessionExaminer,
    SessionItem,
)
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.queries import Loaded, load
from competency.assessments.rules import SHOWN_TO_SUBJECT
from competency.assessments.schema import Mode, SessionResults, SessionState, State
from competency.assessments.session_rules import (
    Attempt,
    Part,
    further_parts,
    parts,
    result_of,
    results_of_parts,
)
from competency.errors import NotFound
from competency.people.models import Employee, ReportingLine
from competency.people.queries import employees_in_scope, on
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

HOME_SHOWN = 50
CYCLE_SHOWN = 100


@dataclass(frozen=True)
class AppraisalSessions:
    """The sessions of an appraisal that were not cancelled, and the marks of those held."""

    sessions: tuple[AssessmentSession, ...]
    marks: Mapping[int, Mapping[str, bool]]
    """Whether each item was met, by session id."""

    def of_part(self, part: Part) -> tuple[AssessmentSession, ...]:
        """Return the sessions of one part, the first attempt first."""
        key = (part.instrument, part.unit_id)
        return tuple(s for s in self.sessions if (s.instrument, s.unit_id) == key)

    def attempts(self, part: Part) -> tuple[Attempt, ...]:
        """Return what was held of one part."""
        held = (s for s in self.of_part(part) if s.state is SessionState.HELD)
        return tuple(Attempt(self.marks.get(s.id, {})) for s in held)


def tests_of(session: AnySession, appraisal_id: int) -> AppraisalSessions:
    """Return the sessions of an appraisal with their marks; one read."""
    rows = session.execute(
        sa.select(AssessmentSession, SessionItem.item_id, SessionItem.met)
        .outerjoin(SessionItem, SessionItem.session_id == AssessmentSession.id)
        .where(
            AssessmentSession.appraisal_id == appraisal_id,
            AssessmentSession.state != SessionState.CANCELLED,
        )
        .order_by(AssessmentSession.attempt, AssessmentSession.id)
    )
    found: dict[int, AssessmentSession] = {}
    marks: dict[int, dict[str, bool]] = {}
    for held, item, met in rows:
        found[held.id] = held
        if item is not None:
            marks.setdefault(held.id, {})[item] = met
    return AppraisalSessions(tuple(found.values()), marks)


def results_of(loaded: Loaded, tests: AppraisalSessions) -> SessionResults:
    """Return what the tests of a certification came to."""
    framework, scope = loaded.framework, loaded.scope
    tested = (*parts(framework, scope), *further_parts(framework, scope))
    return results_of_parts((part, tests.attempts(part)) for part in tested)


def passed_on(session: AnySession, loaded: Loaded) -> dict[str, date]:
    """Return by unit id the day on which its practical test was passed, over all attempts."""
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        return {}
    tests = tests_of(session, loaded.appraisal.id)
    return {
        part.unit_id: max(s.planned_on for s in tests.of_part(part) if s.held_at is not None)
        for part in parts(loaded.framework, loaded.scope)
        if part.unit_id is not None and result_of(part, tests.attempts(part))
    }


def session_results(session: AnySession, loaded: Loaded) -> SessionResults | None:
    """Return what an outcome follows from of tests; ``None`` for an appraisal, unread."""
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        return None
    return results_of(loaded, tests_of(session, loaded.appraisal.id))


def certification_of(session: AnySession, cycle_id: int) -> CycleCertification | None:
    """Return what a cycle of certifications has beside, if it is one."""
    return session.get(CycleCertification, cycle_id)


def certification_and_assessor(
    session: AnySession, cycle: Cycle
) -> tuple[CycleCertification | None, str]:
    """Return what a cycle of certifications has beside, with its assessor's printed name."""
    if cycle.mode is not Mode.CERTIFICATION:
        return None, ""
    found, name = session.execute(
        sa.select(CycleCertification, Employee.printed_name)
        .join(Employee, Employee.id == CycleCertification.assessor_id)
        .where(CycleCertification.cycle_id == cycle.id)
    ).one()
    return found, name


def attempts_maximum(session: AnySession, cycle_id: int) -> int:
    """Return how often a test may be taken in a cycle."""
    found = certification_of(session, cycle_id)
    return ATTEMPTS if found is None else found.attempts_maximum


@dataclass(frozen=True)
class LoadedSession:
    """One session with its appraisal, its examiners by id, and its marks."""

    session: AssessmentSession
    loaded: Loaded
    examiners: tuple[int, ...]
    items: tuple[SessionItem, ...]
    names: Mapping[int, str]
    """The examiners' names, by their ids."""

    def is_examiner(self, actor: Actor) -> bool:
        """Return whether the actor examines in it."""
        return actor.employee_id is not None and actor.employee_id in self.examiners


def load_session(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> LoadedSession:
    """Return one session; ``NotFound`` where it is missing or not the actor's to see.

    Its examiners see it, and whoever sees its appraisal. ``lock`` takes the appraisal's
    row lock, under which sessions change.
    """
    found = session.execute(
        sa.select(AssessmentSession, Appraisal.public_id)
        .join(Appraisal, Appraisal.id == AssessmentSession.appraisal_id)
        .where(AssessmentSession.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    row, appraisal_id = found
    examiners = dict(
        session.execute(
            sa.select(Employee.id, Employee.printed_name)
            .join(SessionExaminer, SessionExaminer.employee_id == Employee.id)
            .where(SessionExaminer.session_id == row.id)
            .order_by(Employee.id)
        ).all()
    )
    loaded = load(
        session,
        actor=actor,
        now=now,
        public_id=appraisal_id,
        lock=lock,
        admitted=actor.employee_id in examiners,
    )
    if lock:
        session.refresh(row)
    items = session.scalars(
        sa.select(SessionItem).where(SessionItem.session_id == row.id).order_by(SessionItem.id)
    )
    return LoadedSession(row, loaded, tuple(examiners), tuple(items), examiners)


def examined_by(employee_id: int | None) -> sa.Select[int]:
    """Return the select of the appraisals in which somebody examines, or examined."""
    return (
        sa.select(AssessmentSession.appraisal_id)
        .join(SessionExaminer, SessionExaminer.session_id == AssessmentSession.id)
        .where(
            AssessmentSession.state != SessionState.CANCELLED,
            SessionExaminer.employee_id == employee_id,
        )
    )


def has_examined(session: AnySession, appraisal_id: int, employee_id: int | None) -> bool:
    """Return whether somebody examines, or examined, in a session of an appraisal."""
    query = examined_by(employee_id).where(AssessmentSession.appraisal_id == appraisal_id)
    return session.scalar(query.limit(1)) is not None


def superiors_of(session: AnySession, employee_id: int, day: date) -> frozenset[int]:
    """Return everybody above an employee on a day: the supervisor, and theirs."""
    line = ReportingLine
    above = (
        sa.select(line.supervisor_id.label("id"))
        .where(line.employee_id == employee_id, on(line, day))
        .cte("above", recursive=True)
    )
    above = above.union(
        sa.select(line.supervisor_id).where(line.employee_id == above.c.id, on(line, day))
    )
    return frozenset(session.scalars(sa.select(above.c.id)))


def people_under(session: AnySession, employee_id: int, day: date) -> frozenset[int]:
    """Return everybody whose superior an employee is on a day."""
    line = ReportingLine
    under = (
        sa.select(line.employee_id.label("id"))
        .where(line.supervisor_id == employee_id, on(line, day))
        .cte("under", recursive=True)
    )
    under = under.union(
        sa.select(line.employee_id).where(line.supervisor_id == under.c.id, on(line, day))
    )
    return frozenset(session.scalars(sa.select(under.c.id)))


@dataclass(frozen=True)
class SessionRow:
    """One session in a list, with whose it is."""

    session: AssessmentSession
    appraisal: Appraisal
    subject_name: str
    cycle_title: str
    reads_marks: bool = False
    """Whether the actor may know what came of it."""


def _rows(session: AnySession, query: sa.Select[*tuple[Any, ...]]) -> list[SessionRow]:
    """Return the rows of a list of sessions."""
    return [SessionRow(*row) for row in session.execute(query)]


_LIST = (
    sa.select(AssessmentSession, Appraisal, Employee.printed_name, Cycle.title)
    .join(Appraisal, Appraisal.id == AssessmentSession.appraisal_id)
    .join(Cycle, Cycle.id == Appraisal.cycle_id)
    .join(Employee, Employee.id == AssessmentSession.subject_id)
)


def planned_for(session: AnySession, employee_id: int | None) -> list[SessionRow]:
    """Return the planned sessions that somebody takes or examines, the earliest first."""
    if employee_id is None:
        return []
    examined = sa.select(SessionExaminer.session_id).where(
        SessionExaminer.employee_id == employee_id
    )
    query = (
        _LIST.where(
            AssessmentSession.state == SessionState.PLANNED,
            Appraisal.state == State.OPEN,
            sa.or_(AssessmentSession.subject_id == employee_id, AssessmentSession.id.in_(examined)),
        )
        .order_by(AssessmentSession.planned_for, AssessmentSession.id)
        .limit(HOME_SHOWN)
    )
    return _rows(session, query)


def sessions_in(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> list[SessionRow]:
    """Return a cycle's sessions in the actor's scope that stand, the newest day first."""
    today = actor.today(now)
    query = (
        _LIST.add_columns(_reads_marks(actor, today))
        .where(
            Appraisal.cycle_id == cycle.id,
            AssessmentSession.state != SessionState.CANCELLED,
            employees_in_scope(actor, today, [Role.HR, Role.AUDITOR]),
        )
        .order_by(AssessmentSession.planned_for.desc(), AssessmentSession.id.desc())
        .limit(CYCLE_SHOWN)
    )
    return _rows(session, query)


def _reads_marks(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_read_marks`` of who oversees a cycle, as a column."""
    own = Appraisal.subject_id == actor.employee_id
    shown = Appraisal.state.in_(sorted(SHOWN_TO_SUBJECT))
    submitted = Appraisal.state.not_in([State.PLANNED, State.OPEN])
    plans = employees_in_scope(actor, today, [Role.HR])
    return sa.case((own, shown), else_=sa.or_(plans, submitted))


def active_by_numbers(
    session: AnySession, numbers: Iterable[str], today: date, within: sa.ColumnElement[bool]
) -> dict[str, Employee]:
    """Return the people ``within`` with these numbers who have not left, by number in capitals."""
    wanted = [number.strip().upper() for number in numbers]
    found = session.scalars(
        sa.select(Employee).where(
            sa.func.upper(Employee.employee_number).in_(wanted),
            Employee.search_key != "",
            within,
            Employee.hired_on <= today,
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
        )
    )
    return {employee.employee_number.upper(): employee for employee in found}


def planned_left(session: AnySession, appraisal_id: int) -> int:
    """Return how many sessions of an appraisal are planned and neither held nor cancelled."""
    query = sa.select(sa.func.count()).where(
        AssessmentSession.appraisal_id == appraisal_id,
        AssessmentSession.state == SessionState.PLANNED,
    )
    return session.scalar(query) or 0
