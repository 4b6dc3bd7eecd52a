"""The floor: the least that Flask and SQLAlchemy do for the same page and the same save.

The page shows as many rows as the page it is compared with has criteria, to somebody
whom a session row names, in a form with a CSRF token. Its template is compiled once, as
the system's own are.
"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_wtf import CSRFProtect
from jinja2 import DictLoader

ROWS = 45
PAGE = """<!doctype html><html lang="en"><title>Floor</title><h1>Floor</h1>
<p>{{ current_user.name }}</p><form method="post">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><table>
{% for row in rows %}<tr><td>{{ row.id }}<td>{{ row.title }}<td>{{ row.level }}</tr>{% endfor %}
</table></form></html>"""
TOKEN = "floor"  # noqa: S105 - guards nothing

metadata = sa.MetaData()
rows = sa.Table(
    "floor_row",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text),
    sa.Column("level", sa.Text),
)
people = sa.Table(
    "floor_person",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text),
)
sessions = sa.Table(
    "floor_session",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey(people.c.id)),
)


class Person(UserMixin):
    """Who is signed in."""

    def __init__(self, token: str, name: str) -> None:
        """Keep what the page shows and what the cookie carries."""
        self.token, self.name = token, name

    def get_id(self) -> str:
        """Return what the cookie carries."""
        return self.token


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
    """Make the tables with their rows."""
    engine = engine_of(address)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(
            sa.insert(rows),
            [{"id": n, "title": f"Criterion {n} " * 8, "level": "met"} for n in range(ROWS)],
        )
        connection.execute(sa.insert(people), {"id": 1, "name": "Somebody"})
        connection.execute(sa.insert(sessions), {"token": TOKEN, "person_id": 1})
    engine.dispose()


def app_of(address: str) -> Flask:
    """Return the floor's application; ``/sign-in`` signs in and gives the form token."""
    app, engine = Flask("floor"), engine_of(address)
    app.secret_key = "floor"  # noqa: S105 - guards nothing
    app.jinja_loader = DictLoader({"page.html": PAGE})
    CSRFProtect(app)
    login = LoginManager(app)

    @app.before_request
    def connect() -> None:
        g.connection = engine.connect()

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        g.connection.close()

    @login.user_loader  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def load(token: str) -> Person | None:
        name = g.connection.scalar(
            sa.select(people.c.name)
            .join(sessions, sessions.c.person_id == people.c.id)
            .where(sessions.c.token == token)
        )
        return None if name is None else Person(token, name)

    @app.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        login_user(Person(TOKEN, ""))
        return render_template("page.html", rows=())

    @app.get("/")
    @login_required  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def page() -> ResponseReturnValue:
        found = g.connection.execute(sa.select(rows).order_by(rows.c.id)).all()
        return render_template("page.html", rows=found)

    @app.post("/<int:row>")
    @login_required  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def save(row: int) -> ResponseReturnValue:
        g.connection.execute(
            sa.update(rows).where(rows.c.id == row).values(level=request.form["level"])
        )
        g.connection.commit()
        return jsonify(saved=row)

    return app
