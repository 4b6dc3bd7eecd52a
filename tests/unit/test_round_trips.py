"""Whatever is written, as YAML or as a table, is read back equal."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from competency import formats
from competency.files import kinds
from competency.files.checking import Checked, check_document, check_file
from competency.files.content import compiled
from competency.files.reader import read
from competency.files.tables.cells import escaped, joined, split, unescaped
from competency.files.tables.reading import check_table
from competency.files.tables.writing import as_csv_files, as_workbook
from competency.files.writing import WIDTH, as_yaml
from competency.frameworks import rules
from competency.frameworks.schema import Framework
from competency.frameworks.shipped import yaml_files
from competency.resources import FRAMEWORKS
from tests.support.written import HARD, texts, written_frameworks

SHIPPED = yaml_files([FRAMEWORKS])
ROOT = Path(__file__).parent.parent.parent
EXAMPLES = yaml_files([ROOT / "tests" / "data" / "files", *ROOT.glob("docs/examples/*.yaml")])
MANY = 2_000
FEW = 25

easy = settings(
    max_examples=FEW,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
long = settings(easy, max_examples=MANY)


def sound(checked: Checked) -> BaseModel:
    assert checked.value is not None, [str(fault) for fault in checked.faults]
    return checked.value


def through_yaml(value: BaseModel) -> BaseModel:
    return sound(check_document(read(as_yaml(value).encode(), "written.yaml")))


def through_workbook(value: BaseModel) -> BaseModel:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        path.write_bytes(as_workbook(value))
        return sound(check_table(path))


def through_csv(value: BaseModel) -> BaseModel:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in as_csv_files(value).items():
            (Path(folder) / name).write_bytes(content)
        return sound(check_table(Path(folder)))


WAYS = (through_yaml, through_workbook, through_csv)


def survives(value: BaseModel) -> None:
    for way in WAYS:
        assert compiled(way(value)) == compiled(value), way.__name__


@pytest.mark.parametrize("path", [*SHIPPED, *EXAMPLES], ids=str)
def test_every_file_of_every_kind_survives(path: Path) -> None:
    survives(sound(check_file(path)))


def test_the_examples_are_of_every_kind() -> None:
    assert formats.MODULES
    found = {check_file(path).kind for path in (*SHIPPED, *EXAMPLES)}
    assert found == set(kinds.known_kinds())


@easy
@given(written_frameworks())
def test_every_sound_framework_survives(framework: Framework) -> None:
    assert rules.faults(framework.model_dump(mode="json")) == ()
    survives(framework)


@pytest.mark.slow
@long
@given(written_frameworks())
def test_thousands_of_frameworks_survive(framework: Framework) -> None:
    survives(framework)


@pytest.mark.parametrize("path", [*SHIPPED, *EXAMPLES], ids=str)
def test_yaml_is_canonical(path: Path) -> None:
    text = as_yaml(sound(check_file(path)))
    again = check_document(read(text.encode(), "written.yaml"))
    assert as_yaml(sound(again)) == text


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("NO", "title: NO"),
        ("12:30", "title: 12:30"),
        ("1.0", "title: 1.0"),
        ("-5", "title: -5"),
        ("l'agente", "title: l'agente"),
        ("null", 'title: "null"'),
        ("a: b", 'title: "a: b"'),
        ("a # b", 'title: "a # b"'),
        ('"a"', "title: '\"a\"'"),
    ],
)
def test_only_what_needs_quotes_has_them(title: str, line: str) -> None:
    (path, *_) = SHIPPED
    value = sound(check_file(path)).model_copy(update={"title": title})
    assert line in as_yaml(value).splitlines()


def test_long_texts_are_folded_and_short_ones_keep_their_line() -> None:
    for path in SHIPPED:
        lines = as_yaml(sound(check_file(path))).splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert any(line.endswith(">-") for line in lines)


@given(st.lists(texts()))
def test_lists_survive_a_cell(items: list[str]) -> None:
    assert split(joined(items)) == items


@given(st.sampled_from(HARD) | st.text(st.sampled_from("'=+-@a")))
def test_no_csv_cell_begins_like_a_formula_and_none_is_changed(text: str) -> None:
    assert escaped(text)[:1] not in {"=", "+", "-", "@"}
    assert unescaped(escaped(text)) == text
