"""What a file of people would change: read with a few set-based queries, then compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import message_id
from competency.people.closing import hold_open
from competency.people.import_file import NO_DATE, PersonLine, RowFault, unknown
from competency.people.models import (
    Campaign,
    Employee,
    Employer,
    Position,
    ReportingLine,
    Site,
    Team,
)
from competency.people.periods import DatedRow
from competency.people.queries import DatedTable, on
from competency.people.rules import checked_national_identifier

AnySession = Session | scoped_session[Session]
CHUNK = 5_000


@dataclass(frozen=True)
class Wanted:
    """One row with everything that it names looked up."""

    line: PersonLine
    employer: Employer
    employee: Employee | None
    national_id: str | None
    site_id: int | None
    team_id: int | None
    position_id: int | None
    campaign_id: int | None
    supervisor: str | None


@dataclass
class Known:
    """What the database holds that the rows of a file may name: nothing that is closed."""

    employers: dict[str, Employer]
    sites: dict[tuple[int, str], int]
    teams: dict[tuple[int, str], int]
    positions: dict[str, int]
    campaigns: dict[tuple[int, str], int]
    employees: dict[str, Employee]
    numbers: dict[str, int]
    """Every employee's id by number in capitals, of those who have not left."""
    national_ids: dict[tuple[int, str], str]
    supervisors: dict[str, str]
    """Who reports to whom on the day, by number in capitals."""


def read_known(session: AnySession, lines: Iterable[PersonLine], day: date) -> Known:
    """Read everything the lines may name, in a number of queries that their number leaves."""
    employees: dict[str, Employee] = {}
    keys = [line.key for line in lines]
    for start in range(0, len(keys), CHUNK):
        query = sa.select(Employee).where(
            sa.func.upper(Employee.employee_number).in_(keys[start : start + CHUNK])
        )
        employees |= {found.employee_number.upper(): found for found in session.scalars(query)}
    number_of: dict[int, str] = {}
    numbers: dict[str, int] = {}
    national_ids: dict[tuple[int, str], str] = {}
    for identifier, number, employer, national, left in session.execute(
        sa.select(
            Employee.id,
            Employee.employee_number,
            Employee.employer_id,
            Employee.national_id,
            Employee.left_on,
        )
    ):
        number_of[identifier] = number.upper()
        if left is None:
            numbers[number.upper()] = identifier
        if national:
            national_ids[employer, national] = number.upper()
    lines_of_report = session.execute(
        sa.select(ReportingLine.employee_id, ReportingLine.supervisor_id).where(
            on(ReportingLine, day)
        )
    )
    positions = session.execute(
        sa.select(Position.id, Position.code, Position.title).filter_by(closed_on=None)
    ).all()
    campaigns = session.execute(
        sa.select(Campaign.id, Campaign.employer_id, Campaign.code, Campaign.name).filter_by(
            closed_on=None
        )
    ).all()
    return Known(
        employers={found.code: found for found in session.scalars(sa.select(Employer))},
        sites={
            (e, n): i
            for i, e, n in session.execute(
                sa.select(Site.id, Site.employer_id, Site.name).filter_by(closed_on=None)
            )
        },
        teams={
            (s, n): i
            for i, s, n in session.execute(
                sa.select(Team.id, Team.site_id, Team.name).filter_by(closed_on=None)
            )
        },
        positions={name: i for i, code, title in positions for name in (title, code)},
        campaigns={(e, n): i for i, e, code, title in campaigns for n in (title, code)},
        employees=employees,
        numbers=numbers,
        national_ids=national_ids,
        supervisors={number_of[below]: number_of[above] for below, above in lines_of_report},
    )


def hold_wanted(session: AnySession, wanted: Sequence[Wanted]) -> None:
    """Keep every place that the rows name from being closed until the import ends."""
    hold_open(session, Site, [one.site_id for one in wanted])
    hold_open(session, Team, [one.team_id for one in wanted])
    hold_open(session, Campaign, [one.campaign_id for one in wanted])
    hold_open(session, Position, [one.position_id for one in wanted])


@dataclass
class Lookup:
    """Finds what each line names, and gathers the faults of those that name nothing."""

    known: Known
    in_file: frozenset[str]
    faults: list[RowFault] = field(default_factory=list)

    def want(self, line: PersonLine) -> Wanted | None:
        """Return the line looked up, or ``None`` after adding its faults."""
        employer = self.known.employers.get(line.employer)
        if employer is None and not line.employer:
            return None
        if employer is None:
            self.faults.append(unknown(line.row, "employer", line.employer, self.known.employers))
            return None
        before = len(self.faults)
        employee = self.known.employees.get(line.key)
        self._compare_fixed(line, employer, employee)
        site_id = self._within("site", line.row, line.site, employer.id, self.known.sites)
        team_id = (
            self._within("team", line.row, line.team, site_id, self.known.teams)
            if site_id is not None
            else None
        )
        wanted = Wanted(
            line=line,
            employer=employer,
            employee=employee,
            national_id=self._national_id(line, employer),
            site_id=site_id,
            team_id=team_id,
            position_id=self._position(line),
            campaign_id=self._within(
                "campaign", line.row, line.campaign, employer.id, self.known.campaigns
            ),
            supervisor=self._supervisor(line),
        )
        return wanted if len(self.faults) == before else None

    def _compare_fixed(
        self, line: PersonLine, employer: Employer, employee: Employee | None
    ) -> None:
        """Refuse what a file cannot change about somebody who is there."""
        if employee is None:
            return
        if employee.left_on is not None:
            message = message_id("This person left on %(day)s.")
            params: dict[str, object] = {"day": employee.left_on.isoformat()}
            self.faults.append(RowFault(line.row, "employee_number", message, params))
        if employee.employer_id != employer.id:
            message = message_id("This person is employed by another employer.")
            self.faults.append(RowFault(line.row, "employer", message))
        if line.hired_on not in {NO_DATE, employee.hired_on}:
            message = message_id("This person's first day was %(day)s; a file cannot change it.")
            params = {"day": employee.hired_on.isoformat()}
            self.faults.append(RowFault(line.row, "hired_on", message, params))

    def _within(
        self,
        column: str,
        row: int,
        name: str | None,
        owner: int,
        table: Mapping[tuple[int, str], int],
    ) -> int | None:
        """Return the id of a named thing of its owner."""
        if name is None:
            return None
        found = table.get((owner, name))
        if found is None:
            names = [known for of, known in table if of == owner]
            self.faults.append(unknown(row, column, name, names))
        return found

    def _position(self, line: PersonLine) -> int | None:
        """Return the id of the position, named by code or title."""
        if line.position is None:
            return None
        found = self.known.positions.get(line.position)
        if found is None:
            self.faults.append(unknown(line.row, "position", line.position, self.known.positions))
        return found

    def _national_id(self, line: PersonLine, employer: Employer) -> str | None:
        """Return the identifier in its standard form; nobody else may have it."""
        if line.national_id is None:
            return None
        checked = checked_national_identifier(line.national_id, employer.country)
        if checked is None:
            message = message_id("“%(value)s” has a wrong check digit or form.")
            params: dict[str, object] = {"value": line.national_id}
            self.faults.append(RowFault(line.row, "national_id", message, params))
            return None
        owner = self.known.national_ids.setdefault((employer.id, checked), line.key)
        if owner != line.key:
            message = message_id("“%(value)s” is the identifier of %(number)s.")
            params = {"value": checked, "number": owner}
            self.faults.append(RowFault(line.row, "national_id", message, params))
        return checked

    def _supervisor(self, line: PersonLine) -> str | None:
        """Return the supervisor's number in capitals: somebody here or in the file."""
        if line.supervisor is None:
            return None
        key = line.supervisor.upper()
        if key == line.key:
            self.faults.append(
                RowFault(line.row, "supervisor", message_id("Nobody reports to themselves."))
            )
        elif key not in self.known.numbers and key not in self.in_file:
            numbers = [*self.known.numbers, *self.in_file]
            self.faults.append(unknown(line.row, "supervisor", line.supervisor, numbers))
        return key


def reporting_cycles(
    lines: Mapping[str, PersonLine], supervisors: Mapping[str, str]
) -> Iterator[RowFault]:
    """Yield a fault for each line whose supervisor reports, through others, to it."""
    above = dict(supervisors)
    for key, line in lines.items():
        if line.supervisor is not None:
            above[key] = line.supervisor.upper()
    for key, line in lines.items():
        if line.supervisor is None or line.supervisor.upper() == key:
            continue
        seen = [key]
        step = above.get(key)
        while step is not None and step not in seen:
            seen.append(step)
            step = above.get(step)
        if step == key:
            message = message_id("The reporting lines go in a circle: %(circle)s.")
            params: dict[str, object] = {"circle": " → ".join([*seen, key])}
            yield RowFault(line.row, "supervisor", message, params)


def dated_rows(
    session: AnySession, table: DatedTable, employee_ids: list[int], day: date
) -> dict[int, list[DatedRow]]:
    """Return the rows of the employees that hold on ``day`` or later, by employee."""
    found: dict[int, list[DatedRow]] = {}
    for start in range(0, len(employee_ids), CHUNK):
        rows: Iterable[DatedRow] = session.scalars(
            sa.select(table)
            .where(
                table.employee_id.in_(employee_ids[start : start + CHUNK]),
                sa.or_(table.ends_on.is_(None), table.ends_on > day),
            )
            .order_by(table.starts_on)
        )
        for row in rows:
            found.setdefault(row.employee_id, []).append(row)
    return found
