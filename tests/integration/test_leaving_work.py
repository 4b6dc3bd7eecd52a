"""What ends in appraisals when somebody leaves, and what is listed to be handed over."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import AppraisalRequest, RequestStep
from competency.assessments.schema import RequestState, SessionState
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.people.leaving import leave
from tests.support.cast import World
from tests.support.certifications import open_certification
from tests.support.client import sign_in
from tests.support.mail import kinds
from tests.support.requests import asked, step


def gone(world: World, name: str, by: str = "hilda") -> None:
    """Let somebody leave today."""
    actor, now = world.actor(by), clock.now()
    with unit_of_work(world.session):
        leave(
            world.session,
            actor=actor,
            now=now,
            employee=world.employee(name),
            left_on=actor.today(now),
        )


def recorded(world: World, action: str) -> list[object]:
    """Return the reasons that were recorded with an action."""
    world.session.rollback()
    found = world.session.scalars(sa.select(AuditEvent.data).where(AuditEvent.action == action))
    return [data.get("reason") for data in found]


def test_an_open_request_of_somebody_who_leaves_is_closed_with_the_reason(
    app: Flask, world: World
) -> None:
    assert app
    asked(world)
    gone(world, "aurora")
    assert recorded(world, "request.decline") == ["left"]
    request = world.session.scalars(sa.select(AppraisalRequest)).one()
    assert request.state is RequestState.DECLINED
    assert request.ended_at is not None
    last = world.session.scalars(
        sa.select(RequestStep.comment).order_by(RequestStep.id.desc()).limit(1)
    ).one()
    assert last == "La persona dejó la empresa."
    assert "request_answered" not in kinds(world, "aurora")


def test_a_request_that_was_answered_stays_as_it_was(app: Flask, world: World) -> None:
    assert app
    step(world, "decline", "simon", asked(world))
    gone(world, "aurora")
    assert recorded(world, "request.decline") == [None]


def test_the_planned_tests_of_somebody_who_leaves_are_cancelled(app: Flask, world: World) -> None:
    assert app
    road = open_certification(world)
    held = road.plan(unit="uc1", at=clock.now())
    road.hold(held, failed=("uc1.ind2",))
    road.plan(unit="uc1")
    gone(world, "aurora")
    assert recorded(world, "session.cancelled") == ["left"]
    states = world.session.scalars(
        sa.select(AssessmentSession.state).order_by(AssessmentSession.id)
    ).all()
    assert states == [SessionState.HELD, SessionState.CANCELLED]
    assert kinds(world, "bruno")[-1] == "session_to_examine_cancelled"


def test_who_may_not_let_somebody_leave_ends_nothing(app: Flask, world: World) -> None:
    assert app
    asked(world)
    with pytest.raises(NotAllowed):
        gone(world, "aurora", "simon")
    world.session.rollback()
    assert world.session.scalars(sa.select(AppraisalRequest.state)).one() is RequestState.OPEN


def test_tests_in_which_somebody_who_left_examines_are_listed_to_be_handed_over(
    app: Flask, world: World
) -> None:
    road = open_certification(world)
    session_id = road.plan(examiners=("bruno", "renata"))
    gone(world, "renata")
    page = sign_in(app, "hilda").get(f"/people/{world.employee('renata').public_id}/handover").text
    assert "Planned tests in which this person examines" in page
    assert f"/sessions/{session_id}" in page
    assert recorded(world, "session.cancelled") == []
