"""One appraisal, all the way, through the operations, on both databases."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from competency.assessments import operations
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.evidence import add_evidence
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal
from competency.assessments.queries import load, outcome_of
from competency.assessments.schema import Answer, AssessorKind, State
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import Incomplete
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import EvidenceKind
from tests.support.cast import NOW, SLUG, World


def test_four_people_take_one_appraisal_all_the_way(world: World) -> None:
    session = world.session
    hilda, simon = world.actor("hilda"), world.actor("simon")
    aurora, renata = world.actor("aurora"), world.actor("renata")
    version = session.scalars(sa.select(FrameworkVersion.id)).one()
    with unit_of_work(session):
        open_cycle(
            session,
            actor=hilda,
            now=NOW,
            plan=CyclePlan("2026", version, date(2026, 4, 1)),
            population=Population(employee_numbers=("E301",)),
        )
    public_id = session.scalars(sa.select(Appraisal.public_id)).one()
    loaded = load(session, actor=simon, now=NOW, public_id=public_id)
    criteria = [c.id for c in loaded.framework.criteria()]
    assert len(criteria) == 15
    for actor, kind in ((aurora, AssessorKind.SELF), (simon, AssessorKind.LEAD)):
        for criterion in criteria:
            level = "below" if criterion == "ac2.cd4" and kind is AssessorKind.LEAD else "met"
            note = "no analizó los indicadores" if level == "below" else ""
            with unit_of_work(session):
                save_draft(
                    session,
                    actor=actor,
                    now=NOW,
                    public_id=public_id,
                    kind=kind,
                    answer=Answer(criterion, level, note=note),
                    version=0,
                )
    with unit_of_work(session):
        operations.hand_in_self_assessment(session, actor=aurora, now=NOW, public_id=public_id)
    with unit_of_work(session):
        add_evidence(
            session,
            actor=simon,
            now=NOW,
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PERFORMANCE,
            title="Turno del lunes",
            text="Asignó los turnos según la planificación.",
            happened_on=date(2026, 3, 9),
            links=[(SLUG, "ac1.cd3"), (SLUG, "ac1.cd4")],
        )
    with unit_of_work(session):
        operations.submit(
            session, actor=simon, now=NOW, public_id=public_id, evidence_confirmed=True
        )
    with unit_of_work(session):
        operations.take(session, actor=renata, now=NOW, public_id=public_id)
    with unit_of_work(session):
        operations.approve(session, actor=renata, now=NOW, public_id=public_id)
    with unit_of_work(session):
        operations.release(session, actor=hilda, now=NOW, public_id=public_id)
    with unit_of_work(session):
        operations.acknowledge(session, actor=aurora, now=NOW, public_id=public_id)
    appraisal = session.scalars(sa.select(Appraisal)).one()
    assert appraisal.state is State.CLOSED
    assert appraisal.contest_until == date(2026, 3, 10) + timedelta(days=10)
    node = outcome_of(session, appraisal)
    assert node is not None
    assert node.result == "not_yet_competent"
    assert [child.result for child in node.children] == [
        "competent",
        "not_yet_competent",
        "competent",
    ]
    assert verify(session) == []


def test_nothing_is_submitted_while_a_criterion_lacks_an_answer(world: World) -> None:
    session = world.session
    version = session.scalars(sa.select(FrameworkVersion.id)).one()
    with unit_of_work(session):
        open_cycle(
            session,
            actor=world.actor("hilda"),
            now=NOW,
            plan=dataclasses.replace(
                CyclePlan("2026", version, date(2026, 4, 1)), self_assessment=False
            ),
            population=Population(employee_numbers=("E301",)),
        )
    public_id = session.scalars(sa.select(Appraisal.public_id)).one()
    with pytest.raises(Incomplete) as refused, unit_of_work(session):
        operations.submit(
            session,
            actor=world.actor("simon"),
            now=NOW,
            public_id=public_id,
            evidence_confirmed=True,
        )
    assert len(refused.value.missing) == 15
    assert session.scalars(sa.select(Appraisal.state)).one() is State.OPEN
