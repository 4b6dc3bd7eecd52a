"""The demonstration in a test's own database."""

from __future__ import annotations

from contextvars import Context
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade

from competency import clock
from competency.app import create_app
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.demonstration.cast import PASSWORD, sign_ins
from competency.demonstration.filling import fill
from competency.extensions import db
from competency.people.access import ensure_system_account, start_session
from competency.people.queries import account_by_number
from tests.support.databases import PostgresqlTemplate, SqliteTemplate
from tests.support.furnishing import furnish
from tests.support.keys import PASSPHRASE, key_file, signing_key


def fill_anew(app: Flask) -> Flask:
    """Empty the application's database, fill it with the demonstration and return the app."""
    db.session.remove()
    downgrade(revision="base")
    upgrade()
    _fill()
    return app


_kept: set[str] = set()
"""The kinds of database of which this process keeps a filled one."""


def fill_once(app: Flask, template: SqliteTemplate | PostgresqlTemplate, name: str) -> Flask:
    """Put the demonstration into a copy of ``template``, filled once for this process."""
    kind = db.engine.dialect.name
    if kind in _kept:
        _let_go()
        template.give(name)
        return app
    fill_anew(app)
    _let_go()
    template.keep(name)
    _kept.add(kind)
    return app


def _let_go() -> None:
    """Leave nobody connected to the application's database."""
    db.session.remove()
    db.engine.dispose()


def _fill() -> None:
    """Fill a migrated database."""
    with unit_of_work(db.session):
        ensure_system_account(db.session, clock.now())
    fill(db.session, now=clock.now(), public_url="http://127.0.0.1:8000", key=signing_key())


def demonstration(folder: Path) -> tuple[Flask, list[tuple[str, str]]]:
    """Return the application of a furnished demonstration in ``folder``, on SQLite.

    And who opens which address that no link leads to.
    """
    config = Config(
        data_folder=folder,
        secret_key="for tests only",
        public_url="http://127.0.0.1:8000",
        signing_key=key_file(),
        signing_passphrase=PASSPHRASE,
        demo=True,
    )
    app = create_app(config)
    app.config.update(TESTING=True)
    app.extensions["competency_demo_accounts"] = sign_ins()
    app.extensions["competency_demo_password"] = PASSWORD
    with app.app_context():
        upgrade()
        _fill()
        more = furnish(db.session)
        db.session.remove()
    return app, more


def client_of(app: Flask, number: str) -> FlaskClient:
    """Return a client in which one of the demonstration's cast is signed in."""
    return Context().run(_client_of, app, number)


def _client_of(app: Flask, number: str) -> FlaskClient:
    """Start a session, and put its token where signing in puts it."""
    client = app.test_client()
    with app.app_context():
        with unit_of_work(db.session):
            account = account_by_number(db.session, number)
            assert account is not None, number
            token = start_session(db.session, now=clock.now(), account=account, hours=8)
        db.session.remove()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
