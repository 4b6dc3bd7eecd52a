"""Calibration of observations: several mark one contact without seeing each other (ADR 0036)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_links import require_not_erased
from competency.audit.operations import exempt, record
from competency.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from competency.mail.operations import notify
from competency.observations.calibration_queries import (
    LoadedCalibration,
    load_calibration,
    may_be_invited,
    may_open,
)
from competency.observations.form_queries import form_by_public_id, is_ended
from competency.observations.models import ObservationCalibration, ObservationCalibrationSheet
from competency.observations.operations import check_contact, check_sheet, settled
from competency.observations.permissions import can_calibrate
from competency.observations.queries import require_basis
from competency.observations.schema import Contact, Sheet
from competency.people.choosing import SHOWN, chosen_people
from competency.people.models import Employee
from competency.people.permissions import is_self
from competency.people.queries import employee_by_number, standing
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
OBSERVERS_MINIMUM = 2


@dataclass(frozen=True)
class NewCalibration:
    """Whose contact is marked, which one, on which form and by whom."""

    employee_number: str
    form_public_id: str
    contact: Contact
    observers: Sequence[str]
    """Their public ids."""


def open_calibration(
    session: AnySession, *, actor: Actor, now: datetime, new: NewCalibration
) -> ObservationCalibration:
    """Open a calibration as human resources in scope; whoever is invited is told."""
    subject = _subject(session, actor, now, new.employee_number)
    form = form_by_public_id(session, new.form_public_id)
    if is_ended(session, form.id):
        raise Invalid("This version of the form is used no more. Choose a newest one.", "form")
    check_contact(new.contact, subject, actor, now)
    invited = _invited(session, actor, now, subject, new.observers)
    calibration = ObservationCalibration(
        subject_id=subject.id,
        form_id=form.id,
        reference=new.contact.reference.strip(),
        contact_on=new.contact.day,
        channel=new.contact.channel.strip() or form.channel,
        line=new.contact.line.strip() or None,
        opened_by_id=actor.account_id,
        opened_at=now,
    )
    session.add(calibration)
    session.flush()
    session.add_all(
        ObservationCalibrationSheet(
            calibration_id=calibration.id,
            subject_id=subject.id,
            observer_id=one.id,
            marks={},
            edition=0,
            saved_at=now,
        )
        for one in invited
    )
    session.flush()
    data = {"form": form.public_id, "observers": [one.public_id for one in invited]}
    _record(session, actor, now, "opened", calibration, data)
    _tell(session, calibration, {one.id for one in invited}, "opened", now)
    return calibration


def _subject(session: AnySession, actor: Actor, now: datetime, number: str) -> Employee:
    """Return the person whose contact is marked.

    ``Invalid`` where nobody in the actor's scope has the number, whether anybody else has or not.
    """
    if not may_open(actor):
        raise NotAllowed("Human resources open calibrations, of people in their scope.")
    nobody = Invalid("Nobody in your scope has the number %(number)s.", "number", number=number)
    try:
        subject = employee_by_number(session, number)
    except NotFound:
        raise nobody from None
    place = standing(session, subject.id, actor.today(now))
    if is_self(actor, place):
        raise Invalid("Nobody opens a calibration of their own contact.", "number")
    if not subject.search_key or not can_calibrate(actor, place):
        raise nobody
    require_basis(session, subject, now)
    require_not_erased(session, subject.id)
    return subject


def _invited(
    session: AnySession, actor: Actor, now: datetime, subject: Employee, public_ids: Sequence[str]
) -> list[Employee]:
    """Return who marks the contact; ``Invalid`` for too few, or somebody who doesn't observe."""
    wanted = set(public_ids)
    if not OBSERVERS_MINIMUM <= len(wanted) <= SHOWN:
        raise Invalid("Choose at least two observers.", "people")
    allowed = sa.and_(may_be_invited(actor.today(now)), Employee.id != subject.id)
    try:
        return chosen_people(session, wanted, allowed)
    except NotFound:
        raise Invalid(
            "Supervisors and quality analysts are invited, and never the person observed.", "people"
        ) from None


def _own_sheet(
    session: AnySession, actor: Actor, now: datetime, public_id: str
) -> tuple[LoadedCalibration, ObservationCalibrationSheet]:
    """Return the actor's sheet while it can be written; the calibration is locked."""
    loaded = load_calibration(session, actor=actor, now=now, public_id=public_id, lock=True)
    if loaded.own is None:
        raise NotAllowed("Only who is invited marks this contact.")
    if loaded.own.submitted_at is not None:
        raise IllegalTransition("Your sheet is handed in; it can't be changed any more.")
    if loaded.row.closed_at is not None:
        raise IllegalTransition("This calibration is closed.")
    require_not_erased(session, loaded.subject.id)
    return loaded, loaded.own


def save_own(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    sheet: Sheet,
    edition: int,
) -> int:
    """Save one's own sheet over the edition that the page had; return its new edition.

    ``Conflict`` where a newer one stands.
    """
    exempt(session, "a sheet of a calibration is its writer's alone until it is handed in")
    loaded, own = _own_sheet(session, actor, now, public_id)
    _write(session, loaded, own, sheet, edition, now)
    return own.edition


def submit_own(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    sheet: Sheet,
    edition: int,
) -> ObservationCalibration:
    """Hand one's own sheet in; the last one closes the calibration.

    Raises ``Incomplete`` where a behaviour has no mark, or none of them applies.
    """
    loaded, own = _own_sheet(session, actor, now, public_id)
    _write(session, loaded, own, sheet, edition, now)
    settled(loaded.form, sheet.marks)
    own.submitted_at = now
    session.flush()
    _record(session, actor, now, "submitted", loaded.row, {})
    if all(one.submitted_at is not None for one in loaded.sheets):
        _close(session, actor, now, loaded)
    return loaded.row


def close_calibration(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Close a calibration before all have handed in; what was not handed in is not shown."""
    loaded = load_calibration(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_calibrate(actor, loaded.standing):
        raise NotAllowed("Only human resources close a calibration before all have handed in.")
    if loaded.row.closed_at is not None:
        raise IllegalTransition("This calibration is closed.")
    _close(session, actor, now, loaded)


def _close(session: AnySession, actor: Actor, now: datetime, loaded: LoadedCalibration) -> None:
    """Let the sheets be read side by side, and tell who was invited."""
    loaded.row.closed_at, loaded.row.closed_by_id = now, actor.account_id
    session.flush()
    _record(session, actor, now, "closed", loaded.row, {})
    invited = {one.observer_id for one in loaded.sheets}
    _tell(session, loaded.row, invited - {actor.employee_id or 0}, "closed", now)


def _write(
    session: AnySession,
    loaded: LoadedCalibration,
    own: ObservationCalibrationSheet,
    sheet: Sheet,
    edition: int,
    now: datetime,
) -> None:
    """Put a sheet in the place of what was written so far."""
    if edition != own.edition:
        raise Conflict(
            "This sheet was saved from another page meanwhile. Reload it to go on with that."
        )
    check_sheet(loaded.form, sheet)
    own.marks = {criterion_id: mark.value for criterion_id, mark in sheet.marks.items()}
    own.notes = {i: note.strip() for i, note in sheet.notes.items() if note.strip()}
    own.note = sheet.note.strip() or None
    own.edition += 1
    own.saved_at = now
    session.flush()


def _tell(
    session: AnySession,
    calibration: ObservationCalibration,
    to: set[int],
    what: str,
    now: datetime,
) -> None:
    """Queue a message that leads to the calibration."""
    notify(
        session,
        now=now,
        to=to,
        kind=f"observation_calibration_{what}",
        params={"contact_on": calibration.contact_on.isoformat()},
        link=calibration.public_id,
    )


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    what: str,
    calibration: ObservationCalibration,
    data: Mapping[str, object],
) -> None:
    """Record an event about a calibration."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"observation_calibration.{what}",
        subject_kind="observation_calibration",
        subject=calibration.public_id,
        data=data,
    )
