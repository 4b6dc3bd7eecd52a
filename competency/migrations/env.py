"""Runs migrations with the application's engine, and re-creates the triggers after."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app

from competency.database.transactions import set_writing
from competency.database.triggers import install, take_away
from competency.database.types import CanonicalJson, ExactDecimal, Utc
from competency.tables import metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's signature
    """Write our column types into migrations by their own names."""
    if kind == "type" and isinstance(item, (Utc, CanonicalJson, ExactDecimal)):
        autogen_context.imports.add("from competency.database import types")
        arguments = str(item.places) if isinstance(item, ExactDecimal) else ""
        return f"types.{type(item).__name__}({arguments})"
    return False


def run() -> None:
    """Upgrade or downgrade in one transaction on the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    set_writing(writing=True)
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=render_item,
                compare_type=True,
            )
            with context.begin_transaction():
                take_away(connection)
                context.run_migrations()
                install(connection)
            connection.commit()
    finally:
        set_writing(writing=False)


run()
