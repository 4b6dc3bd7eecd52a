"""What is wrong in a table is said with its sheet, row and column; hostile files cost little."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from competency import formats
from competency.files.checking import Checked, check_file
from competency.files.content import compiled
from competency.files.tables.limits import TABLE_LIMITS
from competency.files.tables.reading import check_table
from competency.files.tables.writing import as_csv_files, as_workbook
from competency.frameworks.schema import Framework
from competency.resources import FRAMEWORKS

FILE = FRAMEWORKS / "supervisor-oficina-comercial" / "1.0.0.yaml"
READ = formats.MODULES


def said(checked: Checked) -> list[str]:
    """Return the faults without the name of the file and without warnings."""
    refusing = [fault for fault in checked.faults if fault.severity == "fault"]
    return [str(fault).removeprefix(f"{checked.name}: ") for fault in refusing]


@pytest.fixture(scope="module")
def framework() -> Framework:
    value = check_file(FILE).value
    assert isinstance(value, Framework)
    return value


@pytest.fixture
def folder(tmp_path: Path, framework: Framework) -> Path:
    for name, content in as_csv_files(framework).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def change(folder: Path, sheet: str, *replacements: tuple[str, str]) -> None:
    path = folder / f"{sheet}.csv"
    text = path.read_text(encoding="utf-8-sig")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8-sig", newline="")


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook as a person might, with numbers where they look like numbers."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = workbook.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    page.write(number, column, cell, day if isinstance(cell, date) else None)
    return path


def repack(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook with its parts changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return stream.getvalue()


def test_all_faults_of_all_sheets_are_said_at_once(folder: Path) -> None:
    change(folder, "about", ("language;es", "lnguage;es"))
    change(folder, "units", ("title;", "titel;"))
    change(folder, "criteria", ("ac1;ac1.cd2;", "ac11;ac1.cd2;"), ("ac1;ac1.cd3;", ";ac1.cd3;"))
    (folder / "critera.csv").write_text("id\n", encoding="utf-8")
    assert said(check_table(folder)) == [
        "about!A8: 'lnguage' is not known; did you mean language?",
        "units!D1: there is no column 'titel'; did you mean title?",
        "criteria!A3: unit: units has no 'ac11'; did you mean ac1?",
        "criteria!A4: unit: it belongs to nothing; use one of ac1, ac2, ac3",
        "critera: there is no such sheet; did you mean criteria?",
    ]


def test_what_a_file_may_not_say_is_placed_in_the_table(folder: Path) -> None:
    change(folder, "about", ("version;1.0.0", "version;first"))
    change(folder, "criteria", ("ac1;ac1.cd2;", "ac1;AC1;"), (";cumplimiento;", ";kumplimiento;"))
    change(folder, "levels", ("met;Cumple", "met;"))
    change(folder, "scales", ("Aún no cumple", ""))
    change(folder, "inferred", ("title;", "titel;"))
    faults = said(check_table(folder))
    assert [fault.split(";")[0] for fault in faults] == [
        "about!B5: version: 'first' is not a version",
        "scales!B2: below_label: below_label is missing",
        "levels!C2: label: label is missing",
        "criteria!D2: scale: there is no scale 'kumplimiento'",
        "criteria!B3: id: 'AC1' is not an id",
        "inferred!A2: path: 'titel' leads to nothing in this file",
    ]


def test_warnings_are_placed_too(folder: Path) -> None:
    faults = [str(fault) for fault in check_table(folder).faults]
    assert any(": inferred!2: title is inferred" in fault for fault in faults)
    assert any(": about!B" in fault and "verified_on" in fault for fault in faults)


@pytest.mark.parametrize(
    ("sheet", "old", "new", "fault"),
    [
        ("criteria", "unit;id", "id;unit;id", "criteria!C1: the column id is here twice"),
        ("criteria", "unit;id", "eenheid;id", "criteria!A1: there is no column 'eenheid'"),
        ("criteria", "unit;", ";", "criteria!1: unit: there is no column unit"),
        ("ranges", "subject;items", "subject;", "ranges!C2: this column has no heading"),
        ("about", "id;", "version;", "about!A5: version is here twice"),
        ("about", "key;value", "k;v", "about!1: the first row is not key, value"),
        ("about", "language;es", "language;es;x", "about!C8: there is no third column"),
        ("about", "kind;framework", "kind;frame", "about!B3: kind: there is no such kind"),
        ("scales", "cumplimiento;", ";", "scales!2: id: the id is missing"),
        ("levels", "cumplimiento;met", "other;met", "levels!A2: scale: scales has no 'other'"),
        ("units", "ac3;", "ac1\u202e;", "units!B4: id: U+202E turns the direction"),
    ],
)
def test_each_fault_of_form_has_its_place(
    folder: Path, sheet: str, old: str, new: str, fault: str
) -> None:
    change(folder, sheet, (old, new))
    assert fault in "\n".join(said(check_table(folder)))


def test_a_parent_must_lead_to_the_top(folder: Path) -> None:
    change(folder, "units", (";ac1;", "ac2;ac1;"), (";ac2;", "ac1;ac2;"))
    assert [fault.split(":")[0] for fault in said(check_table(folder))] == ["units!A2", "units!A3"]


def test_units_may_stand_before_those_that_hold_them(folder: Path, framework: Framework) -> None:
    change(folder, "units", (";ac1;", "ac3;ac1;"))
    value = check_table(folder).value
    assert isinstance(value, Framework)
    assert [unit.id for unit in value.units] == ["ac2", "ac3"]
    assert value.units[1].units == framework.units[:1]


def test_units_nested_without_end_are_refused(folder: Path) -> None:
    rows = [f"{f'u{n - 1}' if n else ''};u{n};title" for n in range(5_000)]
    text = "\n".join(["parent;id;title", *rows])
    (folder / "units.csv").write_text(text, encoding="utf-8")
    (folder / "criteria.csv").write_text("unit;id;title;scale\n", encoding="utf-8")
    assert "it is nested too deep" in "\n".join(said(check_table(folder)))


def test_a_name_without_a_value_in_a_cell_is_refused(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx",
        {
            "about": [["key", "value"], ["kind", "positions"]],
            "positions": [["id", "title"], ["a", "A"]],
            "targets": [["position", "framework", "levels"], ["a", "f", "x: G\ny\nx: F"]],
        },
    )
    assert [fault.split(";")[0] for fault in said(check_table(path))] == [
        "targets!C2: levels: 'y' has no value",
        "targets!C2: levels: 'x' is here twice",
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_may_be_separated_as_the_spreadsheet_program_likes(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    text = 'key;value\nkind;kpis\ntitle;"a, b; c"\n'.replace(";", separator, 2)
    (tmp_path / "about.csv").write_text(text.replace("title;", f"title{separator}"), encoding)
    assert "about!" not in "".join(
        fault for fault in said(check_table(tmp_path)) if "title" in fault
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("key;value\ntitle;Año".encode("latin-1"), "about!2: this is not UTF-8"),
        ("key;value".encode("utf-16"), "about!1: it is written in UTF-16"),
        (b'key;value\ntitle;"a"b', "about!2: this is not CSV"),
        (b"k" + b";" * 1_001, "about: it has more than"),
    ],
)
def test_csv_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "about.csv").write_bytes(content)
    assert fault in "\n".join(said(check_table(tmp_path)))


def test_a_folder_without_csv_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("a", encoding="utf-8")
    assert said(check_table(tmp_path))[0].startswith("it holds no CSV files")


def test_a_large_folder_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "about.csv").open("wb") as stream:
        stream.truncate(TABLE_LIMITS.bytes + 1)
    assert said(check_table(tmp_path))[0].startswith("it holds more than 6 MB")


def test_the_sheet_that_explains_is_not_read(folder: Path) -> None:
    (folder / "help.csv").write_bytes(b"\xff\xff")
    assert said(check_table(folder)) == []


def test_cells_that_begin_like_formulas_are_text(framework: Framework, tmp_path: Path) -> None:
    title = '=HYPERLINK("http://example.org";"x")'
    content = as_workbook(framework.model_copy(update={"title": title}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "worksheets" in name]
    assert not any(b"<f>" in part or b"<hyperlink" in part for part in parts)
    (tmp_path / "t.xlsx").write_bytes(content)
    value = check_table(tmp_path / "t.xlsx").value
    assert isinstance(value, Framework)
    assert value.title == title


def test_each_level_of_each_scale_has_its_columns(framework: Framework) -> None:
    headings = as_csv_files(framework)["criteria.csv"].decode("utf-8-sig").split("\r\n")[0]
    assert ";scale;levels.met.text;levels.met.source_label;" in headings


def test_no_csv_file_has_a_cell_that_is_calculated(framework: Framework) -> None:
    hard = framework.model_copy(update={"title": "=1+1", "description": "@SUM(1)"})
    about = as_csv_files(hard)["about.csv"].decode("utf-8-sig")
    assert "title;'=1+1" in about
    assert "description;'@SUM(1)" in about


def test_whole_numbers_and_dates_of_a_spreadsheet_are_taken_as_written(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx",
        {
            "about": [
                ["key", "value"],
                ["kind", "kpis"],
                ["source.verified_on", date(2026, 1, 15)],
            ],
            "corrections": [["line", "raw", "mended", "reason"], [7, 4, True, "r"]],
        },
    )
    faults = "\n".join(said(check_table(path)))
    assert "verified_on" not in faults
    assert "corrections" not in faults


def test_a_formula_counts_as_what_was_last_shown(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        page = workbook.add_worksheet("about")
        page.write_row(0, 0, ["key", "value"])
        page.write_string(1, 0, "version")
        page.write_formula(1, 1, '="fir"&"st"', None, "shown")
    assert "about!B2: version: 'shown' is not a version" in "\n".join(said(check_table(path)))


def test_sheets_and_columns_may_be_left_out_and_stand_in_any_order(
    folder: Path, framework: Framework
) -> None:
    for name in ("scripts", "slots", "scopes", "knowledge", "indicators", "help"):
        (folder / f"{name}.csv").unlink()
    text = "label;code;scale\nCumple;met;cumplimiento\n"
    (folder / "levels.csv").write_text(text, encoding="utf-8")
    value = check_table(folder).value
    assert value is not None
    assert compiled(value) == compiled(framework)


def test_what_a_spreadsheet_made_of_a_text_is_refused_rather_than_guessed(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"about": [["key", "value"], ["code", 25.1]]})
    (fault,) = said(check_table(path))
    place, remedy = fault.split("; ")
    assert place == "about!B2: 25.1 is a number, a time or a duration, no text"
    assert remedy == "format the cell as text, then write it again"


def test_a_cell_longer_than_a_workbook_keeps_is_refused_and_csv_takes_it(
    framework: Framework, tmp_path: Path
) -> None:
    long = framework.model_copy(update={"context": tuple("x" * 299 for _ in range(120))})
    with pytest.raises(Exception, match="export to csv") as caught:
        as_workbook(long)
    assert getattr(caught.value, "faults", ()) == ("about!B16 has more",)
    for name, content in as_csv_files(long).items():
        (tmp_path / name).write_bytes(content)
    value = check_table(tmp_path).value
    assert value is not None
    assert compiled(value) == compiled(long)


def _far(name: str, content: bytes) -> bytes:
    """Move the last cell of the first sheet to the end of the world."""
    return content.replace(b'r="B2"', b'r="XFD1048576"') if name.endswith("sheet1.xml") else content


def _wide(name: str, content: bytes) -> bytes:
    """Move a cell of every sheet far, but not as far as one sheet alone may go."""
    far = b'<row><c r="GR7000"/></row></sheetData>'
    return content.replace(b"</sheetData>", far) if "worksheets" in name else content


def _unplaced(name: str, content: bytes) -> bytes:
    """Add a row of cells that don't say where they are."""
    row = b"<row>" + b"<c/>" * 1_001 + b"</row></sheetData>"
    return content.replace(b"</sheetData>", row) if name.endswith("sheet1.xml") else content


def _laughing(name: str, content: bytes) -> bytes:
    """Define an entity."""
    if not name.endswith("sheet1.xml"):
        return content
    return content.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)


def _cut(name: str, content: bytes) -> bytes:
    """Cut a part off."""
    return content[: len(content) // 2] if name.endswith("sheet1.xml") else content


def _without_book(name: str, content: bytes) -> bytes:
    """Empty the list of sheets."""
    return b"<a/>" if name == "xl/_rels/workbook.xml.rels" else content


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (_far, "it has more than 30000 rows, 1000 columns"),
        (_wide, "it has more than 30000 rows, 1000 columns"),
        (_unplaced, "it has more than 30000 rows, 1000 columns"),
        (_laughing, "it holds a document type"),
        (_cut, "it is damaged"),
        (_without_book, "it is not an XLSX workbook"),
    ],
)
def test_a_workbook_that_was_tampered_with_is_refused(
    framework: Framework, tmp_path: Path, damage: Callable[[str, bytes], bytes], fault: str
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(repack(as_workbook(framework), damage))
    assert said(check_table(path))[0].startswith(fault)


def _archive(name: str, content: bytes, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with one part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def _lying() -> bytes:
    """Return a workbook with a part that unpacks to a thousand times what it says."""
    content = bytearray(_archive("xl/workbook.xml", b" " * 50_000_000))
    for header in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.index(header) + (22 if header.endswith(b"\x04") else 24)
        struct.pack_into("<I", content, at, 50_000)
    return bytes(content)


def _encrypted() -> bytes:
    """Return a zip whose part says that it needs a password."""
    content = bytearray(_archive("xl/workbook.xml", b"a"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


HOSTILE = {
    "empty": (b"", "the file is empty"),
    "text": (b"key;value\n", "it is not an XLSX workbook"),
    "zip": (_archive("a.txt", b"a"), "it is not an XLSX workbook"),
    "old or encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "it is protected"),
    "encrypted": (_encrypted(), "it is protected by a password"),
    "packed otherwise": (
        _archive("xl/workbook.xml", b"<a/>", zipfile.ZIP_LZMA),
        "it is not an XLSX workbook; save it as .xlsx",
    ),
    "bomb": (_archive("xl/workbook.xml", b" " * 400_000_000), "unpacked it is larger than"),
    "lying": (_lying(), "it is not an XLSX workbook"),
    "large": (b"PK" + b"\0" * TABLE_LIMITS.bytes, "the file is larger than 6 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(tmp_path: Path, name: str) -> None:
    content, fault = HOSTILE[name]
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    (first,) = said(check_table(path))
    assert first.startswith(fault)


def test_a_workbook_of_very_many_sheets_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {f"s{number}": [] for number in range(41)})
    assert said(check_table(path)) == ["it has more than 40 sheets; remove some"]


def test_a_file_that_is_no_table_by_its_name_is_refused(
    framework: Framework, tmp_path: Path
) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(as_workbook(framework))
    (fault,) = said(check_table(path))
    assert fault.startswith("it is no table that can be read; give a workbook (.xlsx)")


@pytest.mark.parametrize("name", ["bomb", "lying"])
def test_a_bomb_costs_little_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(HOSTILE[name][0])
    tracemalloc.start()
    try:
        assert check_table(path).value is None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000  # bytes
