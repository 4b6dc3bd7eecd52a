"""Any table in any format of a profile is read back to the same; what is none is refused."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from competency.errors import InvalidFile
from competency.kpis import import_preparing
from competency.kpis.import_files import NamedFile
from competency.kpis.import_preparing import Prepared, read_all
from competency.kpis.import_profile import read_profile
from tests.support.measured_files import (
    AHT,
    CONTACTS,
    FIRST,
    KNOWN,
    NOW,
    Row,
    Way,
    damaged,
    organisation,
    workbook,
)

ROWS = st.lists(
    st.builds(
        Row,
        who=st.integers(0, 2),
        day=st.dates(FIRST, NOW.date()),
        handled=st.integers(0, 150_000_000),
        seconds=st.integers(0, 86_400_000),
    ),
    unique_by=lambda row: (row.who, row.day),
    max_size=6,
)
WAYS = st.builds(
    Way,
    kind=st.sampled_from(["csv", "xlsx", "parquet"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "windows-1252"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["none", " ", "'"]),
    dates=st.sampled_from(["ymd", "dmy", "mdy"]),
    written=st.sampled_from(["seconds", "hh:mm:ss", "mm:ss"]),
    shape=st.sampled_from(["wide", "long"]),
    quoted=st.booleans(),
)


def read(*files: NamedFile, profile: str) -> Prepared:
    return read_all(files, read_profile(profile), KNOWN, organisation())


def texts(found: Prepared) -> list[str]:
    return [str(fault) for fault in found.faults]


@given(ROWS, WAYS)
@settings(max_examples=40, deadline=None)
def test_what_is_written_in_any_way_is_read_back_to_the_thousandth(
    rows: list[Row], way: Way
) -> None:
    found = read(way.file(rows), profile=way.profile())
    if not rows and way.kind == "xlsx":
        assert not found.measurements.height
        return
    assert texts(found) == []
    wanted = {
        (row.who + 1, kpi, row.day): pair
        for row in rows
        for kpi, pair in (
            (AHT, (row.seconds, row.handled)),
            (CONTACTS, (row.handled, None)),
        )
    }
    assert {
        (one["employee_id"], one["kpi"], one["day"]): (one["numerator"], one["denominator"])
        for one in found.measurements.to_dicts()
    } == wanted
    assert set(found.measurements.filter(employee_id=1)["campaign_id"]) <= {7}
    assert set(found.measurements.filter(employee_id=2)["campaign_id"]) <= {None}


def test_a_profile_that_contradicts_itself_says_where() -> None:
    text = Way(thousands=".", decimal=",").profile().replace("decimal: ','", "decimal: .")
    with pytest.raises(InvalidFile) as refused:
        read_profile(text.replace("shape: wide", "shape: long").replace("day: Date", "dya: Date"))
    assert "did you mean day?" in " ".join(refused.value.faults)
    with pytest.raises(InvalidFile) as refused:
        read_profile(text)
    [fault] = refused.value.faults
    assert "files.thousands" in fault
    assert ":" in fault


CALLS = """format: 1
source: telephony
shape: calls
person: {column: Who}
day: Began
campaign: {take: none}
fields:
  handled: {where: {column: State, values: [answered]}}
  handle-seconds: {column: Talk, written: 'mm:ss', where: {column: State, values: [answered]}}
"""


def test_contacts_are_counted_and_added_up_to_a_person_s_days() -> None:
    text = (
        "Who,Began,State,Talk\n"
        "E301,2026-03-02T09:00:00,answered,2:30\n"
        "e301,2026-03-02 10:00,answered,0:30.5\n"
        "E301,2026-03-02 11:00,lost,whatever\n"
        "E302,2026-03-02 11:00,lost,\n"
    )
    found = read(NamedFile("c.csv", text.encode()), profile=CALLS)
    assert texts(found) == []
    rows = found.measurements.select("employee_id", "kpi", "numerator", "denominator").rows()
    assert sorted(rows, key=str) == [
        (1, AHT, 180_500, 2_000),
        (1, CONTACTS, 2_000, None),
        (2, CONTACTS, 0, None),
    ]


WIDE = Way(written="hh:mm:ss")
SOUND = "Agent,Date,Calls,Time,Stray\nE301,2026-03-02,1,0:01:00,\n"


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b"", "a.csv", "The file is empty"),
        (b"Agent,Date\n\0", "a.csv, row 2", "zero bytes"),
        (SOUND.replace("Calls", "Cals").encode(), "a.csv, row 1, Calls", "did you mean “Cals”"),
        (SOUND.replace("Stray", "Calls").encode(), "a.csv, row 1, Calls", "there twice"),
        (SOUND.encode() + b"E301,2026-03-03,1\n", "a.csv, row 3", "does not have 5 cells"),
        (SOUND.encode() + b"\xff\xfe,,,,\n", "a.csv, row 3", "is not utf-8"),
        (SOUND.encode() + b'E301,"x', "a.csv, row 3", "not a CSV file"),
        ((SOUND + "E301," + "9" * 2000 + ",1,,\n").encode(), "a.csv, row 3, Date", "1000 letters"),
        (SOUND.replace(",1,", ",=1+1,").encode(), "a.csv, row 2, Calls", "not a number"),
        ((SOUND + SOUND[28:].replace(",1,", ",2,")).encode(), "a.csv, row 3, Date", "twice"),
        (",".join(map(str, range(10_000))).encode(), "a.csv, row 1", "10000 columns"),
        (b"PK\x03\x04rubbish", "a.csv", "not an XLSX workbook"),
        (b"PAR1rubbishPAR1", "a.csv", "can't be read"),
    ],
)
def test_what_is_no_such_table_is_refused_at_its_place(
    content: bytes, where: str, what: str
) -> None:
    found = read(NamedFile("a.csv", content), profile=WIDE.profile())
    assert found.is_refused
    first = texts(found)[0]
    assert first.startswith(f"{where}:"), first
    assert what in first


def test_a_workbook_with_formulas_is_refused_and_one_with_numbers_is_read() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet()
    day, clock = (
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "[h]:mm:ss"}),
    )
    page.write_row(0, 0, ["Agent", "Date", "Calls", "Time", "Stray"])
    page.write(1, 0, "E301")
    page.write_datetime(1, 1, NOW.replace(tzinfo=None), day)
    page.write_number(1, 2, 2.5)
    page.write_datetime(1, 3, timedelta(hours=25, minutes=1), clock)
    book.close()
    found = read(
        NamedFile("a.xlsx", stream.getvalue()),
        profile=Way(written="hh:mm:ss", decimal=",").profile(),
    )
    assert texts(found) == []
    assert (90_060_000, 2_500) in found.measurements.select("numerator", "denominator").rows()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet().write_formula(0, 0, "=1+1")
    book.close()
    [fault] = texts(read(NamedFile("a.xlsx", stream.getvalue()), profile=WIDE.profile()))
    assert "formulas" in fault


def test_a_parquet_file_of_absurd_size_is_refused_by_what_it_says_of_itself() -> None:
    stream = io.BytesIO()
    pl.DataFrame({"Agent": ["E301"]}).select(
        pl.col("Agent").repeat_by(5_000_001).explode()
    ).write_parquet(stream)
    assert len(stream.getvalue()) < 100_000
    [fault, *_] = texts(read(NamedFile("a.parquet", stream.getvalue()), profile=WIDE.profile()))
    assert "more than 5000000 rows" in fault


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(seed: int) -> None:
    found = read(damaged(seed), profile=WIDE.profile())
    assert found.is_refused == bool(found.faults)
    assert all(str(fault).startswith(f"damaged-{seed}.") for fault in found.faults)


def test_a_title_above_the_headings_is_a_missing_column() -> None:
    file = NamedFile("a.xlsx", workbook([["Report"], ["Agent"]]))
    assert read(file, profile=WIDE.profile()).is_refused


def test_of_however_many_bad_rows_only_so_many_are_gathered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gathered, partition_by = [], pl.DataFrame.partition_by

    def counted(frame: pl.DataFrame, *by: Any, **more: Any) -> Any:  # noqa: ANN401 - the engine's
        gathered.append(frame.height)
        return partition_by(frame, *by, **more)

    monkeypatch.setattr(import_preparing, "SET_ASIDE_MOST", 3)
    monkeypatch.setattr(pl.DataFrame, "partition_by", counted)
    bad = "E301,never,x,y,\n" * 500
    profile = WIDE.profile() + "bad_rows: set_aside\n"
    found = read(NamedFile("a.csv", (SOUND + bad).encode()), profile=profile)
    assert (found.fault_count, found.is_refused) == (1500, True)
    assert [(row.row, len(row.faults)) for row in found.aside] == [(n, 3) for n in range(3, 7)]
    assert gathered == [12]
