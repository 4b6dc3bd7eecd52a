"""Figures through the pages: who sees them, only on a legal basis, and the numbers they show."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.kpis.models import DataSource
from competency.people.models import ReportingLine
from tests.support.bases import allow, basis, source
from tests.support.cast import HIRED, World
from tests.support.catalogue import publish_shipped
from tests.support.client import sign_in
from tests.support.measured import kpi_name, measure

RESOLVED = [(8.0, 10.0), (9.0, 10.0), (7.0, 10.0), (8.0, 10.0), None] * 6
"""192 of 240 over 24 days."""


@pytest.fixture
def measured(world: World) -> DataSource:
    """Measure Aurora's and Bruno's contacts, and a queue's; nothing allows it about people yet."""
    publish_shipped(world)
    found = source(world)
    session, today = world.session, clock.now().date()
    with unit_of_work(session):
        exempt(session, "a test measures")
        for slug in ("first-contact-resolution", "service-level", "absence"):
            number = kpi_name(session, slug).id
            for name in ("aurora", "bruno", "ada", "hilda", "carla"):
                measure(
                    session,
                    employee_id=world.employee(name).id,
                    kpi_id=number,
                    source_id=found.id,
                    last=today - timedelta(days=1),
                    days=RESOLVED,
                )
    return found


def report_to_simon(world: World, *names: str) -> None:
    session = world.session
    with unit_of_work(session):
        exempt(session, "a test moves people")
        for name in names:
            who = world.employee(name).id
            session.execute(sa.delete(ReportingLine).where(ReportingLine.employee_id == who))
            session.add(
                ReportingLine(
                    employee_id=who,
                    supervisor_id=world.employee("simon").id,
                    starts_on=HIRED,
                )
            )


def test_figures_about_a_person_are_closed_to_all_until_a_basis_holds(
    app: Flask, world: World, measured: DataSource
) -> None:
    path = f"/people/{world.employee('aurora').public_id}/kpis"
    for name, where in (("aurora", "/kpis/mine"), ("simon", path), ("hilda", path)):
        page = sign_in(app, name).get(where).text
        assert "no legal basis for them is in force" in page
        assert "80%" not in page
    allow(world, measured, basis())
    for name, where in (("aurora", "/kpis/mine"), ("simon", path), ("hilda", path)):
        page = sign_in(app, name).get(where).text
        assert "<strong>80%</strong>" in page
        assert "192 of 240, 24 days" in page
        assert "service-level" not in page
        assert "absence" not in page
    assert sign_in(app, "bruno").get(path).status_code == 404
    assert sign_in(app, "carla").get(path).status_code == 404
    book = sign_in(app, "aurora").get("/kpis/mine?days=365&format=xlsx")
    assert book.data.startswith(b"PK")
    assert "Nothing was measured" in (
        sign_in(app, "aurora").get("/kpis/mine?first=2020-01-01&last=2020-02-01").text
    )


@pytest.mark.usefixtures("measured")
def test_a_team_is_shown_from_five_measured_people_on_without_any_basis(
    app: Flask, world: World
) -> None:
    lead = world.employee("simon").public_id
    simon, hilda = sign_in(app, "simon"), sign_in(app, "hilda")
    report_to_simon(world, "aurora", "bruno", "hilda", "carla")
    for page in (simon.get("/kpis/team").text, hilda.get("/kpis/across").text):
        assert "fewer than 5 were measured" in page
        assert "80%" not in page
    report_to_simon(world, "ada")
    page = simon.get("/kpis/team").text
    assert "<strong>80%</strong>" in page
    assert "960 of 1,200" in page
    assert "Service level" in page
    assert "Absence" not in page, "human resources alone"
    assert "Absence" in hilda.get(f"/kpis/team?lead={lead}").text
    page = hilda.get("/kpis/across?kpi=service-level").text
    assert "80%" in page
    assert "within chance" in page
    assert sign_in(app, "bruno").get(f"/kpis/team?lead={lead}").status_code == 404
