"""Observing a contact: begun, saved as a draft, handed in for good, or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_links import require_not_erased
from competency.audit.operations import exempt, record
from competency.documents.fonts import check_printable
from competency.errors import Conflict, IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound
from competency.observations.evidencing import add_evidence
from competency.observations.form_queries import Form, form_by_public_id, is_ended
from competency.observations.measuring import measure_day
from competency.observations.models import (
    ContactDraw,
    Observation,
    ObservationMark,
    ObservationScore,
)
from competency.observations.permissions import can_observe, can_write
from competency.observations.queries import (
    Loaded,
    campaign_on,
    load,
    require_basis,
)
from competency.observations.rules import Score, missing, score
from competency.observations.schema import (
    CHANNEL_MAXIMUM,
    LINE_MAXIMUM,
    NOTE_MAXIMUM,
    REFERENCE_MAXIMUM,
    Contact,
    Mark,
    Sheet,
)
from competency.observations.telling import tell_of_handing_in
from competency.people.models import Employee
from competency.people.queries import standing
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def subject_to_observe(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> Employee:
    """Return the person whom the actor may observe today; ``NotFound`` otherwise.

    ``NotAllowed`` where nothing allows it at the person's employer.
    """
    employee = session.scalar(sa.select(Employee).where(Employee.public_id == public_id))
    if employee is None:
        raise NotFound
    if not can_observe(actor, standing(session, employee.id, actor.today(now))):
        raise NotFound
    require_basis(session, employee, now)
    return employee


def begin(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    form_public_id: str,
    contact: Contact,
) -> Observation:
    """Begin to observe one contact of a person on the newest version of a form."""
    if not employee_public_id:
        raise Invalid("Choose a person.", "person")
    employee = subject_to_observe(session, actor=actor, now=now, public_id=employee_public_id)
    require_not_erased(session, employee.id)
    form = form_by_public_id(session, form_public_id)
    if is_ended(session, form.id):
        raise Invalid("This version of the form is used no more. Choose a newest one.", "form")
    check_contact(contact, employee, actor, now)
    row = Observation(
        subject_id=employee.id,
        observer_id=actor.employee_id,
        form_id=form.id,
        campaign_id=campaign_on(session, employee.id, contact.day),
        reference=contact.reference.strip(),
        contact_on=contact.day,
        channel=contact.channel.strip() or form.channel,
        line=contact.line.strip() or None,
        edition=0,
        begun_at=now,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, actor, now, "observation.begun", row, {"form": form.public_id})
    return row


def check_contact(contact: Contact, employee: Employee, actor: Actor, now: datetime) -> None:
    """Raise ``Invalid`` for a contact that can't have been watched."""
    reference = contact.reference.strip()
    if not reference or len(reference) > REFERENCE_MAXIMUM:
        raise Invalid("Write the contact's reference, at most 80 characters.", "reference")
    if contact.day > actor.today(now):
        raise Invalid("The contact cannot be of a day that is still to come.", "contact_on")
    if contact.day < employee.hired_on:
        raise Invalid("The person did not work here yet on that day.", "contact_on")
    if len(contact.channel) > CHANNEL_MAXIMUM or len(contact.line) > LINE_MAXIMUM:
        raise Invalid("Channel and line are too long.", "line")
    check_printable(reference, "reference")
    check_printable(contact.channel, "line")
    check_printable(contact.line, "line")


def _draft(
    session: AnySession, actor: Actor, now: datetime, public_id: str, *, settles: bool = False
) -> Loaded:
    """Return a draft of the actor's, locked; ``IllegalTransition`` once it was handed in."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    _require_writer(actor, loaded)
    if not can_write(actor, loaded.facts, loaded.standing):
        raise NotAllowed(
            "Today's supervisor and quality analysts observe; nobody observes themselves."
        )
    (lock_person if settles else require_not_erased)(session, loaded.subject.id)
    return loaded


def _require_writer(actor: Actor, loaded: Loaded) -> None:
    """Raise ``NotAllowed`` for whoever didn't begin it, ``IllegalTransition`` once handed in."""
    if actor.employee_id != loaded.facts.observer_id:
        raise NotAllowed("Only who began an observation changes it.")
    if loaded.facts.handed_in:
        raise IllegalTransition("This observation is handed in; it can't be changed any more.")


def save(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    sheet: Sheet,
    edition: int,
) -> Loaded:
    """Save a draft over the edition that the page had; ``Conflict`` where a newer one stands."""
    exempt(session, "a draft of an observation is its writer's alone until it is handed in")
    loaded = _draft(session, actor, now, public_id)
    _write(session, loaded, sheet, edition, now)
    return loaded


def _write(session: AnySession, loaded: Loaded, sheet: Sheet, edition: int, now: datetime) -> None:
    """Put a sheet in the place of what the draft says."""
    row = loaded.row
    if edition != row.edition:
        raise Conflict(
            "This sheet was saved from another page meanwhile. Reload it to go on with that."
        )
    written = check_sheet(loaded.form, sheet)
    there = {
        one.criterion_id: one
        for one in session.scalars(
            sa.select(ObservationMark).where(ObservationMark.observation_id == row.id)
        )
    }
    for criterion_id, one in there.items():
        if criterion_id not in written:
            session.delete(one)
    for criterion_id in sorted(written):
        one = there.get(criterion_id) or ObservationMark(
            observation_id=row.id, criterion_id=criterion_id, subject_id=row.subject_id
        )
        one.mark = sheet.marks.get(criterion_id)
        one.note = sheet.notes.get(criterion_id, "").strip() or None
        session.add(one)
    row.note = sheet.note.strip() or None
    row.edition += 1
    row.saved_at = now
    session.flush()


def check_sheet(form: Form, sheet: Sheet) -> set[str]:
    """Return the behaviours that a sheet says something of; ``Invalid`` for what can't be."""
    notes = {i: note.strip() for i, note in sheet.notes.items()}
    written = {*sheet.marks, *(i for i, note in notes.items() if note)}
    if not written <= {item.criterion_id for item in form.items}:
        raise Invalid("This form is not complete. Reload the page and try again.")
    if any(len(text) > NOTE_MAXIMUM for text in (*notes.values(), sheet.note.strip())):
        raise Invalid("A note can have at most 2,000 characters.", "note")
    return written


def settled(form: Form, marks: Mapping[str, Mark]) -> Score:
    """Return what a finished sheet comes to.

    Raises ``Incomplete`` where a behaviour has no mark, or none of them applies.
    """
    lacking = missing(form.items, marks)
    if lacking:
        raise Incomplete("Mark every behaviour before handing in.", lacking)
    result = score(form.items, marks, form.row.cap_percent)
    if result.possible == 0:
        raise Incomplete(
            "Nothing applies to this contact, so that it has no score. Throw the sheet away, or "
            "mark what can be seen."
        )
    return result


def hand_in(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    sheet: Sheet,
    edition: int,
) -> Score:
    """Hand a sheet in for good: it gets its score, and becomes a measurement and evidence.

    Raises ``Incomplete`` where a behaviour has no mark, or none of them applies.
    """
    loaded = _draft(session, actor, now, public_id, settles=True)
    _write(session, loaded, sheet, edition, now)
    result = settled(loaded.form, sheet.marks)
    loaded.row.handed_in_at = now
    session.flush()
    _settle_draw(session, loaded.row, now)
    evidence = add_evidence(session, actor, now, loaded, result, sheet)
    write_score(session, actor, now, loaded, result, number=1, evidence_id=evidence.id)
    data = {"reached": result.reached, "possible": result.possible}
    _record(session, actor, now, "observation.handed_in", loaded.row, data)
    tell_of_handing_in(session, loaded, now)
    return result


def lock_person(session: AnySession, employee_id: int) -> None:
    """Let one score of a person be settled at a time, so that a day's sum misses none.

    Raises ``IllegalTransition`` for an erased person, as ``require_not_erased`` does; that
    one's weaker lock must not come before.
    """
    query = sa.select(Employee.printed_name).where(Employee.id == employee_id)
    if not session.scalar(query.with_for_update(key_share=True)):
        raise IllegalTransition("This person's data have been erased already.")


def write_score(
    session: AnySession,
    actor: Actor,
    now: datetime,
    loaded: Loaded,
    result: Score,
    *,
    number: int,
    evidence_id: int,
) -> None:
    """Append a score and correct the figure of its day."""
    session.add(
        ObservationScore(
            observation_id=loaded.row.id,
            number=number,
            subject_id=loaded.subject.id,
            marks={line.item.criterion_id: line.mark.value for line in result.lines},
            reached=result.reached,
            possible=result.possible,
            evidence_id=evidence_id,
            made_by_id=actor.account_id,
            made_at=now,
        )
    )
    session.flush()
    source = require_basis(session, loaded.subject, now)
    measure_day(session, loaded.row, number, source, now)


def discard(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Throw a draft away."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    _require_writer(actor, loaded)
    session.execute(
        sa.delete(ObservationMark).where(ObservationMark.observation_id == loaded.row.id)
    )
    _release_draw(session, loaded.row)
    _record(session, actor, now, "observation.discarded", loaded.row, {})
    session.delete(loaded.row)
    session.flush()


def _settle_draw(session: AnySession, row: Observation, now: datetime) -> None:
    """Close the draw of a contact that is observed now, where it was drawn."""
    session.execute(
        sa.update(ContactDraw).where(ContactDraw.observation_id == row.id).values(closed_at=now)
    )


def _release_draw(session: AnySession, row: Observation) -> None:
    """Leave a drawn contact waiting again for who drew it."""
    session.execute(
        sa.update(ContactDraw)
        .where(ContactDraw.observation_id == row.id)
        .values(observation_id=None)
    )


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    row: Observation,
    data: Mapping[str, object],
) -> None:
    """Record an event about an observation."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="observation",
        subject=row.public_id,
        data=data,
    )
