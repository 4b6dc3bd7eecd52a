"""The base of every table: naming, columns that recur, and what is personal.

Models are plain typed SQLAlchemy; Flask-SQLAlchemy only manages engines and the
session, so that leaving it stays cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base; every constraint is named, so that a migration can drop it."""

    metadata = sa.MetaData(naming_convention=NAMING)


class Erase(StrEnum):
    """What erasure puts in the place of a personal value."""

    NULL = "null"  # nothing
    BLANK = "blank"  # an empty text, where NULL is not possible
    PUBLIC_ID = "public_id"  # the row's own random identifier, where the value must be unique


@dataclass(frozen=True)
class Personal:
    """Says of a column that it holds personal data, and how it is erased."""

    erase: Erase


def personal(erase: Erase = Erase.NULL) -> dict[str, object]:
    """Declare a column as personal data: ``mapped_column(info=personal())``."""
    return {"personal": Personal(erase)}


def not_personal() -> dict[str, object]:
    """Declare that a text column holds no personal data."""
    return {"personal": None}


def of_subject(column: str) -> dict[str, object]:
    """Declare which column of a table names the employee whose data a row is."""
    return {"subject_column": column}
