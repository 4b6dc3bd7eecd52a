"""What is done to a document after it was issued: suspend, reinstate, revoke, supersede."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.assessments.queries import load
from competency.audit.operations import record
from competency.clock import local_date
from competency.credentials.models import EntryStep, Issuer, RegisterEntry
from competency.credentials.permissions import can_change_status
from competency.credentials.queries import took_part
from competency.credentials.schema import Reason, StatusAction
from competency.credentials.standing import REASONS, STEPS
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.mail.operations import notify
from competency.people.models import Employer
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 1000
_KINDS = {
    StatusAction.SUSPEND: "document_suspended",
    StatusAction.REINSTATE: "document_reinstated",
    StatusAction.REVOKE: "document_revoked",
    StatusAction.SUPERSEDE: "document_superseded",
}
_EVENTS = {
    StatusAction.SUSPEND: "credential.suspended",
    StatusAction.REINSTATE: "credential.reinstated",
    StatusAction.REVOKE: "credential.revoked",
    StatusAction.SUPERSEDE: "credential.superseded",
}


def change_status(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    entry_public_id: str,
    action: StatusAction,
    category: Reason,
    reason: str,
) -> RegisterEntry:
    """Do one of the four to an issued document, with a category and a private reason.

    ``category`` is shown to whoever verifies the document, ``reason`` only to those who
    read the register. Raises ``NotFound`` for who may not see the entry, ``NotAllowed``
    for whoever had a part in the appraisal or lacks the role, ``IllegalTransition`` where
    the document does not stand so, and ``Invalid`` without a reason or with a category
    that the action doesn't have.
    """
    public_id = session.scalar(
        sa.select(Appraisal.public_id)
        .join(RegisterEntry, RegisterEntry.appraisal_id == Appraisal.id)
        .where(RegisterEntry.public_id == entry_public_id)
    )
    if public_id is None:
        raise NotFound
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    involved = took_part(session, actor=actor, now=now, loaded=loaded)
    if not can_change_status(actor, loaded.facts, loaded.standing, took_part=involved):
        raise NotAllowed(
            "A document's status is changed by a certifier or human resources who have neither "
            "assessed, reviewed nor supervised the person."
        )
    entry = session.scalars(
        sa.select(RegisterEntry)
        .where(RegisterEntry.public_id == entry_public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if entry.state not in STEPS[action][0]:
        raise IllegalTransition("The document does not stand so that this can be done to it.")
    if category not in REASONS[action]:
        raise Invalid("Choose one of the reasons shown.", "category")
    text = reason.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid("Say why. Only those who read the register see it.", "reason")
    if len(text) > REASON_MAXIMUM:
        raise Invalid("At most %(maximum)s characters fit here.", "reason", maximum=REASON_MAXIMUM)
    write_step(
        session,
        entry=entry,
        actor=actor,
        now=now,
        action=action,
        category=category,
        reason=text if loaded.subject.printed_name else None,
        link=public_id,
    )
    return entry


def write_step(
    session: AnySession,
    *,
    entry: RegisterEntry,
    actor: Actor,
    now: datetime,
    action: StatusAction,
    category: Reason,
    reason: str | None,
    link: str,
) -> None:
    """Move an entry that stands so, append the step, record it and tell the holder.

    ``link`` is the public id of the entry's appraisal.
    """
    zone = session.scalars(
        sa.select(Employer.time_zone)
        .join(Issuer, Issuer.employer_id == Employer.id)
        .where(Issuer.id == entry.issuer_id)
    ).one()
    entry.state = STEPS[action][1]
    session.add(
        EntryStep(
            entry_id=entry.id,
            subject_id=entry.subject_id,
            action=action,
            category=category,
            reason=reason,
            taken_on=local_date(now, zone),
            taken_at=now,
            actor_id=actor.account_id,
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=_EVENTS[action],
        subject_kind="credential",
        subject=entry.public_id,
        data={"number": entry.number, "category": category.value},
    )
    notify(
        session,
        now=now,
        to=[entry.subject_id],
        kind=_KINDS[action],
        params={"number": entry.number},
        link=link,
    )
