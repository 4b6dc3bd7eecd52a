"""The service protocol against its source, bullet by bullet."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from competency.files.checking import check_file, check_together
from competency.files.faults import Severity
from competency.frameworks.schema import BELOW, Criterion, Framework, Observable
from competency.frameworks.translations import Standing, Translation, completeness
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework
from tools.source_files import walked
from tools.source_text import joined
from tools.walk_sources import SOURCES

DOCUMENT = "003_d7d55025603f41ac.txt"
FOLDER = FRAMEWORKS / "service-protocol"
FILE = FOLDER / "1.0.0.yaml"
LANGUAGES = ("en", "it", "ru")

LINES = [joined(line) for line in (SOURCES / DOCUMENT).read_text(encoding="utf-8").split("\n")]
HEADINGS = {name.lower(): LINES.index(f"1. {name}") + 1 for name in ("SER", "SABER", "HACER")}
BULLETS = {
    "ser": range(HEADINGS["ser"] + 1, HEADINGS["saber"]),
    "saber": range(HEADINGS["saber"] + 1, HEADINGS["hacer"] - 1),
    "hacer": range(HEADINGS["hacer"] + 1, LINES.index("CAPITULO 3.")),
}
"""The lines of the bullets of each list."""
GLUED = 31
"""The line of the one bullet that holds two behaviours."""
SPLIT = (72, 73)
"""The lines of the one behaviour that is split into two bullets."""


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(FILE)


def source_words(criterion: Criterion) -> str:
    assert criterion.source is not None
    assert criterion.source.raw_text is not None
    return joined(criterion.source.raw_text)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_the_source_has_eleven_seven_and_thirty_two_bullets() -> None:
    assert {unit: len(lines) for unit, lines in BULLETS.items()} == {
        "ser": 11,
        "saber": 7,
        "hacer": 32,
    }
    assert all(LINES[n - 1].startswith("• ") for lines in BULLETS.values() for n in lines)


def expected_lines(unit_id: str) -> Iterator[int]:
    for line in BULLETS[unit_id]:
        if line != SPLIT[1]:
            yield line
        if line == GLUED:
            yield line


def test_each_behaviour_has_a_criterion_in_the_order_of_the_source(framework: Framework) -> None:
    assert [(unit.id, unit.title) for unit in framework.units] == [
        ("ser", "Ser"),
        ("saber", "Saber"),
        ("hacer", "Hacer"),
    ]
    for unit in framework.units:
        assert unit.source is not None
        assert unit.source.line == HEADINGS[unit.id]
        lines = [criterion.source.line for criterion in unit.criteria if criterion.source]
        assert lines == list(expected_lines(unit.id))
        assert all(criterion.id.startswith(f"{unit.id}.") for criterion in unit.criteria)
    assert [len(unit.criteria) for unit in framework.units] == [12, 7, 31]


def test_a_criterion_keeps_its_bullet_whole_and_says_it_in_other_words(
    framework: Framework,
) -> None:
    for criterion in framework.criteria():
        assert criterion.source is not None
        raw = source_words(criterion)
        line = criterion.source.line
        assert line is not None
        if line == GLUED:
            assert raw in LINES[line - 1]
        elif line == SPLIT[0]:
            assert raw == " ".join(LINES[n - 1] for n in SPLIT)
        else:
            assert raw == LINES[line - 1]
        assert criterion.title.endswith(".")
        assert words_of(criterion.title) != words_of(raw)
        said, source = f" {' '.join(words_of(criterion.title))} ", words_of(raw)
        runs = [f" {' '.join(source[at : at + 6])} " for at in range(len(source) - 5)]
        assert not any(run in said for run in runs), criterion.id


def test_the_glued_bullet_is_two_behaviours_and_nothing_of_it_is_lost(
    framework: Framework,
) -> None:
    halves = [c for c in framework.criteria() if c.source and c.source.line == GLUED]
    assert [half.id for half in halves] == ["ser.discrecion", "ser.respeto-a-la-vida-privada"]
    assert " ".join(map(source_words, halves)) == LINES[GLUED - 1]
    assert all(half.source and half.source.correction for half in halves)


def test_what_the_source_forbids_is_prohibited(framework: Framework) -> None:
    forbidding = re.compile(r"• (No (realice|haga|tome|cree)|Evite) ")
    forbidden = {c.id for c in framework.criteria() if forbidding.match(source_words(c))}
    assert forbidden == {c.id for c in framework.criteria() if c.polarity == "prohibited"}
    assert len(forbidden) == 5
    for criterion_id in forbidden:
        assert framework.criterion(criterion_id).title.startswith("Evita ")


def test_every_behaviour_says_where_it_can_be_seen(framework: Framework) -> None:
    assert {c.observable for c in framework.criteria()} == set(Observable)
    assert all(c.channels for c in framework.criteria())
    assert {name for c in framework.criteria() for name in c.channels} == {"voice", "in-person"}
    seen_in_a_contact = [c for c in framework.criteria() if c.observable is Observable.CONTACT]
    assert len(seen_in_a_contact) >= 12
    assert "units" in {reading.path for reading in framework.inferred}


def test_preferential_treatment_names_customers_and_nobody_who_is_assessed(
    framework: Framework,
) -> None:
    preferred = framework.criterion("hacer.trato-preferencial").ranges[0]
    assert preferred.subject.startswith("clientes")
    assert preferred.items == (
        "adultos mayores",
        "mujeres embarazadas",
        "personas con discapacidad",
        "veteranos de las fuerzas militares",
        "personas acompañadas de niños",
    )
    assert framework.source is not None
    assert "nunca son datos de quien es evaluado" in str(framework.source.note)


def test_lists_in_a_bullet_are_kept_case_by_case(framework: Framework) -> None:
    ranges = {c.id: c.ranges[0].items for c in framework.criteria() if c.ranges}
    assert ranges["ser.respeto-a-la-vida-privada"] == (
        "honra",
        "reputación",
        "condición",
        "vida privada",
        "vida familiar",
    )
    assert ranges["hacer.trato-digno"] == ("honestidad", "respeto", "amabilidad", "calidez")
    assert ranges["saber.puesto-y-formacion"] == (
        "inducciones",
        "capacitaciones",
        "otras requeridas",
    )
    assert ranges["hacer.puesto-dispuesto"] == (
        "escritorio limpio",
        "escritorio ordenado",
        "elementos de trabajo disponibles",
        "elementos de trabajo organizados",
    )


def test_other_documents_and_places_are_named_where_the_source_names_them(
    framework: Framework,
) -> None:
    custody = framework.criterion("hacer.custodia")
    assert custody.governing_references == ("PRO-PCA 0003",)
    assert [c.id for c in framework.criteria() if "PRO-PCA" in source_words(c)] == [custody.id]
    assert framework.criterion("saber.derechos-y-deberes").context == (
        "EPS",
        "Caja de Compensación",
    )
    policy = framework.criterion("saber.politica-de-servicio")
    assert policy.governing_references == ("Política de servicio",)


def test_no_kpi_no_critical_point_and_no_certificate_is_invented(framework: Framework) -> None:
    assert not any(criterion.kpis for criterion in framework.criteria())
    assert not any(criterion.tags for criterion in framework.criteria())
    assert not any(criterion.evidence for criterion in framework.criteria())
    assert framework.certification is None
    assert framework.knowledge is None
    assert framework.source is not None
    note = str(framework.source.note)
    assert all(word in note for word in ("tiempos de respuesta", "horarios", "críticos"))


def test_the_four_lines_have_their_greeting_with_slots(framework: Framework) -> None:
    assert [(script.id, script.line) for script in framework.scripts] == [
        ("saludo.caja", "3077001"),
        ("saludo.tarjeta-compensar", "3077004"),
        ("saludo.mi-planilla", "3077006"),
        ("saludo.transacciones-en-linea", "3078106"),
    ]
    names = ("Compensar", "Tarjeta Compensar", "Mi Planilla", "Transacciones en línea")
    for script, name in zip(framework.scripts, names, strict=True):
        assert script.text == (
            f"Bienvenido a {name}, mi nombre es {{primer-nombre}} {{primer-apellido}},"
            " ¿en qué le puedo colaborar?"
        )
        assert [slot.id for slot in script.slots] == ["primer-nombre", "primer-apellido"]
        assert script.source is not None
        assert script.source.line is not None
        heading, greeting = LINES[script.source.line - 1], LINES[script.source.line + 1]
        assert joined(str(script.source.raw_text)) == f"{heading} {greeting}"
        assert f"({script.line})" in heading


def test_every_mending_names_words_that_stand_in_its_line(framework: Framework) -> None:
    assert framework.source is not None
    mended = {(c.line, c.raw): c.mended for c in framework.source.corrections}
    for line, raw in mended:
        assert line is not None
        assert raw in LINES[line - 1]
    assert [line for line, raw in mended if raw == "Mi nombres es"] == [89, 93, 97, 101]


def test_a_doubtful_word_is_mended_as_a_proposal_only(framework: Framework) -> None:
    criterion = framework.criterion("hacer.sin-confusiones")
    assert "traumatología" in source_words(criterion)
    assert "traumatismo" in criterion.title
    assert criterion.source is not None
    assert "propuesta, sin confirmar" in str(criterion.source.correction)
    assert framework.source is not None
    reason = next(c.reason for c in framework.source.corrections if c.raw == "traumatología")
    assert "sin confirmar" in reason
    path = "units[hacer].criteria[hacer.sin-confusiones].title"
    assert path in {reading.path for reading in framework.inferred}


def test_it_says_that_only_a_part_of_the_source_was_had(framework: Framework) -> None:
    assert framework.source is not None
    assert framework.source.document == DOCUMENT
    assert framework.source.partial is True
    assert framework.source.verified_on is None
    absent = " ".join(found.part for found in framework.source.absent)
    assert all(words in absent for words in ("capítulo 1", "páginas 2 a 7", "escala"))


def test_leaders_answer_for_the_guide_in_its_description(framework: Framework) -> None:
    description = str(framework.description)
    assert "garantes" in description
    assert "Política de Servicio" in description


def test_the_scale_and_the_rule_are_marked_inferred(framework: Framework) -> None:
    assert framework.language == "es-CO"
    scale = framework.scale_of("ser.empatia")
    assert (scale.label("met"), scale.label(BELOW)) == ("Cumple", "Aún no cumple")
    assert (framework.outcome.unit.rule, framework.outcome.unit.at_least) == ("all", "met")
    assert framework.outcome.framework.rule == "all"
    inferred = {reading.path for reading in framework.inferred}
    assert {"language", "scales.cumplimiento", "outcome.unit", "outcome.framework"} <= inferred


def test_no_letter_of_the_source_is_used_twice() -> None:
    source = next(found for found in walked(FRAMEWORKS, SOURCES) if found.document == DOCUMENT)
    assert source.coverage.twice == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_it_is_in_every_language(framework: Framework, language: str) -> None:
    files = check_together(map(check_file, (FILE, FOLDER / f"1.0.0.{language}.yaml")))
    translation = files[1].value
    assert isinstance(translation, Translation)
    assert files[1].faults == ()
    assert translation.language == language
    assert translation.standing is Standing.UNOFFICIAL
    assert completeness(framework, translation) == 1
    words = list(translation.texts.values())
    assert len(set(words)) == len(words)


def test_the_lint_only_warns() -> None:
    (checked,) = check_together([check_file(FILE)])
    assert {fault.severity for fault in checked.faults} == {Severity.WARNING}
    said = " ".join(str(fault) for fault in checked.faults)
    assert "none of the 50 criteria has an evidence rule" in said
