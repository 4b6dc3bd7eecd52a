"""Published files that are no frameworks, read with their translations in few queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session, defer, scoped_session

from competency.errors import NotFound
from competency.frameworks.models import CatalogueFile
from competency.frameworks.spoken import Wording, same_language
from competency.frameworks.translations import Translation, completeness

AnySession = Session | scoped_session[Session]
ModelT = TypeVar("ModelT", bound=BaseModel)

KEPT = 64
"""Translations that a process holds ready."""


@lru_cache(maxsize=KEPT)
def _translation(content: bytes) -> Translation:
    """Return the translation of compiled bytes, parsed once a process."""
    return Translation.model_validate_json(content)


@dataclass(frozen=True)
class Published(Generic[ModelT]):
    """One version of a published file, and the bytes of its translations by language."""

    row: CatalogueFile
    value: ModelT
    sidecars: Mapping[str, bytes]

    def translations(self) -> tuple[Translation, ...]:
        """Return every translation of this version."""
        return tuple(_translation(content) for content in self.sidecars.values())

    def wording(self, language: str) -> Wording:
        """Return how the file reads in a language: its own words where nobody translated it."""
        own = self.row.language
        found = same_language(self.sidecars, language)
        if found is None or (language != found and same_language([own], language)):
            return Wording(own)
        return Wording(own, _translation(self.sidecars[found]))

    def complete_wording(self, language: str) -> Wording:
        """Return how the file reads in a language, if a translation has all its words.

        Else its own: papers don't mix two languages.
        """
        content = self.sidecars.get(language)
        if content is None or completeness(self.value, _translation(content)) < 1:
            return Wording(self.row.language)
        return Wording(self.row.language, _translation(content))


def newest_files(
    session: AnySession, kind: str, read: Callable[[bytes], ModelT]
) -> list[Published[ModelT]]:
    """Return the newest published version of each file of a kind, by title.

    The newest is the one published last. ``read`` gives the value of compiled bytes.
    """
    newest = (
        sa.select(sa.func.max(CatalogueFile.id))
        .where(CatalogueFile.kind == kind)
        .group_by(CatalogueFile.slug)
    )
    query = (
        sa.select(CatalogueFile)
        .where(CatalogueFile.id.in_(newest))
        .options(defer(CatalogueFile.source_text))
        .order_by(CatalogueFile.title, CatalogueFile.id)
    )
    return _with_sidecars(session, list(session.scalars(query)), read)


def versions_of_file(
    session: AnySession, kind: str, public_id: str, read: Callable[[bytes], ModelT]
) -> list[Published[ModelT]]:
    """Return every version of the file that one version's id names, newest first.

    Raises ``NotFound`` where no file of that kind has the id.
    """
    slug = (
        sa.select(CatalogueFile.slug)
        .where(CatalogueFile.kind == kind, CatalogueFile.public_id == public_id)
        .scalar_subquery()
    )
    query = (
        sa.select(CatalogueFile)
        .where(CatalogueFile.kind == kind, CatalogueFile.slug == slug)
        .options(defer(CatalogueFile.source_text))
        .order_by(CatalogueFile.id.desc())
    )
    rows = list(session.scalars(query))
    if not rows:
        raise NotFound
    return _with_sidecars(session, rows, read)


def _with_sidecars(
    session: AnySession, rows: Sequence[CatalogueFile], read: Callable[[bytes], ModelT]
) -> list[Published[ModelT]]:
    """Return files with the newest translation of each into each language."""
    key = sa.tuple_(CatalogueFile.of_kind, CatalogueFile.slug, CatalogueFile.version)
    newest = (
        sa.select(sa.func.max(CatalogueFile.id))
        .where(key.in_([(row.kind, row.slug, row.version) for row in rows]))
        .group_by(*key.clauses, CatalogueFile.language)
    )
    found = session.execute(
        sa.select(
            CatalogueFile.slug,
            CatalogueFile.version,
            CatalogueFile.language,
            CatalogueFile.compiled,
        )
        .where(CatalogueFile.id.in_(newest))
        .order_by(CatalogueFile.language)
    )
    sidecars: dict[tuple[str, str], dict[str, bytes]] = {}
    for slug, version, language, content in found:
        sidecars.setdefault((slug, version), {})[language] = content
    return [
        Published(row, read(row.compiled), sidecars.get((row.slug, row.version), {}))
        for row in rows
    ]
