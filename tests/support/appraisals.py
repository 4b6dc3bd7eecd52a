"""Appraisals of the cast in any state, made through the operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from competency import clock
from competency.assessments import operations
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.evidence import add_evidence
from competency.assessments.judging import Saved, save_draft
from competency.assessments.models import Appraisal, Cycle, Draft
from competency.assessments.queries import load
from competency.assessments.rules import in_scope
from competency.assessments.schema import Answer, AssessorKind, Review, State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt, record
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.operations import publish
from competency.frameworks.schema import BELOW, EvidenceKind, Framework
from competency.people.schema import Actor
from competency.resources import FRAMEWORKS
from tests.support.cast import CAST, SLUG, World
from tests.support.loading import load_framework

SHORT = "ac2.cd4"
"""The criterion that the lead judges below."""
LEAD_NOTE = "canario-lead no analizó los indicadores"
SELF_NOTE = "canario-self lo hice cada mes"
EVIDENCE_TEXT = "canario-evidence asignó los turnos"


@dataclass
class Road:
    """One appraisal of Aurora, led by Simón, and the steps it can take."""

    world: World
    public_id: str
    cycle_id: str
    criteria: tuple[str, ...]

    @property
    def path(self) -> str:
        """Return the address of its page."""
        return f"/appraisals/{self.public_id}"

    def state(self) -> State:
        """Return its state in the database now."""
        self.world.session.rollback()
        query = sa.select(Appraisal.state).where(Appraisal.public_id == self.public_id)
        return self.world.session.scalars(query).one()

    def drafts(self) -> list[Draft]:
        """Return every draft in the database now."""
        self.world.session.rollback()
        return list(self.world.session.scalars(sa.select(Draft).order_by(Draft.id)))

    def judge(
        self,
        name: str,
        kind: AssessorKind,
        *,
        but: tuple[str, ...] = (),
        levels: Mapping[str, str] | None = None,
    ) -> None:
        """Answer every criterion as the lead (one below) or as oneself.

        ``levels`` gives the level of each criterion, where the usual ones don't fit.
        """
        actor, now, session = self.world.actor(name), clock.now(), self.world.session
        answers = [
            self._answer(criterion, kind, levels)
            for criterion in self.criteria
            if criterion not in but
        ]
        with unit_of_work(session):
            saved: Saved | None = None
            for answer in answers:
                if saved is not None and answer.criterion_id not in saved.drafts:
                    self._save_alike(saved, actor, now, kind, answer)
                    continue
                saved = save_draft(
                    session,
                    actor=actor,
                    now=now,
                    public_id=self.public_id,
                    kind=kind,
                    answer=answer,
                    version=0,
                )

    def _answer(
        self, criterion: str, kind: AssessorKind, levels: Mapping[str, str] | None
    ) -> Answer:
        """Return what is answered to a criterion, as ``judge`` says."""
        is_short = criterion == SHORT and kind is AssessorKind.LEAD
        level = BELOW if is_short else "met"
        level = level if levels is None else levels[criterion]
        note = LEAD_NOTE if level == BELOW else ""
        if kind is AssessorKind.SELF and criterion == self.criteria[0]:
            note = SELF_NOTE
        return Answer(criterion, level, note=note)

    def _save_alike(
        self, saved: Saved, actor: Actor, now: datetime, kind: AssessorKind, answer: Answer
    ) -> None:
        """Add a first draft with its event as ``save_draft`` does, without reading all again.

        Most of the time of the tests went into that.
        """
        session = self.world.session
        session.add(
            Draft(
                assessor_id=saved.draft.assessor_id,
                subject_id=saved.draft.subject_id,
                criterion_id=answer.criterion_id,
                level=answer.level,
                excused=answer.excused,
                note=answer.note,
                version=1,
                saved_at=now,
            )
        )
        record(
            session,
            actor=actor.public_id,
            now=now,
            action="draft.saved",
            subject_kind="appraisal",
            subject=self.public_id,
            data={"criterion": answer.criterion_id, "kind": kind.value, "version": 1},
        )

    def collect(self, name: str = "simon") -> str:
        """Add an evidence about Aurora for two criteria; return its public id."""
        with unit_of_work(self.world.session):
            added = add_evidence(
                self.world.session,
                actor=self.world.actor(name),
                now=clock.now(),
                employee_public_id=self.world.employee("aurora").public_id,
                kind=EvidenceKind.DIRECT_PERFORMANCE,
                title="Turno del lunes",
                text=EVIDENCE_TEXT,
                happened_on=clock.now().date() - timedelta(days=2),
                links=[(SLUG, "ac1.cd3"), (SLUG, "ac1.cd4")],
            )
            return added.public_id

    def narrow(self, criteria: list[str]) -> None:
        """Narrow the appraisal's scope to some criteria."""
        with unit_of_work(self.world.session):
            exempt(self.world.session, "a test narrows a framework that has no scope of its own")
            self.world.session.execute(
                sa.update(Appraisal)
                .where(Appraisal.public_id == self.public_id)
                .values(scope=criteria)
            )

    def step(self, step: str, name: str, **options: object) -> None:
        """Take one step as somebody of the cast."""
        take = getattr(operations, step)
        with unit_of_work(self.world.session):
            take(
                self.world.session,
                actor=self.world.actor(name),
                now=clock.now(),
                public_id=self.public_id,
                **options,
            )

    def hand_over(self, name: str) -> None:
        """Hand the appraisal over to somebody, as human resources."""
        with unit_of_work(self.world.session):
            operations.reassign_lead(
                self.world.session,
                actor=self.world.actor("hilda"),
                now=clock.now(),
                appraisal=self.world.session.scalars(
                    sa.select(Appraisal).where(Appraisal.public_id == self.public_id)
                ).one(),
                lead_id=self.world.employee(name).id,
            )

    def to(
        self, state: State, *, own: bool = True, levels: Mapping[str, str] | None = None
    ) -> Road:
        """Bring an open appraisal to ``state`` by the usual road."""
        if own:
            self.judge("aurora", AssessorKind.SELF, levels=levels)
            self.step("hand_in_self_assessment", "aurora")
        self.judge("simon", AssessorKind.LEAD, levels=levels)
        self.collect()
        if state is State.OPEN:
            return self
        self.step("submit", "simon", evidence_confirmed=True)
        for reached, step, name in (
            (State.SUBMITTED, "", ""),
            (State.IN_REVIEW, "take", "renata"),
            (State.APPROVED, "approve", "renata"),
            (State.RELEASED, "release", "hilda"),
            (State.CLOSED, "acknowledge", "aurora"),
        ):
            if step:
                self.step(step, name)
            if reached is state:
                break
        return self


def event_count(world: World) -> int:
    """Return how many events the chain holds now."""
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def publish_shipped(world: World, slug: str, **changes: object) -> int:
    """Publish a shipped framework, with ``changes`` to its file; return the version's id."""
    data = load_framework(FRAMEWORKS / slug / "1.0.0.yaml").model_dump(mode="json")
    with unit_of_work(world.session):
        return publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=Framework.model_validate({**data, **changes}),
            source_text="for tests",
        ).id


def publish_longer(world: World, times: int) -> int:
    """Publish source 000 with its units ``times`` over, under new ids; return the version's id."""
    source = load_framework(FRAMEWORKS / SLUG / "1.0.0.yaml")
    data = source.model_dump(mode="json")
    units = []
    for turn in range(1, times + 1):
        for unit in data["units"]:
            criteria = [{**c, "id": f"x{turn}.{c['id']}"} for c in unit["criteria"]]
            units.append({**unit, "id": f"x{turn}.{unit['id']}", "criteria": criteria})
    longer = Framework.model_validate({**data, "id": "marco-largo", "units": units, "inferred": []})
    with unit_of_work(world.session):
        return publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=longer,
            source_text="for tests",
        ).id


def open_road(
    world: World,
    *,
    blind: bool = True,
    self_assessment: bool = True,
    version_id: int | None = None,
    scope_id: str | None = None,
    single_review_percent: int = 0,
    peers: int = 0,
    anonymous: bool = True,
) -> Road:
    """Open a cycle for Aurora and return her appraisal; chance draws nothing unless asked."""
    session = world.session
    first = sa.select(sa.func.min(FrameworkVersion.id))
    version_id = version_id or session.scalar(first)
    assert version_id is not None
    with unit_of_work(session):
        cycle = open_cycle(
            session,
            actor=world.actor("hilda"),
            now=clock.now(),
            plan=CyclePlan(
                "Ciclo 2026",
                version_id,
                clock.now().date() + timedelta(days=10),
                review=Review.ALL,
                self_assessment=self_assessment,
                blind=blind,
                scope_id=scope_id,
                single_review_percent=single_review_percent,
                peers_maximum=peers,
                peers_anonymous=anonymous and peers > 0,
            ),
            population=Population(employee_numbers=(CAST["aurora"][0],)),
        )
        cycle_id = cycle.id
    public_id = session.scalars(
        sa.select(Appraisal.public_id).where(Appraisal.cycle_id == cycle_id)
    ).one()
    loaded = load(session, actor=world.actor("simon"), now=clock.now(), public_id=public_id)
    criteria = in_scope(loaded.framework, loaded.scope)
    cycle_public = session.get_one(Cycle, cycle_id).public_id
    return Road(world, public_id, cycle_public, criteria)
