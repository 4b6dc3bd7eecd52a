"""Column types of ours: the raw types of SQLAlchemy are not used in models."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from competency.database.canonical import canonical_json

E = TypeVar("E", bound=StrEnum)

Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A primary key; SQLite numbers only INTEGER keys by itself."""


class Utc(sa.TypeDecorator[datetime]):
    """An instant: aware, in UTC, to the microsecond; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite naive UTC, which sorts as text; PostgreSQL the instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a naive instant cannot be stored: {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware instant in UTC on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class ExactDecimal(sa.TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a scaled integer.

    Sums and comparisons are exact and equal on every database.
    """

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        """``places`` after the point; more in a value is refused, never rounded."""
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Scale to an integer; raise ``ValueError`` when that would lose anything."""
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            msg = f"{value} does not fit {self.places} decimal places"
            raise ValueError(msg)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Scale back; the exponent is always ``places``."""
        return None if value is None else Decimal(value).scaleb(-self.places)


class CanonicalJson(sa.TypeDecorator[Any]):
    """JSON as canonical text: the same value is the same bytes on every database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Serialise with sorted keys and no spaces."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:  # noqa: ARG002 - SQLAlchemy's signature
        """Parse the stored text."""
        return None if value is None else json.loads(value)


def enumeration(members: type[E], name: str) -> sa.Enum:
    """Return a text column type that a CHECK holds to the values of ``members``."""
    return sa.Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda enum: [member.value for member in enum],
        validate_strings=True,
    )


def key_text(length: int) -> sa.String:
    """Return the type of a search or sort key: compared byte by byte on every database."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def fixed(value: StrEnum) -> sa.ColumnElement[Any]:
    """Return a value of an enumeration as a part of the statement, instead of a bound one.

    A condition on it then fits a partial index on both databases: SQLite prepares a statement
    anew at each execution that binds what such an index names, and PostgreSQL's plan for any
    value can't use the index.
    """
    return sa.literal_column(f"'{value.value}'", sa.String())
