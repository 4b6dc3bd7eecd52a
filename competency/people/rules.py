"""Decisions about names, numbers, colours, passwords and codes; pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import stdnum.cl.rut
import stdnum.es.nif
import stdnum.exceptions
import stdnum.it.codicefiscale
import stdnum.it.iva
import stdnum.ru.inn

from competency.colours import CONTRAST, channels, contrast_on_white, is_colour
from competency.database.text import fold
from competency.errors import Invalid, message_id
from competency.people.schema import Names

PASSWORD_MINIMUM = 12
PASSWORD_MAXIMUM = 128
INVITATION_DAYS = 14

NATIONAL_IDENTIFIERS = {
    "CL": ("RUT", stdnum.cl.rut),
    "IT": ("codice fiscale", stdnum.it.codicefiscale),
    "RU": ("ИНН", stdnum.ru.inn),
}
"""The national identifier that each employer's country uses, and its checker."""

TAX_NUMBERS = {
    "CL": stdnum.cl.rut,
    "ES": stdnum.es.nif,
    "IT": stdnum.it.iva,
    "RU": stdnum.ru.inn,
}
"""The checker of an employer's tax number: RUT, NIF, partita IVA, ИНН."""


EMAIL_MAXIMUM = 254
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
"""What any mail server takes: RFC 5321 without quoted names, in the letters of ASCII."""


HOURS_MAXIMUM = Decimal(80)
_HOURS = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?")


def parsed_hours(text: str) -> Decimal | None:
    """Return hours a week as they are written, with a point or a comma; ``None`` if they aren't."""
    if not _HOURS.fullmatch(text):
        return None
    hours = Decimal(text.replace(",", "."))
    return hours if 0 < hours <= HOURS_MAXIMUM else None


def checked_hours(hours: Decimal | None) -> Decimal | None:
    """Return hours a week; raise ``Invalid`` for more than 80, none at all, or parts too small."""
    if hours is None:
        return None
    if parsed_hours(f"{hours:f}") is None:
        raise Invalid("Hours a week are more than 0 and at most 80, as in 37.5.", "weekly_hours")
    return hours


def is_email_address(value: str) -> bool:
    """Return whether mail can be sent to ``value``; a host in other letters is its xn-- form."""
    return len(value) <= EMAIL_MAXIMUM and _EMAIL.fullmatch(value) is not None


def printed_name(names: Names, country: str) -> str:
    """Return the name as the country's documents print it.

    Russia puts the family name first and the patronymic last; elsewhere the given
    name is first and the family names follow.
    """
    if country == "RU":
        parts = [names.family, names.given, names.patronymic]
    else:
        parts = [names.given, names.patronymic, names.family, names.second_family]
    return " ".join(part for part in parts if part)


def sort_form(names: Names) -> str:
    """Return the name as lists print it: ``Family Second, Given Patronymic``."""
    family = " ".join(part for part in (names.family, names.second_family) if part)
    given = " ".join(part for part in (names.given, names.patronymic) if part)
    return f"{family}, {given}"


def sort_key(names: Names) -> str:
    """Return the key that orders people by family name, then given name."""
    return fold(sort_form(names))


def search_key(names: Names, *others: str | None) -> str:
    """Return the folded text in which a person is searched: name parts and ``others``."""
    parts = [names.given, names.patronymic, names.family, names.second_family, *others]
    return fold(" ".join(part for part in parts if part))


def checked_national_identifier(value: str, country: str) -> str | None:
    """Return the identifier in its standard written form, or ``None`` when it is wrong.

    The check digits of Chile's RUT, Italy's codice fiscale and Russia's ИНН are
    verified; other countries' identifiers are kept as written.
    """
    _, checker = NATIONAL_IDENTIFIERS.get(country, (None, None))
    return _checked(value, checker)


def checked_tax_number(value: str | None, country: str) -> str | None:
    """Return an employer's tax number in its standard written form; raise ``Invalid``.

    Countries that are not in ``TAX_NUMBERS`` keep theirs as written; none stays none.
    """
    if not value or not value.strip():
        return None
    checked = _checked(value, TAX_NUMBERS.get(country))
    if checked is None:
        raise Invalid(
            "The tax number %(value)s has a wrong check digit or form.", "tax_number", value=value
        )
    return checked


def _checked(value: str, checker: Any) -> str | None:  # noqa: ANN401 - a module of stdnum, or none
    """Return the number as its country writes it, ``None`` when it is wrong."""
    if checker is None:
        return value.strip()
    try:
        valid = str(checker.validate(value))
    except stdnum.exceptions.ValidationError:
        return None
    return str(checker.format(valid)) if hasattr(checker, "format") else valid


def checked_text(text: str | None, maximum: int, field: str) -> str:
    """Return a needed text with single spaces; raise ``Invalid`` when none is left, or too much."""
    kept = " ".join((text or "").split())
    if not kept:
        raise Invalid("This is needed.", field)
    if len(kept) > maximum:
        raise Invalid("This is too long.", field)
    return kept


def checked_time_zone(name: str) -> str:
    """Return a time zone of the IANA list; raise ``Invalid``."""
    if name not in available_timezones():
        raise Invalid(
            "%(name)s is no time zone. Write one of the list, such as America/Santiago.",
            "time_zone",
            name=name,
        )
    return name


def checked_accent(colour: str) -> str:
    """Return a colour that text can have on white, in lower case; raise ``Invalid``."""
    if not is_colour(colour):
        raise Invalid(
            "The colour “%(colour)s” is not written as #rrggbb.", "accent_colour", colour=colour
        )
    contrast = contrast_on_white(channels(colour))
    if contrast < CONTRAST:
        raise Invalid(
            "This colour is too pale: on white its contrast is %(contrast)s to 1, and text needs "
            "4.5 to 1. Choose a darker one.",
            "accent_colour",
            contrast=f"{int(contrast * 10) / 10}",
        )
    return colour.lower()


def password_fault(password: str, *known: str) -> str | None:
    """Return what is wrong with a chosen password, or ``None``.

    Length alone is asked for (NIST SP 800-63B: no composition rules), and that it is
    not one of the words ``known`` about the account.
    """
    if len(password) < PASSWORD_MINIMUM:
        return message_id("The password needs at least 12 characters; several words are easiest.")
    if len(password) > PASSWORD_MAXIMUM:
        return message_id("The password can have at most 128 characters.")
    if len(set(password)) < PASSWORD_MINIMUM // 3:
        return message_id("The password repeats too few characters; several words are easiest.")
    if fold(password) in {fold(word) for word in known if word}:
        return message_id("The password must not be your name or number.")
    return None
