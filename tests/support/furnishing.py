"""What the demonstration leaves to do: added here, so that every kind of page has something."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.applications import Application, apply
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.cycles import CyclePlan
from competency.assessments.models import Appraisal
from competency.assessments.requests import Wish, ask
from competency.assessments.schema import Answer, AssessorKind, SessionState, State
from competency.assessments.session_moves import ask_to_move
from competency.credentials.commissions import appoint
from competency.database.transactions import unit_of_work
from competency.demonstration.people import actor_named, employee_named, system_actor
from competency.demonstration.steps import Running, opened, running
from competency.frameworks.models import CatalogueFile
from competency.frameworks.operations import publish
from competency.frameworks.queries import versions_of
from competency.frameworks.schema import Framework
from competency.people.leaving import leave
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

AnySession = Session | scoped_session[Session]
PROTOCOL = "service-protocol"
PROFILE = "supervisor-oficina-comercial"
LEFT = "D361"
"""Who has left, with nothing handed over."""


def furnish(session: AnySession) -> list[tuple[str, str]]:
    """Add a request, an application, a wish, a commission, a new version and a leaver.

    Returns who opens which address, where only a form or a script of a page leads to it.
    """
    now = clock.now()
    protocol = versions_of(session, PROTOCOL)[0]
    with unit_of_work(session):
        wish = Wish(protocol.public_id, "Ya atiendo reclamos sola.")
        ask(session, actor=actor_named(session, "D301"), now=now, wish=wish)
    _on_the_road_to_a_certification(session)
    _before_a_commission(session)
    own = _self_assessed(session)
    with unit_of_work(session):
        gone, by = employee_named(session, LEFT), actor_named(session, "D100")
        leave(session, actor=by, now=now, employee=gone, left_on=by.today(now))
        people = {number: employee_named(session, number).public_id for number in (LEFT, "D362")}
        file = session.scalars(sa.select(CatalogueFile.public_id).limit(1)).one()
    return [
        ("D100", f"/files/{file}"),
        ("D200", f"/appraisals/{own}/hand-in"),
        ("D100", f"/people/{people[LEFT]}/handover"),
        ("D100", f"/people/{people[LEFT]}/return"),
        ("D700", f"/accounts/{people['D362']}/invitation"),
    ]


def _on_the_road_to_a_certification(session: AnySession) -> None:
    """Let an agent apply to be certified, and the scheduler ask for another day."""
    now = clock.now()
    profile = versions_of(session, PROFILE)[0]
    application = Application(
        profile.public_id, "Quiero ser supervisora.", declares=True, language="es"
    )
    with unit_of_work(session):
        apply(session, actor=actor_named(session, "D302"), now=now, application=application)
    planned = session.scalars(
        sa.select(AssessmentSession.public_id).where(
            AssessmentSession.state == SessionState.PLANNED
        )
    ).one()
    with unit_of_work(session):
        ask_to_move(
            session,
            actor=actor_named(session, "D900"),
            now=now,
            public_id=planned,
            reason="Giovedì sono di turno.",
        )


def _opened(session: AnySession, title: str, version_id: int, number: str) -> Running:
    """Open a cycle for one person."""
    now = clock.now()
    due = (now + timedelta(days=20)).date()
    plan = CyclePlan(title, version_id, due, self_assessment=False)
    return opened(session, now, by="D100", plan=plan, numbers=(number,))


def _before_a_commission(session: AnySession) -> None:
    """Publish a version that asks for a commission, and bring one appraisal before it."""
    data = load_framework(FRAMEWORKS / PROTOCOL / "1.0.0.yaml").model_dump(mode="json")
    certified = {"by_unit": True, "commission": {"members": ["presidencia", "especialista"]}}
    data |= {"version": "1.1.0", "certification": certified}
    now = clock.now()
    with unit_of_work(session):
        version_id = publish(
            session,
            actor=system_actor(session),
            now=now,
            framework=Framework.model_validate(data),
            source_text="for tests",
        ).id
    cycle = _opened(session, "Formadores", version_id, "D800")
    cycle.judge(now, "D800", [Answer(criterion, "met") for criterion in cycle.criteria])
    cycle.submit(now, "D800")
    for step, by in (
        ("take", "D400"),
        ("approve", "D400"),
        ("release", "D100"),
        ("acknowledge", "D800"),
    ):
        cycle.take(step, now, "D800", by)
    with unit_of_work(session):
        appoint(
            session,
            actor=actor_named(session, "D100"),
            now=now,
            appraisal_public_id=cycle.appraisals["D800"],
            seat=0,
            employee_number="D500",
        )


def _self_assessed(session: AnySession) -> str:
    """Let Simón answer all about himself, not yet handed in; return his appraisal's public id."""
    found = session.execute(
        sa.select(Appraisal.cycle_id, Appraisal.public_id).where(
            Appraisal.subject_id == employee_named(session, "D200").id,
            Appraisal.state == State.OPEN,
        )
    ).one()
    cycle = running(session, found.cycle_id)
    answers = [Answer(criterion, "met") for criterion in cycle.criteria]
    cycle.judge(clock.now(), "D200", answers, AssessorKind.SELF)
    return str(found.public_id)
