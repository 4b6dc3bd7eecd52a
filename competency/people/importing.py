"""Bringing people in from a file: all rows or none, and again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.errors import InvalidFile, NotAllowed, message_id
from competency.people.import_file import PeopleFile, PersonLine, RowFault
from competency.people.import_plan import (
    Lookup,
    Wanted,
    dated_rows,
    hold_wanted,
    read_known,
    reporting_cycles,
)
from competency.people.models import (
    CampaignAssignment,
    Employee,
    Placement,
    PositionAssignment,
    ReportingLine,
)
from competency.people.operations import set_details
from competency.people.periods import DatedRow, PeriodChange, apply_changes
from competency.people.permissions import can_create_person
from competency.people.queries import DatedTable
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

ACTIONS: dict[DatedTable, str] = {
    Placement: "employee.placed",
    PositionAssignment: "employee.position",
    CampaignAssignment: "employee.campaign",
    ReportingLine: "employee.reports_to",
}
PEOPLE_SHOWN = 50
DETAILS = (
    "given_name",
    "family_name",
    "second_family_name",
    "patronymic",
    "national_id",
    "email",
    "document_language",
    "weekly_hours",
    "printed_name",
    "sort_name",
    "sort_key",
    "search_key",
)


@dataclass(frozen=True)
class PersonChange:
    """What a row of a file does to one person; ``actions`` as the audit records them."""

    row: int
    number: str
    name: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class ImportResult:
    """How many people a file adds, changes and leaves as they are, or why it cannot."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    people: tuple[PersonChange, ...] = field(default=(), compare=False)
    """The first of those who are added or changed, the added ones first."""
    faults: tuple[RowFault, ...] = ()


@dataclass
class _Step:
    """One person of the file: who, with which details and dated changes."""

    wanted: Wanted
    employee: Employee
    details: dict[str, Any]
    changes: list[PeriodChange]

    @property
    def is_new(self) -> bool:
        """Return whether the file adds the person."""
        return self.wanted.employee is None

    @property
    def actions(self) -> list[str]:
        """Return what is recorded about the person."""
        moves = [ACTIONS[change.table] for change in self.changes if change.changes]
        if self.is_new:
            return ["employee.added", *moves]
        return ["employee.changed", *moves] if self.details else moves

    def as_change(self) -> PersonChange:
        """Return the step as a preview shows it; a new person is added, whatever else holds."""
        line = self.wanted.line
        name = self.details.get("printed_name") or self.employee.printed_name
        actions = self.actions[:1] if self.is_new else self.actions
        return PersonChange(line.row, line.employee_number, name, tuple(actions))


@dataclass
class _Plan:
    """Everything that a file would do, and the rows that it is compared with."""

    steps: list[_Step]
    faults: list[RowFault]
    numbers: dict[str, int]
    held: dict[DatedTable, dict[int, list[DatedRow]]]
    day: date

    def result(self) -> ImportResult:
        """Return the counts, or the faults."""
        if self.faults:
            return ImportResult(faults=tuple(self.faults))
        added = sum(step.is_new for step in self.steps)
        changed = sum(bool(step.actions) for step in self.steps) - added
        acting = [step for step in self.steps if step.actions]
        shown = sorted(acting, key=lambda step: not step.is_new)[:PEOPLE_SHOWN]
        return ImportResult(
            added,
            changed,
            len(self.steps) - added - changed,
            tuple(step.as_change() for step in shown),
        )

    def complete(self) -> None:
        """Take up the ids of the people who were just added."""
        for step in self.steps:
            self.numbers[step.wanted.line.key] = step.employee.id
        for step in self.steps:
            step.changes = self.changes_of(step.wanted, step.employee)

    def changes_of(self, wanted: Wanted, employee: Employee) -> list[PeriodChange]:
        """Return the dated changes of one person; a new one's hold from the first day."""
        starts_on = max(self.day, employee.hired_on) if wanted.employee else employee.hired_on
        return [
            _change(table, employee.id, starts_on, values, self.held[table].get(employee.id, []))
            for table, values in _values(wanted, self.numbers)
        ]


def preview_people(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    file: PeopleFile,
    starts_on: date | None = None,
) -> ImportResult:
    """Return what a file would do, or all its faults in one go; raise ``NotAllowed``."""
    plan = _plan(session, actor, file.lines, starts_on or actor.today(now), file.incomplete)
    plan.faults = sorted([*file.faults, *plan.faults], key=lambda fault: fault.row)
    return plan.result()


def import_people(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    rows: Sequence[PersonLine],
    starts_on: date | None = None,
) -> ImportResult:
    """Add and change people as the rows say; changes hold from ``starts_on``, or today.

    Raises ``NotAllowed``, and ``InvalidFile`` with every fault, before anything changes.
    """
    plan = _plan(session, actor, rows, starts_on or actor.today(now))
    if plan.faults:
        raise refusal(plan.faults)
    hold_wanted(session, [step.wanted for step in plan.steps])
    for step in plan.steps:
        for name, value in step.details.items():
            setattr(step.employee, name, value)
    session.add_all(step.employee for step in plan.steps if step.is_new)
    session.flush()
    plan.complete()
    for step in plan.steps:
        for action in step.actions:
            record(
                session,
                actor=actor.public_id,
                now=now,
                action=action,
                subject_kind="employee",
                subject=step.employee.public_id,
            )
    result = plan.result()
    apply_changes(session, [change for step in plan.steps for change in step.changes])
    return result


def refusal(faults: Sequence[RowFault]) -> InvalidFile:
    """Return the error that names every fault."""
    return InvalidFile(
        "Nothing was imported; faults: %(number)s.",
        [str(fault) for fault in faults],
        number=len(faults),
    )


def _plan(
    session: AnySession,
    actor: Actor,
    rows: Sequence[PersonLine],
    day: date,
    incomplete: Sequence[PersonLine] = (),
) -> _Plan:
    """Return what is to be done for each row; ``incomplete`` ones are only looked up."""
    if not can_create_person(actor):
        raise NotAllowed("Only human resources over everyone can import people.")
    lines = {line.key: line for line in [*rows, *incomplete]}
    known = read_known(session, lines.values(), day)
    lookup = Lookup(known, frozenset(lines))
    wanted = [found for line in rows if (found := lookup.want(line)) is not None]
    for line in incomplete:
        lookup.want(line)
    ids = [one.employee.id for one in wanted if one.employee is not None]
    held = {table: dated_rows(session, table, ids, day) for table in ACTIONS}
    plan = _Plan([], [*lookup.faults, *reporting_cycles(lines, known.supervisors)], {}, held, day)
    plan.numbers = known.numbers
    for one in wanted:
        employee = one.employee or Employee(
            employer_id=one.employer.id,
            employee_number=one.line.employee_number,
            hired_on=one.line.hired_on,
        )
        step = _Step(one, employee, _details(one), [])
        if not step.is_new:
            step.changes = plan.changes_of(one, employee)
        if step.actions and not step.is_new and employee.id == actor.employee_id:
            message = message_id("Nobody changes their own record.")
            plan.faults.append(RowFault(one.line.row, "employee_number", message))
        plan.steps.append(step)
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _details(wanted: Wanted) -> dict[str, Any]:
    """Return what differs in the person's own data and in the forms computed from it."""
    line, before = wanted.line, wanted.employee
    kept_language = before.document_language if before else None
    hours = line.weekly_hours
    if before is not None and "weekly_hours" not in line.columns:
        hours = before.weekly_hours
    draft = Employee(employee_number=before.employee_number if before else line.employee_number)

    def cell(column: str, value: str | None) -> str | None:
        if column in line.columns or before is None:
            return value
        kept: str | None = getattr(before, column)
        return kept

    names = line.names
    set_details(
        draft,
        employer=wanted.employer,
        names=type(names)(
            names.given,
            names.family,
            cell("second_family_name", names.second_family),
            cell("patronymic", names.patronymic),
        ),
        national_id=cell("national_id", wanted.national_id),
        email=cell("email", line.email),
        document_language=line.document_language or kept_language,
        weekly_hours=hours,
    )
    values = {name: getattr(draft, name) for name in DETAILS}
    if before is None:
        return values
    return {name: value for name, value in values.items() if getattr(before, name) != value}


def _values(wanted: Wanted, numbers: dict[str, int]) -> list[tuple[DatedTable, dict[str, Any]]]:
    """Return the dated values that the row asks for, by table.

    A supervisor who is only added by this file has no id yet, which is a change anyway.
    """
    found: list[tuple[DatedTable, dict[str, Any]]] = []
    if wanted.site_id is not None:
        place: dict[str, Any] = {"site_id": wanted.site_id}
        if wanted.line.team is not None:
            place["team_id"] = wanted.team_id
        found.append((Placement, place))
    if wanted.position_id is not None:
        found.append((PositionAssignment, {"position_id": wanted.position_id}))
    if wanted.campaign_id is not None:
        found.append((CampaignAssignment, {"campaign_id": wanted.campaign_id}))
    if wanted.supervisor is not None:
        found.append((ReportingLine, {"supervisor_id": numbers.get(wanted.supervisor)}))
    return found


def _change(
    table: DatedTable,
    employee_id: int,
    starts_on: date,
    values: dict[str, Any],
    rows: Iterable[DatedRow],
) -> PeriodChange:
    """Return one dated change against the rows that hold on the day or later."""
    if table is CampaignAssignment:
        rows = [row for row in rows if getattr(row, "campaign_id", None) == values["campaign_id"]]
    rows = list(rows)
    current = next(
        (
            row
            for row in rows
            if row.starts_on <= starts_on and (row.ends_on is None or row.ends_on > starts_on)
        ),
        None,
    )
    later = [row.starts_on for row in rows if row.starts_on > starts_on]
    return PeriodChange(
        table, employee_id, starts_on, values, current, min(later) if later else None
    )
