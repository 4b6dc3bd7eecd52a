"""Words, dates and numbers in one language, without a web request.

Pages use the same catalogues through Flask-Babel; documents, mails and the
command line use this. A document has its own language, apart from the page's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale, dates, numbers
from babel.support import NullTranslations, Translations

from competency.resources import TRANSLATIONS

LANGUAGES = {"en": "English", "es": "Español", "it": "Italiano", "ru": "Русский"}
"""The languages of the pages and documents, each by its own name."""


@cache
def _catalogue(language: str) -> NullTranslations:
    """Load one language's catalogue once a process; English is the source text."""
    return Translations.load(str(TRANSLATIONS), [language])


@dataclass(frozen=True)
class Words:
    """The words of one of ``LANGUAGES``."""

    language: str

    def gettext(self, message: str, **params: object) -> str:
        """Return ``message`` translated, with ``%(name)s`` params filled in."""
        text = str(_catalogue(self.language).gettext(message)) if message else ""
        return text % params if params else text

    def ngettext(self, singular: str, plural: str, number: int, **params: object) -> str:
        """Return the form for ``number``, which is also the param ``num``."""
        text = str(_catalogue(self.language).ngettext(singular, plural, number))
        return text % {"num": number, **params}

    def country(self, code: str) -> str:
        """Return the name of a country of ISO 3166; the code itself where it has none."""
        return str(Locale.parse(self.language).territories.get(code, code))

    def date(self, day: date, form: str = "long") -> str:
        """Return ``day`` as this language writes it (``short`` to ``full``)."""
        return dates.format_date(day, format=form, locale=Locale.parse(self.language))

    def number(self, value: float | Decimal, form: str = "#,##0.##") -> str:
        """Return a number as this language writes it; ``form`` is a pattern of CLDR."""
        return str(numbers.format_decimal(value, form, locale=Locale.parse(self.language)))

    def share(self, value: float) -> str:
        """Return a share from 0 to 1 in a hundred, to a tenth."""
        form = "#,##0.0\u00a0%"
        return str(numbers.format_percent(value, form, locale=Locale.parse(self.language)))
