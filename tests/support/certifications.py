"""A certification of Aurora against the Italian profile: Bruno assesses, Renata reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from competency import clock
from competency.assessments.candidates import Population
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.cycles import CertificationPlan, CyclePlan, open_cycle
from competency.assessments.models import Appraisal, Cycle, Evidence
from competency.assessments.queries import Loaded, load, outcome_of
from competency.assessments.schema import AssessorKind, Confirmations, Instrument, Node
from competency.assessments.session_rules import EXPECTED_RESULT
from competency.assessments.sessions import (
    Marks,
    SessionPlan,
    cancel_session,
    hold_session,
    plan_session,
)
from competency.assessments.written_drawing import QuestionsWanted
from competency.database.transactions import unit_of_work
from tests.support.appraisals import Road, publish_shipped
from tests.support.cast import CAST, World

PROFILE = "addetto-gestione-operativa-assistenza-clienti"
UNIT = "uc1"
ITEMS = ("uc1.ind1", "uc1.ind2", "uc1.ind3", EXPECTED_RESULT)
KNOWLEDGE = tuple(f"con{number}" for number in range(1, 16))


@dataclass
class Certification(Road):
    """One certification of Aurora, and the sessions of its tests."""

    def loaded(self, name: str = "bruno") -> Loaded:
        """Return it as somebody of the cast sees it."""
        self.world.session.rollback()
        return load(
            self.world.session,
            actor=self.world.actor(name),
            now=clock.now(),
            public_id=self.public_id,
        )

    def plan(
        self,
        name: str = "hilda",
        *,
        unit: str | None = UNIT,
        instrument: Instrument = Instrument.PRACTICAL_TEST,
        examiners: tuple[str, ...] = ("bruno",),
        at: datetime | None = None,
        items: tuple[str, ...] = (),
        questions: QuestionsWanted | None = None,
    ) -> str:
        """Plan a session as somebody; return its public id."""
        with unit_of_work(self.world.session):
            return plan_session(
                self.world.session,
                actor=self.world.actor(name),
                now=clock.now(),
                appraisal_public_id=self.public_id,
                plan=SessionPlan(
                    instrument,
                    unit,
                    at or clock.now(),
                    tuple(CAST[each][0] for each in examiners),
                    place="Sala 2",
                    situation="canario-situazione previsioni della settimana",
                    items=items,
                    questions=questions,
                ),
            ).public_id

    def hold(
        self, session_id: str, name: str = "bruno", *, failed: tuple[str, ...] = (), note: str = ""
    ) -> bool | None:
        """Record a session as somebody, all met but ``failed``; return whether it was passed."""
        self.world.session.rollback()
        items = self.world.session.scalars(
            sa.select(AssessmentSession.items).where(AssessmentSession.public_id == session_id)
        ).one()
        with unit_of_work(self.world.session):
            return hold_session(
                self.world.session,
                actor=self.world.actor(name),
                now=clock.now(),
                public_id=session_id,
                marks=Marks(
                    {item: item not in failed for item in items},
                    dict.fromkeys(failed, "canario-nota non visto"),
                    note,
                ),
            ).passed

    def cancel(self, session_id: str, name: str = "hilda", reason: str = "Aula occupata.") -> None:
        """Cancel a planned session as somebody."""
        with unit_of_work(self.world.session):
            cancel_session(
                self.world.session,
                actor=self.world.actor(name),
                now=clock.now(),
                public_id=session_id,
                reason=reason,
            )

    def confirmed(self) -> Confirmations:
        """Return the confirmation of every evidence about Aurora."""
        self.world.session.rollback()
        pieces = self.world.session.scalars(sa.select(Evidence.public_id))
        return Confirmations(dict.fromkeys(pieces, True))

    def close(self, *, levels: dict[str, str] | None = None) -> Node:
        """Take it from judged to closed; return the outcome."""
        judged = levels or dict.fromkeys(self.criteria, "met")
        self.judge("bruno", AssessorKind.LEAD, levels=judged)
        self.step("submit", "bruno", confirmations=self.confirmed())
        self.step("take", "renata")
        self.step("approve", "renata")
        self.step("release", "hilda")
        self.step("acknowledge", "aurora")
        node = outcome_of(self.world.session, self.loaded("carla").appraisal)
        assert node is not None
        return node


def certification_plan(
    version_id: int,
    *,
    units: tuple[str, ...] = (UNIT,),
    assessor: str = "bruno",
    attempts_maximum: int = 3,
    due: date | None = None,
    self_assessment: bool = False,
) -> CyclePlan:
    """Return the plan of a cycle of certifications."""
    return CyclePlan(
        "Certificazione 2026",
        version_id,
        due or clock.now().date() + timedelta(days=10),
        self_assessment=self_assessment,
        certification=CertificationPlan(CAST[assessor][0], units, attempts_maximum),
    )


def open_certification(
    world: World,
    *,
    units: tuple[str, ...] = (UNIT,),
    assessor: str = "bruno",
    attempts_maximum: int = 3,
    version_id: int | None = None,
    subject: str = "aurora",
    self_assessment: bool = False,
) -> Certification:
    """Open a certification of Aurora, or of ``subject``, and return it."""
    session = world.session
    version_id = version_id or publish_shipped(world, PROFILE)
    with unit_of_work(session):
        cycle_id = open_cycle(
            session,
            actor=world.actor("hilda"),
            now=clock.now(),
            plan=certification_plan(
                version_id,
                units=units,
                assessor=assessor,
                attempts_maximum=attempts_maximum,
                self_assessment=self_assessment,
            ),
            population=Population(employee_numbers=(CAST[subject][0],)),
        ).id
    public_id = session.scalars(
        sa.select(Appraisal.public_id).where(Appraisal.cycle_id == cycle_id)
    ).one()
    loaded = load(session, actor=world.actor(assessor), now=clock.now(), public_id=public_id)
    kept = loaded.scope
    criteria = tuple(c.id for c in loaded.framework.criteria() if kept is None or c.id in kept)
    return Certification(world, public_id, session.get_one(Cycle, cycle_id).public_id, criteria)
