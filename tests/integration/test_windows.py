"""Sums over windows equal those written a second time, on both databases."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.kpis.intervals import Moments
from competency.kpis.models import SCALE, Measurement
from competency.kpis.windows import BUCKET, Window, kpi_ids, moments, steps
from competency.people.models import Campaign
from tests.support.cast import World
from tests.support.measured import Day, kpi_name, plain, source

LAST = date(2026, 3, 31)
Key = tuple[int, int]


def _fill(
    session: scoped_session[Session], world: World
) -> tuple[list[int], list[int], dict[str, int]]:
    """Measure two indicators of three people over 120 days, on up to two campaigns a day."""
    people = [world.employee(name).id for name in ("aurora", "simon", "renata")]
    kpis = [kpi_name(session, "resolution").id, kpi_name(session, "contacts").id]
    sources = {code: source(session, code).id for code in ("telephony", "surveys")}
    campaigns = [None, session.scalars(sa.select(Campaign.id)).one()]
    draw = random.Random(5)  # noqa: S311 - what was measured is no secret
    for who in people:
        for kpi in kpis:
            for back in range(120):
                for campaign in campaigns:
                    if draw.random() < 0.5:
                        continue
                    divisor = draw.choice([0, 1, 7, 30])
                    session.add(
                        Measurement(
                            employee_id=who,
                            kpi_id=kpi,
                            campaign_id=campaign,
                            day=LAST - timedelta(days=back),
                            source_id=draw.choice(list(sources.values())),
                            numerator=draw.randint(0, divisor) * SCALE,
                            denominator=divisor * SCALE if kpi == kpis[0] else None,
                        )
                    )
    session.flush()
    return people, kpis, sources


def _again(
    session: scoped_session[Session], window: Window, sources: set[int] | None
) -> dict[Key, dict[date, Day]]:
    """Add the rows of each day up, row by row."""
    found: dict[Key, dict[date, Day]] = defaultdict(dict)
    for row in session.query(Measurement):
        if not window.first <= row.day <= window.last:
            continue
        if sources is not None and row.source_id not in sources:
            continue
        n, d = found[row.employee_id, row.kpi_id].get(row.day, (0.0, None))
        more = None if row.denominator is None else (d or 0) + row.denominator / SCALE
        found[row.employee_id, row.kpi_id][row.day] = (n + row.numerator / SCALE, more)
    return {
        key: kept
        for key, days in found.items()
        if (kept := {day: one for day, one in days.items() if one[1] is None or one[1] > 0})
    }


def test_windows_add_up_as_row_by_row(session: scoped_session[Session], world: World) -> None:
    with unit_of_work(session):
        exempt(session, "measurements of a test")
        people, kpis, sources = _fill(session, world)
    window = Window.until(LAST, 90)
    assert window.days == 90
    for chosen in (None, {sources["telephony"]}):
        expected = {
            key: Moments(*plain(days)) for key, days in _again(session, window, chosen).items()
        }
        assert moments(session, window, kpis, people=people, sources=chosen) == expected
        assert moments(session, window, kpis, sources=chosen) == expected
        by_step = steps(session, window, kpis, people=people, sources=chosen)
        assert {key: sum(of.values(), Moments()) for key, of in by_step.items()} == expected
    one = moments(session, window, kpis[:1], people=people[:1])
    assert set(one) == {(people[0], kpis[0])}


def test_a_step_has_the_days_that_end_with_the_window(
    session: scoped_session[Session], world: World
) -> None:
    with unit_of_work(session):
        exempt(session, "measurements of a test")
        _fill(session, world)
    kpi = kpi_ids(session, ["resolution", "nothing"])
    assert set(kpi) == {"resolution"}
    window = Window.until(LAST, 90)
    assert window.steps == 13
    found = steps(session, window, kpi.values(), people=[world.employee("aurora").id])
    days = _again(session, window, None)[world.employee("aurora").id, kpi["resolution"]]
    expected: dict[int, dict[date, Day]] = defaultdict(dict)
    for day, one in days.items():
        expected[window.steps - 1 - (LAST - day).days // BUCKET][day] = one
    assert found[world.employee("aurora").id, kpi["resolution"]] == {
        step: Moments(*plain(of)) for step, of in expected.items()
    }


def test_nobody_and_no_source_have_no_sums(session: scoped_session[Session], world: World) -> None:
    with unit_of_work(session):
        exempt(session, "measurements of a test")
        _, kpis, _ = _fill(session, world)
    window = Window.until(LAST, 90)
    assert moments(session, window, kpis, people=[]) == {}
    assert moments(session, window, kpis, sources=[]) == {}
    assert moments(session, window, []) == {}
    assert moments(session, Window.until(date(2020, 1, 1), 30), kpis) == {}
