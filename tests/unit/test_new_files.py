"""``competency frameworks new``: first files of every kind, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from competency.cli import main
from competency.files import kinds
from competency.files.checking import Checked, check_file, check_together
from competency.files.faults import Severity
from competency.files.fields import keys
from competency.files.starting import FILL_IN
from competency.frameworks.translations import texts_of
from tools.field_reference import EXAMPLES, ORDER

LANGUAGES = ("en", "es-CL", "it", "ru", "pt")
ABOUT = {
    "paths": EXAMPLES / "positions.yaml",
    "questions": EXAMPLES / "framework.yaml",
    "translation": EXAMPLES / "framework.yaml",
}
IDS = {"translation": "back-office-agent"}


def run(*arguments: str | Path) -> Result:
    words = ["frameworks", *(str(argument) for argument in arguments)]
    result = CliRunner().invoke(main, words)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def new(kind: str, language: str, output: Path) -> Checked:
    """Write a first file, and return it checked together with the examples."""
    about: list[str | Path] = ["--about", ABOUT[kind]] if kind in ABOUT else []
    name = IDS.get(kind, "mine")
    result = run("new", kind, name, "--language", language, *about, "--output", output)
    assert result.exit_code == 0, result.output
    around = [value for path in EXAMPLES.glob("*.yaml") if (value := check_file(path).value)]
    [checked] = check_together([check_file(output)], around)
    return checked


def languages_of(kind: str) -> tuple[str, ...]:
    return tuple(x for x in LANGUAGES if (kind, x) != ("translation", "en"))


@pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in ORDER for language in languages_of(kind)]
)
def test_a_first_file_is_sound_and_every_place_to_fill_in_is_a_warning(
    tmp_path: Path, kind: str, language: str
) -> None:
    path = tmp_path / "draft.yaml"
    checked = new(kind, language, path)
    assert checked.kind == kind
    assert checked.value is not None, [str(fault) for fault in checked.faults]
    assert getattr(checked.value, "language", None) == language
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = [n for n, line in enumerate(lines, 1) if FILL_IN in line and line[0] != "#"]
    warned = [f.line for f in checked.faults if f.message == "it is still to be filled in"]
    assert marked
    assert warned == marked


@pytest.mark.parametrize("kind", ORDER)
def test_every_key_of_the_top_is_explained_in_the_words_of_the_reference(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "draft.yaml"
    new(kind, "es", path)
    lines = path.read_text(encoding="utf-8").splitlines()
    known = kinds.kind_named(kind)
    assert known is not None
    for key in keys(known.model):
        above = [line for line in lines if line.startswith(f"# {key.description}")]
        unused = [line for line in lines if line.startswith(f"# {key.name}:  # {key.description}")]
        assert len(above) + len(unused) >= 1
        assert not (unused and key.is_required)


def test_the_words_to_choose_from_stand_beside_a_key(tmp_path: Path) -> None:
    new("kpis", "en", tmp_path / "draft.yaml")
    text = (tmp_path / "draft.yaml").read_text(encoding="utf-8")
    assert "One of higher, lower, in_range, unstated.\n    direction: unstated" in text


def test_a_key_that_is_uncommented_may_stay_empty_or_says_what_it_wants(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    new("framework", "en", path)
    text = path.read_text(encoding="utf-8").replace("# code:  #", "code:  #", 1)
    path.write_text(text, encoding="utf-8")
    assert check_file(path).value is not None


def test_a_scale_begins_in_the_words_of_the_language(tmp_path: Path) -> None:
    new("framework", "ru", tmp_path / "ru.yaml")
    assert "Пока не выполняет" in (tmp_path / "ru.yaml").read_text(encoding="utf-8")
    new("framework", "pt", tmp_path / "pt.yaml")
    assert f"below_label: {FILL_IN}" in (tmp_path / "pt.yaml").read_text(encoding="utf-8")


def test_a_translation_holds_every_text_with_the_original_above_it(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    new("translation", "it", path)
    lines = path.read_text(encoding="utf-8").splitlines()
    original = check_file(ABOUT["translation"]).value
    assert original is not None
    texts = texts_of(original)
    for place, words in texts.items():
        indent = "  " * (len(place) - 1)
        assert f"{indent}# {words}" in lines
        begins = "- " if isinstance(place[-1], int) else f"{place[-1]}:"
        assert lines[lines.index(f"{indent}# {words}") + 1].startswith(indent + begins)
    assert sum(line.endswith(f" {FILL_IN}") for line in lines) == len(texts) + 1


def test_what_is_still_to_be_filled_in_does_not_count_as_translated(tmp_path: Path) -> None:
    checked = new("translation", "it", tmp_path / "draft.yaml")
    assert "0% of the words are translated" in {fault.message for fault in checked.faults}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    result = run("new", "kpis", "mine", "--output", path)
    assert result.exit_code == 1
    assert "nothing was written" in result.output
    assert path.read_text(encoding="utf-8") == "mine"


def test_without_a_place_it_is_printed_and_with_one_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "mine" / "1.0.0.yaml"
    assert run("new", "kpis", "mine", "--output", path).output == f"{path}\n"
    assert run("new", "kpis", "mine").output == path.read_text(encoding="utf-8")
    assert run("check", path).exit_code == 0


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("new", "kpis", "mine", "--output", tmp_path / "file" / "1.0.0.yaml")
    assert result.exit_code == 1
    assert "can't be written" in result.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["recipe", "mine"], "positions"),
        (["kpis", "Mine"], "not an id"),
        (["kpis", "mine", "--language", "Spanish"], "not a language"),
        (["paths", "mine"], "two of them"),
        (["paths", "mine", "--about", str(EXAMPLES / "kpis.yaml")], "two of them"),
        (["questions", "mine"], "lists knowledge"),
        (["questions", "mine", "--about", str(EXAMPLES / "kpis.yaml")], "lists knowledge"),
        (["translation", "mine", "--language", "it"], "of that id"),
        (["translation", "other", "--about", str(ABOUT["translation"])], "of that id"),
        (["translation", "back-office-agent", "--about", str(ABOUT["translation"])], "another"),
    ],
)
def test_what_cannot_begin_is_misuse(arguments: list[str], word: str) -> None:
    result = run("new", *arguments)
    assert result.exit_code == 2
    assert word in result.output


def test_a_file_that_cannot_be_used_begins_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("kind: positions\n", encoding="utf-8")
    result = run("new", "paths", "mine", "--about", broken)
    assert result.exit_code == 1
    assert "positions is missing" in result.output


def test_paths_follow_the_positions_that_a_first_file_of_positions_has(tmp_path: Path) -> None:
    positions, paths = tmp_path / "positions.yaml", tmp_path / "paths.yaml"
    assert run("new", "positions", "jobs", "--output", positions).exit_code == 0
    assert run("new", "paths", "way", "--about", positions, "--output", paths).exit_code == 0
    assert run("check", positions, paths).exit_code == 0
    faults = [f for f in check_file(positions).faults if f.severity is Severity.FAULT]
    assert faults == []
