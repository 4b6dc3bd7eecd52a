"""A machine that tries every way through the workflow, beside the design's own words."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from competency import clock
from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Contest,
    Cycle,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.operations import reassign_lead
from competency.assessments.permissions import can_read_earlier_rounds, can_read_result
from competency.assessments.queries import load
from competency.assessments.schema import AssessorKind, Review, State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt, verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound
from tests.support.appraisals import Road, open_road
from tests.support.cast import World
from tests.support.contests import STEPS, answer, row_of, take_step, widen
from tests.support.life import DECIDED, EVERYBODY, LEADS, TABLE, Life

REFUSALS = (IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound)
SCOPE = ("ac1.cd1", "ac1.cd3", "ac2.cd4")
CONTEST_DAYS = 10
ENDS = {"cancel", "withdraw"}
"""Steps after which hardly anything can be tried any more."""
SITE = ZoneInfo("America/Santiago")
numbers = st.integers(0, len(SCOPE) - 1)
some = st.lists(numbers, min_size=1, unique=True)
"""Which of the criteria in scope, by their place in it."""


class Workflow(RuleBasedStateMachine):
    """Anybody tries anything; what happens is what the design says, or nothing."""

    world: ClassVar[World]
    scope: ClassVar[tuple[str, ...]] = SCOPE
    site: ClassVar[ZoneInfo] = SITE

    def opened(self, *, self_assessment: bool) -> Road:
        """Open the appraisal that this life is about."""
        return open_road(self.world, self_assessment=self_assessment)

    def born(self, *, passes: bool) -> Life:
        """Return what the design says of it so far."""
        return Life(self.scope, passes=passes, asked=set(self.scope))

    @initialize(
        passes=st.booleans(), planned=st.booleans(), own=st.sampled_from(("none", "not yet", "in"))
    )
    def begin(self, *, passes: bool, planned: bool, own: str) -> None:
        """Open an appraisal of three criteria, with or without review and self-assessment."""
        self.road = self.opened(self_assessment=own != "none")
        self.road.narrow(list(self.scope))
        self.road.criteria = self.scope
        self.life = self.born(passes=passes)
        self.now = clock.now()
        if own == "in":
            self.road.judge("aurora", AssessorKind.SELF)
            self.road.step("hand_in_self_assessment", "aurora")
            self.life.own_handed_in = True
            self.life.judgements = len(self.scope)
        with unit_of_work(self.world.session):
            exempt(self.world.session, "a test sets what a cycle says, and where one begins")
            if passes:
                self.world.session.execute(
                    sa.update(Cycle)
                    .where(Cycle.public_id == self.road.cycle_id)
                    .values(review=Review.NONE)
                )
            if planned:
                self.world.session.execute(
                    sa.update(Appraisal)
                    .where(Appraisal.public_id == self.road.public_id)
                    .values(state=State.PLANNED)
                )
        self.life.path = [("open", "open")]
        if planned:
            self.life.state = "planned"
            self.life.path = [("open", "planned")]

    @rule(
        action=st.sampled_from(sorted(STEPS)),
        name=st.sampled_from(EVERYBODY),
        lead=st.sampled_from(LEADS),
        criteria=some,
    )
    def anybody_tries(self, action: str, name: str, lead: str, criteria: list[int]) -> None:
        """Try a step as somebody; compare with the design."""
        self.attempt(action, name, lead, criteria)

    @precondition(lambda self: hasattr(self, "road"))
    @rule(data=st.data(), criteria=some)
    def who_may_tries(self, data: st.DataObject, criteria: list[int]) -> None:
        """Try what is legal, so that lives get far."""
        legal = [
            (action, name, lead)
            for action in sorted(STEPS.keys() - ENDS)
            for name in EVERYBODY
            for lead in (LEADS if action == "reassess" else LEADS[:1])
            if self.life.may(action, name, self.today, lead)
        ]
        if legal:
            self.attempt(*data.draw(st.sampled_from(legal)), criteria)

    @rule()
    def the_lead_answers_all(self) -> None:
        """Write every draft that is asked of the lead, where they may write."""
        for criterion in self.scope:
            if self.life.may_judge(self.life.lead, "lead", criterion):
                answer(self.road, self.life.lead, criterion, kind=AssessorKind.LEAD)
                self.life.answered.add(criterion)

    @precondition(lambda self: hasattr(self, "road"))
    @rule(data=st.data(), lead=st.sampled_from(LEADS), criteria=some)
    def whose_step_it_is_tries(self, data: st.DataObject, lead: str, criteria: list[int]) -> None:
        """Try what is somebody's step in this state, whether or not the rest allows it."""
        if self.life.state == "open":
            self.the_lead_answers_all()
        steps = itertools.product(sorted(STEPS), EVERYBODY)
        theirs = [
            (action, name)
            for action, name in steps
            if self.life.is_theirs(action, name)
            and not (action in ENDS and self.life.may(action, name, self.today))
        ]
        if theirs:
            self.attempt(*data.draw(st.sampled_from(theirs)), lead, criteria)

    @precondition(lambda self: hasattr(self, "road"))
    @rule(action=st.sampled_from(sorted(ENDS)), one_in=st.integers(1, 8))
    def it_ends(self, action: str, one_in: int) -> None:
        """Let who may end it, now and then: not much follows."""
        who = (name for name in EVERYBODY if self.life.may(action, name, self.today))
        if one_in == 1 and (name := next(who, None)):
            self.attempt(action, name, "", [0])

    @precondition(lambda self: hasattr(self, "road"))
    @rule(criteria=some)
    def it_goes_on(self, criteria: list[int]) -> None:
        """Take the step that leads furthest, so that lives come to contests and later rounds."""
        self.the_lead_answers_all()
        if step := self.life.next_on_road(self.today):
            self.attempt(*step, criteria)

    @rule(
        name=st.sampled_from(EVERYBODY[:-1]),
        kind=st.sampled_from((AssessorKind.LEAD, AssessorKind.REVIEW)),
        number=numbers,
    )
    def anybody_judges(self, name: str, kind: AssessorKind, number: int) -> None:
        """Try to write a draft as somebody; a reviewer's changes the level."""
        criterion = self.scope[number]
        legal = self.life.may_judge(name, kind.value, criterion)
        level = "met" if kind is AssessorKind.LEAD else "below"
        try:
            answer(self.road, name, criterion, level, kind=kind)
        except REFUSALS:
            assert not legal, f"{name} may judge {criterion} in {self.life.state}"
        else:
            assert legal, f"{name} could judge {criterion} in {self.life.state}"
            drafted = self.life.answered if kind is AssessorKind.LEAD else self.life.changes
            drafted.add(criterion)

    @rule(name=st.sampled_from(EVERYBODY), lead=st.sampled_from(LEADS))
    def anybody_hands_over(self, name: str, lead: str) -> None:
        """Try to give an unfinished appraisal to another lead."""
        if lead != self.life.lead:
            self.hand_over(name, lead)

    def hand_over(self, name: str, lead: str) -> None:
        """Hand it over, where the design lets somebody."""
        legal = self.life.may_hand_over(name, lead)
        world = self.world
        try:
            with unit_of_work(world.session):
                reassign_lead(
                    world.session,
                    actor=world.system() if name == "system" else world.actor(name),
                    now=self.now,
                    appraisal=row_of_open(world, self.road),
                    lead_id=world.employee(lead).id,
                )
        except REFUSALS:
            assert not legal, f"{name} may hand over to {lead} in {self.life.state}"
        else:
            assert legal, f"{name} could hand over to {lead} in {self.life.state}"
            self.life.hand_over(lead)

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)

    @rule(name=st.sampled_from(EVERYBODY))
    def anybody_reads(self, name: str) -> None:
        """Ask who may know, read the result, and read the earlier rounds."""
        session = self.world.session
        session.rollback()
        actor = self.world.system() if name == "system" else self.world.actor(name)
        try:
            loaded = load(session, actor=actor, now=self.now, public_id=self.road.public_id)
        except NotFound:
            assert not self.life.sees(name), f"{name} sees it in {self.life.state}"
            return
        assert self.life.sees(name), f"{name} saw it in {self.life.state}"
        facts, place = loaded.facts, loaded.standing
        assert can_read_result(actor, facts, place) == self.life.reads(name)
        assert can_read_earlier_rounds(actor, facts, place) == self.life.reads_earlier(name)

    @property
    def today(self) -> date:
        """Return the day at the site."""
        return self.now.astimezone(self.site).date()

    def told(self) -> dict[str, object]:
        """Return what a submission confirms."""
        return {"evidence_confirmed": True}

    def attempt(self, action: str, name: str, lead: str, chosen: list[int]) -> None:
        """Take a step; it works exactly where the design has it."""
        legal = self.life.may(action, name, self.today, lead)
        criteria = [self.scope[number] for number in chosen]
        options: dict[str, dict[str, object]] = {
            "submit": self.told(),
            "return": {"comment": "Otra vez."},
            "cancel": {"reason": "Un error."},
            "contest": {"statement": "No es así.", "criteria": criteria},
            "uphold": {"comment": "Así es."},
            "reopen": {"reason": "Falta algo."},
            "suspend": {"reason": "De licencia."},
            "withdraw": {"reason": "Otra vez será."},
        }
        sent = options.get(action, {})
        if action == "reassess":
            sent = {"lead_id": self.world.employee(lead).id}
        try:
            take_step(self.road, action, name, now=self.now, **sent)
        except REFUSALS:
            assert not legal, f"{name} may {action} in {self.life.state}"
        else:
            assert legal, f"{name} could {action} in {self.life.state}"
            until = self.today + timedelta(days=CONTEST_DAYS)
            self.life.take(action, name, until=until, lead=lead, criteria=criteria)

    @invariant()
    def the_database_stands_where_the_design_says(self) -> None:
        """Compare the row, steps, judgements, outcomes, contests and the record."""
        if not hasattr(self, "road"):
            return
        row, life, session = row_of(self.road), self.life, self.world.session
        assert row.state.value == life.state
        assert (row.resumes_to and row.resumes_to.value) == life.left
        assert row.round == life.round
        assert row.lead_id == self.world.employee(life.lead).id
        reviewer = life.reviewer and self.world.employee(life.reviewer).id
        assert row.reviewer_id == reviewer
        assert (row.decided_at is not None) == (life.state in DECIDED)
        assert (row.closed_at is not None) == (life.state == "closed")
        assert row.contest_until == life.until
        assert (row.judged_anew is None) == (life.round == 1)
        assert row.judged_anew is None or set(row.judged_anew) == life.asked
        steps = session.scalars(
            sa.select(AppraisalStep)
            .where(AppraisalStep.appraisal_id == row.id)
            .order_by(AppraisalStep.id)
        ).all()
        assert [(s.action.value, s.target.value) for s in steps][1:] == life.path[1:]
        for before, after in itertools.pairwise(steps[1:]):
            assert after.source is before.target
        assert self._count(Judgement, row) == life.judgements
        assert self._count(OutcomeRecord, row) == life.outcomes
        assert self._count(Contest, row) == sum(1 for s in life.path if s[0] == "contest")
        self._the_record_is_complete([s.action.value for s in steps], row.public_id)

    def _count(self, table: type[Judgement | OutcomeRecord | Contest], row: Appraisal) -> int:
        """Return how many rows of a table belong to the appraisal."""
        query = sa.select(sa.func.count()).where(table.appraisal_id == row.id)
        return self.world.session.scalar(query) or 0

    def _the_record_is_complete(self, actions: list[str], public_id: str) -> None:
        """Find one event for each step, in order, each linked to the one before it."""
        events = self.world.session.execute(
            sa.select(AuditEvent.action, AuditEvent.subject, AuditEvent.hash)
            .add_columns(AuditEvent.previous_hash, AuditEvent.sequence)
            .where(AuditEvent.sequence > getattr(self, "_seen", 0))
            .order_by(AuditEvent.sequence)
        ).all()
        if not hasattr(self, "_seen"):
            self.recorded: list[str] = []
            self._last = events[0].previous_hash
        for event in events:
            assert event.previous_hash == self._last
            self._seen, self._last = event.sequence, event.hash
            if event.subject == public_id:
                self.recorded.append(event.action)
        steps = [one.removeprefix("appraisal.") for one in self.recorded]
        assert [one for one in steps if one in TABLE] == actions

    def teardown(self) -> None:
        """Leave nothing unfinished, and a chain that holds."""
        if hasattr(self, "road"):
            if self.life.state in {"approved", "released"}:
                take_step(self.road, "reopen", "hilda", now=self.now, reason="Fin.")
                self.life.state = "open"
            if self.life.state in TABLE["cancel"][0]:
                take_step(self.road, "cancel", "hilda", now=self.now, reason="Fin.")
            assert verify(self.world.session) == []
            self.world.session.rollback()


def appraising(world: World) -> type[Workflow]:
    """Return the machine for a world, which it fills with more people."""
    widen(world)
    return type("Machine", (Workflow,), {"world": world})


def row_of_open(world: World, road: Road) -> Appraisal:
    """Return the appraisal's row inside the transaction that is open."""
    query = sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    return world.session.scalars(query).one()


def let_live(machine: type[RuleBasedStateMachine], *, lives: int, steps: int) -> None:
    """Let a machine live so often, so many steps at most each time.

    A failure is made shorter but not explained: that reads every line that runs, for minutes.
    """
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=set(Phase) - {Phase.explain},
            suppress_health_check=list(HealthCheck),
        ),
    )
