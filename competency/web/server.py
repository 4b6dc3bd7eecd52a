"""The web server: gunicorn with sync workers, which threads would only slow down."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):
    """Gunicorn over an application that each worker makes for itself."""

    def __init__(self, make_app: Callable[[], Flask], *, bind: str, workers: int) -> None:
        """Listen on ``bind`` (host and port) with so many ``workers``."""
        self.make_app = make_app
        self.chosen = {
            "bind": bind,
            "workers": workers,
            "worker_class": "sync",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn what was chosen."""
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application of one worker."""
        return self.make_app()
