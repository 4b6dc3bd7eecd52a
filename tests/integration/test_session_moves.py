"""A planned session is moved with a reason that stays; the candidate asks, and gets an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.certification_models import AssessmentSession, SessionMove
from competency.assessments.session_moves import (
    Move,
    ask_to_move,
    keep_session,
    move_session,
)
from competency.audit.models import AuditEvent
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from tests.support.cast import World
from tests.support.certifications import Certification, open_certification
from tests.support.client import sign_in
from tests.support.mail import kinds, messages

REASON = "canario-motivo l'aula è chiusa"
WISH = "canario-wish sono di turno, posso giovedì"


def moved(
    road: Certification,
    session_id: str,
    name: str = "hilda",
    *,
    days: int = 3,
    place: str = "Sala 7",
    reason: str = REASON,
    at: datetime | None = None,
) -> None:
    """Move a session as somebody, ``days`` from now, or to an instant."""
    at = at or clock.now().replace(microsecond=0) + timedelta(days=days)
    with unit_of_work(road.world.session):
        move_session(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=session_id,
            move=Move(at, place, reason),
        )


def said(road: Certification, session_id: str, name: str, what: str, reason: str = WISH) -> None:
    """Ask for another day, or keep it, as somebody."""
    step = {"ask": ask_to_move, "keep": keep_session}[what]
    with unit_of_work(road.world.session):
        step(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=session_id,
            reason=reason,
        )


def history(world: World) -> list[SessionMove]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(SessionMove).order_by(SessionMove.id)))


@pytest.mark.parametrize("name", ["hilda", "bruno", "renata"])
def test_planners_and_examiners_move_a_session_and_it_stays_the_same_attempt(
    world: World, name: str
) -> None:
    road = open_certification(world)
    session_id = road.plan(examiners=("bruno", "renata"))
    before = world.session.scalars(sa.select(AssessmentSession)).one()
    was, attempt = before.planned_for, before.attempt
    moved(road, session_id, name)
    world.session.rollback()
    after = world.session.scalars(sa.select(AssessmentSession)).one()
    assert (after.attempt, after.state.value, after.place) == (attempt, "planned", "Sala 7")
    [move] = history(world)
    assert (move.was_for, move.planned_for) == (was, after.planned_for)
    assert (move.was_place, move.place, move.reason) == ("Sala 2", "Sala 7", REASON)
    assert kinds(world, "aurora")[-1] == "session_moved"
    assert {kinds(world, one)[-1] for one in ("bruno", "renata")} == {"session_to_examine_moved"}
    assert "canario" not in str([message.params for message in messages(world)])
    assert "canario" not in str(list(world.session.scalars(sa.select(AuditEvent.data))))
    assert verify(world.session) == []


def test_the_candidate_asks_once_and_is_answered_by_moving_or_keeping(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    said(road, session_id, "aurora", "ask")
    assert kinds(world, "bruno")[-1] == "session_to_examine_asked"
    with pytest.raises(IllegalTransition):
        said(road, session_id, "aurora", "ask")
    said(road, session_id, "bruno", "keep", REASON)
    assert kinds(world, "aurora")[-1] == "session_kept"
    with pytest.raises(IllegalTransition):
        said(road, session_id, "hilda", "keep")
    said(road, session_id, "aurora", "ask")
    moved(road, session_id)
    said(road, session_id, "aurora", "ask")
    assert [one.action.value for one in history(world)] == ["ask", "keep", "ask", "move", "ask"]


def test_who_may_move_and_who_may_ask(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan()
    for name in ("aurora", "simon", "augusto"):
        with pytest.raises(NotAllowed):
            moved(road, session_id, name)
        with pytest.raises(NotAllowed):
            said(road, session_id, name, "keep")
    for name in ("bruno", "hilda", "simon"):
        with pytest.raises(NotAllowed):
            said(road, session_id, name, "ask")
    with pytest.raises(NotFound):
        moved(road, session_id, "ada")
    assert history(world) == []


def test_a_move_needs_a_reason_a_day_to_come_and_a_difference(world: World) -> None:
    road = open_certification(world)
    session_id = road.plan(at=clock.now().replace(microsecond=0) + timedelta(days=3))
    for options in ({"reason": " "}, {"days": -1}, {"place": "x" * 201}, {"reason": "x" * 4001}):
        with pytest.raises(Invalid):
            moved(road, session_id, **options)
    same = world.session.scalars(sa.select(AssessmentSession.planned_for)).one()
    world.session.rollback()
    with pytest.raises(Invalid, match="still to come"):
        moved(road, session_id, at=clock.now())
    with pytest.raises(Invalid, match="another day, time or place"):
        moved(road, session_id, at=same, place="Sala 2")
    with pytest.raises(Invalid):
        said(road, session_id, "aurora", "ask", "  ")
    assert history(world) == []


def test_nothing_is_moved_once_it_was_held_or_cancelled(world: World) -> None:
    road = open_certification(world)
    first = road.plan()
    road.cancel(first)
    second = road.plan()
    road.hold(second)
    for session_id in (first, second):
        with pytest.raises(IllegalTransition):
            moved(road, session_id)
        with pytest.raises(IllegalTransition):
            said(road, session_id, "aurora", "ask")


def test_the_pages_ask_move_and_tell_from_when_to_when_and_why(app: Flask, world: World) -> None:
    road = open_certification(world)
    address = f"/sessions/{road.plan()}"
    aurora, bruno = sign_in(app, "aurora"), sign_in(app, "bruno")
    assert "Ask for another day" in aurora.get(address).text
    assert aurora.post(f"{address}/ask-to-move", {"reason": ""}).status_code == 422
    assert aurora.post(f"{address}/ask-to-move", {"reason": WISH}).status_code == 302
    assert "wait for an answer" in aurora.get(f"{address}/move").text
    page = bruno.get(f"{address}/move").text
    assert WISH in page
    assert "Keep the day" in page
    day = (clock.now().date() + timedelta(days=9)).isoformat()
    refused = bruno.post(
        f"{address}/move", {"day": day, "time": "soon", "place": "Sala 7", "reason": REASON}
    )
    assert refused.status_code == 422
    assert REASON.replace("'", "&#39;") in refused.text
    sent = {"day": day, "time": "09:30", "place": "Sala 7", "reason": REASON}
    assert bruno.post(f"{address}/move", sent).status_code == 302
    for browser in (aurora, bruno):
        page = browser.get(address).text
        assert "Sala 2" in page
        assert "Sala 7" in page
        assert "canario-motivo" in page
