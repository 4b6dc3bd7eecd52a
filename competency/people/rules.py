"""Decisions about names, passwords and codes; pure."""

from __future__ import annotations

import re

import stdnum.cl.rut
import stdnum.exceptions
import stdnum.it.codicefiscale
import stdnum.ru.inn

from competency.database.text import fold
from competency.errors import message_id
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


EMAIL_MAXIMUM = 254
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
"""What any mail server takes: RFC 5321 without quoted names, in the letters of ASCII."""


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
    known = NATIONAL_IDENTIFIERS.get(country)
    if known is None:
        return value.strip()
    _, checker = known
    try:
        valid = str(checker.validate(value))
    except stdnum.exceptions.ValidationError:
        return None
    return str(checker.format(valid)) if hasattr(checker, "format") else valid


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
