"""Thresholds through the pages: chosen, set with a reason, listed with history, ended."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.kpis.models import KpiThreshold
from competency.people.models import Site
from tests.support.bases import publish_with_links
from tests.support.cast import World
from tests.support.catalogue import publish_shipped
from tests.support.client import sign_in

LEVELS = (
    "/kpis/thresholds/new?kpi=satisfaction-top-two"
    "&framework=customer-service-progression&criterion=customer-focus"
)

EVERYWHERE = {"campaign": "", "position": "", "site": ""}


def test_levels_are_set_beside_the_files_example_and_ended(app: Flask, world: World) -> None:
    publish_shipped(world)
    publish_with_links(world)
    hilda, today = sign_in(app, "hilda"), clock.now().date() + timedelta(days=2)
    assert "Levels of a criterion" in hilda.get("/kpis/thresholds/new").text
    page = hilda.get(LEVELS).text
    assert "Example of the framework file, not in force" in page
    assert "≥ 88%" in page
    site = world.session.scalars(sa.select(Site)).one()
    form = {
        "level-n1": ">= 0.8",
        "level-n2": ">= 0.75",
        "starts_on": today.isoformat(),
        **EVERYWHERE,
        "site": str(site.id),
        "reason": "Contrato 12/2026",
        "minimum_days": "10",
    }
    refused = hilda.post(LEVELS, form)
    assert refused.status_code == 422
    assert "asks for more than the one below" in refused.text
    assert "Write a sign" in hilda.post(LEVELS, form | {"level-n1": "80%"}).text
    hilda.post(LEVELS, form | {"level-n1": ">= 0.7", "confidence": "0.9"})
    page = hilda.get("/kpis/thresholds?kpi=satisfaction-top-two").text
    assert "≥ 75%" in page
    assert "site Santiago" in page
    assert "Contrato 12/2026" in page
    assert "at least 10 days" in page
    world.session.rollback()
    row = world.session.scalars(sa.select(KpiThreshold)).one()
    ending = f"/kpis/thresholds/{row.public_id}/end"
    assert hilda.post(ending, {"ends_on": date(2020, 1, 1).isoformat()}).status_code == 422
    hilda.post(ending, {"ends_on": (today + timedelta(days=1)).isoformat()})
    assert "Contrato 12/2026" in sign_in(app, "augusto").get("/kpis/thresholds?ended=yes").text


def test_an_indicator_alone_has_a_target(app: Flask, world: World) -> None:
    publish_shipped(world)
    hilda = sign_in(app, "hilda")
    path = "/kpis/thresholds/new?kpi=average-handling-time"
    form = {"target": "<= 300", "starts_on": "2999-01-01", "reason": "Contrato", **EVERYWHERE}
    hilda.post(path, form)
    assert "≤ 300 s" in hilda.get("/kpis/thresholds").text
