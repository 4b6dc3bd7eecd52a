"""Who sees whom: the rows that SQL gives are those that the pure permission allows.

Generated organisations with people who move between supervisors, sites, teams and
campaigns, and an actor with roles over parts of it. What holds on the day is worked
out here from the generated history, not read back from the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competency.database.transactions import set_writing
from competency.extensions import db
from competency.people.models import (
    Campaign,
    CampaignAssignment,
    Employee,
    Employer,
    Placement,
    ReportingLine,
    Site,
    Team,
)
from competency.people.permissions import can_read_person, holds
from competency.people.queries import employees_in_scope, people, standings, visible_employees
from competency.people.schema import AccountKind, Actor, Grant, Role, ScopeKind, Standing

FIRST_ID = 10_000
START = date(2026, 1, 1)
DAYS = 20
TEAM_SITE = {1: 1, 2: 1, 3: 2}
CAMPAIGNS = (1, 2)

History = tuple[tuple[int, Any], ...]
"""Pairs of the day from which something holds, and what; ``None`` is nothing."""


@dataclass(frozen=True)
class Person:
    """One generated person: everything that ever held of them."""

    supervisors: History
    places: History
    campaigns: dict[int, History]


def histories(values: st.SearchStrategy[Any]) -> st.SearchStrategy[History]:
    """Return histories of up to three changes."""
    changes = st.lists(
        st.tuples(st.integers(0, DAYS), st.none() | values),
        max_size=3,
        unique_by=lambda change: change[0],
    )
    return changes.map(lambda found: tuple(sorted(found, key=lambda change: change[0])))


PLACES = st.sampled_from([(1, None), (2, None), *((site, t) for t, site in TEAM_SITE.items())])


@st.composite
def organisations(draw: st.DrawFn) -> tuple[Person, ...]:
    """Return up to seven people; nobody ever reports to themselves."""
    size = draw(st.integers(1, 7))
    return tuple(
        Person(
            supervisors=draw(histories(st.sampled_from([i for i in range(size) if i != me])))
            if size > 1
            else (),
            places=draw(histories(PLACES)),
            campaigns={c: draw(histories(st.just(value=True))) for c in CAMPAIGNS},
        )
        for me in range(size)
    )


GRANTS = st.builds(
    lambda role, scope: Grant(role, *scope),
    st.sampled_from([Role.HR, Role.AUDITOR, Role.REVIEWER, Role.ADMIN]),
    st.sampled_from(
        [
            (ScopeKind.ALL, None),
            *((ScopeKind.SITE, FIRST_ID + i) for i in (1, 2)),
            *((ScopeKind.TEAM, FIRST_ID + i) for i in TEAM_SITE),
            *((ScopeKind.CAMPAIGN, FIRST_ID + i) for i in CAMPAIGNS),
        ]
    ),
)


def holding(history: History, day: int) -> Any:  # noqa: ANN401 - whatever the history holds
    """Return what holds on a day."""
    current = [value for start, value in history if start <= day]
    return current[-1] if current else None


def standing_of(index: int, person: Person, day: int) -> Standing:
    """Return where somebody stands on a day, from the generated history."""
    supervisor, place = holding(person.supervisors, day), holding(person.places, day)
    site, team = place or (None, None)
    return Standing(
        employee_id=FIRST_ID + index,
        supervisor_id=None if supervisor is None else FIRST_ID + supervisor,
        site_id=None if site is None else FIRST_ID + site,
        team_id=None if team is None else FIRST_ID + team,
        campaign_ids=frozenset(
            FIRST_ID + c for c, history in person.campaigns.items() if holding(history, day)
        ),
    )


def periods(history: History) -> Iterator[tuple[date, date | None, Any]]:
    """Yield each value with its half-open period."""
    for place, (start, value) in enumerate(history):
        later = history[place + 1][0] if place + 1 < len(history) else None
        if value is not None:
            end = None if later is None else START + timedelta(later)
            yield START + timedelta(start), end, value


def insert(organisation: tuple[Person, ...]) -> None:
    """Write the organisation with its whole history."""
    employer_id = db.session.scalar(sa.select(Employer.id))
    tables: dict[Any, list[dict[str, Any]]] = {
        Site: [
            {"id": FIRST_ID + i, "employer_id": employer_id, "name": f"S{i}", "time_zone": "UTC"}
            for i in (1, 2)
        ],
        Team: [
            {"id": FIRST_ID + t, "site_id": FIRST_ID + s, "name": f"T{t}"}
            for t, s in TEAM_SITE.items()
        ],
        Campaign: [
            {"id": FIRST_ID + c, "employer_id": employer_id, "code": f"C{c}", "name": f"C{c}"}
            for c in CAMPAIGNS
        ],
        Employee: [
            {
                "id": FIRST_ID + i,
                "employer_id": employer_id,
                "employee_number": f"V{i}",
                "given_name": "V",
                "family_name": str(i),
                "printed_name": f"V {i}",
                "sort_name": f"{i}, V",
                "search_key": f"visible {i}",
                "sort_key": f"{i}, v",
                "document_language": "es",
                "hired_on": START,
            }
            for i in range(len(organisation))
        ],
        ReportingLine: [],
        Placement: [],
        CampaignAssignment: [],
    }
    for i, person in enumerate(organisation):
        for start, end, value in periods(person.supervisors):
            row = {"employee_id": FIRST_ID + i, "starts_on": start, "ends_on": end}
            tables[ReportingLine].append({**row, "supervisor_id": FIRST_ID + value})
        for start, end, (site, team) in periods(person.places):
            row = {"employee_id": FIRST_ID + i, "starts_on": start, "ends_on": end}
            place = {"site_id": FIRST_ID + site, "team_id": team and FIRST_ID + team}
            tables[Placement].append({**row, **place})
        for campaign, history in person.campaigns.items():
            for start, end, _value in periods(history):
                row = {"employee_id": FIRST_ID + i, "starts_on": start, "ends_on": end}
                tables[CampaignAssignment].append({**row, "campaign_id": FIRST_ID + campaign})
    for table, rows in tables.items():
        if rows:
            db.session.execute(sa.insert(table), rows)


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a writing transaction that is rolled back."""
    db.session.rollback()
    set_writing(writing=True)
    try:
        yield
    finally:
        db.session.rollback()
        set_writing(writing=False)


def compare(
    organisation: tuple[Person, ...], me: int | None, grants: frozenset[Grant], day: int
) -> None:
    """Compare the sets that SQL gives with the oracle's."""
    actor = Actor(
        account_id=1,
        public_id="a" * 20,
        kind=AccountKind.PERSON,
        employee_id=None if me is None else FIRST_ID + me % len(organisation),
        grants=grants,
    )
    today = START + timedelta(day)
    expected = {FIRST_ID + i: standing_of(i, p, day) for i, p in enumerate(organisation)}
    mine = Employee.id >= FIRST_ID
    with undone():
        insert(organisation)
        assert standings(db.session, expected, today) == expected
        seen = set(
            db.session.scalars(sa.select(Employee.id).where(mine, visible_employees(actor, today)))
        )
        assert seen == {i for i, where in expected.items() if can_read_person(actor, where)}
        for role in (Role.HR, Role.AUDITOR, Role.REVIEWER):
            covered = employees_in_scope(actor, today, [role])
            assert set(db.session.scalars(sa.select(Employee.id).where(mine, covered))) == {
                i for i, where in expected.items() if holds(actor, role, where)
            }
        rows, total = people(db.session, actor, today, search="visible", page_size=100)
        assert {row.employee.id for row in rows} == seen
        assert total == len(seen)


CASES = given(
    organisation=organisations(),
    me=st.none() | st.integers(0, 6),
    grants=st.frozensets(GRANTS, max_size=3),
    day=st.integers(0, DAYS + 1),
)
ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=120, deadline=None, suppress_health_check=ONE_DATABASE)
@CASES
def test_the_visible_rows_are_those_that_permission_allows(
    app: Flask,  # noqa: ARG001 - its database
    organisation: tuple[Person, ...],
    me: int | None,
    grants: frozenset[Grant],
    day: int,
) -> None:
    compare(organisation, me, grants, day)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=ONE_DATABASE)
@CASES
def test_a_thousand_organisations_show_no_row_too_many_or_too_few(
    app: Flask,  # noqa: ARG001 - its database
    organisation: tuple[Person, ...],
    me: int | None,
    grants: frozenset[Grant],
    day: int,
) -> None:
    compare(organisation, me, grants, day)
