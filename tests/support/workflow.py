"""The workflow as the design's table has it, and a machine that tries every other way."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from competency.assessments import operations
from competency.assessments.models import Appraisal, AppraisalStep, Judgement, OutcomeRecord
from competency.assessments.schema import AssessorKind, State
from competency.audit.operations import verify
from competency.errors import IllegalTransition, NotAllowed, NotFound
from tests.support.appraisals import Road, open_road
from tests.support.cast import World

TABLE = {
    "open": (["planned"], "open", ["hr", "system"]),
    "submit": (["open"], "submitted", ["lead"]),
    "pass": (["submitted"], "approved", ["system"]),
    "take": (["submitted"], "in_review", ["reviewer"]),
    "return": (["in_review"], "open", ["taking_reviewer"]),
    "approve": (["in_review"], "approved", ["taking_reviewer"]),
    "release": (["approved"], "released", ["hr", "system"]),
    "acknowledge": (["released"], "closed", ["subject"]),
    "lapse": (["released"], "closed", ["system"]),
    "cancel": (["planned", "open", "submitted", "in_review", "suspended"], "cancelled", ["hr"]),
}
"""Copied by hand from the design's table: from, to, and who."""

FUNCTIONS = {
    "open": "open_appraisal",
    "submit": "submit",
    "take": "take",
    "return": "return_for_rework",
    "approve": "approve",
    "release": "release",
    "acknowledge": "acknowledge",
    "cancel": "cancel",
}
OPTIONS: dict[str, dict[str, object]] = {
    "submit": {"evidence_confirmed": True},
    "return": {"comment": "Otra vez."},
    "cancel": {"reason": "Un error."},
}
WHO = {
    "hr": "hilda",
    "lead": "simon",
    "reviewer": "renata",
    "taking_reviewer": "renata",
    "subject": "aurora",
}
PEOPLE = ("hilda", "simon", "aurora", "bruno", "renata", "carla", "augusto", "ada")
DECIDED = {"approved", "released", "closed"}


class Workflow(RuleBasedStateMachine):
    """Anybody tries anything; what happens is what the table says, or nothing."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        """Open an appraisal that could be submitted."""
        self.road: Road = open_road(self.world, self_assessment=False)
        self.road.judge("simon", AssessorKind.LEAD)
        self.state = "open"
        self.submissions = 0

    @rule(action=st.sampled_from(sorted(FUNCTIONS)), name=st.sampled_from(PEOPLE))
    def anybody_tries(self, action: str, name: str) -> None:
        """Try a step as somebody; compare with the table."""
        self.attempt(action, name)

    @rule(action=st.sampled_from(sorted(FUNCTIONS)))
    def who_may_tries(self, action: str) -> None:
        """Try a step as who may take it, so that machines get far."""
        self.attempt(action, WHO[TABLE[action][2][0]])

    def attempt(self, action: str, name: str) -> None:
        """Take a step; it works exactly where the table has it."""
        sources, target, by = TABLE[action]
        legal = self.state in sources and name in {WHO[who] for who in by if who in WHO}
        assert hasattr(operations, FUNCTIONS[action])
        try:
            self.road.step(FUNCTIONS[action], name, **OPTIONS.get(action, {}))
        except (IllegalTransition, NotAllowed, NotFound):
            assert not legal, f"{name} may {action} in {self.state}"
        else:
            assert legal, f"{name} could {action} in {self.state}"
            self.state = target
            self.submissions += action == "submit"

    @invariant()
    def the_database_stands_where_the_table_says(self) -> None:
        """Compare state, decision, steps and judgements."""
        if not hasattr(self, "road"):
            return
        session = self.world.session
        session.rollback()
        row = session.scalars(
            sa.select(Appraisal).where(Appraisal.public_id == self.road.public_id)
        ).one()
        assert row.state.value == self.state
        assert (row.decided_at is not None) == (self.state in DECIDED)
        steps = session.scalars(
            sa.select(AppraisalStep)
            .where(AppraisalStep.appraisal_id == row.id)
            .order_by(AppraisalStep.id)
        ).all()
        path = [State.PLANNED, *(step.target for step in steps)]
        assert [step.source for step in steps] == path[:-1]
        assert path[-1] is row.state
        counts = [
            session.scalar(sa.select(sa.func.count()).where(table.appraisal_id == row.id))
            for table in (Judgement, OutcomeRecord)
        ]
        assert counts[0] == len(self.road.criteria) * self.submissions
        assert counts[1] == (self.state in DECIDED)

    def teardown(self) -> None:
        """Leave nothing unfinished, and a chain that holds."""
        if hasattr(self, "road"):
            if self.state in TABLE["cancel"][0]:
                self.road.step("cancel", "hilda", reason="Fin.")
            assert verify(self.world.session) == []
            self.world.session.rollback()
