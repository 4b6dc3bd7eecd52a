"""Thresholds: set from a day on, ended, and the one that holds for each person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed, NotFound
from competency.frameworks.schema import Sample
from competency.kpis.models import KpiThreshold
from competency.kpis.threshold_queries import About, chosen, thresholds_on, where_of
from competency.kpis.threshold_rules import ThresholdRule
from competency.kpis.thresholds import NewThreshold, end_threshold, set_threshold
from competency.people.models import Campaign, Site
from competency.people.operations import assign_campaign
from tests.support.bases import publish_with_links
from tests.support.cast import NOW, World
from tests.support.catalogue import publish_shipped

TODAY = NOW.date()
DAY = timedelta(days=1)
FOCUS = About("satisfaction-top-two", "customer-service-progression", "customer-focus")
TARGET = About("satisfaction-top-two")
LEVELS = ThresholdRule(
    levels={"n1": ">= 0.7", "n2": ">= 0.8"},
    window_days=60,
    minimum=Sample(days=10),
    confidence=Decimal("0.9"),
)


def asked(about: About = FOCUS, rule: ThresholdRule = LEVELS, **others: object) -> NewThreshold:
    return replace(NewThreshold(about, rule, "Contrato 12/2026", TODAY), **others)  # type: ignore[arg-type]


def put(world: World, new: NewThreshold) -> KpiThreshold:
    with unit_of_work(world.session):
        return set_threshold(world.session, actor=world.actor("hilda"), now=NOW, new=new)


def end(world: World, row: KpiThreshold, ends_on: date, now: datetime = NOW) -> None:
    with unit_of_work(world.session):
        end_threshold(
            world.session,
            actor=world.actor("hilda"),
            now=now,
            public_id=row.public_id,
            ends_on=ends_on,
        )


@pytest.fixture
def world(world: World) -> World:
    """Return the cast with every shipped file published."""
    publish_shipped(world)
    publish_with_links(world)
    return world


def test_each_person_has_the_narrowest_and_reads_back_what_was_set(world: World) -> None:
    aurora, bruno = (world.employee(name).id for name in ("aurora", "bruno"))
    campaign = world.session.scalars(sa.select(Campaign)).one()
    site = world.session.scalars(sa.select(Site)).one()
    put(world, asked())
    put(world, asked(rule=ThresholdRule(levels={"n1": ">= 0.6"}), site_id=site.id))
    put(world, asked(rule=ThresholdRule(levels={"n1": ">= 0.5"}), campaign_id=campaign.id))
    put(world, asked(TARGET, ThresholdRule(target=">= 0.75")))
    with unit_of_work(world.session):
        other = Campaign(employer_id=campaign.employer_id, code="BETA", name="Servicio Beta")
        world.session.add(other)
        world.session.flush()
        assign_campaign(
            world.session,
            actor=world.system(),
            now=NOW,
            employee=world.employee("bruno"),
            campaign_id=other.id,
            starts_on=TODAY,
        )
    rows = thresholds_on(world.session, TODAY)
    places = where_of(world.session, [aurora, bruno], TODAY)
    held = {who: chosen(rows, where) for who, where in places.items()}
    assert held[aurora][FOCUS].rule.levels == {"n1": ">= 0.5"}
    assert held[bruno][FOCUS].rule.levels == {"n1": ">= 0.6"}
    assert held[aurora][TARGET].rule.target == ">= 0.75"
    wide = world.session.scalars(sa.select(KpiThreshold).order_by(KpiThreshold.id)).first()
    assert wide is not None
    assert ThresholdRule.model_validate(wide.rule) == LEVELS
    assert thresholds_on(world.session, TODAY - DAY) == {}


def test_a_change_ends_the_one_before_and_nothing_is_set_for_the_past(world: World) -> None:
    first = put(world, asked())
    second = put(world, asked(starts_on=TODAY + 30 * DAY))
    assert first.ends_on == second.starts_on
    with pytest.raises(Invalid, match="begins on that day already"):
        put(world, asked())
    with pytest.raises(Invalid, match="from today on"):
        put(world, asked(starts_on=TODAY - DAY))
    with pytest.raises(Invalid, match="in the past"):
        end(world, second, TODAY - DAY)
    end(world, second, second.starts_on)
    end(world, first, TODAY + DAY)
    assert world.session.scalars(sa.select(KpiThreshold)).all() == [first]
    assert first.ends_on == TODAY + DAY
    actions = world.session.scalars(
        sa.select(AuditEvent.action)
        .where(AuditEvent.subject_kind == "threshold")
        .order_by(AuditEvent.sequence)
    ).all()
    assert actions == ["threshold.set", "threshold.set", "threshold.ended", "threshold.ended"]


def test_what_has_ended_ends_no_more_and_nothing_ends_later_than_it_does(world: World) -> None:
    row = put(world, asked())
    end(world, row, TODAY + 30 * DAY)
    with pytest.raises(Invalid, match="before that day already"):
        end(world, row, TODAY + 31 * DAY)
    end(world, row, TODAY + DAY)
    with pytest.raises(Invalid, match="ended already"):
        end(world, row, TODAY + DAY, NOW + DAY)
    with pytest.raises(NotFound), unit_of_work(world.session):
        end_threshold(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            public_id="0" * 20,
            ends_on=TODAY + DAY,
        )


def test_only_what_the_files_link_and_human_resources_set(world: World) -> None:
    with pytest.raises(NotFound, match="links this criterion"):
        put(world, asked(replace(FOCUS, criterion="trust")))
    with pytest.raises(NotFound, match="no indicator"):
        put(world, asked(About("no-such-thing"), ThresholdRule(target=">= 1")))
    with pytest.raises(Invalid, match="target"):
        put(world, asked(TARGET))
    with pytest.raises(Invalid, match="and no target"):
        put(world, asked(rule=LEVELS.model_copy(update={"target": ">= 0.75"})))
    with pytest.raises(Invalid, match="Less is better"):
        put(world, asked(About("complaints"), ThresholdRule(target=">= 0.1")))
    with pytest.raises(Invalid, match="needed"):
        put(world, asked(reason=" "))
    with pytest.raises(NotAllowed):
        set_threshold(world.session, actor=world.actor("augusto"), now=NOW, new=asked())
