"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, scoped_session

from competency.database.text import search_pattern
from competency.errors import NotFound
from competency.frameworks.compiled import load_by_hash
from competency.frameworks.models import CatalogueFile, FrameworkVersion, ReadingConfirmation
from competency.frameworks.schema import Framework
from competency.frameworks.translations import Translation

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


def is_reading_confirmed(session: AnySession, framework: Framework, version_id: int) -> bool:
    """Return whether results may be formed across the parts of a version.

    Always so where its file doesn't say that the reading is inferred.
    """
    return unconfirmed_reading(session, framework, version_id) is None


def unconfirmed_reading(session: AnySession, framework: Framework, version_id: int) -> str | None:
    """Return the public id of a version whose inferred reading nobody has confirmed yet.

    ``None`` for every other, without a query where the file infers nothing of the whole.
    """
    if framework.status != "inferred":
        return None
    confirmed = sa.exists().where(ReadingConfirmation.framework_version_id == version_id)
    return session.scalar(
        sa.select(FrameworkVersion.public_id).where(FrameworkVersion.id == version_id, ~confirmed)
    )


def confirmation_of(session: AnySession, version_id: int) -> ReadingConfirmation | None:
    """Return who confirmed the reading of a version, and when, if somebody did."""
    return session.get(ReadingConfirmation, version_id)


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


def catalogue_file(
    session: AnySession, kind: str, of_kind: str | None, slug: str, version: str, language: str
) -> CatalogueFile | None:
    """Return a published file that is no framework, or ``None``; of a translation the newest."""
    query = sa.select(CatalogueFile).where(
        CatalogueFile.kind == kind, CatalogueFile.slug == slug, CatalogueFile.version == version
    )
    if of_kind is not None:
        query = query.where(CatalogueFile.of_kind == of_kind, CatalogueFile.language == language)
    return session.scalar(query.order_by(CatalogueFile.id.desc()).limit(1))


def last_file(
    session: AnySession, kind: str, of_kind: str | None, slug: str, language: str
) -> CatalogueFile | None:
    """Return what was published last of a file, in whatever version; ``None`` if nothing was."""
    query = sa.select(CatalogueFile).where(CatalogueFile.kind == kind, CatalogueFile.slug == slug)
    if of_kind is not None:
        query = query.where(CatalogueFile.of_kind == of_kind, CatalogueFile.language == language)
    return session.scalar(query.order_by(CatalogueFile.id.desc()).limit(1))


def file_by_public_id(session: AnySession, public_id: str) -> CatalogueFile:
    """Return a published file that is no framework; ``NotFound``."""
    row = session.scalar(sa.select(CatalogueFile).where(CatalogueFile.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def published_files(session: AnySession) -> list[CatalogueFile]:
    """Return every published file that is no framework, by kind and title."""
    query = (
        sa.select(CatalogueFile)
        .options(defer(CatalogueFile.compiled), defer(CatalogueFile.source_text))
        .order_by(CatalogueFile.kind, CatalogueFile.title, CatalogueFile.id)
    )
    return list(session.scalars(query))


def translations_of(
    session: AnySession, of_kind: str, slug: str, version: str
) -> dict[str, CatalogueFile]:
    """Return the newest published translation of a version into each language."""
    rows = session.scalars(
        sa.select(CatalogueFile)
        .where(
            CatalogueFile.of_kind == of_kind,
            CatalogueFile.slug == slug,
            CatalogueFile.version == version,
        )
        .options(defer(CatalogueFile.source_text))
        .order_by(CatalogueFile.id)
    )
    return {row.language: row for row in rows}


def catalogue(
    session: AnySession,
    search: str = "",
    *,
    language: str = "",
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[FrameworkVersion], int]:
    """Return one page of the newest version of each framework, by title, and how many.

    A search finds a framework by its own words and by those of its translations;
    ``language`` keeps those written in it, whatever the country.
    """
    newest = sa.select(sa.func.max(FrameworkVersion.id)).group_by(FrameworkVersion.slug)
    condition: sa.ColumnElement[bool] = FrameworkVersion.id.in_(newest)
    if language:
        condition &= sa.or_(
            FrameworkVersion.language == language,
            FrameworkVersion.language.like(search_pattern(language)[1:-1] + "-%", escape="\\"),
        )
    if search.strip():
        condition &= _found(search_pattern(search))
    total = session.scalar(
        sa.select(sa.func.count()).select_from(FrameworkVersion).where(condition)
    )
    rows = session.scalars(
        sa.select(FrameworkVersion)
        .where(condition)
        .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
        .order_by(FrameworkVersion.title, FrameworkVersion.slug)
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return list(rows), total or 0


def _found(pattern: str) -> sa.ColumnElement[bool]:
    """Return the condition that a version or a translation of it has these words."""
    translated = sa.select(CatalogueFile.id).where(
        CatalogueFile.of_kind == "framework",
        CatalogueFile.slug == FrameworkVersion.slug,
        CatalogueFile.search_key.like(pattern, escape="\\"),
    )
    return sa.or_(FrameworkVersion.search_key.like(pattern, escape="\\"), translated.exists())


def published_versions(session: AnySession) -> list[FrameworkVersion]:
    """Return every published version by title, newest first within one framework."""
    query = (
        sa.select(FrameworkVersion)
        .options(defer(FrameworkVersion.compiled), defer(FrameworkVersion.source_text))
        .order_by(FrameworkVersion.title, FrameworkVersion.slug, FrameworkVersion.id.desc())
    )
    return list(session.scalars(query))


def languages_in_use(session: AnySession) -> list[str]:
    """Return the languages that frameworks are written in, without their countries."""
    found = session.scalars(sa.select(FrameworkVersion.language).distinct())
    return sorted({language.split("-")[0] for language in found})


def translation_of(row: CatalogueFile | None) -> Translation | None:
    """Return the translation that a published file holds."""
    return None if row is None else Translation.model_validate_json(row.compiled)


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


def frameworks_by_slug(
    session: AnySession, slugs: Collection[str]
) -> dict[str, tuple[FrameworkVersion, Framework]]:
    """Return the newest published version of each of these frameworks, in one query."""
    found = _newest_frameworks(session, FrameworkVersion.slug.in_(slugs))
    return {row.slug: (row, framework) for row, framework in found}


def frameworks_with_kpis(session: AnySession) -> list[tuple[FrameworkVersion, Framework]]:
    """Return the newest version of the frameworks whose files speak of KPIs, by title."""
    return _newest_frameworks(session, FrameworkVersion.source_text.contains("kpi"))


def certified_frameworks(
    session: AnySession, search: str = ""
) -> list[tuple[FrameworkVersion, Framework]]:
    """Return the newest version of the frameworks that allow certification, by title.

    A search finds one by its own words and by those of its translations.
    """
    condition = _found(search_pattern(search)) if search.strip() else sa.true()
    found = _newest_frameworks(session, condition)
    return [(row, each) for row, each in found if each.certification is not None]


def _newest_frameworks(
    session: AnySession, condition: sa.ColumnElement[bool]
) -> list[tuple[FrameworkVersion, Framework]]:
    """Return those newest versions that meet a condition, with what they say."""
    newest = sa.select(sa.func.max(FrameworkVersion.id)).group_by(FrameworkVersion.slug)
    rows = session.scalars(
        sa.select(FrameworkVersion)
        .where(FrameworkVersion.id.in_(newest), condition)
        .options(defer(FrameworkVersion.source_text))
        .order_by(FrameworkVersion.title, FrameworkVersion.slug)
    ).all()
    compiled = {row.content_hash: row.compiled for row in rows}
    return [(row, load_by_hash(row.content_hash, compiled.__getitem__)) for row in rows]


def source_text(session: AnySession, version_id: int) -> str:
    """Return the published file's text."""
    return session.scalars(
        sa.select(FrameworkVersion.source_text).where(FrameworkVersion.id == version_id)
    ).one()
