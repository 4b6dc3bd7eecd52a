"""Findings beside criteria: read, accepted as evidence, set aside, frozen, a gate."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import DBAPIError

from competency import clock
from competency.assessments.evidence import evidence_by_criterion
from competency.assessments.finding_facts import Refusal, verdicts
from competency.assessments.finding_models import FindingDecision, FindingStep
from competency.assessments.finding_queries import Found, findings_for, kept, recorded
from competency.assessments.finding_steps import accept_finding, set_finding_aside
from competency.assessments.models import Appraisal, OutcomeRecord
from competency.assessments.nodes import from_data, nodes_by_id
from competency.assessments.queries import load
from competency.assessments.schema import AssessorKind, State
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import EvidenceKind
from tests.support.appraisals import Road, event_count
from tests.support.cast import NOW, World
from tests.support.client import check_page, sign_in
from tests.support.findings import MEASURED, correct, fill, measured_road
from tests.support.rows import writing

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def at_noon() -> Any:  # noqa: ANN401 - what time_machine gives
    with time_machine.travel(NOW, tick=False):
        yield


def found(road: Road, name: str = "simon") -> Found:
    road.world.session.rollback()
    loaded = load(
        road.world.session, actor=road.world.actor(name), now=clock.now(), public_id=road.public_id
    )
    return findings_for(road.world.session, loaded, clock.now())


def accept(
    road: Road, name: str = "simon", kpi: str = "resolution", criterion_id: str = MEASURED
) -> None:
    with unit_of_work(road.world.session):
        accept_finding(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=road.public_id,
            criterion_id=criterion_id,
            kpi=kpi,
            described=lambda facts: (f"Resolution {facts['value']}", "figures"),
        )


def put_aside(
    road: Road, reason: str, kpi: str = "resolution", criterion_id: str = MEASURED
) -> None:
    with unit_of_work(road.world.session):
        set_finding_aside(
            road.world.session,
            actor=road.world.actor("simon"),
            now=clock.now(),
            public_id=road.public_id,
            criterion_id=criterion_id,
            kpi=kpi,
            reason=reason,
        )


def linked(road: Road) -> list[str]:
    road.world.session.rollback()
    subject = road.world.employee("aurora").id
    all_of_it = evidence_by_criterion(road.world.session, subject, "marco-medido")
    return [str(one.title) for one in all_of_it.get(MEASURED, []) if one.kind is EvidenceKind.KPI]


def appraisal(road: Road) -> Appraisal:
    return road.world.session.scalars(
        sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    ).one()


def test_a_finding_says_what_was_measured_and_of_which_level(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    evidence, context = found(road)[MEASURED]
    assert evidence["value"] == "0.900000"
    assert evidence["days"] == 40
    assert verdicts(evidence) == {"met": "met"}
    assert [one["notice"] for one in evidence["sources"]] == ["2026-1"]  # type: ignore[attr-defined]
    assert context["refused"] == Refusal.NOT_MEASURED


def test_examples_of_the_file_say_nothing_of_a_level(app: Flask, world: World) -> None:
    road = measured_road(world, asked=False)
    fill(world, 18)
    facts = found(road)[MEASURED][0]
    assert (facts["levels"], facts["likeliest"]) == ([], None)
    assert facts["examples"] == {"met": ">= 0.5"}
    page = " ".join(check_page(sign_in(app, "simon").get(road.path).text).itertext())
    assert "No threshold is set" in page


def test_without_a_basis_nobody_reads_a_figure(world: World) -> None:
    road = measured_road(world, allowed=False)
    fill(world, 18)
    assert {one["refused"] for one in found(road)[MEASURED]} == {Refusal.NO_BASIS}
    with pytest.raises(NotFound):
        accept(road)


def test_accepted_figures_stay_when_a_correction_arrives(app: Flask, world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    accept(road)
    assert linked(road) == ["Resolution 0.900000"]
    with pytest.raises(IllegalTransition):
        accept(road)
    correct(world, 2)
    row = recorded(world.session, appraisal(road)).decisions[MEASURED, "resolution"]
    assert row.facts is not None
    assert row.facts["value"] == "0.900000"
    assert found(road)[MEASURED][0]["value"] != "0.900000"
    page = sign_in(app, "simon").get(road.path).text
    assert "Accepted as evidence with the figures of" in " ".join(check_page(page).itertext())
    accept(road)
    assert len(linked(road)) == 1
    with pytest.raises(DBAPIError, match="append-only"), writing() as connection:
        connection.execute(sa.update(FindingDecision).values(facts={"value": "1"}))


def test_setting_aside_needs_a_reason_and_takes_the_evidence_away(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    accept(road)
    before = event_count(world)
    with pytest.raises(Invalid):
        put_aside(road, "  ")
    assert event_count(world) == before
    put_aside(road, "Half of the days she trained others")
    assert linked(road) == []
    row = recorded(world.session, appraisal(road)).decisions[MEASURED, "resolution"]
    assert (row.step, row.evidence_id) == (FindingStep.SET_ASIDE, None)


def test_only_the_lead_decides_and_only_while_judging(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    for name in ("aurora", "hilda"):
        with pytest.raises(NotAllowed):
            accept(road, name)
    with pytest.raises(NotFound):
        accept(road, "bruno")
    road.to(State.SUBMITTED, own=False)
    with pytest.raises(NotAllowed):
        accept(road)


def test_context_and_too_little_are_never_evidence(world: World) -> None:
    road = measured_road(world)
    fill(world, 2, contacts=3, days=6)
    fill(world, 6000, contacts=20, slug="handling")
    with pytest.raises(IllegalTransition, match="little"):
        accept(road)
    with pytest.raises(IllegalTransition, match="context"):
        accept(road, kpi="handling")


def test_a_submission_keeps_the_figures_and_flags_what_they_speak_against(world: World) -> None:
    road = measured_road(world)
    fill(world, 8)
    road.to(State.SUBMITTED, own=False)
    flags = appraisal(road).flags
    assert flags["kpi_contradicts"] == [MEASURED]
    stood = kept(world.session, appraisal(road))
    correct(world, 20)
    assert found(road, "renata") == stood
    assert verdicts(stood[MEASURED][0]) == {"met": "not_met"}


def test_figures_on_the_side_of_the_judgement_flag_nothing(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    road.to(State.SUBMITTED, own=False)
    assert "kpi_contradicts" not in appraisal(road).flags


@pytest.mark.parametrize(("resolved", "waits"), [(18, False), (8, True), (16, True)])
def test_a_gate_lets_through_only_what_is_met(
    world: World,
    resolved: int,
    waits: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    road = measured_road(world, gate=True)
    fill(world, resolved)
    levels = dict.fromkeys(road.criteria, "met")
    road.judge("simon", AssessorKind.LEAD, levels=levels)
    road.step("submit", "simon", evidence_confirmed=True)
    correct(world, 20)
    road.step("take", "renata")
    road.step("approve", "renata")
    tree = world.session.scalars(
        sa.select(OutcomeRecord.tree).order_by(OutcomeRecord.id.desc())
    ).first()
    assert tree is not None
    node = nodes_by_id(from_data(tree))["ac1"]
    assert ("measured_not_met" in {line.code for line in node.lines}) is waits
    assert (node.result is None) is waits


def test_the_page_shows_the_figures_to_both_and_the_buttons_to_the_lead(
    app: Flask, world: World
) -> None:
    road = measured_road(world)
    fill(world, 18)
    lead = sign_in(app, "simon")
    page = lead.get(road.path).text
    assert "90.0" in " ".join(check_page(page).itertext())
    path = f"{road.path}/findings/{MEASURED}/resolution"
    assert path in page
    assert lead.post(path, data={"do": "aside", "reason": ""}).status_code == 422
    assert lead.post(path, data={"do": "accept"}).status_code == 302
    assert len(linked(road)) == 1
    road.to(State.RELEASED, own=False)
    for name, view in (("aurora", "?view=result"), ("hilda", "?view=result")):
        text = " ".join(check_page(sign_in(app, name).get(road.path + view).text).itertext())
        assert "90.0" in text
        assert path not in text
