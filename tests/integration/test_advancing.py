"""What dates bring about: at the day of the subject's site, one refusal holding back no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments import advancing
from competency.assessments.advancing import Advanced, advance
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import release
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, NotAllowed
from competency.people.models import Placement, Site
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.register import copies


def at(day: date, hour: int) -> datetime:
    """Return an instant of a day in UTC."""
    return datetime.combine(day, time(hour), UTC)


def run(world: World, now: datetime) -> Advanced:
    """Advance at a moment."""
    with unit_of_work(world.session):
        return advance(world.session, actor=world.system(), now=now)


def prepared(world: World, state: State, zone: str | None = None) -> tuple[Road, date]:
    """Return a road whose results come out in some days, at a site of a time zone or none."""
    road = open_road(world).to(state)
    day = clock.now().date() + timedelta(days=20)
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a date and a place")
        world.session.execute(sa.update(Cycle).values(releases_on=day))
        world.session.execute(sa.update(Appraisal).values(contest_until=day))
        if zone is None:
            world.session.execute(sa.delete(Placement))
        else:
            world.session.execute(sa.update(Site).values(time_zone=zone))
    return road, day


@pytest.mark.parametrize(
    ("zone", "days", "last_hour_before"),
    [
        ("UTC", -1, 23),
        ("Pacific/Kiritimati", -1, 9),
        ("Pacific/Pago_Pago", 0, 10),
        ("Asia/Vladivostok", -1, 13),
    ],
)
def test_results_come_out_when_the_day_begins_at_the_site(
    world: World, zone: str, days: int, last_hour_before: int
) -> None:
    road, day = prepared(world, State.APPROVED, zone)
    before = at(day + timedelta(days=days), last_hour_before)
    assert run(world, before).released == 0
    assert road.state() is State.APPROVED
    assert run(world, before + timedelta(hours=1)).released == 1
    assert road.state() is State.RELEASED
    assert run(world, before + timedelta(hours=1)) == Advanced()


def test_somebody_without_a_site_has_the_days_of_their_employer(world: World) -> None:
    road, day = prepared(world, State.APPROVED)
    assert run(world, at(day, 2)).released == 0, "it is still the day before in Santiago"
    assert run(world, at(day, 5)).released == 1
    assert road.state() is State.RELEASED


@pytest.mark.parametrize(("zone", "hour"), [("Pacific/Kiritimati", 9), ("UTC", 23)])
def test_the_days_to_answer_end_with_the_last_day_at_the_site(
    world: World, zone: str, hour: int
) -> None:
    road, day = prepared(world, State.RELEASED, zone)
    assert run(world, at(day, hour)).lapsed == 0
    assert run(world, at(day, hour) + timedelta(hours=1)).lapsed == 1
    assert road.state() is State.CLOSED


def test_one_that_is_refused_holds_back_no_other_and_is_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = open_road(world).to(State.CLOSED)
    others = copies(road, 2)
    with unit_of_work(world.session):
        exempt(world.session, "a test makes three results that wait")
        waiting = {"state": State.APPROVED, "released_at": None, "closed_at": None}
        world.session.execute(sa.update(Appraisal).values(waiting))
        world.session.execute(sa.update(Cycle).values(releases_on=clock.now().date()))

    def refusing(*arguments: Any, public_id: str, **rest: Any) -> None:  # noqa: ANN401 - release's own
        release(*arguments, public_id=public_id, **rest)
        if public_id == others[0]:
            raise IllegalTransition("not this one")

    monkeypatch.setattr(advancing, "release", refusing)
    done = run(world, clock.now() + timedelta(days=1))
    assert (done.released, done.refused) == (2, {others[0]: "not this one"})
    states = dict(world.session.execute(sa.select(Appraisal.public_id, Appraisal.state)).all())
    assert states == {
        road.public_id: State.RELEASED,
        others[0]: State.APPROVED,
        others[1]: State.RELEASED,
    }


def test_only_the_system_advances(world: World) -> None:
    with pytest.raises(NotAllowed), unit_of_work(world.session):
        advance(world.session, actor=world.actor("hilda"), now=clock.now())
