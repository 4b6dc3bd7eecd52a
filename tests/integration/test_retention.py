"""Figures go when their time is over: as the notice of their day says, and never what is frozen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.finding_models import FindingDecision
from competency.assessments.models import EvidenceLink
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt, verify
from competency.clock import months_before
from competency.daily import do_what_is_due
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.kpis import retention
from competency.kpis.import_drafts import keep_files
from competency.kpis.models import (
    DataSource,
    ImportDraft,
    Measurement,
    ReplacedMeasurement,
    SetAsideRow,
)
from competency.kpis.retention import Removed, remove_expired
from tests.integration.test_cli import read_json, run
from tests.integration.test_findings_beside import accept
from tests.integration.test_importing_measurements import reverse
from tests.support.bases import allow, basis
from tests.support.cast import NOW, World
from tests.support.client import sign_in
from tests.support.findings import fill, measured_road
from tests.support.measurements import WIDE, bring_in, named, stored, with_source

CALLS = WIDE.replace("  handle-seconds: {column: Time, written: 'hh:mm:ss'}\n", "")
ASIDE = CALLS + "bad_rows: set_aside\n"
TODAY = date(2026, 3, 10)
OVER, LAST = date(2026, 1, 9), date(2026, 1, 10)
"""The last day that is over after two months, and the first that is not."""


def calls(*rows: tuple[date, object], number: str = "E301") -> str:
    """Return a file with so many calls of a day."""
    return "Agent,Date,Calls\n" + "".join(f"{number},{day},{count}\n" for day, count in rows)


def days(world: World, table: type[Measurement | ReplacedMeasurement] = Measurement) -> list[date]:
    world.session.rollback()
    return sorted(world.session.scalars(sa.select(table.day)))


def only_source(world: World) -> DataSource:
    return world.session.scalars(sa.select(DataSource)).one()


def expire(world: World, **more: bool) -> Removed:
    """Delete what is over at noon of 10 March 2026; return what went of the one source."""
    (found,) = remove_expired(world.session, actor=world.system(), now=NOW, **more)
    return found


def kept_for(world: World, months: int) -> None:
    """Publish indicators, add the source, and let its figures be kept for so long."""
    with_source(world)
    allow(world, only_source(world), basis(retention_months=months))


def expiries(world: World) -> list[dict[str, object]]:
    world.session.rollback()
    return [
        dict(data)
        for data in world.session.scalars(
            sa.select(AuditEvent.data)
            .where(AuditEvent.action == "measurements.expired")
            .order_by(AuditEvent.sequence)
        )
    ]


def test_what_is_over_goes_to_the_day_with_its_history_and_is_recorded(
    app: Flask, world: World
) -> None:
    kept_for(world, 2)
    bring_in(world, named(calls((OVER, 1), (LAST, 1))), profile=CALLS)
    corrected = bring_in(world, named(calls((OVER, 2), (LAST, 2))), profile=CALLS)
    would = Removed("telephony", figures=1, earlier=1)
    assert expire(world, dry_run=True) == would
    assert days(world) == [OVER, LAST]
    assert expiries(world) == []
    assert expire(world) == would
    assert days(world) == days(world, ReplacedMeasurement) == [LAST]
    assert not expire(world)
    assert expiries(world) == [{"source": "telephony", "figures": 1, "earlier": 1, "set_aside": 0}]
    page = sign_in(app, "augusto").get(f"/kpis/sources/{only_source(world).public_id}").text
    assert "figures 1, earlier values 1, rows set aside 0" in page
    reverse(world, corrected.public_id)
    assert days(world) == [LAST]
    assert stored(world)["E301", "contacts-handled", LAST] == (1_000, None)
    assert verify(world.session) == []


def test_each_figure_is_kept_as_the_notice_of_its_day_said(world: World) -> None:
    with_source(world)
    found = only_source(world)
    bring_in(
        world,
        named(calls(*((TODAY - timedelta(days=back), 1) for back in range(1, 60)))),
        profile=CALLS,
    )
    assert expire(world) == Removed("telephony"), "nothing says how long"
    allow(world, found, basis(date(2026, 2, 1), retention_months=1))
    world.session.rollback()
    allow(world, found, basis(date(2026, 2, 5), retention_months=120))
    expire(world)
    assert days(world)[0] == date(2026, 2, 5)
    assert len(days(world)) == (TODAY - date(2026, 2, 5)).days


def test_what_begins_only_later_deletes_nothing_yet(world: World) -> None:
    with_source(world)
    found, begins = only_source(world), TODAY + timedelta(days=1)
    rows = (OVER, 1), (OVER, "many"), (LAST, 1)
    long_ago = NOW - timedelta(days=40)
    bring_in(world, named(calls(*rows)), profile=ASIDE, now=long_ago)
    allow(world, found, basis(begins, retention_months=1))
    assert expire(world) == Removed("telephony")
    allow(world, found, basis(date(2026, 2, 1), retention_months=2))
    assert expire(world) == Removed("telephony", figures=1)
    (later,) = remove_expired(
        world.session, actor=world.system(), now=NOW + timedelta(days=1), dry_run=True
    )
    assert later == Removed("telephony", figures=1, rows=1), "of rows the shortest time is said"


def test_a_value_of_another_source_takes_the_history_with_it(world: World) -> None:
    kept_for(world, 2)
    with unit_of_work(world.session):
        world.session.add(
            DataSource(code="planning", name="Planning", kind=only_source(world).kind)
        )
        exempt(world.session, "a test's source")
    bring_in(world, named(calls((OVER, 1), (LAST, 1))), profile=CALLS)
    later = CALLS.replace("source: telephony", "source: planning")
    second = bring_in(world, named(calls((OVER, 2), (LAST, 2))), profile=later)
    remove_expired(world.session, actor=world.system(), now=NOW)
    assert days(world) == [OVER, LAST], "planning says nothing of how long"
    assert days(world, ReplacedMeasurement) == [LAST]
    reverse(world, second.public_id)
    assert days(world) == [LAST]


def test_portions_take_all_of_it_and_say_the_sum(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PORTION", 2)
    kept_for(world, 2)
    rows = [(OVER - timedelta(days=back), 1) for back in range(5)]
    bring_in(world, named(calls(*rows, (LAST, 1))), profile=CALLS)
    assert expire(world).figures == 5
    assert days(world) == [LAST]
    assert [one["figures"] for one in expiries(world)] == [2, 2, 1]
    kept = only_source(world).retention
    assert kept is not None
    assert (kept.figures, kept.removed_at) == (5, NOW)


def test_rows_set_aside_and_files_that_wait_go_too(world: World) -> None:
    kept_for(world, 2)
    bring_in(world, named(calls((LAST, "many"))), profile=ASIDE)
    with unit_of_work(world.session):
        keep_files(
            world.session, actor=world.actor("hilda"), now=NOW, files=[named("x")], profile=CALLS
        )
    assert not expire(world)
    assert world.session.scalars(sa.select(ImportDraft)).all() != []
    with time_machine.travel(NOW + timedelta(days=70), tick=False):
        (found,) = remove_expired(world.session, actor=world.system(), now=clock.now())
    assert found == Removed("telephony", rows=1)
    assert world.session.scalars(sa.select(SetAsideRow)).all() == []
    assert world.session.scalars(sa.select(ImportDraft)).all() == []


def test_what_was_frozen_as_evidence_stays_with_its_numbers(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        road = measured_road(world)
        fill(world, resolved=17)
        accept(road)
        world.session.rollback()
        before = world.session.scalars(sa.select(FindingDecision)).one().facts
    later = NOW + timedelta(days=365 * 3)
    with time_machine.travel(later, tick=False):
        (found,) = remove_expired(world.session, actor=world.system(), now=later)
        assert found.figures == 40
        assert days(world) == []
        frozen = world.session.scalars(sa.select(FindingDecision)).one()
        assert frozen.facts == before
        assert frozen.evidence_id is not None
        links = world.session.scalars(
            sa.select(EvidenceLink.criterion_id).where(
                EvidenceLink.evidence_id == frozen.evidence_id
            )
        )
        assert links.all() != []


def test_it_runs_once_a_day_by_itself_and_at_once_by_command(app: Flask, world: World) -> None:
    kept_for(world, 2)
    old = months_before(clock.now().date(), 2) - timedelta(days=3)
    one = named(calls((old, 1)))
    bring_in(world, one, profile=CALLS, now=clock.now())
    assert do_what_is_due(world.session, clock.now()).expired == 1
    bring_in(world, one, profile=CALLS, now=clock.now())
    assert do_what_is_due(world.session, clock.now()).expired == 0, "it was done today"
    told = read_json(app, "kpis", "expire", "--dry-run")
    assert told["sources"] == [{"source": "telephony", "figures": 1, "earlier": 0, "rows": 0}]
    assert "deleted: figures 1," in run(app, "kpis", "expire").output
    bring_in(world, one, profile=CALLS, now=clock.now())
    tomorrow = clock.now() + timedelta(days=1)
    assert do_what_is_due(world.session, tomorrow).expired == 1
    with pytest.raises(NotAllowed):
        remove_expired(world.session, actor=world.actor("hilda"), now=clock.now())
