"""A real server process over one database, and the browsers that speak HTTP to it."""

from __future__ import annotations

import http.client
import logging
import multiprocessing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode

from werkzeug.serving import make_server

from tests.support.cast import CAST, PASSWORD
from tests.support.databases import application

HOST = "127.0.0.1"
PATIENCE = 60.0

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.support.server"])

Gone = (OSError, http.client.HTTPException)
"""What a browser sees when the server is killed: no answer, so nothing was promised."""


def serve(database_url: str, folder: str, ready: Connection) -> None:
    """Serve the application on a free port, told through ``ready``, until killed."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = application(database_url, Path(folder))
    server = make_server(HOST, 0, app, threaded=True)
    ready.send(server.port)
    server.serve_forever()


class Server:
    """One server process; ``kill`` ends it as a power cut of the process would."""

    def __init__(self, database_url: str, folder: Path) -> None:
        """Start the process and wait until it listens."""
        here, there = _processes.Pipe(duplex=False)
        self.process = _processes.Process(target=serve, args=(database_url, str(folder), there))
        self.process.start()
        there.close()
        self.port: int = here.recv()
        here.close()

    def kill(self) -> None:
        """Send SIGKILL and wait until the process is gone."""
        self.process.kill()
        self.process.join()


@dataclass
class Browser:
    """One person's browser: keeps its cookie, whatever server answers."""

    name: str
    port: int = 0
    cookie: str = ""
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def point_at(self, server: Server) -> None:
        """Speak to another server process from here on."""
        self.close()
        self.port = server.port

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def request(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Return the whole answer; raise one of ``Gone`` when there is none."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Accept": "application/json", "Cookie": self.cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, urlencode(form or {}), headers)
            answer = self._connection.getresponse()
            self.body = answer.read()
        except Gone:
            self.close()
            raise
        set_cookie = answer.getheader("Set-Cookie")
        if set_cookie and set_cookie.startswith("competency="):
            self.cookie = set_cookie.split(";", 1)[0]
        if answer.will_close:
            self.close()
        return answer

    def get(self, path: str) -> int:
        """Return the status of a GET."""
        return self.request("GET", path).status

    def post(self, path: str, **form: str) -> int:
        """Return the status of a POST."""
        return self.request("POST", path, form).status

    def sign_in(self) -> None:
        """Sign in with the cast's password."""
        self.post("/sign-in", employee_number=CAST[self.name][0], password=PASSWORD)
        assert self.cookie, f"{self.name} could not sign in"
