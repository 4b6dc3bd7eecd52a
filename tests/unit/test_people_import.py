"""Reading a CSV file of people: separators, marks, and every fault with its place."""

from __future__ import annotations

from datetime import date

import pytest

from competency.errors import InvalidFile
from competency.people.import_file import (
    LENGTHS,
    MAXIMUM_BYTES,
    MAXIMUM_ROWS,
    PeopleFile,
    read_people,
)

HEAD = "employer,employee_number,given_name,family_name,hired_on"
GOOD = f"{HEAD}\nCDP,E1,Ana,Rojas,2026-01-05\n"


def read(text: str) -> PeopleFile:
    return read_people(text.encode())


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read(text).faults]


def test_a_row_becomes_a_value() -> None:
    file = read(GOOD)
    assert not file.faults
    (line,) = file.lines
    assert (line.row, line.employee_number, line.hired_on) == (2, "E1", date(2026, 1, 5))
    assert (line.names.given, line.names.family) == ("Ana", "Rojas")
    assert line.site is None


def test_a_mark_semicolons_and_windows_line_ends_are_read() -> None:
    content = b"\xef\xbb\xbf" + GOOD.replace(",", ";").replace("\n", "\r\n").encode()
    assert read_people(content).lines == read(GOOD).lines


def test_quotes_keep_separators_and_spaces_are_single() -> None:
    (line,) = read(f'{HEAD}\nCDP,E1,"Ana,  Inés",  Rojas ,2026-01-05\n').lines
    assert (line.names.given, line.names.family) == ("Ana, Inés", "Rojas")


def test_empty_rows_are_passed_over_and_rows_keep_their_number() -> None:
    (line,) = read(f"{HEAD}\n\n,,,,\nCDP,E1,Ana,Rojas,2026-01-05\n").lines
    assert line.row == 4


def test_every_fault_is_found_in_one_run_with_row_and_column() -> None:
    text = (
        f"{HEAD},document_language,email,team\n"
        "CDP,,Ana,Rojas,5.1.2026,es,,\n"
        "CDP,E2,Ana,Rojas,2026-02-30,ess,nobody,Uno\n"
        "CDP,E3,Ana,Rojas,2026-01-05,es,,,too,many\n"
        "CDP,e3,Ana,Rojas,2026-01-05,es,,\n"
    )
    assert faults(text) == [
        "row 2, employee_number: This is needed.",
        "row 2, hired_on: “5.1.2026” is not a date; write it as 2026-03-31.",
        "row 3, hired_on: “2026-02-30” is not a date; write it as 2026-03-31.",
        "row 3, document_language: “ess” does not exist; did you mean “es”?",
        "row 3, email: “nobody” is not an e-mail address.",
        "row 3, team: A team needs its site.",
        "row 4: This row has 10 cells, the headings have 8.",
        "row 5, employee_number: The employee number is in row 4 already.",
    ]


@pytest.mark.parametrize(
    "written",
    ["20260105", "2026-W01-1", "05-01-2026", "2026-1-5", "2026-01-05T00:00", "٢٠٢٦-٠١-٠٥"],
)
def test_other_ways_to_write_a_date_are_faults(written: str) -> None:
    assert len(faults(GOOD.replace("2026-01-05", written))) == 1


def test_a_column_that_is_missing_unknown_or_twice_is_named() -> None:
    assert faults("employer,employee_number,given_name,famly_name,given_name\n") == [
        "row 1, family_name: This column is missing.",
        "row 1, hired_on: This column is missing.",
        "row 1, famly_name: There is no such column; did you mean “family_name”?",
        "row 1, given_name: This column is there twice.",
    ]
    (fault,) = faults(f"{HEAD},password\n")
    assert "no such column" in fault


def test_letters_that_cannot_be_printed_and_long_cells_are_faults() -> None:
    assert len(faults(GOOD.replace("Ana", "A\x07na"))) == 1
    assert len(faults(GOOD.replace("Ana", "A" * (LENGTHS["given_name"] + 1)))) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b",,,\n",
        "employer;número\n".encode("latin-1"),
        b"employer,\0\n",
        b"PK\x03\x04\xff\xfe",
        b"x" * (MAXIMUM_BYTES + 1),
        GOOD.encode() * (MAXIMUM_ROWS + 1),
        b'employer,"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(InvalidFile):
        read_people(content)
