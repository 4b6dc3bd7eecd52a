"""Reads of imports, their drafts, profiles, names of sources and rows set aside."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session

from competency.errors import NotFound
from competency.kpis.models import (
    DataSource,
    ImportDraft,
    KpiImport,
    SavedProfile,
    SetAsideRow,
    SourceAlias,
)
from competency.kpis.schema import SourceKind

AnySession = Session | scoped_session[Session]


def imports(
    session: AnySession, *, limit: int | None = None, offset: int = 0
) -> tuple[list[KpiImport], int]:
    """Return imports, the last one first, and how many there are."""
    query = sa.select(KpiImport).options(joinedload(KpiImport.source)).order_by(KpiImport.id.desc())
    count = session.scalar(sa.select(sa.func.count()).select_from(KpiImport)) or 0
    return list(session.scalars(query.limit(limit).offset(offset))), count


def import_by_id(session: AnySession, public_id: str) -> KpiImport:
    """Return one import; raise ``NotFound`` where there is none."""
    found = session.scalar(
        sa.select(KpiImport)
        .where(KpiImport.public_id == public_id)
        .options(joinedload(KpiImport.source))
    )
    if found is None:
        raise NotFound
    return found


def file_sources(session: AnySession) -> list[DataSource]:
    """Return the sources that files come from, by name."""
    query = sa.select(DataSource).where(DataSource.kind == SourceKind.FILES)
    return list(session.scalars(query.order_by(DataSource.name, DataSource.id)))


def saved_profiles(session: AnySession) -> list[SavedProfile]:
    """Return the profiles that are kept, by name."""
    return list(session.scalars(sa.select(SavedProfile).order_by(SavedProfile.name)))


def draft_of(session: AnySession, public_id: str, account_id: int) -> ImportDraft:
    """Return somebody's own draft; raise ``NotFound`` where there is none."""
    found = session.scalar(
        sa.select(ImportDraft).where(
            ImportDraft.public_id == public_id, ImportDraft.made_by_id == account_id
        )
    )
    if found is None:
        raise NotFound
    return found


def aliases(
    session: AnySession, *, limit: int | None = None, offset: int = 0
) -> tuple[list[SourceAlias], int]:
    """Return what sources call people, by source and name, and how many there are."""
    query = (
        sa.select(SourceAlias)
        .options(joinedload(SourceAlias.source), joinedload(SourceAlias.employee))
        .order_by(SourceAlias.source_id, SourceAlias.name)
    )
    count = session.scalar(sa.select(sa.func.count()).select_from(SourceAlias)) or 0
    return list(session.scalars(query.limit(limit).offset(offset))), count


def set_aside_rows(
    session: AnySession, *, limit: int | None = None, offset: int = 0
) -> tuple[list[SetAsideRow], int]:
    """Return the rows set aside, the oldest first, and how many there are."""
    query = sa.select(SetAsideRow).options(joinedload(SetAsideRow.source)).order_by(SetAsideRow.id)
    count = session.scalar(sa.select(sa.func.count()).select_from(SetAsideRow)) or 0
    return list(session.scalars(query.limit(limit).offset(offset))), count
