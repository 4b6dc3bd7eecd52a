"""One step for many appraisals of a cycle, over the operation of a single one.

The work goes portion by portion, each a transaction of its own, so that long work holds
nobody up and what was done stays done. One that is refused holds back no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.batches import PORTION, Batch, take_each
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import open_appraisal, reassign_lead, release
from competency.assessments.reminding import REMINDED, remind_each
from competency.assessments.rules import TRANSITIONS
from competency.assessments.schema import Action, State
from competency.assessments.suspending import resume, suspend
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


class Bulk(StrEnum):
    """What can be done for many at once."""

    OPEN = "open"
    REMIND = "remind"
    RELEASE = "release"
    REASSIGN = "reassign"
    SUSPEND = "suspend"
    RESUME = "resume"


APPLIES_TO: Mapping[Bulk, frozenset[State]] = {
    Bulk.OPEN: TRANSITIONS[Action.OPEN].sources,
    Bulk.REMIND: REMINDED,
    Bulk.RELEASE: TRANSITIONS[Action.RELEASE].sources,
    Bulk.REASSIGN: frozenset({State.PLANNED, State.OPEN}),
    Bulk.SUSPEND: TRANSITIONS[Action.SUSPEND].sources,
    Bulk.RESUME: TRANSITIONS[Action.RESUME].sources,
}
"""The states in which each is tried; the operation decides."""


@dataclass(frozen=True)
class Order:
    """What is to be done, with the reason or the new lead that it needs."""

    what: Bulk
    reason: str = ""
    lead_id: int | None = None


def order(
    session: AnySession, actor: Actor, now: datetime, what: str, reason: str = "", lead: str = ""
) -> Order:
    """Return an order from what was typed; raise ``Invalid`` where something is missing."""
    try:
        chosen = Bulk(what)
    except ValueError:
        raise Invalid("Choose what is to be done.", "what") from None
    if chosen is Bulk.SUSPEND and not reason.strip():
        raise Invalid("Say why the appraisals are suspended.", "reason")
    if chosen is not Bulk.REASSIGN:
        return Order(chosen, reason.strip())
    found = active_by_number(session, actor, now, lead)
    if found is None:
        raise Invalid("Nobody in your scope has the number %(number)s.", "lead", number=lead)
    return Order(chosen, lead_id=found.id)


def concerned(
    session: AnySession, actor: Actor, now: datetime, cycle: Cycle, what: Bulk, after: str = ""
) -> list[str]:
    """Return the appraisals of a cycle in the actor's scope that a step could apply to.

    By public id, in the order in which they were made, those that follow ``after``.
    """
    condition = sa.and_(
        Appraisal.cycle_id == cycle.id,
        Appraisal.state.in_(sorted(APPLIES_TO[what])),
        Appraisal.subject_id != (actor.employee_id or 0),
        employees_in_scope(actor, actor.today(now), [Role.HR]),
    )
    if after:
        last = sa.select(Appraisal.id).where(Appraisal.public_id == after).scalar_subquery()
        condition &= Appraisal.id > last
    query = sa.select(Appraisal.public_id).join(Employee, Employee.id == Appraisal.subject_id)
    return list(session.scalars(query.where(condition).order_by(Appraisal.id)))


def take_in_portions(
    session: AnySession,
    ordered: Order,
    cycle_id: int,
    public_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> Iterator[tuple[list[str], Batch]]:
    """Do what is ordered, yielding after each committed portion its appraisals and what came."""
    step, told = partial(_one, ordered, cycle_id), set[int]()
    for start in range(0, len(public_ids), PORTION):
        portion = list(public_ids[start : start + PORTION])
        with unit_of_work(session):
            if ordered.what is Bulk.REMIND:
                done = remind_each(
                    session, portion, actor=actor, now=now, cycle_id=cycle_id, told=told
                )
            else:
                done = take_each(session, step, portion, actor=actor, now=now)
        yield portion, done


def _one(
    ordered: Order,
    cycle_id: int,
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
) -> None:
    """Take the step for one appraisal of the cycle; ``NotFound`` for one of another."""
    appraisal = session.scalar(sa.select(Appraisal).where(Appraisal.public_id == public_id))
    if appraisal is None or appraisal.cycle_id != cycle_id:
        raise NotFound
    if ordered.what is Bulk.REASSIGN:
        if ordered.lead_id is None:
            raise Invalid("Name the new assessor.", "lead")
        reassign_lead(session, actor=actor, now=now, appraisal=appraisal, lead_id=ordered.lead_id)
        return
    with_reason = {"reason": ordered.reason} if ordered.what in _REASONED else {}
    _OPERATIONS[ordered.what](session, actor=actor, now=now, public_id=public_id, **with_reason)


_OPERATIONS: Mapping[Bulk, Callable[..., object]] = {
    Bulk.OPEN: open_appraisal,
    Bulk.RELEASE: release,
    Bulk.SUSPEND: suspend,
    Bulk.RESUME: resume,
}
_REASONED = frozenset({Bulk.SUSPEND, Bulk.RESUME})
