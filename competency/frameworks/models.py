"""The catalogue: published framework versions, immutable, in compiled form."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import CanonicalJson, Identity, Utc


class FrameworkVersion(Base):
    """One published version: the file as it was, and its compiled form."""

    __tablename__ = "framework_version"
    __table_args__ = (sa.UniqueConstraint("slug", "version"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    slug: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    version: Mapped[str] = mapped_column(sa.String(32), info=not_personal())
    title: Mapped[str] = mapped_column(sa.String(300), info=not_personal())
    search_key: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    criteria: Mapped[int] = mapped_column(sa.Integer)
    scopes: Mapped[list[dict[str, str]]] = mapped_column(CanonicalJson, info=not_personal())
    """Id and title of each narrower use, so that a list of versions can offer them."""
    content_hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    compiled: Mapped[bytes] = mapped_column(sa.LargeBinary)
    source_text: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    published_at: Mapped[datetime] = mapped_column(Utc)
    published_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


register(AppendOnly("framework_version"))


class ReadingConfirmation(Base):
    """That human resources confirmed how an inferred version reads its source."""

    __tablename__ = "reading_confirmation"

    framework_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("framework_version.id"), primary_key=True, autoincrement=False
    )
    note: Mapped[str] = mapped_column(sa.String(1000), info=not_personal())
    confirmed_at: Mapped[datetime] = mapped_column(Utc)
    confirmed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class CatalogueFile(Base):
    """A published file that is no framework: positions, KPIs, paths, questions, a translation.

    A version of all but translations never changes. Of a translation the newest row
    counts, so that mending a word in one language makes no new version of the standard.
    """

    __tablename__ = "catalogue_file"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'translation') = (of_kind IS NOT NULL)", name="translates"),
        sa.Index(
            "uq_catalogue_file_version",
            "kind",
            "slug",
            "version",
            unique=True,
            sqlite_where=sa.text("of_kind IS NULL"),
            postgresql_where=sa.text("of_kind IS NULL"),
        ),
        sa.Index("ix_catalogue_file_translations", "of_kind", "slug", "version", "language"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    public_id: Mapped[str] = mapped_column(
        sa.String(PUBLIC_ID_LENGTH), unique=True, default=public_id, info=not_personal()
    )
    kind: Mapped[str] = mapped_column(sa.String(32), info=not_personal())
    of_kind: Mapped[str | None] = mapped_column(sa.String(32), info=not_personal())
    slug: Mapped[str] = mapped_column(sa.String(120), info=not_personal())
    version: Mapped[str] = mapped_column(sa.String(32), info=not_personal())
    title: Mapped[str] = mapped_column(sa.String(300), info=not_personal())
    search_key: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    language: Mapped[str] = mapped_column(sa.String(8), info=not_personal())
    content_hash: Mapped[str] = mapped_column(sa.String(64), info=not_personal())
    compiled: Mapped[bytes] = mapped_column(sa.LargeBinary)
    source_text: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    published_at: Mapped[datetime] = mapped_column(Utc)
    published_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


register(AppendOnly("reading_confirmation"))
register(AppendOnly("catalogue_file"))
