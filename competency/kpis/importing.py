"""Bringing measurements in, all of them or none, and taking an import back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.database.transactions import rehearsal
from competency.errors import IllegalTransition, InvalidFile, NotAllowed, NotFound
from competency.kpis import import_staging as staging
from competency.kpis.import_contacts import forget_contacts_of, keep_contacts, new_contacts
from competency.kpis.import_permissions import can_import
from competency.kpis.import_preparing import AsideRow, Prepared, refusal, require_right
from competency.kpis.import_progress import Step, Tell, silent
from competency.kpis.import_staging import Merge
from competency.kpis.models import ContactReference, ImportState, KpiImport, SetAsideRow
from competency.kpis.names import numbers_of
from competency.people.rules import checked_text
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
REASON_LONGEST = 1_000
Reversing = Callable[[AnySession, KpiImport, datetime], AbstractContextManager[None]]
"""Surrounds the taking back of an import: session, import, instant."""
_reversing: dict[str, Reversing] = {}


def on_reversal(around: Reversing) -> Reversing:
    """Surround every taking back of an import: for features that this one may not know."""
    _reversing[f"{around.__module__}.{around.__qualname__}"] = around
    return around


@dataclass(frozen=True)
class Imported:
    """What an import did; ``public_id`` is ``None`` where there was nothing to do."""

    public_id: str | None
    merge: Merge
    set_aside: int
    """Rows that were not set aside before."""
    contacts: int = 0
    """Contacts that were not known before."""


def rehearse(session: AnySession, prepared: Prepared, tell: Tell = silent) -> Imported:
    """Return what an import would do; runs a transaction of its own, which is rolled back."""
    with rehearsal(session):
        merged = _staged(session, prepared, tell)
        contacts = new_contacts(session, prepared.source_id, prepared.contacts)
        return Imported(None, merged, len(new_aside(session, prepared)), contacts.height)


def refuse_observed(merged: Merge) -> None:
    """Raise ``InvalidFile`` where measurements would replace what was observed here."""
    if merged.observed:
        raise InvalidFile(
            "%(number)s measurements would take the place of what was observed here; "
            "leave them out.",
            number=merged.observed,
        )


def apply_import(
    session: AnySession, *, actor: Actor, now: datetime, prepared: Prepared, tell: Tell = silent
) -> Imported:
    """Import what was prepared; what is there already changes nothing, and records nothing.

    Raises ``InvalidFile`` with the faults where the profile doesn't let rows be set aside.
    """
    require_right(actor)
    if prepared.is_refused:
        raise refusal(prepared)
    staging.take_turn(session, tell)
    merged = _staged(session, prepared, tell)
    refuse_observed(merged)
    aside = _set_aside(session, prepared, now)
    contacts = new_contacts(session, prepared.source_id, prepared.contacts)
    if not (merged.added or merged.changed or aside or contacts.height):
        staging.clear(session)
        return Imported(None, merged, 0)
    days = prepared.days
    row = KpiImport(
        source_id=prepared.source_id,
        profile=prepared.profile.model_dump(mode="json"),
        files=[asdict(file) for file in prepared.files],
        first_on=days[0] if days else None,
        last_on=days[1] if days else None,
        people=prepared.people,
        rows_read=prepared.rows_read,
        added=merged.added,
        changed=merged.changed,
        unchanged=merged.unchanged,
        set_aside=aside,
        left_out=prepared.left_out,
        imported_by_id=actor.account_id,
        imported_at=now,
    )
    session.add(row)
    session.flush()
    staging.merge(session, import_id=row.id, source_id=row.source_id, merged=merged, tell=tell)
    staging.clear(session)
    if prepared.profile.contact is not None:
        keep_contacts(
            session,
            contacts,
            source_id=row.source_id,
            import_id=row.id,
            kept_days=prepared.profile.contact.kept_days,
        )
    tell(Step.MERGING, prepared.measurements.height, prepared.measurements.height)
    hashes = "".join(file.sha256 for file in prepared.files)
    data: dict[str, object] = {
        "source": prepared.profile.source,
        "added": merged.added,
        "changed": merged.changed,
        "unchanged": merged.unchanged,
        "set_aside": aside,
        "hash": hashlib.sha256(hashes.encode()).hexdigest(),
    }
    if contacts.height:
        data["contacts"] = contacts.height
    _record(session, actor, now, "measurements.imported", row, data)
    return Imported(row.public_id, merged, aside, contacts.height)


def reverse_import(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> KpiImport:
    """Take an import back: what it brought goes, and what it replaced comes back.

    Raises ``IllegalTransition`` where that was done already, ``Invalid`` without a reason that
    can be kept.
    """
    if not can_import(actor):
        raise NotAllowed("Only human resources over everyone can reverse an import.")
    staging.take_turn(session)
    row = session.scalar(
        sa.select(KpiImport).where(KpiImport.public_id == public_id).with_for_update()
    )
    if row is None:
        raise NotFound
    if row.state is ImportState.REVERSED:
        raise IllegalTransition("This import has been reversed already.")
    row.reversal_reason = checked_text(reason, REASON_LONGEST, "reason")
    row.state, row.reversed_at = ImportState.REVERSED, now
    row.reversed_by_id = actor.account_id
    session.flush()
    with ExitStack() as stack:
        for around in _reversing.values():
            stack.enter_context(around(session, row, now))
        staging.take_back(session, row.id)
    forget_contacts_of(session, ContactReference.import_id == row.id)
    data = {"source": row.source.code, "added": row.added, "changed": row.changed}
    _record(session, actor, now, "measurements.reversed", row, data)
    return row


def _staged(session: AnySession, prepared: Prepared, tell: Tell) -> Merge:
    """Stage what was prepared, and return what merging it would do."""
    numbers = numbers_of(session, prepared.measurements["kpi"].unique().sort().to_list())
    kpis = pl.DataFrame(
        list(numbers.items()), schema={"kpi": pl.String, "kpi_id": pl.Int64}, orient="row"
    )
    staging.stage(session, prepared.measurements.join(kpis, on="kpi"), tell)
    tell(Step.MERGING, 0, prepared.measurements.height)
    return staging.compare(session)


def new_aside(session: AnySession, prepared: Prepared) -> dict[str, AsideRow]:
    """Return the rows with a fault that are not kept yet, by their digests."""
    query = sa.select(SetAsideRow.digest).where(SetAsideRow.source_id == prepared.source_id)
    kept = set(session.scalars(query))
    rows = {row.digest: row for row in prepared.aside}
    return {digest: row for digest, row in rows.items() if digest not in kept}


def _set_aside(session: AnySession, prepared: Prepared, now: datetime) -> int:
    """Keep the rows with a fault that are not kept yet; return how many these are."""
    new = new_aside(session, prepared)
    session.add_all(
        SetAsideRow(
            source_id=prepared.source_id,
            file=row.file[:200],
            row=row.row,
            who=row.who,
            cells=row.cells,
            faults=[
                {"column": fault.column, "message": fault.message, "params": dict(fault.params)}
                for fault in row.faults
            ],
            digest=digest,
            set_aside_at=now,
        )
        for digest, row in new.items()
    )
    return len(new)


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    row: KpiImport,
    data: dict[str, object],
) -> None:
    """Record an event about an import."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="kpi_import",
        subject=row.public_id,
        data=data,
    )
