"""The plan of observations: set from a month on, and ended; no row is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import Invalid, NotAllowed, NotFound
from competency.observations.form_queries import form_by_public_id, is_ended
from competency.observations.models import ObservationPlan
from competency.observations.permissions import can_make_forms
from competency.observations.plan_queries import holds_on
from competency.observations.plan_rules import CONTACTS_MAXIMUM, month_of
from competency.people.rules import checked_text
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
REASON_MAXIMUM = 1000


@dataclass(frozen=True)
class NewPlan:
    """How many contacts a month on which form, of whom, since which month and why."""

    form_public_id: str
    contacts: int
    starts_on: date
    reason: str
    campaign_id: int | None = None
    position_id: int | None = None
    site_id: int | None = None

    def narrowing(self, series: str) -> str:
        """Return the form and all that it is narrowed to as one text."""
        places = (self.campaign_id, self.position_id, self.site_id)
        return "|".join((series, *(str(one or "") for one in places)))


def set_plan(session: AnySession, *, actor: Actor, now: datetime, new: NewPlan) -> ObservationPlan:
    """Plan from a month on, this one or a later one, as human resources over everyone.

    What held for the same people until then ends with the month before; what is planned for
    later stays.
    """
    _require_planner(actor)
    form = form_by_public_id(session, new.form_public_id)
    if is_ended(session, form.id):
        raise Invalid("This version of the form is used no more. Choose a newest one.", "form")
    _check(actor, now, new)
    narrowing = new.narrowing(form.series)
    same = ObservationPlan.narrowing == narrowing
    before = session.scalar(sa.select(ObservationPlan).where(same, holds_on(new.starts_on)))
    if before is not None and before.starts_on == new.starts_on:
        raise Invalid(
            "One begins with that month already. End it first, or choose a later month.",
            "starts_on",
        )
    following = session.scalar(
        sa.select(sa.func.min(ObservationPlan.starts_on)).where(
            same, ObservationPlan.starts_on > new.starts_on
        )
    )
    if before is not None:
        before.ends_on = new.starts_on
        session.flush()
    row = ObservationPlan(
        form_series=form.series,
        campaign_id=new.campaign_id,
        position_id=new.position_id,
        site_id=new.site_id,
        narrowing=narrowing,
        contacts=new.contacts,
        reason=checked_text(new.reason, REASON_MAXIMUM, "reason"),
        starts_on=new.starts_on,
        ends_on=following,
        set_by_id=actor.account_id,
        set_at=now,
    )
    session.add(row)
    session.flush()
    data = {"form": form.public_id, "contacts": new.contacts}
    _record(session, actor, now, "observation_plan.set", row, data, starts_on=new.starts_on)
    return row


def end_plan(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, ends_on: date
) -> None:
    """End a plan with the month before ``ends_on``; one that never held goes."""
    _require_planner(actor)
    row = session.scalar(sa.select(ObservationPlan).filter_by(public_id=public_id))
    if row is None:
        raise NotFound
    this_month = month_of(actor.today(now))
    if row.ends_on is not None and row.ends_on <= this_month:
        raise Invalid("This one has ended already.", "ends_on")
    if ends_on < this_month or ends_on.day != 1:
        raise Invalid("Choose this month or a later one.", "ends_on")
    if row.ends_on is not None and ends_on > row.ends_on:
        raise Invalid("It ends before that month already.", "ends_on")
    _record(session, actor, now, "observation_plan.ended", row, {}, ended_on=ends_on)
    if ends_on <= row.starts_on:
        session.delete(row)
    else:
        row.ends_on = ends_on
    session.flush()


def _require_planner(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not say how much is observed."""
    if not can_make_forms(actor):
        raise NotAllowed("Only human resources over everyone plan observations.")


def _check(actor: Actor, now: datetime, new: NewPlan) -> None:
    """Raise ``Invalid`` for a number or a month that can't be planned."""
    if not 1 <= new.contacts <= CONTACTS_MAXIMUM:
        raise Invalid("Choose a number of contacts from 1 to 100.", "contacts")
    if new.starts_on.day != 1 or new.starts_on < month_of(actor.today(now)):
        raise Invalid("Choose this month or a later one.", "starts_on")
    check_printable(new.reason, "reason")


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    row: ObservationPlan,
    data: dict[str, object],
    **days: date,
) -> None:
    """Record what was done to the plan."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="observation_plan",
        subject=row.public_id,
        data={**data, **{name: day.isoformat() for name, day in days.items()}},
    )
