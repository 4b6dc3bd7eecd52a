"""Commissions: who may sit, who decides, and what their decision opens."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.credentials.commission_queries import asked_of, commission_of, load_as_member
from competency.credentials.models import CommissionVote
from competency.credentials.papers import from_data
from competency.credentials.queries import ready_to_attest, waiting_for_commission
from competency.credentials.schema import CommissionState
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.people.operations import report_to
from competency.people.schema import AccountState
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.credentials import SEATS, publish_with_commission, seat, vote
from tests.support.register import add_issuer, erase, issue, take


def closed(world: World) -> Road:
    """Return Aurora's closed appraisal against a standard that asks for a commission."""
    add_issuer(world)
    return open_road(world, version_id=publish_with_commission(world)).to(State.CLOSED)


def state(world: World, road: Road) -> CommissionState:
    """Return how far the commission is."""
    world.session.rollback()
    actor = world.actor("carla")
    loaded = load_as_member(world.session, actor=actor, now=clock.now(), public_id=road.public_id)
    found = commission_of(world.session, loaded)
    assert found is not None
    return found.state


def test_nothing_is_issued_before_every_seat_has_approved(world: World) -> None:
    road = closed(world)
    carla = world.actor("carla")

    def still_refused() -> None:
        with pytest.raises(Invalid, match="commission"):
            take(world, road.public_id)
        assert ready_to_attest(world.session, actor=carla, now=clock.now()) == []

    still_refused()
    seat(world, road.public_id, 0, "bruno")
    still_refused()
    seat(world, road.public_id, 1, "augusto")
    still_refused()
    vote(world, road.public_id, "bruno")
    still_refused()
    assert state(world, road) is CommissionState.DECIDING
    vote(world, road.public_id, "augusto")
    assert state(world, road) is CommissionState.APPROVED
    assert len(ready_to_attest(world.session, actor=carla, now=clock.now())) == 1
    facts = from_data(issue(world, road.public_id).facts or {})
    assert [member.role for member in facts.commission] == SEATS
    assert [member.name.split()[0] for member in facts.commission] == ["Bruno", "Augusto"]


def test_one_refusal_refuses_and_nobody_can_be_appointed_or_decide_after_it(world: World) -> None:
    road = closed(world)
    seat(world, road.public_id, 0, "bruno")
    seat(world, road.public_id, 1, "augusto")
    vote(world, road.public_id, "bruno", approves=False)
    assert state(world, road) is CommissionState.REFUSED
    with pytest.raises(IllegalTransition):
        vote(world, road.public_id, "augusto")
    with pytest.raises(IllegalTransition):
        seat(world, road.public_id, 1, "carla")
    assert asked_of(world.session, world.actor("augusto")) == []
    with pytest.raises(Invalid):
        take(world, road.public_id)


@pytest.mark.parametrize("name", ["aurora", "simon", "renata"])
def test_nobody_with_a_part_in_the_appraisal_sits(world: World, name: str) -> None:
    road = closed(world)
    with pytest.raises(Invalid, match="assessed, reviewed or supervised"):
        seat(world, road.public_id, 0, name)


@pytest.mark.parametrize("what", ["left", "supervises", "ended"])
def test_who_may_not_sit_any_more_does_not_vote(world: World, what: str) -> None:
    road = closed(world)
    seat(world, road.public_id, 0, "bruno")
    with unit_of_work(world.session):
        today = world.actor("hilda").today(clock.now())
        if what == "left":
            world.employee("bruno").left_on = today
            exempt(world.session, "a test lets somebody leave without ending their access")
        elif what == "ended":
            account = world.account("bruno")
            account.state, account.password_hash = AccountState.ENDED, None
            exempt(world.session, "a test ends an account whose session still runs")
        else:
            aurora, bruno = world.employee("aurora"), world.employee("bruno")
            report_to(
                world.session,
                actor=world.actor("hilda"),
                now=clock.now(),
                employee=aurora,
                supervisor=bruno,
                starts_on=today,
            )
    with pytest.raises(NotAllowed, match="by now"):
        vote(world, road.public_id, "bruno")
    assert world.session.scalars(sa.select(CommissionVote)).all() == []


def test_whoever_led_it_until_a_handover_does_not_sit(world: World) -> None:
    add_issuer(world)
    road = open_road(world, version_id=publish_with_commission(world))
    road.hand_over("bruno")
    road.hand_over("simon")
    road.to(State.CLOSED)
    with pytest.raises(Invalid, match="assessed"):
        seat(world, road.public_id, 0, "bruno")


def test_only_human_resources_appoint_and_nobody_themselves(world: World) -> None:
    road = closed(world)
    for name in ("carla", "augusto", "renata"):
        with pytest.raises((NotAllowed, NotFound)):
            seat(world, road.public_id, 0, "bruno", by=name)
    with pytest.raises(Invalid, match="Nobody appoints themselves"):
        seat(world, road.public_id, 0, "hilda")


def test_nobody_holds_two_seats_and_a_member_who_has_not_decided_is_replaced(
    world: World,
) -> None:
    road = closed(world)
    seat(world, road.public_id, 0, "bruno")
    with pytest.raises(Invalid, match="another seat"):
        seat(world, road.public_id, 1, "bruno")
    seat(world, road.public_id, 0, "augusto")
    with pytest.raises(NotFound):
        vote(world, road.public_id, "bruno")
    assert asked_of(world.session, world.actor("bruno")) == []
    assert len(asked_of(world.session, world.actor("augusto"))) == 1
    vote(world, road.public_id, "augusto")
    with pytest.raises(IllegalTransition):
        seat(world, road.public_id, 0, "bruno")
    with pytest.raises(IllegalTransition):
        vote(world, road.public_id, "augusto")


def test_a_commission_is_appointed_once_the_appraisal_is_closed(world: World) -> None:
    add_issuer(world)
    road = open_road(world, version_id=publish_with_commission(world)).to(State.RELEASED)
    with pytest.raises(IllegalTransition):
        seat(world, road.public_id, 0, "bruno")


def test_human_resources_see_what_waits_for_a_commission_until_it_has_decided(
    world: World,
) -> None:
    road = closed(world)
    hilda = world.actor("hilda")
    assert len(waiting_for_commission(world.session, actor=hilda, now=clock.now())) == 1
    assert waiting_for_commission(world.session, actor=world.actor("bruno"), now=clock.now()) == []
    seat(world, road.public_id, 0, "bruno")
    seat(world, road.public_id, 1, "augusto")
    vote(world, road.public_id, "bruno")
    vote(world, road.public_id, "augusto")
    world.session.rollback()
    assert waiting_for_commission(world.session, actor=hilda, now=clock.now()) == []


def test_a_members_reason_goes_with_the_persons_data(world: World) -> None:
    road = closed(world)
    seat(world, road.public_id, 0, "bruno")
    vote(world, road.public_id, "bruno")
    erase(world)
    world.session.rollback()
    assert world.session.scalars(sa.select(CommissionVote.reason)).all() == [None]
