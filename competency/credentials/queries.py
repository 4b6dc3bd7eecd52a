"""Reads of the register, for those inside and for anybody with a token or a code."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, defer, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Cycle,
    EarlierLead,
    OutcomeRecord,
)
from competency.assessments.outcomes import from_data
from competency.assessments.queries import Loaded
from competency.assessments.schema import Action, State
from competency.assessments.session_queries import examined_by
from competency.clock import local_date
from competency.credentials.models import IssuedDocument, Issuer, RegisterEntry
from competency.credentials.permissions import can_read_credential
from competency.credentials.rules import attested_units, state_on
from competency.credentials.schema import EntryState
from competency.database.identifiers import normalise_code
from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import COMPETENT, Framework
from competency.people.models import Employee, Employer, ReportingLine
from competency.people.queries import employees_in_scope, standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

STANDING = (EntryState.ACTIVE, EntryState.SUSPENDED)
"""The states in which an appraisal has its attestation already."""
TAKING_PART = (Action.SUBMIT, Action.TAKE, Action.RETURN, Action.APPROVE)
"""The steps after which somebody no longer decides on the attestation."""
NUMBER_MAXIMUM = 40
BATCH = 50
"""Closed appraisals looked at in one query; what can't be attested is passed over."""
_MAY_BE_ATTESTED = (f'"result":"{COMPETENT}"', '"rule":"minimum"')
"""What the canonical JSON of an outcome holds that has a unit to attest: one of these."""


@dataclass(frozen=True)
class Verified:
    """What anybody with the document in hand may read back; ``state`` is today's."""

    number: str
    state: EntryState
    issued_on: date | None
    valid_until: date | None
    sha256: str | None
    facts: dict[str, Any] | None


def states_today(
    session: AnySession, now: datetime, entries: Sequence[RegisterEntry]
) -> dict[int, EntryState]:
    """Return the state that is shown of each entry, by its id, on the day at its issuer."""
    zones = dict(
        session.execute(
            sa.select(Issuer.id, Employer.time_zone)
            .join(Employer, Employer.id == Issuer.employer_id)
            .where(Issuer.id.in_({entry.issuer_id for entry in entries}))
        ).all()
    )
    return {
        entry.id: state_on(local_date(now, zones[entry.issuer_id]), entry.state, entry.valid_until)
        for entry in entries
    }


def _verified(session: AnySession, now: datetime, entry: RegisterEntry | None) -> Verified | None:
    """Return what is shown of an entry; one without a document is shown to nobody."""
    if entry is None or entry.state is EntryState.ISSUING:
        return None
    sha256 = session.scalar(
        sa.select(IssuedDocument.sha256).where(IssuedDocument.entry_id == entry.id)
    )
    facts = entry.facts["facts"] if entry.facts else None
    issued_on = date.fromisoformat(facts["issued_on"]) if facts else None
    state = states_today(session, now, [entry])[entry.id]
    return Verified(entry.number, state, issued_on, entry.valid_until, sha256, facts)


def by_token(session: AnySession, now: datetime, token: str) -> Verified | None:
    """Return the document that a QR code's token names, if there is one."""
    entry = session.scalar(sa.select(RegisterEntry).where(RegisterEntry.token == token))
    return _verified(session, now, entry)


def by_number(session: AnySession, now: datetime, number: str, code: str) -> Verified | None:
    """Return the document of a number, if the typed check code is its own."""
    entry = session.scalar(
        sa.select(RegisterEntry).where(RegisterEntry.number == normalise_number(number))
    )
    if entry is None or not hmac.compare_digest(
        entry.check_code.encode(), normalise_code(code).encode()
    ):
        return None
    return _verified(session, now, entry)


def normalise_number(typed: str) -> str:
    """Return a typed number as it is printed: capitals, plain hyphens, no spaces."""
    plain = "".join("-" if letter in "‐‑‒–—−" else letter for letter in typed.upper())
    return "".join(plain.split())[:NUMBER_MAXIMUM].replace("\0", "")


def document(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[RegisterEntry, bytes]:
    """Return an entry and its stored bytes; ``NotFound`` where it isn't the actor's to read."""
    entry = session.scalar(sa.select(RegisterEntry).where(RegisterEntry.public_id == public_id))
    if entry is None:
        raise NotFound
    place = standing(session, entry.subject_id, actor.today(now))
    if not can_read_credential(actor, place):
        raise NotFound
    content = session.scalar(
        sa.select(IssuedDocument.content).where(IssuedDocument.entry_id == entry.id)
    )
    if content is None:
        raise NotFound
    return entry, content


def entries(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    search: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[tuple[RegisterEntry, Employee]], int]:
    """Return one page of the register in the actor's scope, newest first, and how many."""
    readers = (Role.HR, Role.CERTIFIER, Role.AUDITOR)
    condition = employees_in_scope(actor, actor.today(now), readers)
    if search.strip():
        pattern = search_pattern(search)
        condition &= sa.or_(
            Employee.search_key.like(pattern, escape="\\"),
            sa.func.lower(RegisterEntry.number).like(pattern, escape="\\"),
        )
    query = (
        sa.select(RegisterEntry, Employee)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .where(condition)
    )
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(RegisterEntry)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .where(condition)
    )
    rows = session.execute(
        query.order_by(RegisterEntry.id.desc()).offset((page - 1) * page_size).limit(page_size)
    )
    return [(entry, employee) for entry, employee in rows], total or 0


def entries_of(session: AnySession, appraisal_id: int) -> list[RegisterEntry]:
    """Return the entries of an appraisal, newest first."""
    return list(
        session.scalars(
            sa.select(RegisterEntry)
            .where(RegisterEntry.appraisal_id == appraisal_id)
            .order_by(RegisterEntry.id.desc())
        )
    )


def unfinished(session: AnySession) -> list[RegisterEntry]:
    """Return the entries that have a number and no document yet; erased ones never get one."""
    return list(
        session.scalars(
            sa.select(RegisterEntry)
            .where(RegisterEntry.state == EntryState.ISSUING, RegisterEntry.facts.is_not(None))
            .order_by(RegisterEntry.id)
        )
    )


def took_part(session: AnySession, *, actor: Actor, now: datetime, loaded: Loaded) -> bool:
    """Return whether the actor had a part in the appraisal while it ran.

    That is having led, submitted, examined, reviewed or supervised.
    """
    condition = _took_part(actor, now).where(Appraisal.id == loaded.appraisal.id)
    return session.scalar(condition.limit(1)) is not None


def _took_part(actor: Actor, now: datetime) -> sa.Select[int]:
    """Return the select of the appraisals in which the actor had a part at any time."""
    did = sa.select(AppraisalStep.appraisal_id).where(
        AppraisalStep.actor_id == actor.account_id, AppraisalStep.action.in_(TAKING_PART)
    )
    led = sa.select(EarlierLead.appraisal_id).where(EarlierLead.employee_id == actor.employee_id)
    supervised = (
        sa.select(ReportingLine.id)
        .where(
            ReportingLine.employee_id == Appraisal.subject_id,
            ReportingLine.supervisor_id == actor.employee_id,
            ReportingLine.starts_on <= actor.today(now),
            sa.or_(ReportingLine.ends_on.is_(None), ReportingLine.ends_on > Cycle.opened_on),
        )
        .exists()
    )
    examined = examined_by(actor.employee_id)
    took = sa.or_(
        Appraisal.id.in_(did), Appraisal.id.in_(led), Appraisal.id.in_(examined), supervised
    )
    return sa.select(Appraisal.id).join(Cycle, Cycle.id == Appraisal.cycle_id).where(took)


@dataclass(frozen=True)
class Ready:
    """A closed appraisal that waits for its attestation; ``units`` counts the competent."""

    appraisal: Appraisal
    employee: Employee
    framework: FrameworkVersion
    units: int
    begun: bool


def ready_to_attest(
    session: AnySession, *, actor: Actor, now: datetime, limit: int = 25
) -> list[Ready]:
    """Return the closed appraisals that the actor may attest, longest waiting first.

    They have a competent unit and no attestation that stands; ``begun`` marks the ones
    that have a number already and lost their document to a crash.
    """
    me = actor.employee_id
    if not actor.has(Role.CERTIFIER):
        return []
    entries_now = sa.select(RegisterEntry.appraisal_id).where(RegisterEntry.state.in_(STANDING))
    begun = (
        sa.select(RegisterEntry.id)
        .where(
            RegisterEntry.appraisal_id == Appraisal.id, RegisterEntry.state == EntryState.ISSUING
        )
        .exists()
    )
    later = aliased(OutcomeRecord)
    is_last = ~(
        sa.select(later.id)
        .where(
            later.appraisal_id == OutcomeRecord.appraisal_id,
            later.round == OutcomeRecord.round,
            later.turn > OutcomeRecord.turn,
        )
        .exists()
    )
    query = (
        sa.select(Appraisal, Employee, FrameworkVersion, OutcomeRecord.tree, begun)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .join(
            OutcomeRecord,
            sa.and_(
                OutcomeRecord.appraisal_id == Appraisal.id,
                OutcomeRecord.round == Appraisal.round,
            ),
        )
        .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
        .where(
            employees_in_scope(actor, actor.today(now), [Role.CERTIFIER]),
            Appraisal.state == State.CLOSED,
            Appraisal.id.not_in(entries_now),
            Appraisal.id.not_in(_took_part(actor, now)),
            Appraisal.subject_id != me,
            Appraisal.lead_id != me,
            sa.or_(Appraisal.reviewer_id.is_(None), Appraisal.reviewer_id != me),
            Employee.search_key != "",
            sa.or_(
                *(
                    sa.type_coerce(OutcomeRecord.tree, sa.Text).contains(part)
                    for part in _MAY_BE_ATTESTED
                )
            ),
            is_last,
        )
        .order_by(Appraisal.closed_at, Appraisal.id)
    )
    found: list[Ready] = []
    frameworks: dict[int, Framework] = {}
    for appraisal, employee, version, tree, is_begun in _in_batches(session, query):
        if version.id not in frameworks:
            frameworks[version.id] = framework_of(session, version.id)
        units = len(attested_units(frameworks[version.id], from_data(tree)))
        if units:
            found.append(Ready(appraisal, employee, version, units, bool(is_begun)))
        if len(found) == limit:
            break
    return found


def _in_batches(session: AnySession, query: sa.Select[Any]) -> Iterator[Any]:
    """Yield the rows of a query, fetched a batch at a time for as long as more are wanted."""
    start = 0
    while rows := session.execute(query.offset(start).limit(BATCH)).all():
        yield from rows
        start += BATCH
