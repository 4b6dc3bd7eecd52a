"""A throwaway PostgreSQL cluster for the tests, on a socket of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import sqlalchemy as sa

SETTINGS = (
    "-c listen_addresses='' -c max_connections=200 -c shared_buffers=64MB -c log_min_messages=panic"
)
FORGETFUL = "-c fsync=off -c full_page_writes=off"
"""Tests need no disk; measurements of writing do."""
ALREADY_RUNNING = "TEST_POSTGRESQL"
"""Set to a SQLAlchemy address of a server to use instead of a cluster of our own."""


def binaries() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    onpath = shutil.which("initdb")
    return Path(onpath).parent if onpath else None


class Cluster:
    """One cluster in a temporary folder; ``stop`` ends it and removes everything."""

    def __init__(self, folder: Path, tools: Path, *, durable: bool = False) -> None:
        """Create and start the cluster; PostgreSQL refuses to run as root."""
        self.folder, self.tools = folder, tools
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(folder, self.user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        options = f"{SETTINGS} {'' if durable else FORGETFUL} -c unix_socket_directories='{folder}'"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")

    @property
    def url(self) -> str:
        """Return the SQLAlchemy address of the cluster's first database."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def create(self, name: str) -> str:
        """Make a database and return its SQLAlchemy address."""
        server = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        server.dispose()
        return self.url.replace("/postgres?", f"/{name}?")

    def _run(self, tool: str, *arguments: str) -> None:
        """Run one of PostgreSQL's tools on the data folder."""
        command = [str(self.tools / tool), "-D", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)  # noqa: S603 - our own words

    def stop(self) -> None:
        """Stop the server at once and remove its folder."""
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def start(*, durable: bool = False) -> Cluster | None:
    """Start a cluster, or return ``None`` where no server is installed."""
    tools = binaries()
    if tools is None:
        return None
    return Cluster(Path(tempfile.mkdtemp(prefix="competency-pg-")), tools, durable=durable)
