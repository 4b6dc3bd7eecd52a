"""Publishing a framework version: checked, compiled, immutable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.database.text import fold
from competency.errors import Conflict, NotAllowed
from competency.frameworks.compiled import compile_framework, content_hash
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import version
from competency.frameworks.schema import Framework
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]


def publish(
    session: AnySession, *, actor: Actor, now: datetime, framework: Framework, source_text: str
) -> FrameworkVersion:
    """Publish a checked framework; publishing the same content again changes nothing.

    Raises ``Conflict`` when this version was published with other content: a change is
    a new version.
    """
    if not actor.is_system and not actor.has(Role.HR):
        raise NotAllowed("Only human resources can publish a framework.")
    compiled = compile_framework(framework)
    hashed = content_hash(compiled)
    existing = version(session, framework.id, framework.version)
    if existing is not None:
        if existing.content_hash == hashed:
            return existing
        raise Conflict(
            "%(slug)s %(version)s is published with other content; give the change a new version.",
            slug=framework.id,
            version=framework.version,
        )
    row = FrameworkVersion(
        slug=framework.id,
        version=framework.version,
        title=framework.title,
        search_key=_search_key(framework),
        language=framework.language,
        criteria=len(framework.criteria()),
        content_hash=hashed,
        compiled=compiled,
        source_text=source_text,
        published_at=now,
        published_by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
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


def _search_key(framework: Framework) -> str:
    """Return the folded text in which a framework is searched: titles and statements."""
    parts = [framework.id, framework.title, framework.description or ""]
    parts += [unit.title for unit in framework.all_units()]
    parts += [criterion.title for criterion in framework.criteria()]
    return fold(" ".join(parts))
