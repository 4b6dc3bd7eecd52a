"""An appraisal by a framework whose criteria are seen in indicators, with something measured."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.frameworks.operations import publish
from competency.frameworks.publishing import publish_value
from competency.frameworks.schema import Framework
from competency.kpis.models import SCALE, DataSource, KpiName, Measurement
from competency.kpis.schema import Kpis, KpiScope, MeasureUnit
from competency.kpis.threshold_queries import About
from competency.kpis.threshold_rules import ThresholdRule
from competency.kpis.thresholds import NewThreshold, set_threshold
from competency.resources import FRAMEWORKS
from tests.support.appraisals import Road, open_road
from tests.support.bases import allow, source
from tests.support.cast import SLUG, World
from tests.support.loading import load_framework
from tests.support.measured import kpi_name, measure, share_kpi

MEASURED = "ac1.cd1"
"""The criterion whose evidence an indicator is."""
GATED = "ac1.cd2"
"""The criterion that has it as a condition."""
LINK = {
    "kpi": "resolution",
    "role": "evidence",
    "window_days": 60,
    "minimum": {"days": 7},
    "levels": {"met": ">= 0.5"},
}
SERVICE = {"kpi": "service", "role": "context", "window_days": 60}
"""Of a queue, and so of nobody by themselves."""
ABSENCE = {"kpi": "absence", "role": "context", "window_days": 60}
CONTEXT = {"kpi": "handling", "role": "context", "window_days": 60}


def publish_kpis(world: World) -> None:
    """Publish the definitions of both indicators."""
    handling = share_kpi().model_copy(update={"id": "handling", "title": "Handling"})
    of_queue = {"id": "service", "title": "Service", "scope": KpiScope.QUEUE}
    absence = {"id": "absence", "title": "Absence", "scope": KpiScope.TEAM}
    kpis = (
        share_kpi(),
        handling.model_copy(update={"unit": MeasureUnit.SECONDS}),
        share_kpi().model_copy(update=of_queue),
        share_kpi().model_copy(update=absence),
    )
    value = Kpis.model_validate(
        {
            "format": 1,
            "kind": "kpis",
            "id": "for-tests",
            "version": "1.0.0",
            "title": "For tests",
            "language": "en",
            "source": {"document": "tests"},
            "kpis": [kpi.model_dump(mode="json") for kpi in kpis],
        }
    )
    with unit_of_work(world.session):
        publish_value(
            world.session,
            actor=world.system(),
            now=clock.now(),
            value=value,
            source_text="for tests",
        )


def publish_measured(
    world: World,
    *,
    gate: bool = False,
    of_team: bool = False,
    version: str = "1.0.0",
    role: str = "evidence",
) -> int:
    """Publish source 000 with indicators beside two criteria; return the version's id.

    ``role`` is what resolution is to the first.
    """
    data = load_framework(FRAMEWORKS / SLUG / "1.0.0.yaml").model_dump(mode="json")
    for unit in data["units"]:
        for criterion in unit["criteria"]:
            criterion["kpis"] = []
            if criterion["id"] == MEASURED:
                first = {**LINK, "role": role}
                criterion["kpis"] = [first, CONTEXT, *([SERVICE, ABSENCE] if of_team else [])]
            if gate and criterion["id"] == GATED:
                criterion["kpis"] = [{**LINK, "role": "gate"}]
    changes = {"id": "marco-medido", "version": version, "units": data["units"], "inferred": []}
    if gate:
        rules = data["outcome"]
        rules["unit"]["gates"] = [{"gate": "kpi_gate"}]
        changes["outcome"] = rules
    with unit_of_work(world.session):
        return publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=Framework.model_validate({**data, **changes}),
            source_text="kpis: for tests",
        ).id


def set_thresholds(world: World, criterion_id: str, levels: dict[str, str]) -> None:
    """Set as HR from which value each level of a criterion is met, from today on."""
    with unit_of_work(world.session):
        set_threshold(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            new=NewThreshold(
                About("resolution", "marco-medido", criterion_id),
                ThresholdRule.model_validate({"levels": levels}),
                "Contrato con el cliente",
                today(world),
            ),
        )


def measured_road(
    world: World,
    *,
    gate: bool = False,
    allowed: bool = True,
    asked: bool = True,
    of_team: bool = False,
) -> Road:
    """Open an appraisal of Aurora with the indicators' framework."""
    publish_kpis(world)
    version_id = publish_measured(world, gate=gate, of_team=of_team)
    for criterion_id in (MEASURED, GATED) if gate else (MEASURED,):
        if asked:
            set_thresholds(world, criterion_id, {"met": ">= 0.8"})
    found = source(world)
    if allowed:
        allow(world, found)
    return open_road(world, version_id=version_id, self_assessment=False)


def fill(
    world: World,
    resolved: int,
    contacts: int = 20,
    *,
    days: int = 40,
    slug: str = "resolution",
    who: str = "aurora",
) -> None:
    """Measure Aurora, or who is named: contacts a day, so many resolved, give or take one."""
    session = world.session
    with unit_of_work(session):
        exempt(session, "measurements of a test")
        known = session.scalars(sa.select(KpiName.id).where(KpiName.slug == slug)).one_or_none()
        measure(
            session,
            employee_id=world.employee(who).id,
            kpi_id=known or kpi_name(session, slug).id,
            source_id=session.scalars(sa.select(DataSource.id)).one(),
            last=today(world),
            days=[(resolved + (1 if day % 2 else -1), contacts) for day in range(days)],
        )


def correct(world: World, resolved: int, *, back: int = 3) -> None:
    """Let a correction arrive for one day."""
    with unit_of_work(world.session):
        exempt(world.session, "measurements of a test")
        world.session.execute(
            sa.update(Measurement)
            .where(Measurement.day == today(world) - timedelta(days=back))
            .values(numerator=resolved * SCALE)
        )


def today(world: World) -> date:
    """Return today where Aurora works."""
    return world.actor("aurora").today(clock.now())
