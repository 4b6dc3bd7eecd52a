"""Calibration sessions: who takes part, what an adjustment is, and what stays."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.calibration_queries import levels_of, rows_of, seen_by
from competency.assessments.judging import save_draft
from competency.assessments.models import Judgement
from competency.assessments.schema import Answer, AssessorKind, State
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.appraisals import Road, open_road
from tests.support.beside import answer, ask_second
from tests.support.calibrations import adjust, calibrated, close, lines, open_session, undo
from tests.support.cast import World
from tests.support.mail import messages

CRITERION = "ac1.cd1"


def stands(road: Road, found: str, name: str) -> str | None:
    """Return the level that somebody reads in the grid."""
    session = road.world.session
    session.rollback()
    actor, now = road.world.actor(name), clock.now()
    seen = seen_by(session, actor, now, found)
    rows = rows_of(session, actor, now, seen)
    return levels_of(session, seen, rows)[1][rows[0].appraisal.id][CRITERION]


def reads(road: Road, found: str, name: str) -> bool:
    """Return whether somebody reads Aurora's row."""
    road.world.session.rollback()
    try:
        seen_by(road.world.session, road.world.actor(name), clock.now(), found)
    except NotFound:
        return False
    return True


def review_judgements(world: World) -> list[str | None]:
    world.session.rollback()
    return list(
        world.session.scalars(
            sa.select(Judgement.level).where(Judgement.kind == AssessorKind.REVIEW)
        )
    )


def test_an_adjustment_is_the_reviewers_change_and_a_line_of_the_log(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    adjust(road, found)
    assert lines(world) == [("met", "below", False)]
    assert stands(road, found, "hilda") == "below"
    road.step("approve", "renata")
    assert review_judgements(world) == ["below"]
    assert stands(road, found, "simon") == "below"


def test_who_takes_part_in_a_session_is_told_once(world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    found = open_session(road)
    told = [m for m in messages(world, "renata") if m.kind == "calibration_opened"]
    assert [(m.link_id, m.about_id) for m in told] == [(found, None)]
    others = {m.employee_id for m in messages(world) if m.kind == "calibration_opened"}
    assert others == {world.employee("renata").id}


def test_an_adjustment_is_taken_back_until_the_approval(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    with pytest.raises(IllegalTransition):
        undo(road, found)
    adjust(road, found)
    undo(road, found)
    assert lines(world)[1] == ("below", "met", True)
    assert stands(road, found, "hilda") == "met"
    adjust(road, found)
    road.step("approve", "renata")
    with pytest.raises(NotAllowed):
        undo(road, found)
    assert review_judgements(world) == ["below"]


def test_what_review_changed_outside_the_session_is_the_reviewers_own(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    with unit_of_work(world.session):
        save_draft(
            world.session,
            actor=world.actor("renata"),
            now=clock.now(),
            public_id=road.public_id,
            kind=AssessorKind.REVIEW,
            answer=Answer(CRITERION, "below", note="Todavía lo pienso."),
            version=0,
        )
    assert stands(road, found, "hilda") == "met"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"rationale": " "}, "note"),
        ({"level": "met"}, "level"),
        ({"level": "G"}, "level"),
    ],
)
def test_an_adjustment_needs_a_rationale_and_another_level(
    world: World, sent: dict[str, str], field: str
) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    with pytest.raises(Invalid) as error:
        adjust(road, found, **sent)  # type: ignore[arg-type]  # texts, each of its own name
    assert error.value.field == field
    assert lines(world) == []


def test_only_the_member_who_has_taken_it_adjusts(world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    granted(world, "carla", Role.REVIEWER)
    found = open_session(road, members=("renata", "carla"))
    with pytest.raises(NotAllowed):
        adjust(road, found)
    road.step("take", "renata")
    for name in ("carla", "hilda", "simon"):
        with pytest.raises(NotAllowed):
            adjust(road, found, name)
    for name in ("aurora", "bruno"):
        with pytest.raises(NotFound):
            adjust(road, found, name)
    adjust(road, found)


def granted(world: World, name: str, role: Role) -> None:
    """Grant somebody a role over all."""
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account(name),
            role=role,
        )


def test_who_reads_by_another_role_and_takes_no_part_adjusts_nothing(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = calibrated(world, road, members=())
    granted(world, "renata", Role.AUDITOR)
    assert reads(road, found, "renata")
    with pytest.raises(NotAllowed):
        adjust(road, found)


def test_nobody_reads_about_themselves_by_whatever_role(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = calibrated(world, road)
    granted(world, "aurora", Role.AUDITOR)
    granted(world, "aurora", Role.HR)
    assert not reads(road, found, "aurora")
    granted(world, "bruno", Role.AUDITOR)
    assert reads(road, found, "bruno")


def test_a_reviewer_who_does_not_take_part_adjusts_nothing(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = calibrated(world, road, members=())
    with pytest.raises(NotFound):
        adjust(road, found)


def test_who_reads_a_session(world: World) -> None:
    road = open_road(world)
    ask_second(road, "ada")
    road.to(State.IN_REVIEW)
    found = calibrated(world, road, members=("renata", "aurora", "ada"))
    assert {n for n in ("hilda", "simon", "renata", "augusto") if reads(road, found, n)} == {
        "hilda",
        "simon",
        "renata",
        "augusto",
    }
    assert not any(reads(road, found, name) for name in ("aurora", "bruno", "carla", "ada"))


def test_who_judged_beside_the_lead_reads_no_row_as_a_reviewer(world: World) -> None:
    road = open_road(world)
    ask_second(road, "carla")
    road.to(State.IN_REVIEW)
    granted(world, "carla", Role.REVIEWER)
    found = calibrated(world, road, members=("renata", "carla"))
    answer(road, "carla", AssessorKind.SECOND)
    assert not reads(road, found, "carla")


def test_a_closed_session_stays_as_it_is(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    adjust(road, found)
    for name in ("renata", "augusto", "simon"):
        with pytest.raises(NotAllowed):
            close(road, found, name)
    close(road, found)
    with pytest.raises(IllegalTransition):
        adjust(road, found, criterion="ac1.cd2")
    with pytest.raises(IllegalTransition):
        undo(road, found)
    with pytest.raises(IllegalTransition):
        close(road, found)
    assert len(lines(world)) == 1


def test_a_session_is_about_submitted_appraisals_and_for_their_reviewers(world: World) -> None:
    road = open_road(world)
    with pytest.raises(Invalid):
        open_session(road)
    road.to(State.SUBMITTED)
    with pytest.raises(NotAllowed):
        open_session(road, "renata")
    for members in ((), ("carla",)):
        with pytest.raises(Invalid):
            open_session(road, members=members)
    with pytest.raises(Invalid):
        open_session(road, title=" ")
    open_session(road)
    with pytest.raises(Invalid):
        open_session(road)


def test_a_returned_appraisal_shows_no_levels(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    found = open_session(road)
    road.step("return_for_rework", "renata", comment="Falta mirar los turnos.")
    world.session.rollback()
    actor, now = world.actor("hilda"), clock.now()
    seen = seen_by(world.session, actor, now, found)
    rows = rows_of(world.session, actor, now, seen)
    assert levels_of(world.session, seen, rows) == ({}, {})
