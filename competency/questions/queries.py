"""Reads of published banks of questions."""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import NotFound
from competency.frameworks.models import CatalogueFile
from competency.frameworks.published_files import Published, newest_files, versions_of_file
from competency.questions.loading import KIND
from competency.questions.schema import Questions

AnySession = Session | scoped_session[Session]

KEPT = 16
"""Banks that a process holds ready."""


@lru_cache(maxsize=KEPT)
def bank_in(content: bytes) -> Questions:
    """Return the bank of compiled bytes, parsed once a process."""
    return Questions.model_validate_json(content)


def published_banks(session: AnySession, framework: str = "") -> list[Published[Questions]]:
    """Return the newest version of each bank, by title; those for one framework if named."""
    found = newest_files(session, KIND, bank_in)
    return [bank for bank in found if not framework or bank.value.framework == framework]


def bank_versions(session: AnySession, public_id: str) -> list[Published[Questions]]:
    """Return every version of the bank that one version's id names, newest first."""
    return versions_of_file(session, KIND, public_id, bank_in)


def bank_of_file(session: AnySession, file_id: int) -> tuple[CatalogueFile, Questions]:
    """Return a published version of a bank by the id of its row; ``NotFound``."""
    row = session.scalar(
        sa.select(CatalogueFile).where(CatalogueFile.id == file_id, CatalogueFile.kind == KIND)
    )
    if row is None:
        raise NotFound
    return row, bank_in(row.compiled)
