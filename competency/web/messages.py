"""The messages of templates: Flask-Babel's, each looked up once a language.

Flask-Babel asks for the page's language at every message, and a page has hundreds.
Catalogues don't change while a process runs, so what was looked up stays true.
"""

from __future__ import annotations

from functools import cache

from flask import Flask, g
from flask_babel import get_locale, get_translations
from markupsafe import Markup


class Messages:
    """The messages of one language that this process has shown so far, as markup."""

    def __init__(self, language: str) -> None:
        """Start empty."""
        self.language = language
        self.plain: dict[str, Markup] = {}
        self.formats: dict[str, Markup] = {}

    def format_of(self, message: str) -> Markup:
        """Return the translation, its ``%(name)s`` still open."""
        found = self.formats.get(message)
        if found is None:
            found = self.formats[message] = Markup(get_translations().ugettext(message))  # noqa: S704 - a message of ours
        return found


of_language = cache(Messages)


def messages() -> Messages:
    """Return the messages of the page's language.

    ``g`` itself is asked, not its proxy, which costs more than the rest of a message.
    """
    context = g._get_current_object()  # noqa: SLF001 - documented for this
    found = getattr(context, "messages", None)
    if not isinstance(found, Messages):
        found = context.messages = of_language(str(get_locale() or "en"))
    return found


def gettext(message: str, /, **variables: object) -> Markup:
    """Return a template's message in the page's language; ``variables`` are escaped."""
    ours = messages()
    if variables:
        return ours.format_of(message) % variables
    found = ours.plain.get(message)
    if found is None:
        found = ours.plain[message] = ours.format_of(message) % {}
    return found


def ngettext(singular: str, plural: str, num: int, /, **variables: object) -> Markup:
    """Return a template's message in the plural form for ``num``."""
    text = get_translations().ungettext(singular, plural, num)
    return Markup(text) % {"num": num, **variables}  # noqa: S704 - a message of ours


def install(app: Flask) -> None:
    """Put these in the place of Flask-Babel's own; ``{% trans %}`` uses them too."""
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
