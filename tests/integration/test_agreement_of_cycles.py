"""Double scoring and the agreement of a cycle, counted from rows on both databases."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency import clock
from competency.assessments import agreement_queries
from competency.assessments.agreement_queries import (
    others_of,
    pairs_with,
    pairs_with_review,
    severity_of_leads,
)
from competency.assessments.double_scoring import Sampled, draw
from competency.assessments.models import Appraisal, Assessor
from competency.assessments.schema import AssessorKind, State
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.beside import PEERS, answer, ask_second, cycle_of, loaded, three_peers
from tests.support.cast import CAST, World
from tests.support.client import sign_in

SECOND, SELF, REVIEW = AssessorKind.SECOND, AssessorKind.SELF, AssessorKind.REVIEW


def sample(
    road: Road, *pool: str, by: str = "hilda", share: int | None = 100, number: int | None = None
) -> Sampled:
    """Draw appraisals of the road's cycle for a pool."""
    with unit_of_work(road.world.session):
        return draw(
            road.world.session,
            actor=road.world.actor(by),
            now=clock.now(),
            cycle=cycle_of(road),
            pool=[CAST[name][0] for name in pool],
            share=share,
            number=number,
        )


def drawn_seconds(world: World) -> list[int]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Assessor.employee_id).where(Assessor.drawn)))


def test_a_drawn_appraisal_goes_to_somebody_without_a_part_and_drawing_again_adds_nothing(
    world: World,
) -> None:
    road = open_road(world)
    # Renata is above Simón, who leads; Aurora is the person herself
    pool = ("aurora", "simon", "renata", "carla")
    assert sample(road, *pool) == Sampled(1, 1, 0)
    assert drawn_seconds(world) == [world.employee("carla").id]
    assert sample(road, *pool) == Sampled(1, 0, 0)
    assert len(drawn_seconds(world)) == 1


def test_where_nobody_of_the_pool_may_nobody_is_asked(world: World) -> None:
    road = open_road(world)
    assert sample(road, "aurora", "simon", "renata") == Sampled(1, 0, 1)
    assert drawn_seconds(world) == []


@pytest.mark.parametrize(
    ("share", "number"), [(None, None), (10, 1), (0, None), (101, None), (None, 0), (None, 501)]
)
def test_a_sample_is_a_share_or_a_number(
    world: World, share: int | None, number: int | None
) -> None:
    road = open_road(world)
    with pytest.raises(Invalid):
        sample(road, "carla", share=share, number=number)


def test_only_human_resources_draw_and_nobody_names_themselves(world: World) -> None:
    road = open_road(world)
    for name in ("simon", "augusto", "aurora"):
        with pytest.raises(NotAllowed):
            sample(road, "carla", by=name)
    with pytest.raises(Invalid):
        sample(road, "hilda")


def test_a_drawn_second_scores_blind_after_the_decision_too_and_is_not_shown_to_the_person(
    app: Flask, world: World
) -> None:
    road = open_road(world, self_assessment=False).to(State.RELEASED, own=False)
    sample(road, "carla")
    page = sign_in(app, "carla").get(road.path).text
    assert "Turno del lunes" in page
    assert "canario-lead" not in page
    answer(road, "carla", SECOND, note="palabra-de-carla")
    for name, reads in (("aurora", False), ("simon", False), ("hilda", True), ("augusto", True)):
        shown = sign_in(app, name).get(f"{road.path}?view=result").text
        assert ("palabra-de-carla" in shown) is reads, name
    assert "palabra-de-carla" in sign_in(app, "carla").get(road.path).text


def test_pairs_are_those_of_the_rows_that_stand(world: World) -> None:
    road = open_road(world)
    ask_second(road, "carla")
    levels = {road.criteria[0]: "below", road.criteria[1]: None}
    answer(road, "carla", SECOND, levels, note="visto")
    road.to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="Otra vez.")
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    road.step("approve", "renata")
    world.session.rollback()
    condition = others_of(world.actor("hilda"), clock.now(), cycle_of(road))
    found = pairs_with(world.session, condition)
    expected: Counter[tuple[str, str, str]] = Counter()
    for criterion in road.criteria:
        lead = "below" if criterion == SHORT else "met"
        second = levels.get(criterion, "met")
        if second is not None:
            expected[criterion, lead, second] += 1
    assert found[SECOND] == expected
    assert sum(found[SELF].values()) == len(road.criteria)
    assert sum(pairs_with_review(world.session, condition).values()) == len(road.criteria)


def test_what_review_changed_is_a_disagreement_and_bulk_approval_is_no_look(
    world: World,
) -> None:
    road = open_road(world, self_assessment=False).to(State.IN_REVIEW, own=False)
    from_review = {road.criteria[0]: "below"}
    road.judge(
        "renata",
        REVIEW,
        but=road.criteria[1:],
        levels=from_review,
    )
    road.step("approve", "renata")
    world.session.rollback()
    condition = others_of(world.actor("hilda"), clock.now(), cycle_of(road))
    found = pairs_with_review(world.session, condition)
    assert found[road.criteria[0], "met", "below"] == 1
    assert sum(n for (_, lead, other), n in found.items() if lead != other) == 1
    other = open_road_again(world, road)
    condition = others_of(world.actor("hilda"), clock.now(), cycle_of(other))
    assert pairs_with_review(world.session, condition) == {}


def open_road_again(world: World, road: Road) -> Road:
    """Close a road and bring another of the same person to bulk approval."""
    road.step("release", "hilda")
    road.step("acknowledge", "aurora")
    other = open_road(world, self_assessment=False)
    levels = dict.fromkeys(other.criteria, "met")
    other.judge("simon", AssessorKind.LEAD, levels=levels)
    other.step("submit", "simon", evidence_confirmed=True)
    other.step("approve_unflagged", "renata")
    world.session.rollback()
    return other


def test_nobody_of_human_resources_measures_what_is_their_own_or_still_theirs_to_judge(
    world: World,
) -> None:
    road = open_road(world).to(State.APPROVED)
    sample(road, "carla")
    for name in ("aurora", "carla"):
        with unit_of_work(world.session):
            grant_role(
                world.session,
                actor=world.actor("ada"),
                now=clock.now(),
                account=world.account(name),
                role=Role.HR,
            )
    for name, counted in (("hilda", True), ("aurora", False), ("carla", False)):
        condition = others_of(world.actor(name), clock.now(), cycle_of(road))
        assert bool(pairs_with(world.session, condition)) is counted, name
        world.session.rollback()
    answer(road, "carla", SECOND)
    condition = others_of(world.actor("carla"), clock.now(), cycle_of(road))
    assert pairs_with(world.session, condition)


def test_whoever_reads_results_reads_none_that_they_still_score_themselves(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.RELEASED)
    augusto = sign_in(app, "augusto")
    paths = (
        f"{road.path}?view=result",
        f"{road.path}/plan",
        f"/cycles/{road.cycle_id}/results.csv",
    )
    for path in paths:
        assert "canario-lead" in augusto.get(path).text, path
    assert augusto.get(f"{road.path}/report.pdf").status_code == 200
    sample(road, "augusto")
    for path in paths:
        assert "canario" not in augusto.get(path).text, path
    assert augusto.get(f"{road.path}/report.pdf").status_code == 404
    told = CliRunner().invoke(
        main, ["appraisals", "outcome", road.public_id, "--as", "E600"], obj=lambda: app
    )
    assert told.exit_code == 1
    answer(road, "augusto", SECOND)
    for path in paths:
        assert "canario-lead" in augusto.get(path).text, path


def test_the_cycle_says_in_plain_words_how_far_they_agree(app: Flask, world: World) -> None:
    road = open_road(world)
    ask_second(road, "carla")
    answer(road, "carla", SECOND, {road.criteria[0]: "below"}, note="visto")
    road.to(State.APPROVED)
    page = sign_in(app, "hilda").get(f"/cycles/{road.cycle_id}").text
    assert "Assessor and second assessor" in page
    assert "agree on 87% (15 pairs)" in page
    assert "agree on 93% (15 pairs)" in page
    assert "alpha" in page
    assert "not defined: everything is at one level" not in page
    assert "agree on" not in sign_in(app, "augusto").get(f"/cycles/{road.cycle_id}").text


def test_severity_is_shown_by_name_and_only_from_enough_pairs(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = open_road(world, peers=5, self_assessment=False)
    three_peers(road, PEERS)
    road.to(State.APPROVED, own=False)
    world.session.rollback()
    condition = others_of(world.actor("hilda"), clock.now(), cycle_of(road))
    framework = loaded(road, "hilda").framework
    assert severity_of_leads(world.session, condition, framework) == []
    world.session.rollback()
    monkeypatch.setattr(agreement_queries, "SEVERITY_FROM", 15)
    [found] = severity_of_leads(world.session, condition, framework)
    assert (found.name, found.above, found.below, found.pairs) == ("Simón Muestra", 0, 1, 15)
    world.session.rollback()
    path = f"/cycles/{road.cycle_id}/assessors"
    assert "Simón Muestra" in sign_in(app, "hilda").get(path).text
    assert "pooled" not in sign_in(app, "augusto").get(path).text


def test_two_anonymous_peers_take_no_part_in_the_pooled_view(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement_queries, "SEVERITY_FROM", 1)
    road = open_road(world, peers=5, self_assessment=False)
    three_peers(road, PEERS[:2])
    road.to(State.APPROVED, own=False)
    world.session.rollback()
    condition = others_of(world.actor("hilda"), clock.now(), cycle_of(road))
    assert severity_of_leads(world.session, condition, loaded(road, "hilda").framework) == []


def test_the_pages_draw_and_answer_proposals(app: Flask, world: World) -> None:
    road, hilda = open_road(world, peers=3), sign_in(app, "hilda")
    simon = sign_in(app, "simon")
    peer = {"number": CAST["bruno"][0]}
    assert simon.post(f"{road.path}/peers", peer).status_code == 302
    assert "Bruno Inventado" in simon.get(f"{road.path}/assessors").text
    assert "Proposed peers to answer" in hilda.get("/home").text
    path = f"/cycles/{road.cycle_id}/assessors"
    page = hilda.get(path).text
    assert "Bruno Inventado" in page
    approve = page.split('action="/appraisals/')[1].split('"')[0]
    answered = hilda.post(f"/appraisals/{approve}", {"back": "cycle"})
    assert answered.location == path
    assert "No proposal waits." in hilda.get(path).text
    drawing = f"/cycles/{road.cycle_id}/double-scoring"
    refused = hilda.post(drawing, {"share": "x", "pool": "E500"})
    assert refused.status_code == 422
    assert "Write a whole number." in refused.text
    assert hilda.post(drawing, {"share": "50", "pool": "E500, E302"}).status_code == 302
    assert world.session.scalar(sa.select(sa.func.count()).where(Assessor.drawn)) == 1
    assert world.session.scalars(sa.select(Appraisal.id)).one()
