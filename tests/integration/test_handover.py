"""Handing over: who judged stays who judged, and whoever did no longer reviews."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.models import Judgement
from competency.assessments.schema import AssessorKind, State
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.appraisals import Road, open_road
from tests.support.cast import World


def returned_and_handed_over(world: World) -> Road:
    """Return an appraisal that Simón submitted first and Bruno again."""
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="Falta un motivo.")
    road.hand_over("bruno")
    road.step("submit", "bruno", evidence_confirmed=True)
    return road


def test_each_judgement_names_who_judged_whoever_leads_now(world: World) -> None:
    returned_and_handed_over(world)
    found = world.session.execute(
        sa.select(Judgement.turn, Judgement.kind, Judgement.employee_id)
        .distinct()
        .order_by(Judgement.turn)
    ).all()
    assert found == [
        (0, AssessorKind.SELF, world.employee("aurora").id),
        (1, AssessorKind.LEAD, world.employee("simon").id),
        (2, AssessorKind.LEAD, world.employee("bruno").id),
    ]


def test_whoever_submitted_it_before_a_handover_does_not_review_it(world: World) -> None:
    road = returned_and_handed_over(world)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("simon"),
            role=Role.REVIEWER,
        )
    with pytest.raises(NotAllowed):
        road.step("take", "simon")
    road.step("take", "renata")
