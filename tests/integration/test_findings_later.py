"""What becomes of findings after they were decided about: rounds, links, sources, gates."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.evidence import withdraw
from competency.assessments.finding_facts import Refusal, verdicts
from competency.assessments.finding_queries import kept, recorded
from competency.assessments.models import Cycle, Evidence, OutcomeRecord
from competency.assessments.nodes import from_data, nodes_by_id
from competency.assessments.schema import AssessorKind, Node, Review, State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotFound
from competency.kpis.models import DataSource, Measurement
from competency.kpis.schema import SourceKind
from tests.integration.test_findings_beside import (
    accept,
    appraisal,
    at_noon,
    found,
    linked,
    put_aside,
)
from tests.integration.test_reassessments import anew, end
from tests.support.appraisals import Road, open_road
from tests.support.bases import allow, basis, source
from tests.support.cast import World
from tests.support.client import JSON, check_page, sign_in
from tests.support.contests import judged_anew, take_step, widen
from tests.support.findings import (
    GATED,
    MEASURED,
    correct,
    fill,
    measured_road,
    publish_kpis,
    publish_measured,
    set_thresholds,
)

__all__ = ["at_noon"]
pytestmark = pytest.mark.usefixtures("at_noon")
OTHER = "ac2.cd4"
"""A criterion without indicators."""


def tree(world: World) -> Node:
    """Return the last outcome that was decided."""
    world.session.rollback()
    rows = sa.select(OutcomeRecord.tree).order_by(OutcomeRecord.id.desc())
    data = world.session.scalars(rows).first()
    assert data is not None
    return from_data(data)


def lines_of(world: World, unit: str = "ac1") -> set[str]:
    return {line.code for line in nodes_by_id(tree(world))[unit].lines}


def all_met(road: Road) -> dict[str, str]:
    return dict.fromkeys(road.criteria, "met")


def correct_all(world: World, resolved: int) -> None:
    for back in range(40):
        correct(world, resolved, back=back)


def text_of(page: str) -> str:
    return " ".join(check_page(page).itertext())


def test_a_gate_lets_through_what_is_met_in_a_cycle_without_review(world: World) -> None:
    road = measured_road(world, gate=True)
    fill(world, 18)
    with unit_of_work(world.session):
        exempt(world.session, "a test's cycle has no review")
        world.session.execute(sa.update(Cycle).values(review=Review.NONE))
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    road.step("submit", "simon", evidence_confirmed=True)
    assert road.state() is State.APPROVED
    assert "measured_met" in lines_of(world)
    assert nodes_by_id(tree(world))["ac1"].result is not None


def test_a_saved_level_is_answered_with_what_the_gate_lets_through(
    app: Flask, world: World
) -> None:
    road = measured_road(world, gate=True)
    fill(world, 18)
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    [version] = [draft.version for draft in road.drafts() if draft.criterion_id == OTHER]
    sent = {"kind": "lead", "level": "met", "version": str(version), "note": ""}
    answer = sign_in(app, "simon").post(f"{road.path}/drafts/{OTHER}", sent, headers=JSON)
    assert answer.json is not None
    results = {unit["id"]: unit["kind"] for unit in answer.json["units"]}
    assert set(results) == {"ac1", "ac2", "ac3"}
    assert len(set(results.values())) == 1, "the gate's unit is reached like the others"


def test_a_gate_of_a_criterion_that_carries_over_asks_what_was_kept_of_it(world: World) -> None:
    road = measured_road(world, gate=True)
    fill(world, 18)
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    end(road)
    correct_all(world, 2)
    again = anew(world, road, (OTHER,))
    again.judge("simon", AssessorKind.LEAD, levels={OTHER: "met"})
    end(again)
    assert "measured_met" in lines_of(world)
    assert nodes_by_id(tree(world))["ac1"].result is not None


def test_what_was_not_contested_keeps_its_figures_and_its_decision(
    app: Flask, world: World
) -> None:
    road = measured_road(world, gate=True)
    fill(world, 18)
    accept(road)
    reassess(road, OTHER)
    before = found(road)[MEASURED][0]
    correct_all(world, 2)
    assert found(road, "lena")[MEASURED][0] == before, "also while the rest is judged anew"
    with pytest.raises(NotFound):
        accept(road, "lena")
    judged_anew(road, criteria=(OTHER,))
    row = appraisal(road)
    assert row.round == 2
    assert kept(world.session, row)[MEASURED][0]["value"] == "0.900000"
    assert recorded(world.session, row).decisions[MEASURED, "resolution"].evidence_id is not None
    assert "kpi_contradicts" not in row.flags
    for step, name in (("take", "rita"), ("approve", "rita"), ("release", "hilda")):
        road.step(step, name)
    assert "measured_met" in lines_of(world)
    page = sign_in(app, "aurora").get(f"{road.path}?view=result").text
    assert "Accepted as evidence." in text_of(page)


def reassess(road: Road, criterion: str) -> None:
    """Deliver a result in which all is met, and contest one criterion."""
    widen(road.world)
    road.to(State.RELEASED, own=False, levels=all_met(road))
    take_step(road, "contest", "aurora", statement="No fue así.", criteria=(criterion,))
    lead_id = road.world.employee("lena").id
    take_step(road, "reassess", "hilda", lead_id=lead_id, comment="Otra mirada.")


def test_only_what_the_last_submission_kept_stands_beside_it(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    road.step("return_for_rework", "renata", comment="Falta una mirada.")
    correct_all(world, 2)
    road.step("submit", "simon", evidence_confirmed=True)
    row = appraisal(road)
    assert row.turn == 2
    of_measured = recorded(world.session, row).kept[MEASURED]
    assert of_measured == kept(world.session, row)[MEASURED]
    assert [one["value"] for one in of_measured if one["kpi"] == "resolution"] == ["0.100000"]


def test_what_is_contested_is_measured_anew(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    accept(road)
    reassess(road, MEASURED)
    correct_all(world, 2)
    assert verdicts(found(road, "lena")[MEASURED][0]) == {"met": "not_met"}
    judged_anew(road, "lena", (MEASURED,))
    row = appraisal(road)
    assert verdicts(kept(world.session, row)[MEASURED][0]) == {"met": "not_met"}
    assert recorded(world.session, row).decisions == {}


def test_figures_whose_evidence_is_linked_no_more_are_undecided(app: Flask, world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    accept(road)
    evidence = recorded(world.session, appraisal(road)).decisions[MEASURED, "resolution"]
    with unit_of_work(world.session):
        exempt(world.session, "a test takes the link away")
        world.session.execute(
            sa.text("DELETE FROM evidence_link WHERE evidence_id = :id"),
            {"id": evidence.evidence_id},
        )
    assert recorded(world.session, appraisal(road)).decisions == {}
    page = sign_in(app, "simon").get(road.path).text
    assert "Accepted as evidence" not in text_of(page)
    accept(road)
    assert len(linked(road)) == 1


def test_figures_whose_evidence_is_taken_back_are_undecided_until_that_is_undone(
    world: World,
) -> None:
    road = measured_road(world)
    fill(world, 18)
    accept(road)
    accepted = recorded(world.session, appraisal(road)).decisions
    [decision] = accepted.values()
    evidence = world.session.get_one(Evidence, decision.evidence_id).public_id
    for standing in ({}, accepted):
        with unit_of_work(world.session):
            simon = world.actor("simon")
            withdraw(world.session, actor=simon, now=clock.now(), public_id=evidence)
        assert recorded(world.session, appraisal(road)).decisions == standing


def test_a_finding_names_the_sources_of_its_own_figures(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    other(world, allowed=True)
    sources = found(road)[MEASURED][0]["sources"]
    assert isinstance(sources, list)
    assert [source["source"] for source in sources] == ["Central telefónica"]


def test_figures_of_a_source_without_a_basis_are_refused_for_that(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    without = other(world, allowed=False)
    with unit_of_work(world.session):
        exempt(world.session, "a test's figures are another source's")
        world.session.execute(sa.update(Measurement).values(source_id=without.id))
    assert found(road)[MEASURED][0]["refused"] == Refusal.NO_BASIS
    with unit_of_work(world.session):
        exempt(world.session, "a test has no figures")
        world.session.execute(sa.delete(Measurement))
    assert found(road)[MEASURED][0]["refused"] == Refusal.NOT_MEASURED


_numbers = count()


def other(world: World, *, allowed: bool) -> DataSource:
    """Add another source, that measured nothing yet."""
    with unit_of_work(world.session):
        exempt(world.session, "a test has another source")
        made = DataSource(code=f"other-{next(_numbers)}", name="Encuestas", kind=SourceKind.FILES)
        world.session.add(made)
    if allowed:
        allow(world, made, basis())
    return made


def test_nobody_decides_about_context_and_conditions(world: World) -> None:
    road = measured_road(world, gate=True)
    fill(world, 18)
    fill(world, 6000, slug="handling")
    for criterion, kpi in ((MEASURED, "handling"), (GATED, "resolution")):
        with pytest.raises(IllegalTransition, match="Nobody decides"):
            accept(road, kpi=kpi, criterion_id=criterion)
        with pytest.raises(IllegalTransition, match="Nobody decides"):
            put_aside(road, "Porque sí.", kpi=kpi, criterion_id=criterion)


def test_what_a_later_version_makes_context_speaks_against_no_level(world: World) -> None:
    publish_kpis(world)
    publish_measured(world)
    set_thresholds(world, MEASURED, {"met": ">= 0.8"})
    later = publish_measured(world, version="1.1.0", role="context", gate=True)
    allow(world, source(world))
    road = open_road(world, version_id=later, self_assessment=False)
    fill(world, 2)
    assert [one.get("levels") for one in found(road)[MEASURED]] == [[], None]
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    road.step("submit", "simon", evidence_confirmed=True)
    assert "kpi_contradicts" not in appraisal(road).flags


def test_a_reason_that_papers_cannot_print_is_refused_where_it_is_written(world: World) -> None:
    road = measured_road(world)
    fill(world, 18)
    with pytest.raises(Invalid, match="no sign"):
        put_aside(road, "Formó 😀")
    with pytest.raises(Invalid, match="2,000"):
        put_aside(road, "a" * 2001)


def test_newer_figures_are_told_from_those_of_the_day_they_were_of(
    app: Flask, world: World
) -> None:
    road = measured_road(world)
    fill(world, 18)
    late = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)  # half past ten of the tenth in Santiago
    with time_machine.travel(late, tick=False):
        accept(road)
        correct(world, 2)
        text = text_of(sign_in(app, "simon").get(road.path).text)
    assert "with the figures of 10 Mar 2026" in text


def test_that_review_looks_first_is_said_to_the_lead_alone(app: Flask, world: World) -> None:
    road = measured_road(world)
    fill(world, 2)
    road.judge("simon", AssessorKind.LEAD, levels=all_met(road))
    assert "Review will look at it first" in text_of(sign_in(app, "simon").get(road.path).text)
    road.to(State.RELEASED, own=False, levels=all_met(road))
    text = text_of(sign_in(app, "aurora").get(f"{road.path}?view=result").text)
    assert "speak against the level that the assessor judged" in text
    assert "Review will look" not in text
