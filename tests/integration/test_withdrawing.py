"""A candidate withdraws from an open certification; nothing else ends with it, or after it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import AppraisalStep
from competency.assessments.operations import cancel
from competency.assessments.schema import AssessorKind, SessionState, State
from competency.assessments.withdrawing import withdraw_certification
from competency.audit.models import AuditEvent
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.certifications import open_certification
from tests.support.mail import kinds, messages

REASON = "canario-motivo mi è stato cambiato il turno"


def withdraw(road: Road, name: str = "aurora", reason: str = REASON) -> None:
    """Withdraw as somebody."""
    with unit_of_work(road.world.session):
        withdraw_certification(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=road.public_id,
            reason=reason,
        )


def sessions(world: World) -> list[tuple[int, str]]:
    """Return attempt and state of every session, the oldest first."""
    world.session.rollback()
    query = sa.select(AssessmentSession).order_by(AssessmentSession.id)
    return [(one.attempt, one.state.value) for one in world.session.scalars(query)]


def test_the_candidate_withdraws_and_what_is_planned_is_cancelled_with_it(world: World) -> None:
    road = open_certification(world, units=("uc1", "uc2"))
    road.hold(road.plan())
    road.plan(unit="uc2")
    withdraw(road)
    assert road.state() is State.CANCELLED
    assert sessions(world) == [(1, "held"), (1, "cancelled")]
    step = world.session.scalars(
        sa.select(AppraisalStep).order_by(AppraisalStep.id.desc()).limit(1)
    ).one()
    assert (step.action.value, step.comment) == ("withdraw", REASON)
    actions = list(world.session.scalars(sa.select(AuditEvent.action)))
    assert {"session.cancelled", "appraisal.withdraw"} <= set(actions)
    assert REASON not in str(list(world.session.scalars(sa.select(AuditEvent.data))))
    assert kinds(world, "hilda")[-1] == "certification_withdrawn"
    assert kinds(world, "bruno")[-1] == "certification_withdrawn"
    assert "session_to_examine_cancelled" in kinds(world, "bruno")
    assert "canario" not in str([message.params for message in messages(world)])
    assert verify(world.session) == []


def test_after_withdrawing_the_same_can_be_opened_again_with_all_its_attempts(
    world: World,
) -> None:
    road = open_certification(world)
    version_id = road.loaded().appraisal.framework_version_id
    road.plan()
    withdraw(road)
    again = open_certification(world, version_id=version_id)
    assert again.hold(again.plan()) is True
    assert sessions(world) == [(1, SessionState.CANCELLED.value), (1, SessionState.HELD.value)]


def test_nobody_else_withdraws_and_no_appraisal_is_withdrawn_from(world: World) -> None:
    road = open_certification(world)
    for name in ("hilda", "bruno", "simon", "augusto"):
        with pytest.raises(NotAllowed):
            withdraw(road, name)
    with pytest.raises(NotFound):
        withdraw(road, "ada")
    with pytest.raises(Invalid):
        withdraw(road, reason="  ")
    appraisal = open_road(world)
    with pytest.raises(NotAllowed):
        withdraw(appraisal)
    assert road.state() is appraisal.state() is State.OPEN


def test_nothing_is_withdrawn_from_once_it_was_submitted_even_when_it_came_back(
    world: World,
) -> None:
    road = open_certification(world)
    road.hold(road.plan())
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    with pytest.raises(IllegalTransition):
        withdraw(road)
    road.step("take", "renata")
    road.step("return_for_rework", "renata", comment="Guardare di nuovo.")
    assert road.state() is State.OPEN
    with pytest.raises(IllegalTransition, match="submitted before"):
        withdraw(road)
    with unit_of_work(world.session):
        cancel(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=road.public_id,
            reason="Fine.",
        )
    with pytest.raises(IllegalTransition):
        withdraw(road)


def test_cancelling_a_certification_cancels_what_is_planned_and_tells_who_waits(
    world: World,
) -> None:
    road = open_certification(world, units=("uc1", "uc2"))
    road.hold(road.plan())
    road.plan(unit="uc2")
    road.step("cancel", "hilda", reason="Chiusa la sede.")
    assert sessions(world) == [(1, "held"), (1, "cancelled")]
    assert kinds(world, "aurora")[-1] == "session_cancelled"
    assert kinds(world, "bruno")[-1] == "session_to_examine_cancelled"
    query = sa.select(AssessmentSession.cancel_reason).order_by(AssessmentSession.id)
    reasons = list(world.session.scalars(query))
    assert reasons[-1] == "La certificación fue cancelada."
    assert verify(world.session) == []
