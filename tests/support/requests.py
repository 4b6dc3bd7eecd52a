"""Requests to be assessed, made through the operations, and a machine that tries all ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from competency import clock
from competency.assessments.models import Appraisal, AppraisalRequest, RequestStep
from competency.assessments.operations import cancel
from competency.assessments.requests import (
    Acceptance,
    Wish,
    accept,
    ask,
    decline,
    withdraw_request,
)
from competency.assessments.schema import State
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from tests.support.cast import SLUG, World

WORDS = "canario-words quiero que se vea"
REASON = "canario-reason es buen momento"
ANSWERERS = {"simon", "hilda"}
PEOPLE = ("hilda", "simon", "aurora", "bruno", "renata", "carla", "augusto", "ada")
TARGETS = {"withdraw": "withdrawn", "accept": "accepted", "decline": "declined"}


def wish(world: World, **changes: Any) -> Wish:  # noqa: ANN401 - fields of a wish
    """Return a wish for source 000, or one unit of it."""
    query = sa.select(FrameworkVersion.public_id).where(FrameworkVersion.slug == SLUG)
    framework = world.session.scalars(query.order_by(FrameworkVersion.id)).all()[0]
    return replace(Wish(framework=framework, words=WORDS), **changes)


def asked(world: World, name: str = "aurora", **changes: str) -> str:
    """Ask as somebody; return the request's public id."""
    with unit_of_work(world.session):
        request = ask(
            world.session, actor=world.actor(name), now=clock.now(), wish=wish(world, **changes)
        )
        return request.public_id


def step(world: World, action: str, name: str, public_id: str, **changes: object) -> None:
    """Take a step of a request as somebody."""
    session, actor, now = world.session, world.actor(name), clock.now()
    with unit_of_work(session):
        if action == "withdraw":
            withdraw_request(session, actor=actor, now=now, public_id=public_id)
        elif action == "decline":
            decline(session, actor=actor, now=now, public_id=public_id, reason=REASON)
        else:
            values: dict[str, object] = {
                "reason": REASON,
                "title": "A solicitud",
                "due_on": now.date() + timedelta(days=30),
                **changes,
            }
            acceptance = Acceptance(**values)  # type: ignore[arg-type]  # values of its fields
            accept(session, actor=actor, now=now, public_id=public_id, acceptance=acceptance)


class RequestWorkflow(RuleBasedStateMachine):
    """Anybody tries anything with Aurora's request; what happens is the workflow, or nothing."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        """Ask."""
        self.public_id = asked(self.world)
        self.state = "open"
        self.steps = ["open"]

    @rule(action=st.sampled_from(sorted(TARGETS)), name=st.sampled_from(PEOPLE))
    def anybody_tries(self, action: str, name: str) -> None:
        """Try a step; it works exactly for who may, while the request is open."""
        may = {"aurora"} if action == "withdraw" else ANSWERERS
        legal = self.state == "open" and name in may
        try:
            step(self.world, action, name, self.public_id)
        except (IllegalTransition, NotAllowed, NotFound):
            assert not legal, f"{name} may {action} in {self.state}"
        else:
            assert legal, f"{name} could {action} in {self.state}"
            self.state = TARGETS[action]
            self.steps.append(self.state)

    @rule()
    def asking_again_is_refused_while_something_is_open(self) -> None:
        """Ask for the same framework again."""
        try:
            again = asked(self.world)
        except IllegalTransition:
            assert self.state in {"open", "accepted"}
        else:
            assert self.state in {"declined", "withdrawn"}
            self.public_id, self.state, self.steps = again, "open", ["open"]

    @invariant()
    def the_database_says_the_same(self) -> None:
        """Compare state, steps, and the appraisal that only an accepted one has."""
        if not hasattr(self, "public_id"):
            return
        session = self.world.session
        session.rollback()
        row = session.scalars(
            sa.select(AppraisalRequest).where(AppraisalRequest.public_id == self.public_id)
        ).one()
        assert row.state.value == self.state
        assert (row.appraisal_id is not None) == (self.state == "accepted")
        steps = session.scalars(
            sa.select(RequestStep.target)
            .where(RequestStep.request_id == row.id)
            .order_by(RequestStep.id)
        )
        assert [target.value for target in steps] == self.steps
        open_ones = session.scalars(
            sa.select(AppraisalRequest.id).where(AppraisalRequest.state == "open")
        )
        assert len(open_ones.all()) == (self.state == "open")

    def teardown(self) -> None:
        """Leave nothing open, and a chain that holds."""
        if not hasattr(self, "public_id"):
            return
        if self.state == "open":
            step(self.world, "withdraw", "aurora", self.public_id)
        session = self.world.session
        left = session.scalars(
            sa.select(Appraisal.public_id).where(Appraisal.state == State.OPEN)
        ).all()
        hilda = self.world.actor("hilda")
        for public_id in left:
            with unit_of_work(session):
                cancel(session, actor=hilda, now=clock.now(), public_id=public_id, reason="Fin.")
        assert verify(session) == []
        session.rollback()
