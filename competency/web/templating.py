"""Jinja's environment, with the globals of templates as one plain dictionary."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class TemplateEnvironment(Environment):
    """Flask's environment, for templates that are never given globals of their own.

    Jinja lays a layer of its own over the environment's globals for each template, and
    copies and compares the two, name by name, at every page, import and include. Nothing
    here puts anything into that layer, so that all that work changes nothing.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the environment's globals themselves, where none are added to them."""
        return super().make_globals(d) if d else self.globals


def install(app: Flask) -> None:
    """Use this environment; to be called before the application's own is made."""
    app.jinja_environment = TemplateEnvironment
