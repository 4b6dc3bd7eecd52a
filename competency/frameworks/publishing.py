"""Publishing a checked file of any kind, and what it is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.database.text import fold
from competency.errors import Invalid, InvalidFile
from competency.files import kinds
from competency.files.checking import Checked, check_document, check_file, check_together
from competency.files.content import compiled
from competency.files.faults import Severity, written
from competency.files.kinds import Corpus
from competency.files.reader import Document
from competency.files.starting import FILL_IN
from competency.frameworks.compiled import content_hash
from competency.frameworks.models import CatalogueFile, FrameworkVersion
from competency.frameworks.operations import (
    is_added,
    publish,
    require_publisher,
    same_content,
)
from competency.frameworks.queries import (
    catalogue_file,
    framework_of,
    last_file,
    version,
    versions_of,
)
from competency.frameworks.schema import Framework
from competency.frameworks.shipped import yaml_files
from competency.frameworks.translations import Translation
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def check_for_publishing(session: AnySession, document: Document) -> Checked:
    """Return a file checked by itself and against what is published, faults included."""
    (checked,) = check_together([check_document(document)], published_around(session, document))
    return checked


def published_around(session: AnySession, document: Document) -> list[BaseModel]:
    """Return the published values that a document may speak of.

    Those are all positions, KPIs and paths, and the versions of every framework whose id
    stands in the text.
    """
    slugs = session.scalars(sa.select(FrameworkVersion.slug).distinct())
    named = [slug for slug in slugs if slug in document.text]
    versions = session.scalars(
        sa.select(FrameworkVersion.id)
        .where(FrameworkVersion.slug.in_(named))
        .order_by(FrameworkVersion.id)
    )
    found: list[BaseModel] = [framework_of(session, version) for version in versions]
    rows = session.execute(
        sa.select(CatalogueFile.kind, CatalogueFile.compiled)
        .where(CatalogueFile.of_kind.is_(None))
        .order_by(CatalogueFile.id)
    )
    for kind_name, content in rows:
        kind = kinds.kind_named(kind_name)
        if kind is not None:
            found.append(kind.model.model_validate_json(content))
    return found


ORDER = ("framework", "kpis", "positions", "paths", "questions", "translation")
"""The kinds in the order in which what they speak of is there."""


def in_order(files: Iterable[Checked]) -> list[Checked]:
    """Return files so that each comes after those that it speaks of."""
    return sorted(files, key=lambda file: ORDER.index(file.kind))


def publish_folder(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    folder: Path,
    beside: Sequence[Path] = (),
) -> None:
    """Publish every file of a folder, and single files beside, of whatever kind.

    Raises ``InvalidFile`` for a fault.
    """
    files = check_together([check_file(path) for path in yaml_files([folder, *beside])])
    for file in in_order(files):
        if file.value is None:
            raise InvalidFile("Nothing was published.", tuple(map(str, file.faults)))
        publish_value(
            session, actor=actor, now=now, value=file.value, source_text=file.document.text
        )


def standing_file(session: AnySession, value: BaseModel) -> FrameworkVersion | CatalogueFile | None:
    """Return what is published of this very version, if anything is."""
    if isinstance(value, Framework):
        return version(session, value.id, value.version)
    return _standing_row(session, _row(value, compiled(value)))


def standing_before(session: AnySession, value: BaseModel) -> BaseModel | None:
    """Return what publishing a file would follow: the version of it that was published last."""
    if isinstance(value, Framework):
        versions = versions_of(session, value.id)
        return framework_of(session, versions[0].id) if versions else None
    row = _row(value, compiled(value))
    last = last_file(session, row.kind, row.of_kind, row.slug, row.language)
    return None if last is None else type(value).model_validate_json(last.compiled)


def misfits(session: AnySession, document: Document, value: BaseModel) -> list[str]:
    """Return what published files ask of a file that it would no longer have.

    They stay as they are; whoever publishes should know.
    """
    around = published_around(session, document)
    corpus = Corpus([*around, value])
    found = []
    for other in around:
        kind = kinds.kind_named(str(getattr(other, "kind", "")))
        if kind is not None and type(other) is not type(value):
            found += [
                f"{getattr(other, 'title', '')}: {written(finding.path)}: {finding.message}"
                for finding in kind.across(other, corpus)
                if finding.severity is Severity.FAULT
            ]
    return found


def publish_value(
    session: AnySession, *, actor: Actor, now: datetime, value: BaseModel, source_text: str
) -> FrameworkVersion | CatalogueFile:
    """Publish a sound file of any kind; publishing the same content again changes nothing.

    Raises ``Conflict`` where this version was published with other content, except for
    a translation, whose newest wording counts, and ``Invalid`` where something is still
    to be filled in.
    """
    require_publisher(actor)
    if FILL_IN.encode() in compiled(value):
        raise Invalid("First fill in every place marked %(mark)s.", "text", mark=FILL_IN)
    if isinstance(value, Framework):
        return publish(session, actor=actor, now=now, framework=value, source_text=source_text)
    content = compiled(value)
    row = _row(value, content)
    row.source_text, row.published_at, row.published_by_id = source_text, now, actor.account_id
    existing = _standing_row(session, row)
    if existing is not None and existing.content_hash != row.content_hash and row.of_kind:
        existing = None
    if existing is None and not is_added(session, row):
        existing = _standing_row(session, row)
    if existing is not None:
        return same_content(existing, row)
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="catalogue.published",
        subject_kind="catalogue_file",
        subject=row.public_id,
        data={
            "kind": row.kind,
            "slug": row.slug,
            "version": row.version,
            "language": row.language,
            "hash": row.content_hash,
        },
    )
    return row


def _standing_row(session: AnySession, row: CatalogueFile) -> CatalogueFile | None:
    """Return what is published of the version that a row is of, if anything is."""
    return catalogue_file(session, row.kind, row.of_kind, row.slug, row.version, row.language)


def _row(value: BaseModel, content: bytes) -> CatalogueFile:
    """Return the row of a file that is no framework, without who published it and when."""
    data: dict[str, Any] = value.model_dump(mode="json")
    is_translation = isinstance(value, Translation)
    slug = str(data["of"] if is_translation else data["id"])
    known = kinds.kind_named(str(data["kind"]))
    words = [str(data["title"])] if known is not None and known.kept_back else _texts(data)
    return CatalogueFile(
        kind=str(data["kind"]),
        of_kind=str(data["of_kind"]) if is_translation else None,
        slug=slug,
        version=str(data["version"]),
        title=str(data["title"] or slug),
        search_key=fold(" ".join(words)),
        language=str(data["language"]),
        content_hash=content_hash(content),
        compiled=content,
    )


_NOT_SEARCHED = frozenset({"source", "format", "kind", "version", "language", "inferred"})
"""Keys whose texts are no words of the file itself."""


def _texts(value: object) -> list[str]:
    """Return every text under a value, in order, without those of provenance."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        kept = (inner for key, inner in value.items() if key not in _NOT_SEARCHED)
        return [text for inner in kept for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []
