"""How reports, forms, test sheets and job sheets are laid out, whatever they have to say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competency.documents.drawing import BOTTOM, LEFT, RIGHT, TOP, Document
from competency.documents.fonts import COVERED
from competency.documents.form import form_document
from competency.documents.form_schema import FormChoice, FormCriterion, FormUnit, Indicator
from competency.documents.job_schema import JobGroup, JobItem, JobSection
from competency.documents.job_sheet import job_document
from competency.documents.pages import Box, Rule
from competency.documents.practical_test import sheet_document
from competency.documents.report import report_document
from competency.documents.report_schema import Given
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import SMALL, Text
from competency.documents.writing import choices, lines
from tests.unit.documents_facts import SENTENCE, pages_of, plain
from tests.unit.paper_facts import (
    filled_sheet_facts,
    form_facts,
    form_units,
    items,
    job_facts,
    judged,
    report_facts,
    report_units,
    said,
    sheet_facts,
)
from tests.unit.test_documents_layout import blank, stays_inside

WORD = "Donaudampfschifffahrtsgesellschaft" * 12
SIZES = [(0, 0), (1, 1), (3, 7), (5, 20), (20, 1)]


def documents(count: int, criteria: int) -> dict[str, Document]:
    """Return one of every kind, laid out for so many units and criteria."""
    described = form_units(count, criteria)
    plain_units = form_units(count, criteria, described=False)
    marks = tuple(Indicator(f"{one}. {SENTENCE}") for one in range(criteria))
    return {
        "report": report_document(report_facts(count, criteria)),
        "bare report": report_document(
            report_facts(units=report_units(count, criteria, with_own=False), answers=())
        ),
        "described form": form_document(form_facts(units=described)),
        "plain form": form_document(form_facts(units=plain_units)),
        "blank sheet": sheet_document(sheet_facts(indicators=marks)),
        "filled sheet": sheet_document(filled_sheet_facts(indicators=marks)),
        "job": job_document(job_facts(count * criteria)),
    }


def shapes_inside(document: Document) -> bool:
    """Return whether no rule and no box leaves the margins."""
    return all(
        shape.left >= LEFT - 0.01
        and (shape.right if isinstance(shape, Rule) else shape.left + shape.width) <= RIGHT + 0.01
        and shape.top >= TOP - 0.01
        and (shape.bottom if isinstance(shape, Rule) else shape.top + shape.height) <= BOTTOM + 0.01
        for page in document.pages
        for shape in page.shapes
        if isinstance(shape, Rule | Box)
    )


def lonely_headings(document: Document) -> list[str]:
    """Return the headings after which nothing else follows on their page."""
    found = []
    for number, node in enumerate(document.nodes):
        if node.role in {"H1", "H2", "H3"}:
            rest = [one for one in document.nodes[number + 1 :] if one.page == node.page]
            if all(one.role in {"H1", "H2", "H3"} for one in rest):
                found.append(node.text)
    return found


@pytest.mark.parametrize(("count", "criteria"), SIZES)
def test_nothing_leaves_the_margins_and_no_heading_ends_a_page(count: int, criteria: int) -> None:
    for name, document in documents(count, criteria).items():
        document.reserve(0)
        assert stays_inside(document), name
        assert shapes_inside(document), name
        assert lonely_headings(document) == [], name


@pytest.mark.parametrize("filler", range(0, 40, 3))
def test_wherever_a_page_ends_no_heading_and_no_signature_is_parted(filler: int) -> None:
    extra = tuple(f"9.{one} {SENTENCE}" for one in range(filler))
    report = report_document(report_facts(1, 1, left_out=extra))
    job = job_document(job_facts(filler))
    for document in (report, job):
        document.reserve(0)
        assert lonely_headings(document) == []
        assert stays_inside(document)
    signing = [node for node in report.nodes if node.text == "Firma y fecha"]
    heading = next(node for node in report.nodes if node.text == "Firmas")
    assert {node.page for node in signing} == {heading.page}
    told = next(node for node in job.nodes if node.text.startswith("В источнике этого нет"))
    assert job.nodes[job.nodes.index(told) + 1].page == told.page


def test_a_criterion_of_a_form_stays_on_one_page_with_its_lines() -> None:
    pages = pages_of(form_document(form_facts(units=form_units(2, 20))).to_bytes())
    assert len(pages) > 5
    for page in pages:
        assert plain(page).count("normativa vigente") == plain(page).count("Motivo")


def test_rows_kept_together_give_up_where_no_page_holds_them() -> None:
    document = blank()
    rows = [Row(((Text(f"Fila {one}", SMALL),),), keeps_next=True) for one in range(200)]
    draw_table(document, (Column("Uno", 1.0),), rows)
    assert stays_inside(document)
    assert len(document.pages) < 8


def test_long_words_are_broken_within_every_place() -> None:
    criterion = replace(judged("1.1", 2), title=WORD, decided=Given(WORD, WORD), own=Given(WORD))
    unit = replace(report_units(1, 1)[0], title=WORD, result_label=WORD, criteria=(criterion,))
    report = report_document(
        report_facts(units=(unit,), cycle_title=WORD, assessor=WORD, result_label=WORD)
    )
    choice = FormChoice(WORD, WORD)
    units = (
        FormUnit(WORD, 1, (FormCriterion(WORD, (choice, choice), WORD),)),
        FormUnit(WORD, 7, (FormCriterion(WORD, (FormChoice(WORD), FormChoice(WORD))),)),
    )
    form = form_document(form_facts(units=units, framework_title=WORD))
    sheet = sheet_document(
        filled_sheet_facts(
            unit_title=WORD,
            place=WORD,
            examiners=(WORD,) * 4,
            situation=WORD,
            indicators=(Indicator(WORD, is_met=True, note=WORD),),
            capabilities=((WORD, WORD),),
            result_labels=(WORD, WORD),
        )
    )
    item = JobItem(said(WORD), WORD, (WORD, WORD))
    section = JobSection(WORD, (JobGroup(said(WORD), (item,), said(WORD)),), WORD)
    job = job_document(job_facts(title=said(WORD), sections=(section,), also_called=(said(WORD),)))
    for document in (report, form, sheet, job):
        document.reserve(0)
        assert stays_inside(document)
        assert shapes_inside(document)


LONG = st.text(alphabet=sorted(COVERED), max_size=700)


@settings(max_examples=25, deadline=None)
@given(LONG, LONG, st.integers(0, 4))
def test_no_text_of_any_length_leaves_its_page(one: str, two: str, count: int) -> None:
    criterion = replace(judged("1", 2), title=one, decided=Given(two, one), falls_short=(two,))
    unit = replace(report_units(1, 1)[0], title=one, why=(two,), criteria=(criterion,) * count)
    answers = (replace(report_facts().answers[0], comment=one, who=two),) * count
    section = JobSection(one, (JobGroup(said(two), items(count, one)),), two)
    form = FormUnit(one, 1, (FormCriterion(one, (FormChoice(two, one),), two),) * count)
    for document in (
        report_document(report_facts(units=(unit,), answers=answers)),
        form_document(form_facts(units=(form,))),
        sheet_document(filled_sheet_facts(situation=one, reason=two, expected_result=one)),
        job_document(job_facts(sections=(section,))),
    ):
        document.reserve(0)
        assert stays_inside(document)
        assert shapes_inside(document)


def test_choices_flow_into_as_many_rows_as_they_need_and_one_is_ticked() -> None:
    document = blank()
    figure = choices("Nivel", [f"Opción {one} {'x' * 40}" for one in range(5)], 2)
    figure.draw(document, LEFT, TOP)
    boxes = [shape for shape in document.page.shapes if isinstance(shape, Box)]
    assert len(boxes) == 5
    assert len({box.top for box in boxes}) > 1
    assert max(box.top + box.height for box in boxes) <= TOP + figure.height
    assert sum(isinstance(shape, Rule) for shape in document.page.shapes) == 2, "one tick"
    assert "☒ Opción 2" in figure.alternative
    assert stays_inside(document)


def test_the_last_line_to_write_on_is_the_edge_of_the_cell() -> None:
    document = blank()
    lines("Motivo", 3).draw(document, LEFT, TOP)
    assert sum(isinstance(shape, Rule) for shape in document.page.shapes) == 2


def test_words_of_the_framework_keep_their_language_on_every_paper() -> None:
    form = form_document(form_facts(language="ru"))
    titles = {node.text: node.language for node in form.nodes if node.role in {"H1", "H2", "H3"}}
    assert titles["Supervisor de oficina comercial"] == "es"
    assert titles["1 Actividad clave 1"] == "es"
    assert titles["Подписи"] is None
    job = job_document(job_facts(title=said("Operator", "en")))
    assert next(node for node in job.nodes if node.role == "H1").language == "en"
