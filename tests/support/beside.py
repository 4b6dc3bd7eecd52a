"""Seconds and peers of Aurora's appraisal, asked and answering through the operations."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from competency import clock
from competency.assessments import assessors
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal, Cycle, PeerNomination
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import Answer, AssessorKind
from competency.database.transactions import unit_of_work
from tests.support.appraisals import Road
from tests.support.cast import CAST, World

PEERS = ("bruno", "carla", "ada")


def act(road: Road, step: str, name: str, **options: object) -> None:
    """Take a step of seconds and peers as somebody of the cast."""
    with unit_of_work(road.world.session):
        getattr(assessors, step)(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=road.public_id,
            **options,
        )


def nomination_of(world: World, name: str) -> PeerNomination:
    """Return the last proposal of somebody."""
    world.session.rollback()
    return world.session.scalars(
        sa.select(PeerNomination)
        .where(PeerNomination.employee_id == world.employee(name).id)
        .order_by(PeerNomination.id.desc())
    ).first() or PeerNomination(public_id="0" * 20)


def ask_peer(road: Road, name: str, *, by: str = "aurora") -> None:
    """Propose somebody as a peer, and ask them."""
    act(road, "propose_peer", by, number=CAST[name][0])
    act(road, "approve_peer", "hilda", nomination_id=nomination_of(road.world, name).public_id)


def ask_second(road: Road, name: str) -> None:
    """Ask somebody for a second judgement."""
    act(road, "name_second", "hilda", number=CAST[name][0])


def answer(
    road: Road,
    name: str,
    kind: AssessorKind,
    levels: Mapping[str, str | None] | None = None,
    note: str = "",
    *,
    hands_in: bool = True,
) -> None:
    """Answer every criterion, *met* unless said otherwise (``None``: can't say), and hand in."""
    session = road.world.session
    with unit_of_work(session):
        for criterion in road.criteria:
            level = (levels or {}).get(criterion, "met")
            save_draft(
                session,
                actor=road.world.actor(name),
                now=clock.now(),
                public_id=road.public_id,
                kind=kind,
                answer=Answer(criterion, level, excused=level is None, note=note),
                version=0,
            )
    if hands_in:
        act(road, "hand_in_beside", name)


def three_peers(road: Road, peers: tuple[str, ...] = PEERS) -> None:
    """Ask peers and let each answer in their own words; the first says *below* once."""
    for place, name in enumerate(peers):
        ask_peer(road, name)
        levels = {road.criteria[0]: "below" if place == 0 else "met"}
        answer(road, name, AssessorKind.PEER, levels, note=f"palabra-de-{name}")


def loaded(road: Road, name: str) -> Loaded:
    """Return the appraisal as somebody sees it."""
    return load(
        road.world.session,
        actor=road.world.actor(name),
        now=clock.now(),
        public_id=road.public_id,
    )


def cycle_of(road: Road) -> Cycle:
    """Return the appraisal's cycle."""
    road.world.session.rollback()
    query = sa.select(Cycle).join(Appraisal, Appraisal.cycle_id == Cycle.id)
    return road.world.session.scalars(query.where(Appraisal.public_id == road.public_id)).one()
