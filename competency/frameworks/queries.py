"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, scoped_session

from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.frameworks.compiled import load_by_hash
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import Framework

AnySession = Session | scoped_session[Session]


def framework_of(session: AnySession, version_id: int) -> Framework:
    """Return a published framework in compiled form, parsed once a process.

    Versions are immutable, so what is kept by content hash never goes stale.
    """
    content_hash = session.scalar(
        sa.select(FrameworkVersion.content_hash).where(FrameworkVersion.id == version_id)
    )
    if content_hash is None:
        raise NotFound
    return framework_by_hash(session, version_id, content_hash)


def framework_by_hash(session: AnySession, version_id: int, content_hash: str) -> Framework:
    """Return a published framework whose hash was read already, mostly without a query."""

    def compiled(_digest: str) -> bytes:
        return session.scalars(
            sa.select(FrameworkVersion.compiled).where(FrameworkVersion.id == version_id)
        ).one()

    return load_by_hash(content_hash, compiled)


def version_by_public_id(session: AnySession, public_id: str) -> FrameworkVersion:
    """Return a published version without its large columns; ``NotFound``."""
    row = session.scalar(
        sa.select(FrameworkVersion)
        .where(FrameworkVersion.public_id == public_id)
        .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
    )
    if row is None:
        raise NotFound
    return row


def catalogue(session: AnySession, search: str = "") -> list[FrameworkVersion]:
    """Return published versions by title, newest first within one framework."""
    query = (
        sa.select(FrameworkVersion)
        .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
        .order_by(FrameworkVersion.title, FrameworkVersion.slug, FrameworkVersion.id.desc())
    )
    if search.strip():
        query = query.where(FrameworkVersion.search_key.like(search_pattern(search), escape="\\"))
    return list(session.scalars(query))


def criteria_counts(session: AnySession, version_ids: Iterable[int]) -> dict[int, int]:
    """Return how many criteria each version has, by version id."""
    rows = session.execute(
        sa.select(FrameworkVersion.id, FrameworkVersion.criteria).where(
            FrameworkVersion.id.in_(set(version_ids))
        )
    )
    return dict(rows.all())


def version(session: AnySession, slug: str, number: str) -> FrameworkVersion | None:
    """Return one published version by its slug and version number, or ``None``."""
    return session.scalar(
        sa.select(FrameworkVersion).where(
            FrameworkVersion.slug == slug, FrameworkVersion.version == number
        )
    )


def versions_of(session: AnySession, slug: str) -> list[FrameworkVersion]:
    """Return every published version of a framework, newest first."""
    return list(
        session.scalars(
            sa.select(FrameworkVersion)
            .where(FrameworkVersion.slug == slug)
            .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
            .order_by(FrameworkVersion.id.desc())
        )
    )


def source_text(session: AnySession, version_id: int) -> str:
    """Return the published file's text."""
    return session.scalars(
        sa.select(FrameworkVersion.source_text).where(FrameworkVersion.id == version_id)
    ).one()
