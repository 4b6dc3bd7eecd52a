"""``competency frameworks export`` and ``import``: what is written where, and exit codes."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from competency import formats
from competency.cli import main
from competency.files.checking import check_file
from competency.files.content import compiled
from competency.frameworks.interchange_cli import export_file, import_table
from competency.resources import FRAMEWORKS

READ = formats.MODULES
ID = "supervisor-oficina-comercial"
FILE = FRAMEWORKS / ID / "1.0.0.yaml"
EXAMPLES = Path(__file__).parent.parent / "data" / "files"


def run(command: click.Command, *arguments: str | Path) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["export", "import"])
def test_both_commands_stand_in_their_group(command: str) -> None:
    result = run(main, "frameworks", command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main frameworks {command}")


@pytest.mark.parametrize(("form", "table"), [("xlsx", f"{ID}-1.0.0.xlsx"), ("csv", f"{ID}-1.0.0")])
def test_a_table_is_written_beside_you_and_taken_back(beside: Path, form: str, table: str) -> None:
    exported = run(export_file, FILE, "--to", form)
    assert exported.exit_code == 0, exported.output
    assert exported.stdout == ""
    imported = run(import_table, table, "--output", "back.yaml")
    assert imported.exit_code == 0, imported.output
    before, after = check_file(FILE).value, check_file(beside / "back.yaml").value
    assert before is not None
    assert after is not None
    assert compiled(after) == compiled(before)


def test_yaml_goes_to_the_screen_and_nothing_else_does(beside: Path) -> None:
    result = run(export_file, FILE, "--to", "yaml")
    assert result.exit_code == 0
    (beside / "copy.yaml").write_text(result.stdout, encoding="utf-8")
    assert run(export_file, "copy.yaml", "--to", "yaml").stdout == result.stdout
    assert "(warning)" in result.stderr


def test_a_translation_is_called_by_what_it_translates(beside: Path) -> None:
    run(export_file, EXAMPLES / "translation.yaml", "--to", "xlsx")
    assert [path.name for path in beside.iterdir()] == ["any-1.0.0.ru.xlsx"]


def test_help_says_that_comments_are_lost() -> None:
    assert "comments" in run(export_file, "--help").output


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_what_is_there_is_only_written_over_by_force(beside: Path, form: str) -> None:
    taken = beside / "taken"
    taken.write_text("mine", encoding="utf-8")
    refused = run(export_file, FILE, "--to", form, "--output", taken)
    assert refused.exit_code == 1
    assert "is there already; add --force" in refused.stderr
    assert taken.read_text(encoding="utf-8") == "mine"
    forced = run(export_file, FILE, "--to", form, "--output", taken, "--force")
    assert forced.exit_code == 0
    assert taken.read_bytes() != b"mine"
    assert [path.name for path in beside.iterdir()] == ["taken"]


def test_a_folder_with_something_in_it_is_only_used_by_force(beside: Path) -> None:
    folder = beside / "mine"
    folder.mkdir()
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    refused = run(export_file, FILE, "--to", "csv", "--output", folder)
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["note.txt"]
    assert run(export_file, FILE, "--to", "csv", "--output", folder, "--force").exit_code == 0
    assert (folder / "note.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "about.csv").exists()


def test_an_import_overwrites_only_by_force(beside: Path) -> None:
    run(export_file, FILE, "--to", "csv", "--output", "table")
    (beside / "taken.yaml").write_text("mine", encoding="utf-8")
    assert run(import_table, "table", "--output", "taken.yaml").exit_code == 1
    assert (beside / "taken.yaml").read_text(encoding="utf-8") == "mine"
    assert run(import_table, "table", "--output", "taken.yaml", "--force").exit_code == 0


def test_a_faulty_table_is_refused_with_its_cells_and_nothing_is_written(beside: Path) -> None:
    run(export_file, FILE, "--to", "csv", "--output", "table")
    about = beside / "table" / "about.csv"
    text = about.read_text(encoding="utf-8-sig").replace("language;es", "language;Spanish")
    about.write_text(text.replace("version;1.0.0", "version;1"), encoding="utf-8")
    result = run(import_table, "table", "--output", "back.yaml")
    assert result.exit_code == 1
    assert "table: about!B5: version: '1' is not a version; write three numbers" in result.stderr
    assert "language: 'Spanish' is not a language" in result.stderr
    assert not (beside / "back.yaml").exists()


def test_a_faulty_file_is_not_exported(beside: Path) -> None:
    (beside / "faulty.yaml").write_text("kind: framework\nid: A\n", encoding="utf-8")
    result = run(export_file, "faulty.yaml", "--to", "xlsx")
    assert result.exit_code == 1
    assert "faulty.yaml:2:5: id: 'A' is not an id" in result.stderr
    assert len(list(beside.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_said() -> None:
    result = run(export_file, FILE, "--to", "xlsx", "--output", "no/such/folder/t.xlsx")
    assert result.exit_code == 1
    assert "can't be written: No such file or directory" in result.stderr
    result = run(export_file, FILE, "--to", "csv", "--output", FILE, "--force")
    assert result.exit_code == 1
    assert "is not a folder" in result.stderr


@pytest.mark.parametrize(
    "arguments", [[FILE], [FILE, "--to", "docx"], ["none.yaml", "--to", "yaml"]], ids=str
)
def test_misuse_ends_with_2(arguments: list[str | Path]) -> None:
    assert run(export_file, *arguments).exit_code == 2
    assert run(import_table, "none.xlsx").exit_code == 2
