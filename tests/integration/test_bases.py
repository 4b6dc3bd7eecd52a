"""What allows figures about one person: set from a day on, ended, and read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed, NotFound
from competency.kpis.bases import add_source, end_basis, set_basis
from competency.kpis.basis_queries import usable_by_employer, usable_sources
from competency.kpis.models import DataSource, SourceBasis
from competency.kpis.schema import SourceKind
from competency.people.models import Employer
from tests.support.bases import SINCE, TOLD, allow, basis, source
from tests.support.cast import NOW, World

DAY = timedelta(days=1)
TODAY = NOW.date()


def employer_of(world: World) -> Employer:
    return world.session.scalars(sa.select(Employer)).one()


def end(world: World, found: DataSource, one: SourceBasis, ends_on: date) -> None:
    with unit_of_work(world.session):
        end_basis(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            source=found,
            employer=employer_of(world),
            public_id=one.public_id,
            ends_on=ends_on,
        )


def test_figures_are_usable_only_where_and_while_a_basis_holds(world: World) -> None:
    found = source(world)
    source(world, "surveys")
    employer = employer_of(world)
    allow(world, found)
    assert usable_sources(world.session, employer.id, SINCE - DAY) == set()
    assert usable_sources(world.session, employer.id, SINCE) == {found.id}
    elsewhere = employer.id + 1
    assert usable_by_employer(world.session, [employer.id, elsewhere], TODAY) == {
        employer.id: {found.id},
        elsewhere: set(),
    }


def test_a_basis_of_another_source_is_not_found(world: World) -> None:
    found = source(world)
    one = allow(world, found)
    with pytest.raises(NotFound):
        end(world, source(world, "surveys"), one, TODAY + DAY)
    assert one.ends_on is None


def test_a_new_basis_ends_the_one_before_and_leaves_what_was_planned(world: World) -> None:
    found = source(world)
    allow(world, found)
    allow(world, found, basis(date(2026, 9, 1), notice_version="2026-3"))
    allow(world, found, basis(date(2026, 4, 1), notice_version="2026-2"))
    rows = world.session.execute(
        sa.select(SourceBasis.notice_version, SourceBasis.starts_on, SourceBasis.ends_on).order_by(
            SourceBasis.starts_on
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        ("2026-1", SINCE, date(2026, 4, 1)),
        ("2026-2", date(2026, 4, 1), date(2026, 9, 1)),
        ("2026-3", date(2026, 9, 1), None),
    ]
    with pytest.raises(Invalid, match="begins on that day already"):
        allow(world, found, basis(date(2026, 4, 1)))


def test_people_are_told_before_their_figures_are_used(world: World) -> None:
    found = source(world)
    with pytest.raises(Invalid, match="told before"):
        allow(world, found, basis(TOLD - DAY))
    with pytest.raises(Invalid, match="in the future"):
        allow(world, found, basis(TODAY + 9 * DAY, notified_on=TODAY + 2 * DAY))
    with pytest.raises(Invalid, match="months"):
        allow(world, found, basis(retention_months=0))


def test_what_held_ends_from_today_on_and_what_never_held_is_taken_back(world: World) -> None:
    found = source(world)
    employer = employer_of(world)
    one = allow(world, found)
    with pytest.raises(Invalid, match="in the past"):
        end(world, found, one, TODAY - DAY)
    end(world, found, one, TODAY + DAY)
    with pytest.raises(Invalid, match="before that day already"):
        end(world, found, one, TODAY + 2 * DAY)
    end(world, found, one, TODAY)
    assert usable_sources(world.session, employer.id, TODAY - DAY) == {found.id}
    assert usable_sources(world.session, employer.id, TODAY) == set()
    with pytest.raises(Invalid, match="ended already"):
        end(world, found, one, TODAY)
    wrong = allow(world, found, basis(TODAY))
    end(world, found, wrong, TODAY)
    assert usable_sources(world.session, employer.id, TODAY) == set()
    assert world.session.scalar(sa.select(sa.func.count()).select_from(SourceBasis)) == 1


def test_only_human_resources_over_all_set_them_and_the_chain_says_so(world: World) -> None:
    found = source(world)
    for name in ("simon", "augusto", "ada"):
        actor = world.actor(name)
        with pytest.raises(NotAllowed):
            set_basis(
                world.session,
                actor=actor,
                now=NOW,
                source=found,
                employer=employer_of(world),
                new=basis(),
            )
    allow(world, found)
    event = world.session.scalars(sa.select(AuditEvent).filter_by(action="basis.set")).one()
    assert event.subject == found.public_id
    assert event.data == {"employer": employer_of(world).public_id, "starts_on": "2026-01-12"}


def test_codes_are_unique_and_observations_have_one_source(world: World) -> None:
    source(world)
    with pytest.raises(Invalid, match="in use"):
        source(world)
    with pytest.raises(Invalid, match="up to 64"):
        source(world, "Central Nº 1")
    for code, fits in (("observations", True), ("more-observations", False)):
        said = {"code": code, "name": "Monitoreo", "kind": SourceKind.OBSERVATIONS}
        hilda = world.actor("hilda")
        if fits:
            with unit_of_work(world.session):
                add_source(world.session, actor=hilda, now=NOW, **said)  # type: ignore[arg-type]
        else:
            with pytest.raises(Invalid, match="already"):
                add_source(world.session, actor=hilda, now=NOW, **said)  # type: ignore[arg-type]
