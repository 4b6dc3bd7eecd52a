"""Which units of a framework somebody has a document of that stands today."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.attesting import attests
from competency.assessments.models import Appraisal
from competency.assessments.nodes import unit_ids
from competency.assessments.queries import outcome_of
from competency.credentials.models import RegisterEntry
from competency.credentials.queries import states_today
from competency.credentials.rules import attested_units
from competency.credentials.schema import EntryState
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of

AnySession = Session | scoped_session[Session]


@attests
def attested_in_register(
    session: AnySession, employee_id: int, slug: str, now: datetime
) -> dict[str, date | None]:
    """Return the units in force, the inner ones too, each with its last day if it has one.

    Of a unit that several documents attest the one that stands longest counts.
    """
    rows = session.execute(
        sa.select(RegisterEntry, Appraisal)
        .join(Appraisal, Appraisal.id == RegisterEntry.appraisal_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            RegisterEntry.subject_id == employee_id,
            FrameworkVersion.slug == slug,
        )
        .order_by(RegisterEntry.id)
    ).all()
    states = states_today(session, now, [entry for entry, _ in rows]) if rows else {}
    found: dict[str, date | None] = {}
    for entry, appraisal in rows:
        outcome = outcome_of(session, appraisal)
        if states[entry.id] is not EntryState.ACTIVE or outcome is None:
            continue
        framework = framework_of(session, appraisal.framework_version_id)
        for top in attested_units(framework, outcome):
            for unit_id in unit_ids(top):
                found[unit_id] = _longer(found.get(unit_id, date.min), entry.valid_until)
    return found


def _longer(one: date | None, another: date | None) -> date | None:
    """Return the later of two last days; none is the latest of all."""
    return None if one is None or another is None else max(one, another)
