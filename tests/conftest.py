"""Fixtures: every test that takes ``app`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from competency.extensions import db
from tests.support import postgresql
from tests.support.cast import World
from tests.support.databases import PostgresqlTemplate, SqliteTemplate, application

DATABASES = ("sqlite", "postgresql")
MEMORY = Path("/dev/shm")  # noqa: S108 - the point is that it is nobody's disk
ENOUGH = 4 * 1024**3
"""Bytes free in memory from which databases and files of tests are kept there."""
_numbers = itertools.count()
_cluster: postgresql.Cluster | None = None


def _work_in_memory() -> None:
    """Let temporary folders be in memory where there is room and nobody named another place."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL cluster for all workers, unless a server was named."""
    global _cluster  # noqa: PLW0603 - one a run, stopped in pytest_unconfigure
    _work_in_memory()
    if hasattr(config, "workerinput") or os.environ.get(postgresql.ALREADY_RUNNING):
        return
    _cluster = postgresql.start()
    if _cluster is not None:
        os.environ[postgresql.ALREADY_RUNNING] = _cluster.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster that this run started."""
    if _cluster is not None and not hasattr(config, "workerinput"):
        os.environ.pop(postgresql.ALREADY_RUNNING, None)
        _cluster.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs PostgreSQL where there is none, except in CI, where that fails."""
    if os.environ.get(postgresql.ALREADY_RUNNING) or os.environ.get("CI"):
        return
    reason = "PostgreSQL is not installed: apt-get install postgresql"
    for item in items:
        if "postgresql" in item.nodeid:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later search for garbage: it stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def worker() -> str:
    """Return the name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Return a folder for this process's databases and files."""
    with tempfile.TemporaryDirectory(prefix="competency-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(scratch: Path) -> SqliteTemplate:
    """Return the migrated and cast SQLite database."""
    return SqliteTemplate(scratch)


@pytest.fixture(scope="session")
def postgresql_template(scratch: Path, worker: str) -> PostgresqlTemplate:
    """Return the migrated and cast PostgreSQL database."""
    return PostgresqlTemplate(os.environ[postgresql.ALREADY_RUNNING], worker, scratch)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a database of this test's own, once for each engine."""
    template = request.getfixturevalue(f"{request.param}_template")
    name = f"test_{next(_numbers)}"
    yield template.copy(name)
    template.drop(name)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on this test's database."""
    app = application(database_url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> scoped_session[Session]:  # noqa: ARG001 - the session belongs to its context
    """Return the session of ``app``."""
    return db.session


@pytest.fixture
def world(session: scoped_session[Session]) -> World:
    """Return the fixed cast."""
    return World(session)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests wait for the imports that they begin, however slow the machine is."""
    monkeypatch.setattr("competency.kpis.import_views.SOON", 120.0)
