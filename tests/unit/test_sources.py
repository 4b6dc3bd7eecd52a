"""Every letter of every source is accounted for, and the walker that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from competency.resources import FRAMEWORKS
from tools.source_files import Walked, walked
from tools.source_text import Claim, SourceText, Stretch, coverage
from tools.sources_table import page
from tools.walk_sources import SOURCES, TABLE, main, report

SHIPPED = walked(FRAMEWORKS, SOURCES)


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: str(source.document))
def test_every_letter_of_a_shipped_source_is_accounted_for(source: Walked) -> None:
    assert source.coverage.is_whole, "\n".join(report(source))


def test_the_table_of_the_sources_is_current() -> None:
    kept = (FRAMEWORKS / TABLE).read_text(encoding="utf-8")
    assert kept == page(SHIPPED), "run: python -m tools.walk_sources --write-table"


TEXT = "A. Greets the\n   caller\n\n|\nGreets twice\nThe end\n"
GREETS = Claim("f", "greets", (1,), "A. Greets the caller")
TWICE = Claim("f", "twice", (5,), "Greets twice")
END = Claim("f", "", (6,), None, "not a statement")


def uncovered(*claims: Claim) -> list[tuple[int, str]]:
    found = coverage(SourceText.of(TEXT), claims)
    assert found.lost == ()
    return [(stretch.line, stretch.words) for stretch in found.uncovered]


def test_words_run_on_over_lines_and_signs_need_no_claim() -> None:
    found = coverage(SourceText.of(TEXT), [GREETS, TWICE, END])
    assert (found.lines, found.covered) == (4, 4)
    assert found.is_whole
    assert found.twice == ()


def test_what_nobody_claims_is_named_with_its_line() -> None:
    assert uncovered(TWICE, END) == [(1, "A. Greets the"), (2, "caller")]
    assert uncovered(GREETS, Claim("f", "x", (5,), "twice"), END) == [(5, "Greets")]
    assert uncovered(GREETS, TWICE) == [(6, "The end")]
    assert coverage(SourceText.of(TEXT), [GREETS, TWICE]).covered == 3


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (Claim("f", "x", (2,), "Greets the caller"), 2),
        (Claim("f", "x", (5,), "greets twice"), 5),
        (Claim("f", "x", (5,), "Greets  twice"), 5),
        (Claim("f", "x", (0,), "The end"), 0),
        (Claim("f", "x", (5, 6), "Greets twice"), 6),
        (Claim("f", "", (3,), None, "blank"), 3),
        (Claim("f", "", (7,), "", "nothing"), 7),
    ],
)
def test_words_that_dont_begin_where_they_claim_are_lost(claim: Claim, line: int) -> None:
    found = coverage(SourceText.of(TEXT), [GREETS, TWICE, END, claim])
    assert found.lost == ((claim, line),)
    assert not found.is_whole


def test_a_claim_on_several_lines_covers_each_or_runs_over_them() -> None:
    source = SourceText.of("Key activity\nEquipment\nKey activity\n")
    repeated = Claim("f", "unit", (1, 3), "Key activity")
    assert coverage(source, [repeated]).uncovered == (Stretch(2, "Equipment"),)
    running = Claim("f", "", (1, 2, 3), "activity Equipment Key", "as one")
    assert coverage(source, [running]).lost == ()


def test_equal_words_in_one_line_are_told_apart_and_the_same_letters_are_not() -> None:
    source = SourceText.of("mail order, mail")
    order, mail = Claim("f", "order", (1,), "mail order"), Claim("f", "mail", (1,), "mail")
    assert coverage(source, [mail, order]).twice == ()
    assert coverage(source, [mail, order]).is_whole
    again = Claim("g", "again", (1,), "mail order")
    assert coverage(source, [order, mail, again]).twice == ((order, again),)


FRAMEWORK = """\
id: greeting
version: 1.0.0
title: Greeting
language: en
source:
  document: source.txt
  placed: [{path: title, line: 1, raw_text: GREETING}]
  corrections: [{line: 3, raw: Saiz, mended: Says, reason: misprint}]
  left_out: [{lines: [5], raw: (page 1), reason: a page number}]
references: [{scheme: EQF, code: "4", source: {line: 5, raw_text: EQF 4}}]
scales: {depth: {levels: [{code: B, label: Basic}], below_label: Not yet}}
units:
  - id: calls
    title: Calls
    source: {line: 2, raw_text: 1. Calls}
    criteria:
      - id: calls.name
        title: Says the name.
        scale: depth
        levels: {B: {text: Always, source: {line: 4, raw_text: B Always}}}
        source: {line: 3, raw_text: Saiz the name., correction: misprint}
outcome: {unit: {rule: all}, framework: {rule: none}}
"""
SOURCE = "GREETING\n1. Calls\nSaiz the name.\nB Always\nEQF 4 (page 1)\n"
PARTS = {
    "placed": ("  placed: [{path: title, line: 1, raw_text: GREETING}]\n", "GREETING"),
    "left_out": ("  left_out: [{lines: [5], raw: (page 1), reason: a page number}]\n", "page 1"),
    "reference": (", source: {line: 5, raw_text: EQF 4}", "EQF 4"),
    "unit": ("    source: {line: 2, raw_text: 1. Calls}\n", "1. Calls"),
    "descriptor": (", source: {line: 4, raw_text: B Always}", "B Always"),
    "criterion": (
        "        source: {line: 3, raw_text: Saiz the name., correction: misprint}\n",
        "Saiz the name",
    ),
}


def walk(folder: Path, text: str, *arguments: str) -> tuple[int, str]:
    """Walk one framework against its source and return the exit code and the report."""
    place = folder / "files" / "greeting"
    place.mkdir(parents=True, exist_ok=True)
    (place / "1.0.0.yaml").write_text(text, encoding="utf-8")
    (folder / "source.txt").write_text(SOURCE, encoding="utf-8")
    where = ["--data", str(folder / "files"), "--sources", str(folder)]
    result = CliRunner().invoke(main, [*where, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_a_file_that_accounts_for_everything_passes(tmp_path: Path) -> None:
    assert walk(tmp_path, FRAMEWORK) == (0, "source.txt: 5 of 5 lines accounted for\n")


@pytest.mark.parametrize(("note", "words"), PARTS.values(), ids=PARTS)
def test_without_any_one_note_the_walk_fails(tmp_path: Path, note: str, words: str) -> None:
    assert note in FRAMEWORK
    code, output = walk(tmp_path, FRAMEWORK.replace(note, ""))
    assert code == 1
    assert f"nobody accounts for {words!r}" in output


def test_files_of_one_source_answer_for_it_together(tmp_path: Path) -> None:
    note, _ = PARTS["unit"]
    walk(tmp_path, FRAMEWORK)
    other = tmp_path / "files" / "other"
    other.mkdir()
    beside = FRAMEWORK.replace("id: greeting", "id: other")
    (other / "1.0.0.yaml").write_text(beside, encoding="utf-8")
    code, output = walk(tmp_path, FRAMEWORK.replace(note, ""))
    assert code == 0
    assert "twice: " in output
    assert "greeting/1.0.0.yaml calls.name and other/1.0.0.yaml calls.name" in output


def test_words_that_stand_elsewhere_are_reported_with_their_item(tmp_path: Path) -> None:
    code, output = walk(tmp_path, FRAMEWORK.replace("{line: 4, raw", "{line: 3, raw"))
    assert code == 1
    who = "line 3: greeting/1.0.0.yaml calls.name.levels.B claims 'B Always'"
    assert f"{who}, which doesn't begin there" in output


def test_the_table_says_where_everything_went(tmp_path: Path) -> None:
    assert walk(tmp_path, FRAMEWORK, "--write-table")[0] == 0
    rows = (tmp_path / "files" / TABLE).read_text(encoding="utf-8").splitlines()
    for row in (
        "| 1 | GREETING | greeting/1.0.0.yaml: title |",
        "| 2 | 1. Calls | greeting/1.0.0.yaml: calls |",
        "| 4 | B Always | greeting/1.0.0.yaml: calls.name.levels.B |",
        "| 5 | EQF 4 | greeting/1.0.0.yaml: references\\[0] |",
        "| 5 | (page 1) | left out: a page number |",
        "| 3 | Saiz | Says | misprint |",
    ):
        assert row in rows
