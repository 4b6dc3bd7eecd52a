"""The shipped framework against its source, statement by statement."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from competency.files.checking import check_file
from competency.files.faults import Severity
from competency.frameworks.schema import BELOW, Criterion, Framework, Unit
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

SOURCE = Path(__file__).parent.parent / "data" / "000_1903ca0785bd8c59.txt"
FILE = FRAMEWORKS / "supervisor-oficina-comercial" / "1.0.0.yaml"

LINES = SOURCE.read_text(encoding="utf-8").split("\n")
NUMBERED = [
    (number, re.sub(r"^[1-9]\. ", "", line))
    for number, line in enumerate(LINES, start=1)
    if re.match(r"[1-9]\. ", line)
]
ACTIVITIES = [(number, text) for number, text in NUMBERED if text.isupper()]
STATEMENTS = [(number, text) for number, text in NUMBERED if not text.isupper()]
IDS = [f"ac{activity}.cd{criterion}" for activity in (1, 2, 3) for criterion in (1, 2, 3, 4, 5)]


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(FILE)


def test_the_source_has_three_activities_and_fifteen_statements() -> None:
    assert len(ACTIVITIES) == 3
    assert len(STATEMENTS) == 15


@pytest.mark.parametrize(
    ("criterion_id", "found"), list(zip(IDS, STATEMENTS, strict=True)), ids=IDS
)
def test_a_statement_is_the_sources_word_for_word(
    framework: Framework, criterion_id: str, found: tuple[int, str]
) -> None:
    line, words = found
    criterion = framework.criterion(criterion_id)
    assert criterion.title == words.replace("al incio de", "al inicio de")
    assert criterion.source is not None
    assert criterion.source.line == line
    assert criterion.source.raw_text == LINES[line - 1]
    assert (criterion.source.correction is not None) == (criterion.title != words)


def test_nothing_else_is_in_the_file(framework: Framework) -> None:
    assert [criterion.id for criterion in framework.criteria()] == IDS
    assert [unit.id for unit in framework.all_units()] == ["ac1", "ac2", "ac3"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_activity_keeps_its_words_in_ordinary_letters(framework: Framework, number: int) -> None:
    unit = framework.units[number - 1]
    line, words = ACTIVITIES[number - 1]
    assert unit.id == f"ac{number}"
    assert unit.code is None
    assert unit.title == words.capitalize()
    assert unit.source is not None
    assert unit.source.raw_text == LINES[line - 1]
    assert unit.source.line == line


def test_every_difference_from_the_source_is_logged(framework: Framework) -> None:
    assert framework.source is not None
    logged = {(found.line, found.raw, found.mended) for found in framework.source.corrections}
    headings = {(line, words, words.capitalize()) for line, words in ACTIVITIES}
    assert logged == headings | {(20, "incio", "inicio")}


def test_what_a_statement_must_agree_with_is_in_its_words(framework: Framework) -> None:
    items: list[Criterion | Unit] = [*framework.criteria(), *framework.all_units()]
    for item in items:
        tail = item.title[item.title.rindex("de acuerdo a ") + len("de acuerdo a ") :]
        named = re.split(r", | y ", tail.removesuffix("."))
        expected = [name.removeprefix("la ") for name in named]
        assert list(item.governing_references) == expected, item.id


def test_the_cases_a_statement_names_are_kept(framework: Framework) -> None:
    ranges = {
        criterion.id: (criterion.ranges[0].subject, criterion.ranges[0].items)
        for criterion in framework.criteria()
        if criterion.ranges
    }
    assert set(ranges) == {
        criterion.id
        for criterion in framework.criteria()
        if re.search(r"tal(es)? como", criterion.title)
    }
    assert ranges == {
        "ac2.cd5": (
            "datos asociados al control de la operación",
            ("indicadores de gestión", "desempeño del personal"),
        ),
        "ac3.cd1": (
            "apoyo técnico solicitado por los ejecutivos",
            ("entrega de información", "conocimientos", "derivaciones"),
        ),
        "ac3.cd5": ("datos de la operación", ("problemas operacionales", "aspectos de mejora")),
    }
    for criterion in framework.criteria():
        for found in criterion.ranges:
            assert all(item in criterion.title for item in (found.subject, *found.items))


def test_it_speaks_the_words_used_in_chile(framework: Framework) -> None:
    scale = framework.scale_of("ac1.cd1")
    assert framework.language == "es"
    assert {criterion.scale for criterion in framework.criteria()} == {"cumplimiento"}
    assert scale.codes() == ("met",)
    assert (scale.label("met"), scale.label(BELOW)) == ("Cumple", "Aún no cumple")
    assert framework.result_label("competent") == "Competente"
    assert framework.result_label("not_yet_competent") == "Aún no competente"
    assert framework.terms.unit == "Actividad clave"
    assert framework.terms.criterion == "Criterio de desempeño"


def test_what_the_source_lacks_stays_empty_or_is_marked_inferred(framework: Framework) -> None:
    assert framework.source is not None
    assert framework.source.document == SOURCE.name
    assert framework.source.verified_on is None
    assert framework.code is None
    assert framework.knowledge is None
    assert all(criterion.evidence is None for criterion in framework.criteria())
    inferred = {reading.path for reading in framework.inferred}
    assert {"title", "outcome.unit", "outcome.framework", "scales.cumplimiento"} <= inferred
    absent = " ".join(found.part for found in framework.source.absent)
    assert all(word in absent for word in ("conocimientos", "conductuales", "evidencias", "UCL"))


def test_the_place_is_kept_as_context(framework: Framework) -> None:
    assert framework.context == ("oficina comercial",)
    assert framework.units[2].context == ("oficina comercial",)
    assert "context" in {reading.path for reading in framework.inferred}


def test_all_of_an_activity_and_all_activities_are_asked_for(framework: Framework) -> None:
    assert framework.outcome.unit.rule == "all"
    assert framework.outcome.unit.at_least == "met"
    assert framework.outcome.framework.at_least == "competent"


def test_the_lint_only_warns() -> None:
    checked = check_file(FILE)
    assert {fault.severity for fault in checked.faults} == {Severity.WARNING}
    said = " ".join(str(fault) for fault in checked.faults)
    assert "none of the 15 criteria has an evidence rule" in said
    assert "no list of knowledge" in said
    assert said.count("is inferred") == 11
