"""Reads of calibrations: who may read which, whose sheet is shown to whom, who can be invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import NotFound
from competency.observations.form_queries import Form, load_form
from competency.observations.models import (
    ObservationCalibration,
    ObservationCalibrationSheet,
    ObservationForm,
)
from competency.observations.permissions import can_calibrate, can_read_calibration
from competency.observations.queries import require_basis, sources_by_employer
from competency.observations.schema import Mark, Sheet
from competency.people.models import Account, Employee, ReportingLine, RoleGrant
from competency.people.queries import employees_in_scope, on, standing
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class LoadedCalibration:
    """A calibration with the person, the form and all its sheets, in their order.

    Sheets of others are shown to nobody before it is closed: pages take ``shown``.
    """

    row: ObservationCalibration
    subject: Employee
    standing: Standing
    form: Form
    sheets: tuple[ObservationCalibrationSheet, ...]
    own: ObservationCalibrationSheet | None
    """The reader's own sheet, where they are invited."""

    @property
    def shown(self) -> tuple[ObservationCalibrationSheet, ...]:
        """Return the sheets that are read side by side: none before it is closed."""
        if self.row.closed_at is None:
            return ()
        return tuple(one for one in self.sheets if one.submitted_at is not None)


def load_calibration(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> LoadedCalibration:
    """Return a calibration that the actor may read; ``NotFound`` otherwise.

    ``NotAllowed`` where nothing allows observing the person today.
    """
    query = sa.select(ObservationCalibration).where(ObservationCalibration.public_id == public_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound
    place = standing(session, row.subject_id, actor.today(now))
    sheets = tuple(
        session.scalars(
            sa.select(ObservationCalibrationSheet)
            .where(ObservationCalibrationSheet.calibration_id == row.id)
            .order_by(ObservationCalibrationSheet.id)
        )
    )
    own = next((one for one in sheets if one.observer_id == actor.employee_id), None)
    is_closed = row.closed_at is not None
    if not can_read_calibration(actor, place, invited=own is not None, is_closed=is_closed):
        raise NotFound
    subject = session.get_one(Employee, row.subject_id)
    require_basis(session, subject, now)
    return LoadedCalibration(row, subject, place, load_form(session, row.form_id), sheets, own)


def sheet_in(row: ObservationCalibrationSheet) -> Sheet:
    """Return what is written on a sheet of a calibration."""
    marks = {criterion_id: Mark(mark) for criterion_id, mark in row.marks.items()}
    return Sheet(marks, dict(row.notes or {}), row.note or "")


def may_be_invited(today: date) -> sa.ColumnElement[bool]:
    """Return the condition on ``Employee`` that they lead somebody today or are an analyst."""
    leads = sa.select(ReportingLine.supervisor_id).where(on(ReportingLine, today))
    analysts = (
        sa.select(Account.employee_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == Role.QUALITY_ANALYST, RoleGrant.revoked_at.is_(None))
    )
    return sa.or_(Employee.id.in_(leads), Employee.id.in_(analysts))


@dataclass(frozen=True)
class CalibrationLine:
    """A calibration as lists show it."""

    row: ObservationCalibration
    name: str
    title: str
    invited: int
    submitted: int
    waits: bool
    """Whether the reader's own sheet is still to be handed in."""


def calibrations(
    session: AnySession, actor: Actor, now: datetime, *, page: int, page_size: int
) -> tuple[list[CalibrationLine], int]:
    """Return one page of the calibrations that the actor may read, the latest first, and all."""
    today, sheet = actor.today(now), ObservationCalibrationSheet
    me = actor.employee_id or 0
    of_it = sheet.calibration_id == ObservationCalibration.id
    mine = sa.exists().where(of_it, sheet.observer_id == me)
    condition = sa.and_(
        Employee.employer_id.in_(set(sources_by_employer(session, now))),
        sa.or_(
            mine,
            employees_in_scope(actor, today, [Role.HR]),
            sa.and_(
                ObservationCalibration.closed_at.is_not(None),
                sa.or_(
                    Employee.id == actor.employee_id,
                    employees_in_scope(actor, today, [Role.AUDITOR]),
                ),
            ),
        ),
        # nobody reads of a calibration of their own contact before it is closed
        sa.or_(ObservationCalibration.closed_at.is_not(None), Employee.id != me),
    )
    of_person = Employee.id == ObservationCalibration.subject_id
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(ObservationCalibration)
        .join(Employee, of_person)
        .where(condition)
    )
    invited = sa.select(sa.func.count()).where(of_it).correlate(ObservationCalibration)
    waits = sa.exists().where(of_it, sheet.observer_id == me, sheet.submitted_at.is_(None))
    rows = session.execute(
        sa.select(
            ObservationCalibration,
            Employee.printed_name,
            ObservationForm.title,
            invited.scalar_subquery(),
            invited.where(sheet.submitted_at.is_not(None)).scalar_subquery(),
            sa.and_(waits, ObservationCalibration.closed_at.is_(None)).label("waits"),
        )
        .join(Employee, of_person)
        .join(ObservationForm, ObservationForm.id == ObservationCalibration.form_id)
        .where(condition)
        .order_by(ObservationCalibration.id.desc())
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return [CalibrationLine(*row) for row in rows], total or 0


def may_open(actor: Actor) -> bool:
    """Return whether somebody may open calibrations of anybody."""
    return actor.has(Role.HR)


def may_close(actor: Actor, loaded: LoadedCalibration) -> bool:
    """Return whether somebody may close a calibration before all have handed in."""
    return loaded.row.closed_at is None and can_calibrate(actor, loaded.standing)
