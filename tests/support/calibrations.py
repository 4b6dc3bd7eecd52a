"""Calibration sessions about Aurora's appraisal, opened and adjusted through the operations."""

from __future__ import annotations

import sqlalchemy as sa

from competency import clock
from competency.assessments import calibrating
from competency.assessments.calibration_models import (
    Calibration,
    CalibrationAdjustment,
    CalibrationAppraisal,
    CalibrationMember,
)
from competency.assessments.models import Appraisal, Cycle
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from tests.support.appraisals import Road
from tests.support.cast import World

TITLE = "Equipo Uno"


def calibrated(world: World, road: Road, members: tuple[str, ...] = ("renata",)) -> str:
    """Write down a session about Aurora, in whatever state she is; return its public id."""
    session = world.session
    with unit_of_work(session):
        exempt(session, "a test has a session about an appraisal in any state")
        appraisal = session.scalars(
            sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
        ).one()
        found = Calibration(
            cycle_id=appraisal.cycle_id,
            title=TITLE,
            opened_by_id=world.account("hilda").id,
            opened_at=clock.now(),
        )
        session.add(found)
        session.flush()
        session.add(
            CalibrationAppraisal(
                calibration_id=found.id,
                appraisal_id=appraisal.id,
                subject_id=appraisal.subject_id,
            )
        )
        for name in members:
            session.add(
                CalibrationMember(calibration_id=found.id, employee_id=world.employee(name).id)
            )
        return found.public_id


def open_session(
    road: Road, name: str = "hilda", members: tuple[str, ...] = ("renata",), title: str = TITLE
) -> str:
    """Open a session about Aurora as somebody; return its public id."""
    session = road.world.session
    with unit_of_work(session):
        return calibrating.open_calibration(
            session,
            actor=road.world.actor(name),
            now=clock.now(),
            cycle=session.scalars(sa.select(Cycle).where(Cycle.public_id == road.cycle_id)).one(),
            title=title,
            appraisals=[road.public_id],
            members=[road.world.employee(each).public_id for each in members],
        ).public_id


def adjust(
    road: Road,
    found: str,
    name: str = "renata",
    *,
    criterion: str = "ac1.cd1",
    level: str | None = "below",
    rationale: str = "En los turnos faltó la pausa.",
    version: int = 0,
) -> None:
    """Adjust a level of Aurora's as somebody."""
    with unit_of_work(road.world.session):
        calibrating.adjust(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=found,
            appraisal_id=road.public_id,
            criterion_id=criterion,
            level=level,
            excused=level is None,
            rationale=rationale,
            version=version,
        )


def undo(road: Road, found: str, name: str = "renata", criterion: str = "ac1.cd1") -> None:
    """Take an adjustment back as somebody."""
    with unit_of_work(road.world.session):
        calibrating.undo(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            public_id=found,
            appraisal_id=road.public_id,
            criterion_id=criterion,
        )


def close(road: Road, found: str, name: str = "hilda") -> None:
    """Close a session as somebody."""
    with unit_of_work(road.world.session):
        calibrating.close_calibration(
            road.world.session, actor=road.world.actor(name), now=clock.now(), public_id=found
        )


def lines(world: World) -> list[tuple[str | None, str | None, bool]]:
    """Return the log as from, to, and whether it took a change back."""
    world.session.rollback()
    rows = world.session.execute(
        sa.select(
            CalibrationAdjustment.from_level,
            CalibrationAdjustment.to_level,
            CalibrationAdjustment.undone,
        ).order_by(CalibrationAdjustment.id)
    )
    return [(before, after, undone) for before, after, undone in rows]
