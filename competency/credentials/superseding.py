"""What the document of a reassessed appraisal takes the place of.

A document is issued from a closed appraisal only, so a contested result never had one.
What can stand is a document of an earlier appraisal against the same standard: once the
reassessed one is issued and attests at least as much, the earlier is superseded (ADR 0024).
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.assessments.queries import Loaded, outcome_of
from competency.assessments.schema import Node
from competency.clock import local_date
from competency.credentials.models import RegisterEntry
from competency.credentials.rules import attested_units, covers, state_on
from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.credentials.standing import STEPS
from competency.credentials.standings import write_step
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import DocumentKind
from competency.people.models import Employee
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]


def standing_before(
    session: AnySession, loaded: Loaded, node: Node, document: DocumentKind, now: datetime
) -> RegisterEntry | None:
    """Return the document that one of this appraisal would take the place of, if any.

    Only where the appraisal was reassessed: the newest of the same person, standard and
    kind that stands, and that attests nothing beyond what the outcome ``node`` attests.
    """
    if loaded.appraisal.round == 1:
        return None
    query = (
        sa.select(RegisterEntry, Appraisal)
        .join(Appraisal, Appraisal.id == RegisterEntry.appraisal_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            RegisterEntry.subject_id == loaded.appraisal.subject_id,
            RegisterEntry.appraisal_id != loaded.appraisal.id,
            RegisterEntry.document == document,
            RegisterEntry.state.in_(sorted(STEPS[StatusAction.SUPERSEDE][0])),
            FrameworkVersion.slug == loaded.framework.id,
        )
        .order_by(RegisterEntry.id.desc())
    )
    today = local_date(now, loaded.subject.employer.time_zone)
    for entry, appraisal in session.execute(query):
        if state_on(today, entry.state, entry.valid_until) is EntryState.EXPIRED:
            continue
        outcome = outcome_of(session, appraisal)
        framework = framework_of(session, appraisal.framework_version_id)
        if outcome and covers(loaded.framework, node, attested_units(framework, outcome)):
            return entry
    return None


def supersede_replaced(
    session: AnySession, *, actor: Actor, now: datetime, entry: RegisterEntry
) -> None:
    """Supersede what an issued document takes the place of, where that still stands."""
    if entry.replaces_id is None:
        return
    replaced = session.scalars(
        sa.select(RegisterEntry)
        .where(RegisterEntry.id == entry.replaces_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if replaced.state not in STEPS[StatusAction.SUPERSEDE][0]:
        return
    subject = session.get_one(Employee, entry.subject_id)
    words = Words(subject.document_language)
    write_step(
        session,
        entry=replaced,
        actor=actor,
        now=now,
        action=StatusAction.SUPERSEDE,
        category=Reason.REASSESSED,
        reason=words.gettext("Document %(number)s takes its place.", number=entry.number)
        if subject.printed_name
        else None,
        link=session.get_one(Appraisal, replaced.appraisal_id).public_id,
    )
