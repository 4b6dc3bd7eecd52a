"""A machine that tries every way through a certification and its test, as ``workflow`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ClassVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from competency import clock
from competency.assessments.certification_models import (
    AssessmentSession,
    SessionExaminer,
    SessionMove,
)
from competency.assessments.evidence import add_evidence
from competency.assessments.permissions import can_read_marks
from competency.assessments.queries import load
from competency.assessments.schema import Confirmations, Instrument, SessionState
from competency.assessments.session_moves import Move, ask_to_move, keep_session, move_session
from competency.assessments.sessions import (
    Marks,
    SessionPlan,
    cancel_session,
    hold_session,
    plan_session,
)
from competency.database.transactions import unit_of_work
from competency.errors import NotFound
from competency.frameworks.schema import EvidenceKind
from tests.support.applications import EXCEPTION, applied, certified
from tests.support.appraisals import publish_shipped
from tests.support.cast import NUMBERS, World
from tests.support.certification_life import ATTEMPTS, SUPERIORS, CertificationLife
from tests.support.certifications import ITEMS, PROFILE, UNIT, Certification, open_certification
from tests.support.contests import row_of, take_step, widen
from tests.support.life import EVERYBODY
from tests.support.workflow import REFUSALS, Workflow, some

PEOPLE = EVERYBODY[:-1]
EXAMINERS = ("bruno", "lena", "leo", "rita", "remo", "simon", "renata", "aurora", "hilda")
"""Whom somebody might name to examine, rightly or not."""
someone = st.sampled_from(PEOPLE)
some_items = st.sets(st.sampled_from(ITEMS), max_size=2)
examiners = st.lists(st.sampled_from(EXAMINERS), min_size=1, max_size=2, unique=True)


class CertificationWorkflow(Workflow):
    """Anybody tries anything with Aurora's certification and the practical test of its unit."""

    version_id: ClassVar[int]
    scope = ("uc1.cap1", "uc1.cap2", "uc1.cap3")
    life: CertificationLife

    @initialize(
        applies=st.booleans(),
        planned=st.booleans(),
        by=st.sampled_from(([], ["remo"], ["rita", "simon"])),
        failed=some_items,
    )
    def begin(self, by: list[str], failed: set[str], *, applies: bool, planned: bool) -> None:
        """Open a certification of one unit, by human resources or on an application.

        In some lives its test was held once.
        """
        self.applies = applies
        self.session_id = ""
        super().begin(passes=False, planned=planned and not by, own="none")
        if by:
            self.plan("hilda", by, 0)
            self.hold(by[0], failed)

    def opened(self, *, self_assessment: bool) -> Certification:
        """Open the certification that this life is about."""
        world = self.world
        if not self.applies:
            return open_certification(
                world,
                version_id=self.version_id,
                attempts_maximum=ATTEMPTS,
                self_assessment=self_assessment,
            )
        request = applied(world, units=(UNIT,), despite=True)
        appraisal = certified(world, request, exception=EXCEPTION)
        return Certification(world, appraisal.public_id, appraisal.cycle.public_id, self.scope)

    def born(self, *, passes: bool) -> CertificationLife:
        """Return what the design says of it so far."""
        assert not passes
        return CertificationLife(self.scope, asked=set(self.scope), lead="bruno", items=ITEMS)

    def told(self) -> dict[str, object]:
        """Return that all evidence is relied on, and why less than was asked for suffices."""
        assert isinstance(self.road, Certification)
        why = dict.fromkeys((*self.scope, UNIT), "Basta così.")
        return {"confirmations": replace(self.road.confirmed(), shortfalls=why)}

    # What is tried

    @rule(name=someone)
    def somebody_submits_without_a_word_on_evidence(self, name: str) -> None:
        """Try to submit with nothing confirmed and no shortfall explained."""
        said = Confirmations()
        act = partial(take_step, self.road, "submit", name, now=self.now, confirmations=said)
        self.try_it(f"{name} submits without confirming", act, legal=False)

    @rule(name=someone, by=examiners, days=st.integers(0, 3))
    def anybody_plans(self, name: str, by: list[str], days: int) -> None:
        """Try to plan the next attempt."""
        self.plan(name, by, days)

    @precondition(lambda self: hasattr(self, "road"))
    @rule(
        criteria=some,
        tests=st.booleans(),
        by=st.sampled_from((["remo"], ["rita", "simon"], ["bruno", "lena"])),
        failed=some_items,
    )
    def it_goes_on_with_its_test(
        self, criteria: list[int], by: list[str], failed: set[str], *, tests: bool
    ) -> None:
        """Hold what is planned, plan what can be, or take the step that leads furthest."""
        planned = self.life.planned
        who = planned.examiners - SUPERIORS if planned else set()
        if who and self.life.may_hold(min(who), self.today):
            self.hold(min(who), failed)
        elif tests and self.life.may_plan("hilda", by):
            self.plan("hilda", by, 0)
        else:
            self.it_goes_on(criteria)

    @rule(name=someone, failed=some_items)
    def anybody_holds(self, name: str, failed: set[str]) -> None:
        """Try to record what came of the test."""
        self.hold(name, failed)

    @precondition(lambda self: hasattr(self, "road") and self.life.planned is not None)
    @rule(name=someone, days=st.integers(0, 3))
    def anybody_moves(self, name: str, days: int) -> None:
        """Try to move the test; now is not to come any more."""
        at = self.now + timedelta(days=days)
        move = Move(at, f"Sala {self.life.moves}", "Aula occupata.")
        legal = self.life.may_move(name) and days > 0
        act = partial(self.do, move_session, name, move=move)
        if self.try_it(f"{name} moves", act, legal=legal):
            self.life.speak_of_day("session.moved", day=at.astimezone(self.site).date())

    @precondition(lambda self: hasattr(self, "road") and self.life.planned is not None)
    @rule(name=st.sampled_from(("aurora", *PEOPLE)))
    def anybody_asks_for_another_day(self, name: str) -> None:
        """Try to ask for another day."""
        act = partial(self.do, ask_to_move, name, reason="Sono in ferie.")
        if self.try_it(f"{name} asks for a day", act, legal=self.life.may_ask(name)):
            self.life.speak_of_day("session.move_asked", asks=True)

    @precondition(lambda self: hasattr(self, "road") and self.life.planned is not None)
    @rule(name=someone)
    def anybody_keeps_the_day(self, name: str) -> None:
        """Try to answer that the day stays."""
        act = partial(self.do, keep_session, name, reason="Non c'è altra aula.")
        if self.try_it(f"{name} keeps the day", act, legal=self.life.may_keep(name)):
            self.life.speak_of_day("session.kept")

    @precondition(lambda self: hasattr(self, "road") and self.life.planned is not None)
    @rule(name=someone)
    def anybody_calls_it_off(self, name: str) -> None:
        """Try to cancel the test."""
        act = partial(self.do, cancel_session, name, reason="Aula occupata.")
        if self.try_it(f"{name} cancels the test", act, legal=self.life.may_call_off(name)):
            self.life.call_off()

    @rule(name=someone)
    def anybody_reads_marks(self, name: str) -> None:
        """Ask who reads what came of the tests."""
        session = self.world.session
        session.rollback()
        actor = self.world.actor(name)
        try:
            loaded = load(session, actor=actor, now=self.now, public_id=self.road.public_id)
        except NotFound:
            return
        planned = self.life.planned
        examines = planned is not None and name in planned.examiners
        assert can_read_marks(
            actor, loaded.facts, loaded.standing, examines=examines
        ) == self.life.reads_marks(name)

    @precondition(lambda self: hasattr(self, "road") and self.life.examined)
    @rule()
    def who_examined_reads_and_tries_to_review(self) -> None:
        """Ask who examined what they read, and let them try to take the review."""
        for name in sorted(self.life.examined):
            self.anybody_reads(name)
            self.attempt("take", name, "", [0])

    @precondition(lambda self: hasattr(self, "road") and self.life.examined_before)
    @rule(data=st.data())
    def who_examined_before_is_to_lead(self, data: st.DataObject) -> None:
        """Try to give it to who examined in an earlier round, as human resources."""
        name = data.draw(st.sampled_from(sorted(self.life.examined_before)))
        if name != self.life.lead:
            self.hand_over("hilda", name)

    # How it is tried

    def plan(self, name: str, by: list[str], days: int) -> None:
        """Plan the next attempt, where the design lets somebody."""
        at = self.now + timedelta(days=days)
        plan = SessionPlan(
            Instrument.PRACTICAL_TEST, UNIT, at, tuple(NUMBERS[each] for each in by), "Sala 2"
        )

        def planning() -> None:
            with unit_of_work(self.world.session):
                self.session_id = plan_session(
                    self.world.session,
                    actor=self.world.actor(name),
                    now=self.now,
                    appraisal_public_id=self.road.public_id,
                    plan=plan,
                ).public_id

        legal = self.life.may_plan(name, by)
        if self.try_it(f"{name} plans with {by}", planning, legal=legal):
            self.life.plan(at.astimezone(self.site).date(), by)

    def hold(self, name: str, failed: set[str]) -> None:
        """Record the test, where the design lets somebody; what was met is not marked again."""
        failed &= self.life.unmet
        marks = Marks(
            {item: item not in failed for item in self.life.unmet},
            dict.fromkeys(failed, "Non visto."),
        )
        act = partial(self.do, hold_session, name, marks=marks)
        if self.try_it(f"{name} records", act, legal=self.life.may_hold(name, self.today)):
            self.life.hold(failed)

    def do(self, operation: Callable[..., object], name: str, **options: object) -> None:
        """Do something with the newest session as somebody."""
        with unit_of_work(self.world.session):
            operation(
                self.world.session,
                actor=self.world.actor(name),
                now=self.now,
                public_id=self.session_id,
                **options,
            )

    def try_it(self, what: str, act: Callable[[], None], *, legal: bool) -> bool:
        """Try something; return whether it was done, which must be whether it is legal."""
        try:
            act()
        except REFUSALS:
            assert not legal, f"{what}: refused in {self.life.state}"
            return False
        assert legal, f"{what}: done in {self.life.state}"
        return True

    @invariant()
    def the_database_stands_where_the_design_says(self) -> None:
        """Compare the sessions, what was said about their day, and the record too."""
        super().the_database_stands_where_the_design_says()
        if not hasattr(self, "road"):
            return
        life, session, row = self.life, self.world.session, row_of(self.road)
        found = session.scalars(
            sa.select(AssessmentSession)
            .where(AssessmentSession.appraisal_id == row.id)
            .order_by(AssessmentSession.id)
        ).all()
        planned = [one for one in found if one.state is SessionState.PLANNED]
        held = [one for one in found if one.state is SessionState.HELD]
        assert [one.attempt for one in held] == list(range(1, life.attempts + 1))
        assert [one.planned_on for one in planned] == ([life.planned.day] if life.planned else [])
        for one in planned:
            assert life.planned is not None
            assert set(one.items) == life.unmet
            named = session.scalars(
                sa.select(SessionExaminer.employee_id).where(SessionExaminer.session_id == one.id)
            )
            assert set(named) == {self.world.employee(n).id for n in life.planned.examiners}
        moves = sa.select(sa.func.count()).where(
            SessionMove.session_id.in_([one.id for one in found])
        )
        assert session.scalar(moves) == life.moves
        assert [one for one in self.recorded if one.startswith("session.")] == life.tests


def certifying(world: World) -> type[CertificationWorkflow]:
    """Return the machine for a world, in which the profile is published.

    Something is linked from the beginning: where nothing is, nothing has to be confirmed.
    """
    widen(world)
    version_id = publish_shipped(world, PROFILE)
    actor, now = world.actor("aurora"), clock.now()
    with unit_of_work(world.session):
        add_evidence(
            world.session,
            actor=actor,
            now=now,
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PERFORMANCE,
            title="Turno del lunedì",
            text="Ha assegnato i turni.",
            happened_on=actor.today(now),
            links=[(PROFILE, CertificationWorkflow.scope[0])],
        )
    return type("Machine", (CertificationWorkflow,), {"world": world, "version_id": version_id})
