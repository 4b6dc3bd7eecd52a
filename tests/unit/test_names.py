"""Names as they are printed, sorted and searched; identifiers and passwords."""

from __future__ import annotations

import pytest

from competency.database.text import fold
from competency.people.rules import (
    PASSWORD_MAXIMUM,
    checked_national_identifier,
    password_fault,
    printed_name,
    search_key,
    sort_form,
    sort_key,
)
from competency.people.schema import Names

HIGGINS = Names("Íñigo", "O'Higgins", "Ñandú")
IVANOVA = Names("Мария", "Ёлкина", patronymic="Петровна")


@pytest.mark.parametrize(
    ("names", "country", "printed"),
    [
        (HIGGINS, "CL", "Íñigo O'Higgins Ñandú"),
        (HIGGINS, "ES", "Íñigo O'Higgins Ñandú"),
        (Names("Maria Lucia", "D'Alò"), "IT", "Maria Lucia D'Alò"),
        (IVANOVA, "RU", "Ёлкина Мария Петровна"),
        (IVANOVA, "IT", "Мария Петровна Ёлкина"),
        (Names("Ana", "R&D <b>"), "CL", "Ana R&D <b>"),
        (Names("Jean-Luc", "de la Peña"), "ES", "Jean-Luc de la Peña"),
    ],
)
def test_a_name_is_printed_as_the_country_orders_it(
    names: Names, country: str, printed: str
) -> None:
    assert printed_name(names, country) == printed


def test_lists_show_the_family_names_first() -> None:
    assert sort_form(HIGGINS) == "O'Higgins Ñandú, Íñigo"
    assert sort_form(IVANOVA) == "Ёлкина, Мария Петровна"


def test_accents_and_capitals_do_not_change_the_order() -> None:
    names = [Names("B", "Ñíguez"), Names("A", "NIGUEZ"), Names("A", "Álamo"), Names("A", "Zúñiga")]
    assert [n.family for n in sorted(names, key=sort_key)] == [
        "Álamo",
        "NIGUEZ",
        "Ñíguez",
        "Zúñiga",
    ]


@pytest.mark.parametrize(
    "typed", ["iñigo", "INIGO", "o'higgins", "ñandu", "NANDÚ", "e77", "x@example.org"]
)
def test_a_person_is_found_by_part_of_any_name_in_any_case(typed: str) -> None:
    assert fold(typed) in search_key(HIGGINS, "E77", "x@example.org")


@pytest.mark.parametrize("typed", ["ёлкина", "елкина", "ЁЛК", "петровна"])
def test_a_cyrillic_name_is_found_with_and_without_marks(typed: str) -> None:
    assert fold(typed) in search_key(IVANOVA)


def test_a_missing_part_leaves_no_space() -> None:
    assert printed_name(Names("Ana", "Rojas"), "CL") == "Ana Rojas"
    assert search_key(Names("Ana", "Rojas"), None, "E1") == "ana rojas e1"


@pytest.mark.parametrize(
    ("value", "country", "checked"),
    [
        ("12345678-5", "CL", "12.345.678-5"),
        ("12.345.678-5", "CL", "12.345.678-5"),
        ("12.345.678-9", "CL", None),
        ("RCCMNL83S18D969H", "IT", "RCCMNL83S18D969H"),
        ("RCCMNL83S18D969A", "IT", None),
        ("500100732259", "RU", "500100732259"),
        ("500100732258", "RU", None),
        (" AB 123 ", "FR", "AB 123"),
        ("", "CL", None),
    ],
)
def test_national_identifiers_are_checked_and_written_one_way(
    value: str, country: str, checked: str | None
) -> None:
    assert checked_national_identifier(value, country) == checked


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("short words", True),
        ("seven green lanterns", False),
        ("семь зелёных фонарей", False),
        ("aaaaaaaaaaaaaaaa", True),
        ("x" * (PASSWORD_MAXIMUM + 1), True),
        ("Íñigo O'Higgins", True),
        ("INIGO O'HIGGINS", True),
    ],
)
def test_a_password_needs_length_and_is_not_the_name(password: str, *, refused: bool) -> None:
    assert (password_fault(password, "E77", "Íñigo O'Higgins") is not None) is refused
