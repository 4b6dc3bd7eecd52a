"""The catalogue: published framework versions, immutable, in compiled form."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from competency.database.base import Base, not_personal
from competency.database.identifiers import PUBLIC_ID_LENGTH, public_id
from competency.database.triggers import AppendOnly, register
from competency.database.types import Identity, Utc


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
    content_hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=not_personal())
    compiled: Mapped[bytes] = mapped_column(sa.LargeBinary)
    source_text: Mapped[str] = mapped_column(sa.Text, info=not_personal())
    published_at: Mapped[datetime] = mapped_column(Utc)
    published_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


register(AppendOnly("framework_version"))
