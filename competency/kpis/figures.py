"""Figures of one person, of a team and across teams, over a window; every one from its sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.kpis.basis_queries import usable_sources
from competency.kpis.findings import Asked, Finding, find
from competency.kpis.intervals import Moments
from competency.kpis.models import SCALE, DataSource
from competency.kpis.schema import Kpi, is_about_one_person
from competency.kpis.threshold_queries import About, Held, chosen, thresholds_on, where_of
from competency.kpis.threshold_rules import Where
from competency.kpis.windows import Window, kpi_ids, moments, steps
from competency.people.models import Employee, ReportingLine
from competency.people.queries import on

AnySession = Session | scoped_session[Session]

FEWEST_PEOPLE = 5
"""Figures of a team are shown of so many measured people or more."""
HUMAN_RESOURCES_ALONE = frozenset({"absence"})
"""Indicators whose reasons are data about health: no supervisor reads them."""


@dataclass(frozen=True)
class Figure:
    """An indicator over a window: what was found, step by step, and the target."""

    kpi: Kpi
    found: Finding
    steps: tuple[Moments, ...]
    target: Held | None
    people: int = 1
    too_few: bool = False
    """Whether so few people were measured that nothing is shown."""

    @property
    def values(self) -> tuple[float | None, ...]:
        """Return the value of each step, where one was measured."""
        return tuple(value_of(self.kpi, one) for one in self.steps)


def value_of(kpi: Kpi, sums: Moments) -> float | None:
    """Return the value of sums in the indicator's unit; ``None`` where nothing was measured."""
    if kpi.denominator is None:
        return sums.n / SCALE if sums.days else None
    return sums.ratio


def of_person(
    session: AnySession,
    employee: Employee,
    window: Window,
    today: date,
    *,
    kpis: Mapping[str, Kpi],
    usable: Collection[int],
) -> list[Figure]:
    """Return what was measured of one person; ``usable`` are the sources of ``sources_for``."""
    known = {slug: kpi for slug, kpi in kpis.items() if is_about_one_person(kpi)}
    numbers = kpi_ids(session, known)
    measured = steps(session, window, set(numbers.values()), people=[employee.id], sources=usable)
    targets = {}
    if measured:
        where = where_of(session, [employee.id], today).get(employee.id, Where())
        targets = chosen(thresholds_on(session, today), where)
    return [
        together(known[slug], window, [measured[employee.id, number]], targets, fewest=1)
        for slug, number in sorted(numbers.items())
        if (employee.id, number) in measured
    ]


def sources_for(
    session: AnySession, employer_id: int, today: date
) -> tuple[set[int], list[DataSource]]:
    """Return which sources may be used about one person of an employer, and those that not."""
    usable = usable_sources(session, employer_id, today)
    query = sa.select(DataSource).where(DataSource.id.not_in(usable)).order_by(DataSource.name)
    return usable, list(session.scalars(query))


def of_team(
    session: AnySession,
    people: Collection[int],
    window: Window,
    today: date,
    *,
    kpis: Mapping[str, Kpi],
    with_absence: bool,
) -> list[Figure]:
    """Return what was measured of a team, put together; too few people are not shown."""
    known = {
        slug: kpi for slug, kpi in kpis.items() if with_absence or slug not in HUMAN_RESOURCES_ALONE
    }
    numbers = kpi_ids(session, known)
    measured = steps(session, window, set(numbers.values()), people=people)
    targets = chosen(thresholds_on(session, today), Where()) if measured else {}
    of: dict[int, list[Mapping[int, Moments]]] = defaultdict(list)
    for (_, number), found in measured.items():
        of[number].append(found)
    return [
        together(known[slug], window, of[number], targets)
        for slug, number in sorted(numbers.items())
        if number in of
    ]


def together(
    kpi: Kpi,
    window: Window,
    measured: Sequence[Mapping[int, Moments]],
    targets: Mapping[About, Held] = MappingProxyType({}),
    *,
    fewest: int = FEWEST_PEOPLE,
) -> Figure:
    """Return one indicator of all those measured; a step of too few of them stays empty.

    ``measured`` has each person's sums by step of the window.
    """
    places = range(window.steps)
    at = [[one[place] for one in measured if place in one] for place in places]
    of_steps = tuple(sum(found, Moments()) if len(found) >= fewest else Moments() for found in at)
    whole = sum((one for found in at for one in found), Moments())
    too_few = len(measured) < fewest
    asked = Asked({})
    return Figure(
        kpi,
        find(kpi, asked, Moments() if too_few else whole, SCALE, () if too_few else of_steps),
        of_steps,
        targets.get(About(kpi.id)),
        len(measured),
        too_few,
    )


@dataclass(frozen=True)
class TeamFigure:
    """One indicator of the people who report to one lead."""

    lead: Employee
    people: int
    """How many were measured."""
    sums: Moments | None
    """``None`` where too few were."""


def across_teams(
    session: AnySession, kpi: Kpi, window: Window, today: date
) -> tuple[list[TeamFigure], Moments]:
    """Return an indicator of each team by its lead's name, and of everybody measured."""
    numbers = kpi_ids(session, [kpi.id])
    if not numbers:
        return [], Moments()
    measured = {who: sums for (who, _), sums in moments(session, window, numbers.values()).items()}
    teams: dict[int, list[Moments]] = defaultdict(list)
    for who, lead in session.execute(
        sa.select(ReportingLine.employee_id, ReportingLine.supervisor_id).where(
            on(ReportingLine, today)
        )
    ):
        if who in measured:
            teams[lead].append(measured[who])
    leads = session.scalars(
        sa.select(Employee).where(Employee.id.in_(teams)).order_by(Employee.sort_key, Employee.id)
    )
    return [
        TeamFigure(
            lead,
            len(teams[lead.id]),
            _together(teams[lead.id]) if len(teams[lead.id]) >= FEWEST_PEOPLE else None,
        )
        for lead in leads
    ], _together(measured.values())


def _together(found: Iterable[Moments]) -> Moments:
    """Return the sums of all."""
    return sum(found, Moments())
