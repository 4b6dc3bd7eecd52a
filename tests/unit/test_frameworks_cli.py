"""``competency frameworks`` without a database."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from competency import formats
from competency.frameworks.cli import frameworks_group
from competency.resources import FRAMEWORKS

READ = formats.MODULES
FILE = FRAMEWORKS / "supervisor-oficina-comercial" / "1.0.0.yaml"
ID = "supervisor-oficina-comercial"
READ = formats.MODULES
"""Registers every kind, as the whole command does."""


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(frameworks_group, [str(argument) for argument in arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def add(folder: Path, name: str, *replacements: tuple[str, str]) -> Path:
    text = FILE.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add(tmp_path, f"{ID}/1.0.0.yaml")
    add(tmp_path, f"{ID}/1.9.0.yaml", ("version: 1.0.0", "version: 1.9.0"))
    add(tmp_path, f"{ID}/1.10.0.yaml", ("version: 1.0.0", "version: 1.10.0"))
    return tmp_path


def test_the_shipped_files_pass_with_warnings() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "faults: 0" in result.output
    assert "(warning)" in result.output


def test_every_fault_of_every_file_is_shown_in_one_run(tmp_path: Path) -> None:
    add(tmp_path, "a/one.yaml", ("id: ac1\n", "id: AC1\n"), ("scale: cump", "scale: kump"))
    add(tmp_path, "b/two.yml", ("language: es", "language: Spanish"))
    add(tmp_path, "c.yaml")
    (tmp_path / "notes.txt").write_text("no framework", encoding="utf-8")
    result = run("check", tmp_path)
    assert result.exit_code == 1
    faults = [line for line in result.output.splitlines() if line and "(warning)" not in line]
    assert faults[-1].startswith("files: 3, faults: 3, warnings: ")
    assert len(faults) == 4
    assert faults[0].startswith(f"{tmp_path / 'a' / 'one.yaml'}:91:9: units[0].id: 'AC1' is not")
    assert "did you mean cumplimiento?" in faults[1]
    assert str(tmp_path / "b" / "two.yml") in faults[2]


def test_files_and_folders_can_be_named_together_and_count_once(folder: Path) -> None:
    result = run("check", folder / ID, folder / ID / "1.9.0.yaml", FILE)
    assert "files: 4, faults: 0" in result.output


def test_check_speaks_json(tmp_path: Path) -> None:
    path = add(tmp_path, "one.yaml", ("version: 1.0.0", "version: first"))
    result = run("check", path, "--json")
    assert result.exit_code == 1
    report = json.loads(result.output)
    assert report["files"] == [str(path)]
    (fault,) = report["faults"]
    assert (fault["line"], fault["column"], fault["path"]) == (5, 10, "version")
    assert fault["severity"] == "fault"
    assert fault["text"].startswith(f"{path}:5:10: version: 'first' is not a version; ")
    assert {warning["severity"] for warning in report["warnings"]} == {"warning"}


@pytest.mark.parametrize("arguments", [("check", "missing.yaml"), ("check", "--strange"), ("nod",)])
def test_misuse_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_folder_without_files_is_misuse_and_not_success(tmp_path: Path) -> None:
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert "no YAML files" in result.output


def test_list_shows_the_shipped_frameworks() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "1.0.0" in result.output
    (row,) = [row for row in json.loads(run("list", "--json").output) if row["id"] == ID]
    assert row == {
        "id": ID,
        "version": "1.0.0",
        "title": "Supervisor de oficina comercial",
        "language": "es",
        "units": 3,
        "criteria": 15,
        "inferred": 11,
    }


def test_list_orders_versions_by_number_and_names_broken_files(folder: Path) -> None:
    add(folder, f"{ID}/2.0.0.yaml", ("version: 1.0.0", "version: 3.0.0"))
    add(folder, "drafts/draft.yaml")
    result = run("list", "--data", folder, "--json")
    assert [row["version"] for row in json.loads(result.stdout)] == ["1.0.0", "1.9.0", "1.10.0"]
    assert "2.0.0.yaml can't be used" in result.stderr


def test_show_gives_the_newest_version_or_the_one_named(folder: Path) -> None:
    newest = json.loads(run("show", ID, "--data", folder, "--json").output)
    assert newest["version"] == "1.10.0"
    named = json.loads(run("show", ID, "--version", "1.9.0", "--data", folder, "--json").output)
    assert named["version"] == "1.9.0"


def test_show_prints_every_statement() -> None:
    result = run("show", ID)
    assert result.exit_code == 0
    for words in ("ac1.cd1: Los equipos", "Aún no cumple < Cumple", "inferred: title", "ac3.cd5"):
        assert words in result.output
    words_in_order = re.sub(r"[│├└─\s]+", " ", result.output)
    assert "es verificado al inicio de la jornada de acuerdo" in words_in_order


def test_show_says_when_there_is_no_such_framework(folder: Path) -> None:
    for arguments in (["nobody"], [ID, "--version", "7.0.0"]):
        result = run("show", *arguments, "--data", folder)
        assert result.exit_code == 1
        assert "There is no framework" in result.output
        assert "frameworks list" in result.output


def test_the_json_schema_of_a_kind_is_printed() -> None:
    for name in ("framework", "positions", "kpis", "paths", "questions", "translation"):
        kept = (FRAMEWORKS / f"{name}.schema.json").read_text(encoding="utf-8")
        assert run("schema", name).output == kept
    assert run("schema").output == run("schema", "framework").output


def test_the_schema_of_a_kind_that_nobody_reads_is_misuse() -> None:
    result = run("schema", "recipe")
    assert result.exit_code == 2
    assert "translation" in result.output
