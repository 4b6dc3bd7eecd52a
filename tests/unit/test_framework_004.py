"""The Italian profile against its source, statement by statement."""

from __future__ import annotations

import re

import pytest

from competency.files.checking import check_file
from competency.files.faults import Severity
from competency.frameworks.schema import BELOW, AssessmentMethod, Framework
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework
from tests.support.sources import read_lines

SOURCE = "004_c4bfc604742e70da.txt"
FILE = FRAMEWORKS / "addetto-gestione-operativa-assistenza-clienti" / "1.0.0.yaml"
LINES = read_lines(SOURCE)

HEADINGS = (
    "SISTEMI DI REFERENZIAZIONE",
    "CONOSCENZE (CONOSCERE)",
    "UNITÀ DI COMPETENZE",
    "CAPACITÀ (ESSERE IN GRADO DI)",
    "INDICATORI VALUTAZIONE",
    "RISULTATO ATTESO VALUTAZIONE",
    "MODALITÀ DI VALUTAZIONE DELLE UNITÀ DI COMPETENZA",
    "File allegati:",
    "Data di aggiornamento",
)
MENDED = {"limpatto": "l'impatto", "sullandamento": "sull'andamento"}
ADA = "Gestione operativa del servizio di accoglienza clienti ed assistenza pre e post vendita"
UNITS = ["uc1", "uc2", "uc3", "uc4"]


def sections() -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the source cut at its headings: each with what stands under it, by line."""
    found: list[tuple[str, list[tuple[int, str]]]] = []
    for number, line in enumerate(LINES, start=1):
        for piece in re.split(f"({'|'.join(map(re.escape, HEADINGS))})", line):
            if piece in HEADINGS:
                found.append((piece, []))
            elif piece.strip(" -") and found:
                words = re.sub(r"^- |internetElementi", _unglued, piece.strip())
                found[-1][1].extend((number, text) for text in words.split("\n") if text)
    return found


def _unglued(found: re.Match[str]) -> str:
    """Return an item's dash as nothing, and a line end where two items were one line."""
    return "" if found.group() == "- " else "internet\nElementi"


def under(heading: str) -> list[list[tuple[int, str]]]:
    """Return what stands under each heading of that name."""
    return [items for name, items in sections() if name == heading]


def mended(text: str) -> str:
    for raw, right in MENDED.items():
        text = text.replace(raw, right)
    return text


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(FILE)


def test_the_source_has_what_the_file_is_counted_by() -> None:
    assert [len(items) for items in under("CONOSCENZE (CONOSCERE)")] == [15]
    assert [len(items) for items in under("CAPACITÀ (ESSERE IN GRADO DI)")] == [4, 4, 4, 4]
    assert [len(items) for items in under("INDICATORI VALUTAZIONE")] == [3, 3, 3, 3]
    assert [len(items) for items in under("RISULTATO ATTESO VALUTAZIONE")] == [1, 1, 1, 1]


@pytest.mark.parametrize("number", range(4), ids=UNITS)
def test_a_unit_is_the_sources_word_for_word(framework: Framework, number: int) -> None:
    unit = framework.units[number]
    ((line, title),) = under("UNITÀ DI COMPETENZE")[number]
    assert (unit.id, unit.title) == (UNITS[number], title)
    assert unit.source is not None
    assert unit.source.line == line
    found = [(c.source.line if c.source else 0, c.title) for c in unit.criteria]
    assert found == [
        (place, mended(text)) for place, text in under("CAPACITÀ (ESSERE IN GRADO DI)")[number]
    ]
    indicators = [(i.source.line if i.source else 0, i.text) for i in unit.indicators]
    assert indicators == under("INDICATORI VALUTAZIONE")[number]
    ((_, result),) = under("RISULTATO ATTESO VALUTAZIONE")[number]
    assert unit.expected_result == mended(result)
    ((_, method),) = under("MODALITÀ DI VALUTAZIONE DELLE UNITÀ DI COMPETENZA")[number]
    assert method.removesuffix(" -") == "Prova pratica in situazione"
    assert unit.assessment_methods == (AssessmentMethod.PRACTICAL_TEST,)


def test_fourteen_lines_hold_fifteen_things_to_know(framework: Framework) -> None:
    assert framework.knowledge is not None
    found = [(item.source.line if item.source else 0, item.text) for item in framework.knowledge]
    assert found == under("CONOSCENZE (CONOSCERE)")[0]
    assert len({line for line, _ in found}) == 14
    glued = [item for item in framework.knowledge if item.source and item.source.correction]
    assert [item.source.line for item in glued if item.source] == [18, 18]


def test_every_item_quotes_its_line(framework: Framework) -> None:
    sources = [unit.source for unit in framework.units]
    sources += [criterion.source for criterion in framework.criteria()]
    sources += [item.source for unit in framework.units for item in unit.indicators]
    sources += [item.source for item in framework.knowledge or ()]
    assert len(sources) == 4 + 16 + 12 + 15
    for source in sources:
        assert source is not None
        assert source.line is not None
        assert source.raw_text is not None
        assert source.raw_text in LINES[source.line - 1]


def test_the_description_is_the_sources_with_its_apostrophes(framework: Framework) -> None:
    words = LINES[5].removeprefix("DESCRIZIONE SINTETICA")
    for raw, right in (
        ("L Addetto", "L'Addetto"),
        ("limpiego", "l'impiego"),
        ("dellandamento", "dell'andamento"),
    ):
        assert words.count(raw) == 1
        words = words.replace(raw, right)
    assert framework.description == words


def test_every_mending_is_logged_and_is_only_an_apostrophe_or_a_break(
    framework: Framework,
) -> None:
    assert framework.source is not None
    broken: set[int] = set()
    apostrophes: dict[str, str] = {}
    for found in framework.source.corrections:
        assert found.line is not None
        assert found.raw in LINES[found.line - 1]
        if " / " in found.mended:
            broken.add(found.line)
        if "apostrofo" in found.reason:
            apostrophes[found.raw] = found.mended
        letters = re.sub(r" / |['\s]", "", found.mended)
        assert letters == re.sub(r"\s", "", found.raw)
    assert apostrophes == MENDED | {
        "limpiego": "l'impiego",
        "dellandamento": "dell'andamento",
        "SINTETICAL Addetto": "SINTETICA / L'Addetto",
    }
    fused = {
        number
        for number, line in enumerate(LINES, start=1)
        if re.search(r"[a-zA-Z)]- |[a-z][A-Z]{2}", line)
    }
    assert fused <= broken
    assert 18 in broken


def test_the_file_says_that_indicators_are_not_paired_with_capabilities(
    framework: Framework,
) -> None:
    assert framework.source is not None
    absent = " ".join(found.part for found in framework.source.absent)
    assert "abbinamento tra indicatori e capacità" in absent


def test_ids_count_within_their_unit(framework: Framework) -> None:
    numbers = (1, 2, 3, 4)
    assert [c.id for c in framework.criteria()] == [f"{u}.cap{n}" for u in UNITS for n in numbers]
    indicators = [item.id for unit in framework.units for item in unit.indicators]
    assert indicators == [f"{u}.ind{n}" for u in UNITS for n in numbers[:3]]
    assert [item.id for item in framework.knowledge or ()] == [f"con{n}" for n in range(1, 16)]


def test_the_public_classifications_keep_scheme_version_and_title(framework: Framework) -> None:
    found = [(r.scheme, r.version, r.code, r.title) for r in framework.references]
    assert found == [
        ("EQF", None, "4", None),
        (
            "ADA",
            "QNQR",
            "25.224.728",
            ADA,
        ),
        ("ISTAT", None, "2.5.1.5", "Specialisti nei rapporti con il mercato"),
    ]
    for reference in framework.references:
        assert f"[{reference.code}]{f' {reference.title}' if reference.title else ''}" in LINES[6]
    assert framework.source is not None
    assert "EQF 4 accanto a un codice ISTAT" in (framework.source.note or "")


def test_the_publishers_date_is_not_ours(framework: Framework) -> None:
    assert LINES[49] == "Data di aggiornamento/verifica: 02/12/2021"
    assert framework.source is not None
    assert LINES[49] in (framework.source.note or "")
    assert str(framework.source.verified_on) == "2026-11-22"


def test_the_scale_and_the_rules_are_ours_and_marked_so(framework: Framework) -> None:
    scale = framework.scale_of("uc1.cap1")
    assert {criterion.scale for criterion in framework.criteria()} == {"raggiungimento"}
    assert (scale.label("met"), scale.label(BELOW)) == ("Raggiunta", "Non ancora raggiunta")
    assert (framework.outcome.unit.rule, framework.outcome.unit.at_least) == ("all", "met")
    assert framework.outcome.framework.rule == "all"
    assert framework.certification is not None
    assert framework.certification.by_unit is True
    inferred = {reading.path for reading in framework.inferred}
    assert inferred == {
        "context",
        "scales.raggiungimento",
        "outcome.unit",
        "outcome.framework",
        "certification.by_unit",
        "certification.document",
        "units[uc1].criteria[uc1.cap1].kpis",
        "units[uc2].criteria[uc2.cap4].kpis",
        "units[uc3].criteria[uc3.cap4].kpis",
        "units[uc4].criteria[uc4.cap3].kpis",
    }


def test_what_the_source_lacks_is_named(framework: Framework) -> None:
    assert framework.source is not None
    assert framework.source.publisher is None
    absent = {found.part for found in framework.source.absent}
    assert {"ente titolare", "allegati", "evidenze", "scala e regola di risultato"} <= absent
    assert all(criterion.evidence is None for criterion in framework.criteria())


def test_what_a_capability_must_agree_with_is_in_its_words(framework: Framework) -> None:
    named = {c.id for c in framework.criteria() if c.governing_references}
    asked = re.compile(r"in coerenza con|nel rispetto de")
    assert named == {c.id for c in framework.criteria() if asked.search(c.title)}
    for criterion in framework.criteria():
        assert all(words in criterion.title for words in criterion.governing_references)
    ranges = {c.id: c.ranges[0] for c in framework.criteria() if c.ranges}
    assert set(ranges) == {c.id for c in framework.criteria() if "etc." in c.title}
    for criterion_id, found in ranges.items():
        case = f"({', '.join(found.items)}, etc.)"
        assert f"{found.subject} {case}" in framework.criterion(criterion_id).title


def test_the_lint_only_warns() -> None:
    checked = check_file(FILE)
    assert {fault.severity for fault in checked.faults} == {Severity.WARNING}
    said = " ".join(str(fault) for fault in checked.faults)
    assert "none of the 16 criteria has an evidence rule" in said
    assert said.count("is inferred") == 10
