"""Contacts drawn at random to be observed: drawn, begun, set aside with a reason (ADR 0036)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.kpis.models import ContactReference
from competency.kpis.threshold_queries import where_of
from competency.kpis.threshold_rules import narrowest
from competency.observations.draw_rules import Drawable, Drawn, draw_one, pool_of
from competency.observations.form_queries import form_by_public_id, is_ended
from competency.observations.models import ContactDraw, Observation, ObservationForm
from competency.observations.operations import begin, lock_person, subject_to_observe
from competency.observations.permissions import can_observe
from competency.observations.plan_queries import plans_of_month
from competency.observations.plan_rules import Period, month
from competency.observations.queries import require_basis
from competency.observations.schema import Contact
from competency.people.models import Employee
from competency.people.queries import standing
from competency.people.rules import checked_text
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
REASON_MAXIMUM = 1000


def draw_contact(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    form_public_id: str,
    first: date,
) -> ContactDraw:
    """Draw one contact of a person and a month at random; what the actor drew before comes again.

    It is one of the imported contacts that nobody has drawn or observed, each as likely as any
    other. ``Invalid`` where none is left, and where nothing is planned of the person.
    """
    employee = subject_to_observe(session, actor=actor, now=now, public_id=employee_public_id)
    form = form_by_public_id(session, form_public_id)
    if is_ended(session, form.id):
        raise Invalid("This version of the form is used no more. Choose a newest one.", "form")
    _require_plan(session, actor, now, employee, form, first)
    lock_person(session, employee.id)
    waiting = session.scalar(
        sa.select(ContactDraw).where(
            ContactDraw.subject_id == employee.id,
            ContactDraw.form_series == form.series,
            ContactDraw.drawn_by_id == actor.account_id,
            ContactDraw.closed_at.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    pool = drawable(session, employee.id, month(first), form.channel)
    if not pool:
        raise Invalid(
            "No contact of that month is left to be drawn. Imports bring them, where their "
            "profile names the contact's reference."
        )
    return _kept(session, actor, now, employee, form, draw_one(pool))


def _require_plan(
    session: AnySession,
    actor: Actor,
    now: datetime,
    employee: Employee,
    form: ObservationForm,
    first: date,
) -> None:
    """Raise ``Invalid`` unless contacts of the person are planned on the form in a past month."""
    today = actor.today(now)
    if first.day != 1 or first > today:
        raise Invalid("Choose this month or an earlier one.", "month")
    _, rows = plans_of_month(session, first).get(form.series, (form, []))
    day = min(today, month(first).last_day)
    where = where_of(session, [employee.id], day)[employee.id]
    if narrowest(rows, where) is None:
        raise Invalid("No contacts of this person are planned on this form in that month.")


def _kept(
    session: AnySession,
    actor: Actor,
    now: datetime,
    employee: Employee,
    form: ObservationForm,
    drawn: Drawn,
) -> ContactDraw:
    """Keep what was drawn, from how many and by whom."""
    contact = drawn.contact
    row = ContactDraw(
        subject_id=employee.id,
        form_series=form.series,
        reference=contact.reference,
        contact_on=contact.day,
        channel=contact.channel or None,
        line=contact.line or None,
        pool=drawn.pool,
        place=drawn.place,
        drawn_by_id=actor.account_id,
        drawn_at=now,
    )
    session.add(row)
    session.flush()
    data = {"form": form.public_id, "pool": drawn.pool, "place": drawn.place}
    _record(session, actor, now, "contact.drawn", row, data)
    return row


def drawable(
    session: AnySession, employee_id: int, of: Period, channel: str | None
) -> tuple[Drawable, ...]:
    """Return the contacts of a person and a month that nobody has drawn or observed."""
    contacts = session.scalars(
        sa.select(ContactReference).where(
            ContactReference.employee_id == employee_id, _within(ContactReference.day, of)
        )
    )
    found = [Drawable(c.day, c.reference, c.channel or "", c.line or "") for c in contacts]
    taken: set[tuple[date, str]] = set()
    for table in (ContactDraw, Observation):
        rows = session.execute(
            sa.select(table.contact_on, table.reference).where(
                table.subject_id == employee_id, _within(table.contact_on, of)
            )
        )
        taken |= {(day, reference or "") for day, reference in rows}
    return pool_of(found, taken, channel)


def _within(day: sa.orm.InstrumentedAttribute[date], of: Period) -> sa.ColumnElement[bool]:
    """Return the condition that a day is in a month."""
    return sa.and_(day >= of.starts_on, day < of.ends_on)


@dataclass(frozen=True)
class LoadedDraw:
    """A drawn contact with the person and the newest version of the form."""

    row: ContactDraw
    subject: Employee
    form: ObservationForm
    observation: Observation | None


def load_draw(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> LoadedDraw:
    """Return a drawn contact of somebody whom the actor may observe today; ``NotFound``.

    ``NotAllowed`` where nothing allows observing the person today.
    """
    row = session.scalar(sa.select(ContactDraw).where(ContactDraw.public_id == public_id))
    if row is None:
        raise NotFound
    if not can_observe(actor, standing(session, row.subject_id, actor.today(now))):
        raise NotFound
    subject = session.get_one(Employee, row.subject_id)
    require_basis(session, subject, now)
    form = session.scalars(
        sa.select(ObservationForm)
        .where(ObservationForm.series == row.form_series)
        .order_by(ObservationForm.version.desc())
    ).first()
    if form is None:
        raise NotFound
    begun = row.observation_id and session.get(Observation, row.observation_id)
    return LoadedDraw(row, subject, form, begun or None)


def _own(session: AnySession, actor: Actor, now: datetime, public_id: str) -> LoadedDraw:
    """Return a contact that the actor drew and that waits; the person's row is locked.

    Only its ``row`` is read again under the lock; what hangs on that is decided by it.
    """
    loaded = load_draw(session, actor=actor, now=now, public_id=public_id)
    lock_person(session, loaded.subject.id)
    session.refresh(loaded.row, with_for_update=True)
    if loaded.row.drawn_by_id != actor.account_id:
        raise NotAllowed("Only who drew a contact observes it or sets it aside.")
    if loaded.row.closed_at is not None:
        raise IllegalTransition("This contact is observed or set aside already.")
    return loaded


def begin_drawn(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> Observation:
    """Begin the sheet of a drawn contact; one that was begun already comes again."""
    loaded = _own(session, actor, now, public_id)
    row = loaded.row
    if row.observation_id is not None:
        return session.get_one(Observation, row.observation_id)
    begun = begin(
        session,
        actor=actor,
        now=now,
        employee_public_id=loaded.subject.public_id,
        form_public_id=loaded.form.public_id,
        contact=Contact(row.reference or "", row.contact_on, row.channel or "", row.line or ""),
    )
    row.observation_id = begun.id
    session.flush()
    return begun


def set_aside(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> ContactDraw:
    """Set a drawn contact aside for a reason; it is never drawn again."""
    loaded = _own(session, actor, now, public_id)
    if loaded.row.observation_id is not None:
        raise IllegalTransition("Its sheet is begun. Throw the draft away first.")
    check_printable(reason, "reason")
    row = loaded.row
    row.reason = checked_text(reason, REASON_MAXIMUM, "reason")
    row.set_aside_by_id, row.closed_at = actor.account_id, now
    session.flush()
    _record(session, actor, now, "contact.set_aside", row, {})
    return row


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    row: ContactDraw,
    data: dict[str, object],
) -> None:
    """Record an event about a drawn contact."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="contact_draw",
        subject=row.public_id,
        data=data,
    )
