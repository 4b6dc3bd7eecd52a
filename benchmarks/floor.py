"""The floor: the least that Flask and SQLAlchemy do for a page of rows and for one save."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, jsonify, render_template_string, request
from flask.typing import ResponseReturnValue

ROWS = 45
PAGE = """<!doctype html><html lang="en"><title>Floor</title><h1>Floor</h1><table>
{% for row in rows %}<tr><td>{{ row.id }}<td>{{ row.title }}<td>{{ row.level }}</tr>{% endfor %}
</table></html>"""

table = sa.Table(
    "floor_row",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text),
    sa.Column("level", sa.Text),
)


def engine_of(address: str) -> sa.Engine:
    """Return an engine as durable as the system's own."""
    engine = sa.create_engine(address)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def durable(connection: object, _record: object) -> None:
            for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
                connection.execute(f"PRAGMA {setting}")  # type: ignore[attr-defined]  # the driver's own

    return engine


def prepare(address: str) -> None:
    """Make the table with its rows."""
    engine = engine_of(address)
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(
            sa.insert(table),
            [{"id": n, "title": f"Criterion {n} " * 8, "level": "met"} for n in range(ROWS)],
        )
    engine.dispose()


def app_of(address: str) -> Flask:
    """Return the floor's application."""
    app, engine = Flask("floor"), engine_of(address)

    @app.get("/")
    def page() -> ResponseReturnValue:
        with engine.connect() as connection:
            rows = connection.execute(sa.select(table).order_by(table.c.id)).all()
        return render_template_string(PAGE, rows=rows)

    @app.post("/<int:row>")
    def save(row: int) -> ResponseReturnValue:
        with engine.begin() as connection:
            connection.execute(
                sa.update(table).where(table.c.id == row).values(level=request.form["level"])
            )
        return jsonify(saved=row)

    return app
