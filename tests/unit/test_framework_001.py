"""The progression criteria against their source, level by level."""

from __future__ import annotations

import re

import pytest

from competency.files.checking import check_file
from competency.files.faults import Severity
from competency.frameworks.schema import Criterion, Framework
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework
from tests.support.sources import read_lines

SOURCE = "001_68c0b6034cdb9fae.txt"
FILE = FRAMEWORKS / "customer-service-progression" / "1.0.0.yaml"
LINES = read_lines(SOURCE)
UNITS = {"organisation": "Organización", "people": "Personas"}
LEVELS = ["n1", "n2", "n3"]

LETTERS = {
    "product-knowledge": "GFE",
    "platform-knowledge": "GFE",
    "process-knowledge": "GFE",
    "autonomy": "GFE",
    "complexity": "GFE",
    "supplier-relations": "GFE",
    "planning": "GFE",
    "responsibility": "GCB",
    "customer-focus": "DCB",
    "ambiguity": "DCB",
    "trust": "DCB",
    "leadership": "DCB",
}

Cell = tuple[str, str | None]


def read_source() -> list[tuple[int, str, str, list[Cell]]]:
    """Return line, heading, dimension and the three cells of each criterion of the source."""
    found: list[tuple[int, str, str, list[Cell]]] = []
    dimension = ""
    for number, line in enumerate(LINES[:-1], start=1):
        if line in UNITS.values():
            dimension = line
        elif re.fullmatch("[A-Z]", line):
            found[-1][3].append((line, None))
        elif line.isupper():
            found.append((number, line, dimension, []))
        elif line and found:
            letter, text = found[-1][3][-1]
            assert text is None
            found[-1][3][-1] = (letter, line)
    return found


CRITERIA = read_source()
IDS = list(LETTERS)


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(FILE)


def cells(criterion: Criterion) -> list[Cell]:
    """Return the letter and the text of each level, lowest first."""
    assert list(criterion.levels) == LEVELS
    found = criterion.levels.values()
    return [(descriptor.source_label or "", descriptor.text) for descriptor in found]


def test_the_source_has_twelve_criteria_with_thirty_six_cells_of_which_two_are_empty() -> None:
    assert [dimension for _, _, dimension, _ in CRITERIA] == ["Organización"] * 6 + ["Personas"] * 6
    found = [cell for _, _, _, three in CRITERIA for cell in three]
    assert len(found) == 36
    assert len([text for _, text in found if text]) == 34


@pytest.mark.parametrize(("criterion_id", "found"), list(zip(IDS, CRITERIA, strict=True)), ids=IDS)
def test_a_criterion_is_the_sources_word_for_word(
    framework: Framework, criterion_id: str, found: tuple[int, str, str, list[Cell]]
) -> None:
    line, heading, dimension, three = found
    criterion = framework.criterion(criterion_id)
    assert criterion.title == heading.capitalize()
    assert framework.unit_of(criterion_id).title == dimension
    assert cells(criterion) == three
    assert criterion.source is not None
    assert criterion.source.line == line
    words = [heading, *(part for cell in three for part in cell if part)]
    assert criterion.source.raw_text == " ".join(words)
    assert criterion.source.correction is not None


def test_a_criterion_keeps_its_own_letters(framework: Framework) -> None:
    found = {c.id: "".join(letter for letter, _ in cells(c)) for c in framework.criteria()}
    assert found == LETTERS


def test_there_are_two_dimensions_of_six_criteria(framework: Framework) -> None:
    found = {unit.id: (unit.title, len(unit.criteria)) for unit in framework.all_units()}
    assert found == {unit_id: (title, 6) for unit_id, title in UNITS.items()}
    assert [criterion.id for criterion in framework.criteria()] == IDS


def test_thirty_four_texts_and_two_cells_that_only_have_a_letter(framework: Framework) -> None:
    texts = [text for criterion in framework.criteria() for _, text in cells(criterion)]
    assert (len(texts), texts.count(None)) == (36, 2)
    assert cells(framework.criterion("leadership"))[:2] == [("D", None), ("C", None)]


def test_the_sources_quirks_are_kept(framework: Framework) -> None:
    ambiguity = framework.criterion("ambiguity").levels
    assert (ambiguity["n2"].text or "").endswith("resultados claros")
    assert "Encuentra soluciones y lograr metas" in (ambiguity["n3"].text or "")
    autonomy = framework.criterion("autonomy").levels
    assert "una Interlocución con otras áreas" in (autonomy["n2"].text or "")


def test_one_scale_with_neutral_codes_compares_all(framework: Framework) -> None:
    assert list(framework.scales) == ["progression"]
    codes = framework.scales["progression"].codes()
    assert list(codes) == LEVELS
    assert not set("".join(LETTERS.values())).intersection(codes)


def test_every_difference_from_the_source_is_logged(framework: Framework) -> None:
    assert framework.source is not None
    logged = {(found.line, found.raw, found.mended) for found in framework.source.corrections}
    headings = {(line, heading, heading.capitalize()) for line, heading, _, _ in CRITERIA}
    title = " ".join(line for line in LINES[:5] if line)
    assert logged == headings | {(1, title, framework.title)}
    assert framework.title.casefold() == title.casefold().replace(" -", ",")


def test_what_was_read_into_the_source_is_marked(framework: Framework) -> None:
    assert framework.status == "inferred"
    assert framework.outcome.unit.rule == "minimum"
    assert framework.outcome.framework.rule == "minimum"
    readings = {found.path: found.reading for found in framework.inferred}
    assert {"units", "scales.progression", "outcome.unit", "outcome.framework"} <= set(readings)
    orders = {
        criterion_id: readings.get(
            f"units[people].criteria[{criterion_id}].levels", readings["scales.progression.levels"]
        )
        for criterion_id in IDS
    }
    assert orders == {criterion_id: " < ".join(three) for criterion_id, three in LETTERS.items()}


def test_the_tags_are_what_the_texts_mention(framework: Framework) -> None:
    words = {
        "kpi": "KPIs",
        "budget": "presupuestos",
        "suppliers": "proveedores",
        "volume": "volumen",
    }
    for criterion in framework.criteria():
        said = " ".join(text or "" for _, text in cells(criterion))
        assert set(criterion.tags) == {tag for tag, word in words.items() if word in said}


def test_the_scope_of_agents_leaves_out_what_is_not_theirs(framework: Framework) -> None:
    (scope,) = framework.scopes
    assert (scope.id, scope.title) == ("agents", "Agentes")
    tagged = {criterion.id for criterion in framework.criteria() if criterion.tags}
    assert set(scope.leaves_out) == tagged
    assert tagged == {"platform-knowledge", "complexity", "supplier-relations"}
    for criterion_id in scope.leaves_out:
        assert f"«{framework.criterion(criterion_id).title}»" in scope.reason


def test_the_attribution_is_kept_as_printed(framework: Framework) -> None:
    assert framework.source is not None
    assert framework.source.document == SOURCE
    assert framework.source.publisher == LINES[174]
    assert framework.source.licence is None
    assert "redistribuir el texto no está confirmado" in (framework.source.note or "")
    assert str(framework.source.verified_on) == "2026-11-22"


def test_what_the_source_lacks_stays_empty(framework: Framework) -> None:
    assert framework.knowledge is None
    assert framework.certification is None
    assert all(criterion.evidence is None for criterion in framework.criteria())
    assert framework.source is not None
    absent = {found.part for found in framework.source.absent}
    assert {"leyenda de las letras", "regla de progresión", "tamaño de las plataformas"} <= absent


def test_the_lint_only_warns() -> None:
    checked = check_file(FILE)
    assert {fault.severity for fault in checked.faults} == {Severity.WARNING}
    said = " ".join(str(fault) for fault in checked.faults)
    assert "n1, n2 has no text: undefined in the source" in said
    assert said.count("is inferred") == 17
