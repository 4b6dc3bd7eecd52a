"""Figures of a team beside criteria: context, from five people on, and never about a level."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.finding_facts import Data, Refusal
from competency.assessments.finding_queries import findings_for, kept
from competency.assessments.finding_steps import accept_finding
from competency.assessments.models import Appraisal
from competency.assessments.queries import load
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition
from competency.people.models import ReportingLine
from tests.support.appraisals import Road
from tests.support.cast import HIRED, NOW, World
from tests.support.client import check_page, sign_in
from tests.support.findings import MEASURED, fill, measured_road

FIVE = ("bruno", "ada", "hilda", "carla", "renata")
SLUGS = ("handling", "service", "absence")


@pytest.fixture(autouse=True)
def at_noon() -> Any:  # noqa: ANN401 - what time_machine gives
    with time_machine.travel(NOW, tick=False):
        yield


def report_to(world: World, lead: str, *names: str) -> None:
    """Let people report to a lead, from their first day on."""
    with unit_of_work(world.session):
        exempt(world.session, "a test moves people")
        for name in names:
            who = world.employee(name).id
            world.session.execute(sa.delete(ReportingLine).where(ReportingLine.employee_id == who))
            world.session.add(
                ReportingLine(
                    employee_id=who, supervisor_id=world.employee(lead).id, starts_on=HIRED
                )
            )


def measure_all(world: World, *names: str) -> None:
    """Measure 18 of 20 contacts a day of each, by every indicator of a team."""
    for name in names:
        for slug in SLUGS:
            fill(world, 18, slug=slug, who=name)


def said(road: Road, name: str = "simon") -> dict[str, Data]:
    """Return what indicators say beside the criterion, by the indicator."""
    session = road.world.session
    session.rollback()
    loaded = load(session, actor=road.world.actor(name), now=clock.now(), public_id=road.public_id)
    return {str(one["kpi"]): one for one in findings_for(session, loaded, clock.now())[MEASURED]}


def test_beside_who_leads_stands_their_team_without_any_level(app: Flask, world: World) -> None:
    road = measured_road(world, of_team=True)
    report_to(world, "aurora", *FIVE)
    measure_all(world, *FIVE)
    found = said(road)
    for slug in ("handling", "service"):
        one = found[slug]
        assert (one["team"], one["people"], one["days"]) == ("led", 5, 200)
        assert one["value"] == "0.900000"
        assert (one["levels"], one["likeliest"]) == ([], None)
    assert found["absence"]["refused"] == Refusal.HUMAN_RESOURCES
    assert found["resolution"]["refused"] == Refusal.NOT_MEASURED, "evidence is of the person"
    page = sign_in(app, "simon").get(road.path).text
    text = " ".join(" ".join(check_page(page).itertext()).split())
    assert "Service (context only: the team led, 5 people)" in text
    assert "200 person-days, divided by 4,000" in text
    assert f"/findings/{MEASURED}/service" not in page
    with pytest.raises(IllegalTransition), unit_of_work(world.session):
        accept_finding(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=road.public_id,
            criterion_id=MEASURED,
            kpi="handling",
            described=lambda _: ("Handling", "figures"),
        )


def test_four_people_are_too_few_and_one_day_of_four_is_left_out(world: World) -> None:
    road = measured_road(world, of_team=True)
    report_to(world, "aurora", *FIVE)
    measure_all(world, *FIVE[:4])
    assert said(road)["service"]["refused"] == Refusal.TOO_FEW
    fill(world, 18, slug="service", who=FIVE[4], days=7)
    steps = said(road)["service"]["steps"]
    assert isinstance(steps, list)
    assert [step is not None for step in steps] == [False] * (len(steps) - 1) + [True]


def test_it_needs_no_basis_and_figures_of_the_person_do(world: World) -> None:
    road = measured_road(world, of_team=True, allowed=False)
    report_to(world, "aurora", *FIVE)
    measure_all(world, *FIVE)
    found = said(road)
    assert found["service"]["people"] == 5
    assert found["resolution"]["refused"] == Refusal.NO_BASIS


def test_beside_who_leads_nobody_a_queue_is_that_of_the_team_they_work_in(world: World) -> None:
    road = measured_road(world, of_team=True)
    report_to(world, "simon", *FIVE)
    measure_all(world, "aurora", *FIVE)
    found = said(road)
    assert (found["service"]["team"], found["service"]["people"]) == ("own", 6)
    assert "team" not in found["handling"], "it speaks of one person, so of her"
    assert found["handling"]["days"] == 40


def test_a_submission_keeps_it_and_it_contradicts_nothing(world: World) -> None:
    road = measured_road(world, of_team=True)
    report_to(world, "aurora", *FIVE)
    measure_all(world, *FIVE)
    road.to(State.SUBMITTED, own=False)
    row = world.session.scalars(sa.select(Appraisal).filter_by(public_id=road.public_id)).one()
    before = {str(one["kpi"]): one for one in kept(world.session, row)[MEASURED]}
    assert before["service"]["people"] == 5
    assert "kpi_contradicts" not in row.flags
    fill(world, 1, slug="service", who="augusto")
    report_to(world, "aurora", "augusto")
    assert said(road, "renata")["service"] == before["service"]


@pytest.mark.parametrize("of_team", [False, True])
def test_who_judges_is_led_to_the_persons_figures_and_nobody_who_may_not(
    app: Flask,
    world: World,
    of_team: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    road = measured_road(world, of_team=of_team, gate=True)
    fill(world, 18)
    path = f'href="/people/{world.employee("aurora").public_id}/kpis"'
    simon = sign_in(app, "simon")
    assert path in simon.get(road.path).text
    assert path in simon.get("/team").text
    assert path not in sign_in(app, "aurora").get(road.path).text
    road.to(State.SUBMITTED, own=False)
    page = sign_in(app, "renata").get(road.path).text
    assert "Take this review" in page
    assert path not in page, "a reviewer reads no person by that alone"
    renata = sign_in(app, "renata").get(f"/people/{world.employee('aurora').public_id}/kpis")
    assert renata.status_code == 404
