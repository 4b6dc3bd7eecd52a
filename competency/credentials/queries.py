"""Reads of the register, for those inside and for anybody with a token or a code."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, defer, scoped_session

from competency.assessments.beside_queries import ever_beside
from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Cycle,
    EarlierLead,
    OutcomeRecord,
)
from competency.assessments.nodes import from_data
from competency.assessments.queries import Loaded
from competency.assessments.schema import Action, State
from competency.assessments.session_queries import examined_by
from competency.clock import local_date
from competency.credentials.commission_queries import Commission, commissions_of, seats_asked
from competency.credentials.models import EntryStep, IssuedDocument, Issuer, RegisterEntry
from competency.credentials.permissions import can_read_credential
from competency.credentials.rules import attested_units, state_on
from competency.credentials.schema import CommissionState, EntryState, Reason
from competency.database.identifiers import normalise_code
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import COMPETENT, DocumentKind, Framework
from competency.people.models import Account, Employee, Employer, ReportingLine, RoleGrant
from competency.people.queries import employees_in_scope, standing
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

STANDING = (EntryState.ACTIVE, EntryState.SUSPENDED)
"""The states in which an appraisal has its attestation already."""
TAKING_PART = (Action.SUBMIT, Action.TAKE, Action.RETURN, Action.APPROVE, Action.UPHOLD)
"""The steps after which somebody no longer decides on the attestation."""
NUMBER_MAXIMUM = 40
READY_SHOWN = 25
"""Closed appraisals that are listed to be attested; those that have waited longest."""
BATCH = 50
"""Closed appraisals looked at in one query; what can't be attested is passed over."""
_MAY_BE_ATTESTED = (
    f'"result":"{COMPETENT}"',
    *(f'"rule":"{rule}"' for rule in ("minimum", "weighted", "points", "ladder")),
)
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
    document: DocumentKind = DocumentKind.ATTESTATION
    since: date | None = None
    """The day at the issuer on which it was last suspended, reinstated or ended."""
    category: Reason | None = None
    replaces: str | None = None
    replaced_by: str | None = None


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
    step = last_steps(session, [entry.id]).get(entry.id)
    return Verified(
        number=entry.number,
        state=state,
        issued_on=issued_on,
        valid_until=entry.valid_until,
        sha256=sha256,
        facts=facts,
        document=entry.document,
        since=step.taken_on if step else None,
        category=step.category if step else None,
        replaces=_number(session, RegisterEntry.id == entry.replaces_id),
        replaced_by=_number(session, RegisterEntry.replaces_id == entry.id),
    )


def _number(session: AnySession, condition: sa.ColumnElement[bool]) -> str | None:
    """Return the number of an issued entry, if there is one."""
    return session.scalar(
        sa.select(RegisterEntry.number).where(condition, RegisterEntry.issued_at.is_not(None))
    )


def last_steps(session: AnySession, entry_ids: Iterable[int]) -> dict[int, EntryStep]:
    """Return what was done last to each entry, by its id; none for most."""
    rows = session.scalars(
        sa.select(EntryStep).where(EntryStep.entry_id.in_(set(entry_ids))).order_by(EntryStep.id)
    )
    return {row.entry_id: row for row in rows}


def steps_of(session: AnySession, entry_ids: Iterable[int]) -> dict[int, list[EntryStep]]:
    """Return everything that was done to each entry, oldest first, by its id."""
    found: dict[int, list[EntryStep]] = {}
    for row in session.scalars(
        sa.select(EntryStep).where(EntryStep.entry_id.in_(set(entry_ids))).order_by(EntryStep.id)
    ):
        found.setdefault(row.entry_id, []).append(row)
    return found


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
    return part_of(session, actor.employee_id, actor.account_id, actor.today(now), loaded)


def part_of(
    session: AnySession,
    employee_id: int | None,
    account_id: int | None,
    today: date,
    loaded: Loaded,
) -> bool:
    """Return whether somebody led, submitted, examined, reviewed or supervised while it ran."""
    condition = _took_part(employee_id, account_id, today)
    found = condition.where(Appraisal.id == loaded.appraisal.id)
    return session.scalar(found.limit(1)) is not None


def _took_part(employee_id: int | None, account_id: int | None, today: date) -> sa.Select[int]:
    """Return the select of the appraisals in which somebody had a part at any time."""
    did = sa.select(AppraisalStep.appraisal_id).where(
        AppraisalStep.actor_id == account_id, AppraisalStep.action.in_(TAKING_PART)
    )
    led = sa.select(EarlierLead.appraisal_id).where(EarlierLead.employee_id == employee_id)
    supervised = (
        sa.select(ReportingLine.id)
        .where(
            ReportingLine.employee_id == Appraisal.subject_id,
            ReportingLine.supervisor_id == employee_id,
            ReportingLine.starts_on <= today,
            sa.or_(ReportingLine.ends_on.is_(None), ReportingLine.ends_on > Cycle.opened_on),
        )
        .exists()
    )
    examined = examined_by(employee_id)
    took = sa.or_(
        Appraisal.id.in_(did),
        Appraisal.id.in_(led),
        Appraisal.id.in_(examined),
        ever_beside(employee_id),
        supervised,
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
    commission: Commission | None = None
    """The commission that the framework asks for."""


def ready_to_attest(
    session: AnySession, *, actor: Actor, now: datetime, limit: int = READY_SHOWN
) -> list[Ready]:
    """Return the closed appraisals that the actor may attest, longest waiting first.

    They have a competent unit, no document that stands, and the commission's approval
    where one is asked for; ``begun`` marks the ones that have a number already and lost
    their document to a crash.
    """
    if not actor.has(Role.CERTIFIER):
        return []
    me, today = actor.employee_id, actor.today(now)
    found = _attestable(
        session,
        sa.and_(
            employees_in_scope(actor, today, [Role.CERTIFIER]),
            Appraisal.id.not_in(_took_part(me, actor.account_id, today)),
            Appraisal.subject_id != me,
            Appraisal.lead_id != me,
            sa.or_(Appraisal.reviewer_id.is_(None), Appraisal.reviewer_id != me),
        ),
    )
    ready = (
        one
        for one in found
        if one.commission is None or one.commission.state is CommissionState.APPROVED
    )
    return list(islice(ready, limit))


def waiting_for_commission(
    session: AnySession, *, actor: Actor, now: datetime, limit: int = 25
) -> list[Ready]:
    """Return the closed appraisals in HR's scope whose commission has not decided.

    Nothing is read where no framework asks for one.
    """
    me, today = actor.employee_id, actor.today(now)
    if not actor.has(Role.HR):
        return []
    versions = _asking(session)
    if not versions:
        return []
    found = _attestable(
        session,
        sa.and_(
            employees_in_scope(actor, today, [Role.HR]),
            Appraisal.subject_id != me,
            Appraisal.framework_version_id.in_(versions),
        ),
    )
    open_states = {CommissionState.INCOMPLETE, CommissionState.DECIDING}
    waiting = (one for one in found if one.commission and one.commission.state in open_states)
    return list(islice(waiting, limit))


def _asking(session: AnySession) -> list[int]:
    """Return the versions used by closed appraisals that ask for a commission."""
    used = session.scalars(
        sa.select(Appraisal.framework_version_id).where(Appraisal.state == State.CLOSED).distinct()
    )
    return [version for version in used.all() if seats_asked(framework_of(session, version))]


def _attestable(session: AnySession, condition: sa.ColumnElement[bool]) -> Iterator[Ready]:
    """Yield the closed appraisals of a condition that have something to attest."""
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
            condition,
            Appraisal.state == State.CLOSED,
            Appraisal.id.not_in(entries_now),
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
    frameworks: dict[int, Framework] = {}
    for rows in _in_batches(session, query):
        for _appraisal, _employee, version, _tree, _begun in rows:
            if version.id not in frameworks:
                frameworks[version.id] = framework_of(session, version.id)
        asking = [
            (appraisal, frameworks[version.id])
            for appraisal, _employee, version, _tree, _begun in rows
            if seats_asked(frameworks[version.id])
        ]
        commissions = commissions_of(session, asking) if asking else {}
        for appraisal, employee, version, tree, is_begun in rows:
            units = len(attested_units(frameworks[version.id], from_data(tree)))
            if units:
                commission = commissions.get(appraisal.id)
                yield Ready(appraisal, employee, version, units, bool(is_begun), commission)


def _in_batches(session: AnySession, query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query a batch at a time, for as long as more are wanted."""
    start = 0
    while rows := session.execute(query.offset(start).limit(BATCH)).all():
        yield rows
        start += BATCH


def own_entries(
    session: AnySession, actor: Actor, today: date
) -> list[tuple[RegisterEntry, str, str]]:
    """Return the actor's attestations that stand on ``today``, the newest first.

    Each with the title of its framework and the language that it speaks.
    """
    values = {"me": actor.employee_id, "today": today}
    return [(entry, title, language) for entry, title, language in session.execute(_OWN, values)]


_TODAY = sa.bindparam("today", type_=sa.Date)
HAS_ENTRY = sa.exists().where(RegisterEntry.subject_id == sa.bindparam("me", type_=sa.BigInteger))
"""Whether the register has anything of ``me``."""
IS_CERTIFIER = sa.exists().where(
    Account.employee_id == sa.bindparam("me", type_=sa.BigInteger),
    RoleGrant.account_id == Account.id,
    RoleGrant.role == Role.CERTIFIER,
    RoleGrant.revoked_at.is_(None),
)
"""Whether ``me`` decides on attestations."""
_OWN = (
    sa.select(RegisterEntry, FrameworkVersion.title, FrameworkVersion.language)
    .join(Appraisal, Appraisal.id == RegisterEntry.appraisal_id)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .options(defer(RegisterEntry.facts))
    .where(
        RegisterEntry.subject_id == sa.bindparam("me", type_=sa.BigInteger),
        RegisterEntry.state == EntryState.ACTIVE,
        sa.or_(RegisterEntry.valid_until.is_(None), RegisterEntry.valid_until >= _TODAY),
    )
    .order_by(RegisterEntry.id.desc())
)
"""Made once, since everybody's home page asks it."""
