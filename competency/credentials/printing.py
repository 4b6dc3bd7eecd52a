"""Reads of what was issued from one cycle, to be printed together."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal, Cycle
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.queries import states_today
from competency.credentials.schema import EntryState
from competency.errors import Invalid
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
MOST = 1000
"""Documents in one file: some 30 megabytes."""


def issued_from(
    session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle
) -> list[tuple[RegisterEntry, Employee, bytes]]:
    """Return what stands today of a cycle in the actor's scope, by the holders' names.

    Raises ``Invalid`` where there is more than fits one file.
    """
    rows = session.execute(
        sa.select(RegisterEntry, Employee)
        .join(Appraisal, Appraisal.id == RegisterEntry.appraisal_id)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .where(
            Appraisal.cycle_id == cycle.id,
            RegisterEntry.state == EntryState.ACTIVE,
            RegisterEntry.facts.is_not(None),
            employees_in_scope(actor, actor.today(now), [Role.HR]),
        )
        .order_by(Employee.sort_key, RegisterEntry.id)
        .limit(MOST + 1)
    ).all()
    states = states_today(session, now, [entry for entry, _ in rows])
    standing = [(entry, person) for entry, person in rows if states[entry.id] is EntryState.ACTIVE]
    if len(rows) > MOST:
        raise Invalid("More than %(most)s documents do not fit one file.", most=MOST)
    content = dict(
        session.execute(
            sa.select(IssuedDocument.entry_id, IssuedDocument.content).where(
                IssuedDocument.entry_id.in_([entry.id for entry, _ in standing])
            )
        ).all()
    )
    found = ((entry, person, content.get(entry.id)) for entry, person in standing)
    return [(entry, person, stored) for entry, person, stored in found if stored]
