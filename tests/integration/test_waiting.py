"""What waits for review and for release: the first rows, and all of them counted."""

from __future__ import annotations

from competency import clock
from competency.assessments.schema import State
from competency.assessments.waiting import to_release, to_review
from tests.support.appraisals import open_road, publish_longer
from tests.support.cast import World


def test_what_waits_for_review_is_counted_beyond_the_rows_that_are_read(world: World) -> None:
    open_road(world).to(State.SUBMITTED, own=False)
    open_road(world, version_id=publish_longer(world, 1)).to(State.SUBMITTED, own=False)
    renata = world.actor("renata")
    found = to_review(world.session, renata, renata.today(clock.now()), shown=1)
    assert (len(found.alone), found.alone_total) == (1, 2)
    assert (found.unflagged, found.unflagged_total) == ([], 0)
    simon = world.actor("simon")
    assert to_review(world.session, simon, simon.today(clock.now()), shown=1).alone_total == 0


def test_flagged_and_unflagged_are_counted_apart(world: World) -> None:
    open_road(world).to(State.SUBMITTED)
    longer = open_road(world, version_id=publish_longer(world, 1)).to(State.SUBMITTED)
    renata = world.actor("renata")
    found = to_review(world.session, renata, renata.today(clock.now()), shown=20)
    assert found.alone_total == len(found.alone) == 1
    assert found.unflagged_total == 1
    assert [row.appraisal.public_id for row in found.unflagged] == [longer.public_id]


def test_what_is_ready_is_counted_cycle_by_cycle_and_only_for_human_resources(
    world: World,
) -> None:
    first = open_road(world).to(State.APPROVED)
    second = open_road(world, version_id=publish_longer(world, 1)).to(State.APPROVED)
    hilda, renata = world.actor("hilda"), world.actor("renata")
    today = hilda.today(clock.now())
    found = to_release(world.session, hilda, today)
    assert {(one.cycle.public_id, one.count) for one in found} == {
        (road.cycle_id, 1) for road in (first, second)
    }
    assert to_release(world.session, renata, today) == ()
