"""Publishing a framework version: checked, compiled, immutable."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.database.text import fold
from competency.errors import Conflict, Invalid, NotAllowed
from competency.files.text import REFUSED, code_of
from competency.frameworks.compiled import compile_framework, content_hash
from competency.frameworks.models import CatalogueFile, FrameworkVersion, ReadingConfirmation
from competency.frameworks.queries import (
    confirmation_of,
    framework_of,
    version,
    version_by_public_id,
)
from competency.frameworks.schema import Framework
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

FileT = TypeVar("FileT", FrameworkVersion, CatalogueFile)

NOTE_MAXIMUM = 1000


def publish(
    session: AnySession, *, actor: Actor, now: datetime, framework: Framework, source_text: str
) -> FrameworkVersion:
    """Publish a checked framework; publishing the same content again changes nothing.

    Raises ``Conflict`` when this version was published with other content: a change is
    a new version.
    """
    require_publisher(actor)
    compiled = compile_framework(framework)
    hashed = content_hash(compiled)
    row = FrameworkVersion(
        slug=framework.id,
        version=framework.version,
        title=framework.title,
        search_key=_search_key(framework),
        language=framework.language,
        criteria=len(framework.criteria()),
        scopes=[{"id": scope.id, "title": scope.title} for scope in framework.scopes],
        content_hash=hashed,
        compiled=compiled,
        source_text=source_text,
        published_at=now,
        published_by_id=actor.account_id,
    )
    existing = version(session, framework.id, framework.version)
    if existing is None and not is_added(session, row):
        existing = version(session, framework.id, framework.version)
    if existing is not None:
        return same_content(existing, row)
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="framework.published",
        subject_kind="framework",
        subject=row.public_id,
        data={"slug": row.slug, "version": row.version, "hash": hashed},
    )
    return row


def is_added(session: AnySession, row: FrameworkVersion | CatalogueFile) -> bool:
    """Add a row; return ``False`` where somebody published that version at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def same_content(existing: FileT, row: FileT) -> FileT:
    """Return what is published of a version; raise ``Conflict`` where ``row`` says otherwise."""
    if existing.content_hash != row.content_hash:
        raise Conflict(
            "%(slug)s %(version)s is published with other content; give the change a new version.",
            slug=row.slug,
            version=row.version,
        )
    return existing


def require_publisher(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor is human resources over all.

    What is published or confirmed counts for everybody, so no narrower scope is enough.
    """
    if not actor.is_system and not actor.has_over_all(Role.HR):
        raise NotAllowed("Only human resources can publish a framework.")


def confirm_reading(
    session: AnySession, *, actor: Actor, now: datetime, version_public_id: str, note: str
) -> ReadingConfirmation:
    """Confirm how an inferred version reads its source; from then on results form across it.

    A second confirmation changes nothing. Raises ``Invalid`` without a reason, for one with
    characters that hide, and where the version has nothing to confirm.
    """
    require_publisher(actor)
    row = version_by_public_id(session, version_public_id)
    if framework_of(session, row.id).status != "inferred":
        raise Invalid("This version has no reading to confirm.")
    existing = confirmation_of(session, row.id)
    if existing is not None:
        return existing
    if not note.strip():
        raise Invalid("Say on what grounds the reading is confirmed.", "note")
    if len(note) > NOTE_MAXIMUM:
        raise Invalid("A reason can have at most 1,000 characters.", "note")
    hidden = REFUSED.search(note)
    if hidden:
        raise Invalid(
            "The reason has a hidden control character (%(character)s). Type it again without it.",
            "note",
            character=code_of(hidden.group()),
        )
    confirmation = ReadingConfirmation(
        framework_version_id=row.id,
        note=note.strip(),
        confirmed_at=now,
        confirmed_by_id=actor.account_id,
    )
    session.add(confirmation)
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="framework.reading_confirmed",
        subject_kind="framework",
        subject=row.public_id,
        data={"slug": row.slug, "version": row.version},
    )
    return confirmation


def _search_key(framework: Framework) -> str:
    """Return the folded text in which a framework is searched: titles and statements."""
    parts = [framework.id, framework.title, framework.description or ""]
    parts += [unit.title for unit in framework.all_units()]
    parts += [criterion.title for criterion in framework.criteria()]
    return fold(" ".join(parts))
