"""The blueprint of the pages of observations; the ``*_views`` modules add their routes."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext

blueprint = Blueprint("observations", __name__)


def channel_words(code: str) -> str:
    """Return what a channel is called; the code itself where no page knows it."""
    words = {
        "voice": gettext("Telephone"),
        "in-person": gettext("In person"),
        "chat": gettext("Chat"),
        "email": gettext("E-mail"),
    }
    return words.get(code, code)


blueprint.add_app_template_global(channel_words, "channel_words")
