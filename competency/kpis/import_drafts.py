"""What surrounds an import: files that wait, saved profiles, people of a source, rows set aside."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt, record
from competency.errors import Invalid, NotFound
from competency.kpis.import_contacts import forget_contacts_of
from competency.kpis.import_files import MAXIMUM_BYTES, NamedFile
from competency.kpis.import_preparing import require_right
from competency.kpis.import_profile import read_profile
from competency.kpis.models import (
    NAME_LENGTH,
    ContactReference,
    DataSource,
    ImportDraft,
    ImportDraftFile,
    SavedProfile,
    SetAsideRow,
    SourceAlias,
)
from competency.people.models import Employee
from competency.people.queries import employee_by_number
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
KEPT = timedelta(days=1)
"""How long files wait to be imported."""
WAITING = "files that wait to be imported are nobody's record yet"


def keep_files(
    session: AnySession, *, actor: Actor, now: datetime, files: Sequence[NamedFile], profile: str
) -> ImportDraft:
    """Keep files until they are imported; those that waited for too long go."""
    require_right(actor)
    drop_waiting(session, now)
    draft = ImportDraft(profile=profile, made_by_id=actor.account_id, made_at=now)
    draft.files = [
        ImportDraftFile(name=file.name[:200], content=zlib.compress(file.content, 1))
        for file in files
    ]
    session.add(draft)
    session.flush()
    exempt(session, WAITING)
    return draft


def drop_waiting(session: AnySession, now: datetime) -> None:
    """Let go of files that have waited for too long."""
    for draft in session.scalars(sa.select(ImportDraft).where(ImportDraft.made_at < now - KEPT)):
        session.delete(draft)
    exempt(session, WAITING)


def files_of(draft: ImportDraft) -> list[NamedFile]:
    """Return the files that wait."""
    return [
        NamedFile(file.name, zlib.decompressobj().decompress(file.content, MAXIMUM_BYTES + 1))
        for file in draft.files
    ]


def change_profile(session: AnySession, *, actor: Actor, draft: ImportDraft, text: str) -> None:
    """Keep how the files are to be read."""
    require_right(actor)
    draft.profile = text
    exempt(session, WAITING)


def drop_draft(session: AnySession, *, actor: Actor, draft: ImportDraft) -> None:
    """Let go of files that are not to be imported, or have been."""
    require_right(actor)
    session.delete(draft)
    exempt(session, WAITING)


def save_profile(
    session: AnySession, *, actor: Actor, now: datetime, name: str, text: str
) -> SavedProfile:
    """Keep a sound profile under a name, in the place of one that has it; raise ``InvalidFile``."""
    require_right(actor)
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid("Give the profile a name of at most 120 letters.", "name")
    profile = read_profile(text, name)
    row = session.scalar(sa.select(SavedProfile).where(SavedProfile.name == name))
    if row is None:
        row = SavedProfile(name=name)
        session.add(row)
    elif row.text == text:
        return row
    row.text, row.changed_by_id, row.changed_at = text, actor.account_id, now
    session.flush()
    _record(session, actor, now, "import_profile.saved", row.public_id, {"source": profile.source})
    return row


def name_people(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    source: DataSource,
    named: Mapping[str, str | None],
) -> int:
    """Say who a source's names are, by employee number; ``None`` is nobody of ours.

    Raises ``NotFound`` for a number that nobody has. Returns how many are new or changed.
    """
    require_right(actor)
    changed = 0
    for name, number in named.items():
        employee = employee_by_number(session, number) if number is not None else None
        row = session.scalar(
            sa.select(SourceAlias).where(
                SourceAlias.source_id == source.id, SourceAlias.name == name
            )
        )
        if row is None:
            row = SourceAlias(source_id=source.id, name=name)
            session.add(row)
        elif row.employee_id == (employee and employee.id):
            continue
        row.employee_id = employee.id if employee else None
        row.named_by_id, row.named_at = actor.account_id, now
        session.flush()
        changed += 1
        data = {"source": source.code, "employee": employee.public_id if employee else None}
        _record(session, actor, now, "source_alias.added", row.public_id, data)
    return changed


def forget_alias(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Forget who a source's name is; what was imported stays."""
    require_right(actor)
    row = session.scalar(sa.select(SourceAlias).where(SourceAlias.public_id == public_id))
    if row is None:
        raise NotFound
    session.delete(row)
    data = {"source": row.source.code}
    _record(session, actor, now, "source_alias.removed", public_id, data)


def empty_aside(session: AnySession, *, actor: Actor, now: datetime, ids: Sequence[int]) -> int:
    """Delete rows set aside that somebody has looked through; return how many."""
    require_right(actor)
    rows = session.scalars(sa.select(SetAsideRow).where(SetAsideRow.id.in_(ids))).all()
    for row in rows:
        session.delete(row)
    if rows:
        data = {"number": len(rows)}
        _record(session, actor, now, "measurements.aside_emptied", actor.public_id, data)
    return len(rows)


def forget_person(session: AnySession, employee: Employee) -> None:
    """Delete what sources call somebody who is erased, and their rows set aside and contacts."""
    names = list(
        session.scalars(sa.select(SourceAlias.name).where(SourceAlias.employee_id == employee.id))
    )
    who = sa.func.trim(SetAsideRow.who)
    theirs = who.in_(names) | (sa.func.upper(who) == employee.employee_number.upper())
    session.execute(sa.delete(SetAsideRow).where(theirs))
    session.execute(sa.delete(SourceAlias).where(SourceAlias.employee_id == employee.id))
    forget_contacts_of(session, ContactReference.employee_id == employee.id)


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    subject: str,
    data: Mapping[str, object],
) -> None:
    """Record an event about what surrounds imports."""
    kind = action.partition(".")[0]
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="account" if kind == "measurements" else kind,
        subject=subject,
        data=data,
    )
