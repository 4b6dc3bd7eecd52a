"""Levels that were held before: imported from a file, all rows or none, and removed again.

They count as history for the gates of a framework's rules and are shown as imported. They
are no appraisal's result: nothing is decided by them, and nothing is ever attested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.opening_level_file import LevelLine, LevelsFile
from competency.assessments.opening_level_models import OpeningLevel, OpeningLevelRemoval
from competency.assessments.opening_level_queries import (
    known_slugs,
    newest_frameworks,
    people_by_number,
    recorded,
    results_of,
)
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import (
    IllegalTransition,
    Invalid,
    InvalidFile,
    NotAllowed,
    NotFound,
    message_id,
)
from competency.frameworks.schema import Framework
from competency.people.import_file import RowFault, unknown
from competency.people.models import Employee
from competency.people.permissions import can_manage_person, can_read_person
from competency.people.queries import standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
Key = tuple[int, str, str, date]
REASON_MAXIMUM = 2000
PEOPLE_SHOWN = 50


@dataclass(frozen=True)
class LevelChange:
    """One level that a file would add."""

    row: int
    number: str
    name: str
    framework: str
    part: str
    level: str
    since: date


@dataclass(frozen=True)
class LevelsResult:
    """How many levels a file adds and leaves as they are, or every reason why it cannot."""

    added: int = 0
    unchanged: int = 0
    changes: tuple[LevelChange, ...] = field(default=(), compare=False)
    """The first of those that are added."""
    faults: tuple[RowFault, ...] = ()


@dataclass
class _Plan:
    """What a file would add, how much of it is there already, and what is wrong."""

    rows: list[tuple[LevelLine, Employee, OpeningLevel]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)

    def result(self) -> LevelsResult:
        """Return the counts, or the faults."""
        if self.faults:
            return LevelsResult(faults=tuple(sorted(self.faults, key=lambda one: one.row)))
        shown = [
            LevelChange(
                line.row,
                employee.employee_number,
                employee.printed_name,
                line.framework,
                line.part,
                line.level,
                line.since,
            )
            for line, employee, _ in self.rows[:PEOPLE_SHOWN]
        ]
        return LevelsResult(len(self.rows), self.unchanged, tuple(shown))


def preview_levels(
    session: AnySession, *, actor: Actor, now: datetime, file: LevelsFile
) -> LevelsResult:
    """Return what a file would do, or all its faults in one go; raise ``NotAllowed``."""
    plan = _plan(session, actor, now, file.lines)
    plan.faults += file.faults
    return plan.result()


def import_levels(
    session: AnySession, *, actor: Actor, now: datetime, lines: Sequence[LevelLine]
) -> LevelsResult:
    """Record the levels of a file; those that are recorded already stay as they are.

    Raises ``NotAllowed``, and ``InvalidFile`` with every fault, before anything changes.
    """
    plan = _plan(session, actor, now, lines)
    if plan.faults:
        raise refusal(plan.faults)
    session.add_all(level for _, _, level in plan.rows)
    session.flush()
    people = {employee.public_id: employee for _, employee, _ in plan.rows}
    levels = Counter(employee.public_id for _, employee, _ in plan.rows)
    for public_id in people:
        record(
            session,
            actor=actor.public_id,
            now=now,
            action="opening_level.imported",
            subject_kind="employee",
            subject=public_id,
            data={"levels": levels[public_id]},
        )
    return plan.result()


def refusal(faults: Sequence[RowFault]) -> InvalidFile:
    """Return the error that names every fault."""
    return InvalidFile(
        "Nothing was imported; faults: %(number)s.",
        [str(fault) for fault in faults],
        number=len(faults),
    )


def remove_level(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    public_id: str,
    reason: str,
) -> None:
    """Let an imported level of somebody count no longer; it stays on record with the reason.

    Raises ``NotFound`` for strangers, ``NotAllowed`` for whom it is not to remove,
    ``IllegalTransition`` the second time, and ``Invalid`` without a reason.
    """
    row = session.execute(
        sa.select(OpeningLevel, Employee)
        .join(Employee, Employee.id == OpeningLevel.subject_id)
        .where(OpeningLevel.public_id == public_id, Employee.public_id == employee_public_id)
        .with_for_update(of=OpeningLevel)
    ).one_or_none()
    if row is None:
        raise NotFound
    level, employee = row
    place = standing(session, employee.id, actor.today(now))
    if not can_read_person(actor, place):
        raise NotFound
    if not can_manage_person(actor, place):
        raise NotAllowed("Only human resources remove imported levels, never their own.")
    if session.get(OpeningLevelRemoval, level.id) is not None:
        raise IllegalTransition("This imported level has been removed already.")
    if not reason.strip():
        raise Invalid("Say why: the reason is kept with the level.", "reason")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 2,000 characters.", "reason")
    check_printable(reason, "reason")
    session.add(
        OpeningLevelRemoval(
            opening_level_id=level.id,
            subject_id=employee.id,
            removed_by_id=actor.account_id,
            removed_at=now,
            reason=reason.strip(),
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="opening_level.removed",
        subject_kind="opening_level",
        subject=level.public_id,
    )


def _plan(session: AnySession, actor: Actor, now: datetime, lines: Sequence[LevelLine]) -> _Plan:
    """Return what is to be done for each row, and what is wrong with it."""
    if not actor.has(Role.HR):
        raise NotAllowed("Only human resources can import levels.")
    today, plan = actor.today(now), _Plan()
    people = people_by_number(session, actor, today, (line.number for line in lines))
    frameworks = newest_frameworks(session, {line.framework for line in lines})
    slugs = known_slugs(session)
    counts, entries = recorded(session, {one.id for one in people.values()})
    for line in lines:
        employee, framework = people.get(line.number), frameworks.get(line.framework)
        faults = list(_faults(line, actor, today, employee, framework, slugs))
        plan.faults += faults
        if faults or employee is None or framework is None:
            continue
        key = (employee.id, framework.id, line.part or framework.id, line.since)
        if key not in counts:
            entry = entries.get(key, 0) + 1
            plan.rows.append((line, employee, _level(line, key, entry, actor, now)))
        elif (different := _differs(line, counts[key])) is not None:
            plan.faults.append(different)
        else:
            plan.unchanged += 1
    return plan


def _level(line: LevelLine, key: Key, entry: int, actor: Actor, now: datetime) -> OpeningLevel:
    """Return the row that a line asks for."""
    employee_id, slug, node_id, since = key
    return OpeningLevel(
        subject_id=employee_id,
        framework_slug=slug,
        node_id=node_id,
        result=line.level,
        held_since=since,
        entry=entry,
        source=line.source,
        imported_by_id=actor.account_id,
        imported_at=now,
    )


def _differs(line: LevelLine, there: OpeningLevel) -> RowFault | None:
    """Return the fault of a row that says something else than what is recorded for the day."""
    if there.result != line.level:
        text = message_id(
            "For %(day)s another level is recorded: “%(level)s”. Remove it first, with a reason."
        )
        params: dict[str, object] = {"day": line.since.isoformat(), "level": there.result}
        return RowFault(line.row, "level", text, params)
    if there.source != line.source:
        text = message_id("This level is recorded from another source: “%(source)s”.")
        return RowFault(line.row, "source", text, {"source": there.source or ""})
    return None


def _faults(
    line: LevelLine,
    actor: Actor,
    today: date,
    employee: Employee | None,
    framework: Framework | None,
    slugs: Sequence[str],
) -> Iterable[RowFault]:
    """Yield everything that is wrong with one row beside what is recorded already."""
    if employee is None:
        text = message_id("Nobody who works here and is in your scope has this number.")
        yield RowFault(line.row, "number", text)
    elif employee.id == actor.employee_id:
        yield RowFault(line.row, "number", message_id("Nobody imports levels of their own."))
    if line.since > today:
        yield RowFault(line.row, "since", message_id("This day is still to come."))
    if framework is None:
        yield unknown(line.row, "framework", line.framework, slugs)
        return
    parts = {c.id for c in framework.criteria()} | {u.id for u in framework.all_units()}
    if line.part and line.part not in parts:
        yield unknown(line.row, "part", line.part, parts)
        return
    results = results_of(framework, line.part or framework.id)
    if not results:
        yield RowFault(line.row, "part", message_id("The framework forms no level for this part."))
    elif line.level not in results:
        text = message_id("There is no level “%(value)s” here; known are %(known)s.")
        params: dict[str, object] = {"value": line.level, "known": ", ".join(results)}
        yield RowFault(line.row, "level", text, params)
