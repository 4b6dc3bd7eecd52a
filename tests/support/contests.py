"""More people than the cast, and one appraisal contested, reassessed and delivered anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from competency import clock
from competency.assessments import contests, operations, suspending, withdrawing
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal, Assessor, Draft
from competency.assessments.schema import Answer, AssessorKind, State
from competency.database.transactions import unit_of_work
from competency.people.access import grant_role
from competency.people.models import Account, Placement
from competency.people.operations import At, add_employee, place
from competency.people.schema import AccountState, Names
from tests.support.appraisals import Road
from tests.support.cast import FURTHER, HIRED, World, password_hash

STATEMENT = "canario-contest el informe de marzo muestra lo contrario"
UPHELD = "canario-uphold los informes son de otra oficina"
CONTESTED = ("ac2.cd4", "ac1.cd1")
STEPS: dict[str, Callable[..., None]] = {
    "open": operations.open_appraisal,
    "submit": operations.submit,
    "take": operations.take,
    "return": operations.return_for_rework,
    "approve": operations.approve,
    "release": operations.release,
    "acknowledge": operations.acknowledge,
    "lapse": operations.lapse,
    "cancel": operations.cancel,
    "contest": contests.contest,
    "uphold": contests.uphold,
    "reassess": contests.reassess,
    "reopen": suspending.reopen,
    "suspend": suspending.suspend,
    "resume": suspending.resume,
    "withdraw": withdrawing.withdraw_certification,
}
"""The operation of each step that somebody can ask for."""


def widen(world: World) -> World:
    """Take four more people on, at Aurora's site."""
    with unit_of_work(world.session):
        system, now = world.system(), clock.now()
        aurora = world.employee("aurora")
        there = world.session.scalars(
            sa.select(Placement).where(Placement.employee_id == aurora.id)
        ).one()
        for number, given, family, roles in FURTHER.values():
            employee = add_employee(
                world.session,
                actor=system,
                now=now,
                employer=aurora.employer,
                employee_number=number,
                names=Names(given, family),
                hired_on=HIRED,
            )
            account = Account(
                employee_id=employee.id,
                language="en",
                state=AccountState.ACTIVE,
                password_hash=password_hash(),
            )
            world.session.add(account)
            world.session.flush()
            at = At(actor=system, now=now, employee=employee, starts_on=HIRED)
            place(world.session, site_id=there.site_id, team_id=there.team_id, **at)
            for role in roles:
                grant_role(world.session, actor=system, now=now, account=account, role=role)
    return world


def take_step(
    road: Road, action: str, name: str, *, now: datetime | None = None, **options: object
) -> None:
    """Take any step of the workflow as somebody, or as the system."""
    world = road.world
    with unit_of_work(world.session):
        STEPS[action](
            world.session,
            actor=world.system() if name == "system" else world.actor(name),
            now=now or clock.now(),
            public_id=road.public_id,
            **options,
        )


def row_of(road: Road) -> Appraisal:
    """Return the appraisal's row as it is now."""
    road.world.session.rollback()
    query = sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    return road.world.session.scalars(query).one()


def answer(
    road: Road, name: str, criterion: str, level: str = "met", *, kind: AssessorKind
) -> None:
    """Write one draft as somebody, over whatever version stands."""
    session = road.world.session
    session.rollback()
    actor = road.world.actor(name)
    query = sa.select(sa.func.max(Draft.version)).where(Draft.criterion_id == criterion)
    mine = query.where(Draft.assessor_id.in_(_own_parts(road, actor.employee_id, kind)))
    version = session.scalar(mine) or 0
    with unit_of_work(session):
        save_draft(
            session,
            actor=actor,
            now=clock.now(),
            public_id=road.public_id,
            kind=kind,
            answer=Answer(criterion, level, note="porque sí"),
            version=version,
        )


def _own_parts(road: Road, employee_id: int | None, kind: AssessorKind) -> sa.Select[int]:
    """Return the select of somebody's parts of a kind in the current round."""
    from_row = sa.select(Appraisal.id, Appraisal.round).where(Appraisal.public_id == road.public_id)
    place_of = from_row.subquery()
    return (
        sa.select(Assessor.id)
        .join(
            place_of,
            (place_of.c.id == Assessor.appraisal_id) & (place_of.c.round == Assessor.round),
        )
        .where(Assessor.kind == kind, Assessor.employee_id == employee_id)
    )


def contested(world: World, road: Road, criteria: tuple[str, ...] = CONTESTED) -> World:
    """Bring an open appraisal to where its result is contested."""
    widen(world)
    road.to(State.RELEASED)
    take_step(road, "contest", "aurora", statement=STATEMENT, criteria=criteria)
    return world


def reassessed(world: World, road: Road, name: str = "lena") -> World:
    """Bring an open appraisal to the beginning of its second round."""
    contested(world, road)
    lead_id = world.employee(name).id
    take_step(road, "reassess", "hilda", lead_id=lead_id, comment="Otra mirada.")
    return world


def judged_anew(road: Road, name: str = "lena", criteria: tuple[str, ...] = CONTESTED) -> None:
    """Judge what was contested met, and submit."""
    for criterion in criteria:
        answer(road, name, criterion, kind=AssessorKind.LEAD)
    take_step(road, "submit", name, evidence_confirmed=True)
