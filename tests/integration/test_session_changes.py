"""A planned session is changed until it is held: recorded, told, and never afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.certification_models import (
    AssessmentSession,
    SessionExaminer,
    SessionMove,
)
from competency.assessments.session_changes import SessionChange, change_session
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from tests.support.cast import CAST, World
from tests.support.certifications import Certification, open_certification
from tests.support.mail import kinds, messages


def changed(
    road: Certification,
    session_id: str,
    name: str = "hilda",
    *,
    examiners: tuple[str, ...] = ("bruno",),
    days: int = 3,
    place: str = "Sala 5",
    situation: str = "canario-nuova tre code aperte",
    reason: str = "canario-perché la sala non c'è",
) -> None:
    """Change a session as somebody, ``days`` from now."""
    with unit_of_work(road.world.session):
        change_session(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=session_id,
            change=SessionChange(
                clock.now().replace(microsecond=0) + timedelta(days=days),
                tuple(CAST[each][0] for each in examiners),
                place,
                situation,
                reason,
            ),
        )


def planned(world: World) -> tuple[AssessmentSession, set[int]]:
    """Return the one session with its examiners, as the database has them."""
    world.session.rollback()
    found = world.session.scalars(sa.select(AssessmentSession)).one()
    return found, set(world.session.scalars(sa.select(SessionExaminer.employee_id)))


def test_day_place_examiners_and_situation_change_and_the_test_stays(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    before, _ = planned(world)
    items, attempt, day = before.items, before.attempt, before.planned_on
    changed(road, session_id, examiners=("renata", "bruno"))
    after, examiners = planned(world)
    assert (after.items, after.attempt, after.place) == (items, attempt, "Sala 5")
    assert after.planned_on > day
    assert after.situation == "canario-nuova tre code aperte"
    assert examiners == {world.employee("renata").id, world.employee("bruno").id}


def test_a_change_is_recorded_with_what_changed_and_without_the_words(world: World) -> None:
    road = open_certification(world)
    changed(road, road.plan())
    world.session.rollback()
    data = world.session.scalars(
        sa.select(AuditEvent.data).where(AuditEvent.action == "session.changed")
    ).one()
    assert set(data["changed"]) == {"planned_for", "planned_on", "place", "situation"}
    assert "canario" not in str(data)


def test_what_moves_it_needs_a_reason_that_is_kept_and_nothing_else_does(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    with pytest.raises(Invalid, match="why the session is moved"):
        changed(road, session_id, reason=" ")
    assert planned(world)[0].place == "Sala 2"
    changed(road, session_id)
    held, _ = planned(world)
    move = world.session.scalars(sa.select(SessionMove)).one()
    assert (move.was_place, move.place, move.planned_for) == ("Sala 2", "Sala 5", held.planned_for)
    same = SessionChange(held.planned_for, (CAST["renata"][0], CAST["bruno"][0]), "Sala 5")
    with unit_of_work(world.session):
        change_session(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=session_id,
            change=same,
        )
    assert len(world.session.scalars(sa.select(SessionMove)).all()) == 1


def test_the_same_again_records_nothing_and_tells_nobody(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    held, _ = planned(world)
    same = SessionChange(
        held.planned_for, (CAST["bruno"][0],), held.place or "", held.situation or ""
    )
    before = len(messages(world))
    with unit_of_work(world.session):
        change_session(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=session_id,
            change=same,
        )
    assert len(messages(world)) == before
    world.session.rollback()
    actions = world.session.scalars(sa.select(AuditEvent.action)).all()
    assert "session.changed" not in actions


def test_everybody_concerned_is_told_when_and_where_and_what_changed(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan(examiners=("bruno", "renata"))
    assert kinds(world, "aurora")[-1] == "session_planned"
    assert kinds(world, "renata") == ["session_to_examine"]
    told = messages(world, "aurora")[-1]
    assert told.params is not None
    assert (told.params["place"], told.params["zone"]) == ("Sala 2", "America/Santiago")
    assert told.link_id == session_id
    changed(road, session_id, examiners=("bruno", "carla"))
    assert kinds(world, "aurora")[-1] == "session_changed"
    assert kinds(world, "bruno")[-1] == "session_to_examine_changed"
    assert kinds(world, "carla") == ["session_to_examine"]
    assert kinds(world, "renata")[-1] == "session_examined_by_others"
    road.cancel(session_id)
    assert kinds(world, "aurora")[-1] == "session_cancelled"
    assert kinds(world, "carla")[-1] == "session_to_examine_cancelled"
    assert kinds(world, "renata")[-1] == "session_examined_by_others"
    assert "canario" not in str([message.params for message in messages(world)])


def test_who_may_change_a_session(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan(examiners=("bruno", "renata"))
    for name in ("aurora", "simon", "renata", "augusto"):
        with pytest.raises(NotAllowed):
            changed(road, session_id, name)
    with pytest.raises(NotFound):
        changed(road, session_id, "ada")
    changed(road, session_id, "bruno")


def test_nothing_is_changed_once_it_was_held_or_cancelled(world: World) -> None:
    road = open_certification(world)
    first = road.plan()
    road.cancel(first)
    with pytest.raises(IllegalTransition):
        changed(road, first)
    second = road.plan()
    road.hold(second)
    with pytest.raises(IllegalTransition):
        changed(road, second)


def test_a_change_is_held_to_the_rules_of_planning(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    for options in ({"examiners": ("aurora",)}, {"examiners": ()}, {"examiners": ("simon",)}):
        with pytest.raises(Invalid):
            changed(road, session_id, **options)
    with pytest.raises(Invalid):
        changed(road, session_id, days=-30)
    with pytest.raises(Invalid):
        changed(road, session_id, place="x" * 201)
    held, examiners = planned(world)
    assert held.place == "Sala 2"
    assert examiners == {world.employee("bruno").id}
