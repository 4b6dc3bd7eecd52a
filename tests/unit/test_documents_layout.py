"""How the documents are laid out: pages, tables, figures, facts that can be checked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from competency.documents.attestation import attestation, attestation_document
from competency.documents.blocks import Item, draw_list
from competency.documents.colours import legible
from competency.documents.drawing import BOTTOM, LEFT, RIGHT, Document
from competency.documents.fonts import COVERED
from competency.documents.levels import level_figure
from competency.documents.pages import Box, Mosaic, Rule, Shape
from competency.documents.pictures import QUIET, qr_code
from competency.documents.plan import development_plan, plan_document
from competency.documents.schema import CriterionResult, LevelBar, UnitResult
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import BODY, SMALL, Text
from competency.errors import Invalid
from tests.unit.documents_facts import (
    attestation_facts,
    bars,
    gaps,
    issuer,
    pages_of,
    plain,
    plan_facts,
    text_of,
    units,
)


def png(width: int = 60, height: int = 20, mode: str = "RGBA") -> bytes:
    content = BytesIO()
    Image.new(mode, (width, height)).save(content, "PNG")
    return content.getvalue()


def blank() -> Document:
    return Document(
        title="Prueba",
        author="Empresa",
        subject="Prueba",
        language="en",
        made_on=date(2025, 1, 1),
        accent="#1f4e79",
        running="Prueba",
    )


def stays_inside(document: Document) -> bool:
    return all(
        run.left >= LEFT - 0.01
        and run.left + run.style.font.width(run.text, run.style.size) <= RIGHT + 0.01
        and run.base <= BOTTOM + 0.01
        for page in document.pages
        for run in page.runs
    )


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = attestation_facts(issuer=issuer(logo=png()))
    assert attestation(facts) == attestation(facts)
    assert development_plan(plan_facts(9)) == development_plan(plan_facts(9))


def test_the_attestation_counts_its_units_among_all() -> None:
    facts = attestation_facts(units=units(1, 1), units_in_all=3)
    assert "1 de las 3 unidades" in text_of(attestation(facts))
    two = attestation_facts(units=units(3, 1), units_in_all=3)
    assert "2 de las 3 unidades" in text_of(attestation(two)), "the second is not competent"
    every = tuple(replace(unit, competent=True) for unit in units(3, 1))
    whole = text_of(attestation(attestation_facts(units=every, units_in_all=3)))
    assert "las 3 unidades" in whole
    assert "de las 3 unidades" not in whole


def test_one_day_of_assessment_is_said_once() -> None:
    day = date(2025, 2, 28)
    text = text_of(attestation(attestation_facts(assessed_from=day, assessed_to=day)))
    assert text.count("28 de febrero de 2025") == 1
    assert "Evaluado el 28" in text


def test_the_plan_begins_with_the_person_and_ends_with_its_reference() -> None:
    text = text_of(development_plan(plan_facts()))
    places = [
        text.index(words)
        for words in (
            "Ana Ejemplo",
            "Brechas por cerrar",
            "Acciones",
            "Acordado por",
            "Niveles actuales y requeridos",
        )
    ]
    assert places == sorted(places)
    for page in pages_of(development_plan(plan_facts())):
        assert "PD-2025-0042" in page.splitlines()[-2] + page.splitlines()[-1]
        assert page.count("PD-2025-0042") == 1


def test_the_picture_of_levels_begins_and_ends_on_one_page_where_it_can() -> None:
    ticks = plan_facts(3, top=1, bars=bars(15, top=1))
    pages = pages_of(development_plan(ticks))
    assert len(pages) == 2
    assert "Niveles actuales" not in pages[0]
    assert "Niveles actuales" in pages[1]
    assert "Criterio 14" in pages[1]


def test_the_words_of_a_level_have_a_column_only_where_there_are_some() -> None:
    silent = tuple(replace(gap, next_text=None) for gap in gaps(3))
    column, said = "Qué pide el nivel requerido", "no tiene texto para este nivel"
    text = text_of(development_plan(plan_facts(gaps=silent)))
    assert column not in text
    assert said not in text
    mixed = text_of(development_plan(plan_facts(gaps=(*silent, *gaps(1)))))
    assert column in mixed
    assert mixed.count(said) == len(silent)


def test_other_facts_give_other_bytes() -> None:
    assert attestation(attestation_facts()) != attestation(attestation_facts(number="2025-000124"))


def test_the_attestation_says_all_its_facts() -> None:
    text = text_of(attestation(attestation_facts()))
    for fact in (
        "2025-000123",
        "Ana Ejemplo",
        "E-1042",
        "RUT 11.111.111-1",
        "Empresa de Prueba S.A.",
        "76.000.000-0",
        "Supervisor de oficina comercial",
        "1.0.0",
        "ChileValora",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "14 de marzo de 2025",
        "1 de febrero de 2025",
        "28 de febrero de 2025",
        "✓ Competente",
        "Aún no competente",
        "Supervisor Prueba",
        "Revisora Ficticia",
        "Персонал Примеров",
        "https://competency.example/v/Hq3vZk8JpX2mW9sT",
        "K7QM-4TXB",
    ):
        assert fact in text


def test_the_attestation_says_that_it_has_no_statutory_value() -> None:
    first, *_ = pages_of(attestation(attestation_facts(language="en")))
    assert "It has no statutory value" in plain(first)


def test_a_short_attestation_is_one_page_and_a_long_one_has_an_annex() -> None:
    assert len(pages_of(attestation(attestation_facts(units=units(1, 1))))) == 1
    first, *annex = pages_of(attestation(attestation_facts(units=units(5, 20))))
    assert "K7QM-4TXB" in first
    assert "5.20 Atiende" not in first
    assert "5.20 Atiende" in plain(annex[-1])


def test_an_attestation_without_units_or_signatories_is_still_one() -> None:
    facts = attestation_facts(units=(), signatories=(), overall_label=None)
    assert len(pages_of(attestation(facts))) == 1


def test_an_excused_criterion_is_said_to_be_out_of_the_count() -> None:
    unit = UnitResult(None, "Unidad", "Competente", True, (CriterionResult("Uno", "", True),))  # noqa: FBT003
    text = text_of(attestation(attestation_facts(units=(unit,), language="en")))
    assert "excused, not counted" in text


@pytest.mark.parametrize("count", [0, 1, 60])
def test_a_plan_has_every_gap_and_action_once(count: int) -> None:
    facts = plan_facts(count)
    text = text_of(development_plan(facts))
    for gap in facts.gaps:
        assert text.count(f"{gap.criterion_title} ") == 1
    for action in facts.actions:
        assert text.count(action.text) == 1
    in_english = text_of(development_plan(plan_facts(count, language="en")))
    assert ("There are no gaps" in in_english) is (count == 0)


@pytest.mark.parametrize(
    ("judged", "sentence"),
    [(3, "every required level is reached"), (None, "Some criteria were not judged")],
)
def test_no_gaps_is_not_said_of_what_was_not_judged(judged: int | None, sentence: str) -> None:
    bar = LevelBar("Criterio", "Unidad", judged, 3, 3, None, "E")
    facts = plan_facts(0, language="en", bars=(bar,))
    assert sentence in text_of(development_plan(facts))


@pytest.mark.parametrize("count", [0, 3, 60])
def test_every_page_says_its_number_and_how_many_there_are(count: int) -> None:
    pages = pages_of(development_plan(plan_facts(count, language="en")))
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in plain(page)


def test_a_table_over_many_pages_repeats_its_head_and_group() -> None:
    pages = pages_of(development_plan(plan_facts(60, language="en")))
    with_gaps = [page for page in pages if "Brecha" in page and "Atiende" in page]
    assert len(with_gaps) > 3
    for page in with_gaps:
        assert "What the required level asks" in plain(page)
        assert "Dimensión" in page


def test_a_repeated_head_is_no_second_head_to_a_screen_reader() -> None:
    document = plan_document(plan_facts(60, language="en"))
    heads = [node for node in document.nodes if node.role == "TH"]
    assert [node.text for node in heads].count("What the required level asks") == 1


def test_a_row_longer_than_a_page_is_divided_and_complete() -> None:
    words = [f"palabra{number}" for number in range(3000)]
    row = replace(gaps(1)[0], next_text=" ".join(words))
    document = plan_document(plan_facts(0, gaps=(row, *gaps(2))))
    assert stays_inside(document)
    text = text_of(document.to_bytes())
    assert all(f"{word} " in text for word in words[:-1])


def test_a_heading_stays_with_what_follows() -> None:
    for filler in range(30, 60):
        document = blank()
        for number in range(filler):
            document.paragraph(f"Línea {number}")
        document.heading("Título", 2)
        document.paragraph("Lo que sigue")
        document.reserve(0)
        heading = next(node for node in document.nodes if node.role == "H2")
        assert heading.page == document.nodes[-1].page


def test_no_paragraph_leaves_a_line_alone() -> None:
    words = " ".join(["palabra"] * 90)
    for filler in range(60):
        document = blank()
        document.top += filler * 12
        document.paragraph(words)
        counts = [len(page.runs) for page in document.pages if page.runs]
        assert min(counts) >= 2


def test_a_list_marks_each_item_once() -> None:
    document = blank()
    draw_list(document, [Item(Text(one, BODY)) for one in ("Uno", "Dos", "Tres " * 60)])
    assert [run.text for run in document.page.runs].count("•") == 3
    assert [node.role for node in document.nodes] == ["LI", "LI", "LI"]


def test_what_is_drawn_belongs_to_a_node_of_its_page() -> None:
    document = attestation_document(attestation_facts(units=units(5, 20)))
    for number, page in enumerate(document.pages, start=1):
        owned = [run.node for run in page.runs if run.node is not None]
        assert owned
        assert all(document.nodes[node].page == number for node in owned)
    roles = {node.role for node in document.nodes}
    assert {"H1", "H2", "P", "Note", "Table", "TR", "TH", "TD", "Figure"} <= roles


def test_words_of_the_framework_keep_its_language() -> None:
    document = attestation_document(attestation_facts(language="ru", framework_language="es"))
    title = next(node for node in document.nodes if node.text == "Supervisor de oficina comercial")
    assert title.language == "es"


def test_the_file_says_its_language_title_author_date_and_bookmarks() -> None:
    reader = PdfReader(BytesIO(development_plan(plan_facts(language="ru"))))
    information = reader.metadata
    assert information is not None
    assert str(reader.root_object["/Lang"]) == "ru"
    assert information.author == "Empresa de Prueba S.A."
    assert information.subject == "Criterios de progresión, Customer Service"
    assert str(information["/CreationDate"]).startswith("D:20250303000000")
    assert len(reader.outline) >= 1


def test_every_font_is_embedded_as_a_subset() -> None:
    reader = PdfReader(BytesIO(attestation(attestation_facts())))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            described = font.get_object()
            assert re.fullmatch(
                r"/[A-Z]{6}\+SourceSansPro-(Regular|Semibold)", described["/BaseFont"]
            )
            assert "/FontFile2" in described["/FontDescriptor"]


ADDRESS = "https://competency.example/v/Hq3vZk8JpX2mW9sT"


def test_the_drawn_qr_code_is_the_code_of_the_address() -> None:
    page = PdfReader(BytesIO(attestation(attestation_facts()))).pages[0]
    operations = page.get_contents().get_data().decode("latin-1")  # type: ignore[union-attr]
    number = r"(-?[\d.]+)"
    drawn = [
        tuple(map(float, found))
        for found in re.findall(rf"{number} {number} {number} {number} re(?= |\n)", operations)
    ]
    expected = segno.make_qr(ADDRESS, error="m", mask=3, boost_error=False).matrix
    size = len(expected)
    module = 96.0 / (size + 2 * QUIET)
    cells = [one for one in drawn if abs(one[3] - module) < 0.01]
    left = min(one[0] for one in cells)
    above = max(one[1] + one[3] for one in cells)
    matrix = [[0] * size for _ in range(size)]
    for x, y, width, height in cells:
        row = round((above - y - height) / module)
        column = round((x - left) / module)
        for dark in range(round(width / module)):
            matrix[row][column + dark] = 1
    assert matrix == [list(row) for row in expected]


def test_a_qr_code_keeps_its_quiet_zone() -> None:
    code = qr_code(ADDRESS)
    mosaic = code.placed(100, 200, 96)
    module = 96 / (code.modules + 2 * QUIET)
    assert min(part[0] for part in mosaic.parts) == pytest.approx(100 + 4 * module)
    assert max(part[0] + part[2] for part in mosaic.parts) == pytest.approx(196 - 4 * module)


def test_the_address_is_a_link_only_when_it_is_a_web_address() -> None:
    def links(address: str) -> int:
        facts = attestation_facts(verification_url=address)
        return sum(len(page.links) for page in attestation_document(facts).pages)

    assert links(ADDRESS) == 1
    assert links("javascript:alert(1)") == 0
    assert links("file:///etc/passwd") == 0


def test_a_logo_is_drawn_and_one_that_is_no_png_refused() -> None:
    content = attestation(attestation_facts(issuer=issuer(logo=png())))
    assert len(PdfReader(BytesIO(content)).pages[0].images) == 1
    for wrong in (b"GIF89a", b"", png()[:40], b"<svg/>"):
        facts = attestation_facts(issuer=issuer(logo=wrong or b" "))
        with pytest.raises(Invalid, match="PNG"):
            attestation(facts)


def test_a_logo_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Invalid, match="pixels"):
        attestation(attestation_facts(issuer=issuer(logo=png(2500, 2500, "1"))))


def test_a_pale_colour_is_darkened_and_a_wrong_one_refused() -> None:
    assert legible("#1f4e79") == "#1f4e79"
    assert legible("#ffff00") != "#ffff00"
    for wrong in ("red", "#12345", "#1234567", "__import__('os')", ""):
        with pytest.raises(Invalid):
            legible(wrong)


def drawn_level(judged: int | None, required: int, top: int) -> list[object]:
    document = blank()
    bar = LevelBar("Criterio", "Unidad", judged, required, top, None, "E")
    level_figure(bar, "en palabras").draw(document, 0, 0)
    return list(document.page.shapes)


def test_steps_are_filled_to_the_level_now_and_marked_at_the_required() -> None:
    shapes = drawn_level(2, 3, 4)
    steps = [shape for shape in shapes if isinstance(shape, Box)]
    assert [step.fill is not None for step in steps] == [True, True, False, False]
    assert [step.thickness > 1 for step in steps] == [False, False, True, False]
    assert not any(step.dashed for step in steps)
    assert sum(isinstance(shape, Shape) for shape in shapes) == 1


def test_not_judged_is_dashed_and_below_is_not() -> None:
    unjudged = [shape for shape in drawn_level(None, 2, 3) if isinstance(shape, Box)]
    below = [shape for shape in drawn_level(0, 2, 3) if isinstance(shape, Box)]
    assert all(step.dashed and step.fill is None for step in unjudged)
    assert not any(step.dashed or step.fill for step in below)


def test_a_scale_of_one_level_is_a_box_to_tick() -> None:
    ticks = {
        judged: sum(isinstance(shape, Rule) for shape in drawn_level(judged, 1, 1))
        for judged in (None, 0, 1)
    }
    assert ticks == {None: 0, 0: 0, 1: 2}


def test_a_picture_has_words_for_those_who_cannot_see_it() -> None:
    document = plan_document(plan_facts(3, language="en"))
    figures = [node.text for node in document.nodes if node.role == "Figure"]
    assert figures[2] == "Criterio 2: conocimiento de productos y servicios: now G, required E"


LONG = st.text(alphabet=sorted(COVERED), max_size=400)


@settings(max_examples=40)
@given(st.lists(st.tuples(LONG, LONG), max_size=12))
def test_no_table_leaves_its_page(content: list[tuple[str, str]]) -> None:
    document = blank()
    rows = [Row(((Text(one, SMALL),), (Text(two, BODY),))) for one, two in content]
    draw_table(document, (Column("Uno", 0.7), Column("Dos", 0.3)), rows)
    assert all(run.base <= BOTTOM + 0.01 for page in document.pages for run in page.runs)
    assert document.to_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_nothing_leaves_the_page(count: int) -> None:
    assert stays_inside(plan_document(plan_facts(count)))
    assert stays_inside(attestation_document(attestation_facts(units=units(count, 7))))


def test_a_mosaic_never_overlaps_itself() -> None:
    mosaic: Mosaic = qr_code(ADDRESS).placed(0, 0, 90)
    assert len({(part[0], part[1]) for part in mosaic.parts}) == len(mosaic.parts)
