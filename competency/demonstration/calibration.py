"""A calibration session about what waits for review in the service protocol of Santiago."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from competency.assessments.calibrating import adjust, open_calibration
from competency.assessments.calibration_queries import TO_CALIBRATE
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.people import actor_named, employee_named
from competency.demonstration.steps import Running
from competency.frameworks.schema import BELOW

REVIEWERS = ("D410", "D400")


def calibrated(cycle: Running, now: datetime) -> None:
    """Open a session for both reviewers; one level of who is in review is adjusted in it."""
    session, at = cycle.session, now - timedelta(days=2)
    waiting = session.execute(
        sa.select(Appraisal.public_id, Appraisal.state)
        .where(Appraisal.cycle_id == cycle.cycle_id, Appraisal.state.in_(TO_CALIBRATE))
        .order_by(Appraisal.id)
    ).all()
    with unit_of_work(session):
        found = open_calibration(
            session,
            actor=actor_named(session, "D100"),
            now=at,
            cycle=session.get_one(Cycle, cycle.cycle_id),
            title=words.CALIBRATION_TITLE,
            appraisals=[public_id for public_id, _ in waiting],
            members=[employee_named(session, number).public_id for number in REVIEWERS],
        ).public_id
    with unit_of_work(session):
        adjust(
            session,
            actor=actor_named(session, REVIEWERS[0]),
            now=at + timedelta(hours=2),
            public_id=found,
            appraisal_id=[i for i, state in waiting if state is State.IN_REVIEW][-1],
            criterion_id=cycle.criteria[2],
            level=BELOW,
            excused=False,
            rationale=words.CALIBRATED,
            version=0,
        )
