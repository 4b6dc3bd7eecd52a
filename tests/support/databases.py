"""A database for each test, copied from one that was migrated and cast once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from werkzeug.routing import Rule

from competency.app import create_app
from competency.config import Config
from competency.extensions import db
from tests.support.cast import build_cast
from tests.support.keys import PASSPHRASE, key_file


class _CompiledOnce(BytecodeCache):
    """The compiled templates of this process, for the application of every test."""

    def __init__(self) -> None:
        """Start empty."""
        self.held: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled from the same source."""
        code = self.held.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.held[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


TEMPLATES = _CompiledOnce()
_build_function = Rule._compile_builder  # noqa: SLF001 - werkzeug has no cache of its own
_functions: dict[object, Any] = {}


def _built_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - as werkzeug's own
    """Return the function that builds a rule's addresses, compiled once for all applications.

    It is most of what making an application costs, and the same each time.
    """
    key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
    if key not in _functions:
        _functions[key] = _build_function(rule, append_unknown)
    return _functions[key]


Rule._compile_builder = _built_once  # type: ignore[assignment, method-assign]  # noqa: SLF001


_kept: dict[str, tuple[Dialect, Any]] = {}


def _compile_statements_once(engine: Engine) -> None:
    """Let all engines of a kind share a dialect, by which statements once compiled are kept."""
    name = engine.dialect.name
    if name in _kept:
        engine.dialect, engine._compiled_cache = _kept[name]  # noqa: SLF001 - it has no option
    else:
        engine.connect().close()  # what a dialect learns of its server, it learns here
        _kept[name] = (engine.dialect, engine._compiled_cache)  # noqa: SLF001 - as above


def application(database_url: str, folder: Path) -> Flask:
    """Return an application for one database, set up for tests."""
    config = Config(
        data_folder=folder,
        database_url=database_url,
        secret_key="for tests only",
        public_url="http://localhost",
        signing_key=key_file(),
        signing_passphrase=PASSPHRASE,
    )
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        _compile_statements_once(db.engine)
    return app


def prepare(database_url: str, folder: Path) -> None:
    """Migrate a database to head and fill it with the cast."""
    app = application(database_url, folder)
    with app.app_context():
        upgrade()
        build_cast(db.session)
        db.session.remove()
        db.engine.dispose()


class SqliteTemplate:
    """Copies of one SQLite file."""

    def __init__(self, folder: Path) -> None:
        """Prepare the file that is copied."""
        self.folder = folder
        self.path = folder / "template.sqlite3"
        prepare(f"sqlite:///{self.path}", folder)
        with sa.create_engine(f"sqlite:///{self.path}").connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy(self, name: str) -> str:
        """Return the address of a fresh copy."""
        target = self.folder / f"{name}.sqlite3"
        shutil.copyfile(self.path, target)
        return f"sqlite:///{target}"

    def keep(self, name: str) -> None:
        """Keep what a copy holds, with nobody connected, for ``give``."""
        with sa.create_engine(f"sqlite:///{self.folder / name}.sqlite3").connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.folder / f"{name}.sqlite3", self.folder / "kept.sqlite3")

    def give(self, name: str) -> None:
        """Put what was kept into the place of a copy, with nobody connected."""
        self.drop(name)
        shutil.copyfile(self.folder / "kept.sqlite3", self.folder / f"{name}.sqlite3")

    def drop(self, name: str) -> None:
        """Remove a copy."""
        for path in self.folder.glob(f"{name}.sqlite3*"):
            path.unlink()


class PostgresqlTemplate:
    """Copies of one PostgreSQL database, made by the server."""

    def __init__(self, server_url: str, worker: str, folder: Path) -> None:
        """Prepare the database that is copied."""
        self.server = sa.create_engine(server_url, isolation_level="AUTOCOMMIT")
        self.template = f"template_{worker}"
        self.worker = worker
        self._drop_what_was_left()
        self._execute(f'CREATE DATABASE "{self.template}"')
        prepare(self._url(self.template), folder)

    def _drop_what_was_left(self) -> None:
        """Remove what a run that was killed left on a server of longer life."""
        with self.server.connect() as connection:
            names = connection.scalars(
                sa.text(
                    "SELECT datname FROM pg_database WHERE datname = :own OR datname ^@ :copies"
                ),
                {"own": self.template, "copies": f"{self.worker}_"},
            ).all()
        for name in names:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        return self.server.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.exec_driver_sql(statement)

    def copy(self, name: str) -> str:
        """Return the address of a fresh copy."""
        name = f"{self.worker}_{name}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY file_copy')
        return self._url(name)

    def keep(self, name: str) -> None:
        """Keep what a copy holds, with nobody connected, for ``give``."""
        self._execute(f'CREATE DATABASE "{self.worker}_kept" TEMPLATE "{self.worker}_{name}"')

    def give(self, name: str) -> None:
        """Put what was kept into the place of a copy, whoever is connected."""
        self.drop(name)
        self._execute(f'CREATE DATABASE "{self.worker}_{name}" TEMPLATE "{self.worker}_kept"')

    def drop(self, name: str) -> None:
        """Remove a copy, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{self.worker}_{name}" WITH (FORCE)')
