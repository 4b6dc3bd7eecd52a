"""What a finished document carries besides what is seen: data, metadata, an archive's form."""

from __future__ import annotations

import json
from io import BytesIO

import pikepdf
import pytest
from pikepdf import pdfa
from reportlab.pdfgen.canvas import Canvas

from competency.documents.attestation import attestation
from competency.documents.finishing import (
    FACTS_FILE,
    NotArchivable,
    embedded_facts,
    facts_json,
    finished,
)
from competency.documents.form import blank_form
from competency.documents.job_sheet import job_sheet
from competency.documents.plan import development_plan
from competency.documents.practical_test import practical_test_sheet
from competency.documents.report import appraisal_report
from tests.support.papers import holds, printed
from tests.unit.documents_facts import attestation_facts, issuer, plan_facts, units
from tests.unit.paper_facts import form_facts, job_facts, report_facts, sheet_facts
from tests.unit.test_documents_layout import png


def bare() -> bytes:
    """Return a document as a library draws it by itself, which no archive takes."""
    stream = BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(50, 800, "Ejemplo")
    canvas.save()
    return stream.getvalue()


def test_a_finished_document_is_pdf_a_3b_and_keeps_its_tree_title_and_bookmarks() -> None:
    facts = attestation_facts(issuer=issuer(logo=png()), units=units(5, 20), language="ru")
    content = finished(attestation(facts), facts, "ru")
    assert pdfa.validate_written(BytesIO(content), "3b").findings == []
    file = pikepdf.open(BytesIO(content))
    assert "/StructTreeRoot" in file.Root
    assert str(file.Root.Lang) == "ru"
    with file.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "B"
        assert facts.number in str(metadata["dc:title"])
    with file.open_outline() as outline:
        assert len(outline.root) >= 1


def test_plans_of_any_length_are_pdf_a_3b() -> None:
    for facts in (plan_facts(0), plan_facts(60, language="it"), plan_facts(5, top=1)):
        content = finished(development_plan(facts), facts, facts.language)
        assert embedded_facts(content) == json.loads(facts_json(facts))


def test_every_other_paper_is_pdf_a_3b_too() -> None:
    drawn = (
        (appraisal_report(report_facts()), report_facts()),
        (blank_form(form_facts()), form_facts()),
        (job_sheet(job_facts()), job_facts()),
        (practical_test_sheet(sheet_facts()), sheet_facts()),
    )
    for document, facts in drawn:
        assert embedded_facts(finished(document, facts, facts.language))


def test_the_facts_are_an_associated_file_of_data() -> None:
    facts = attestation_facts(issuer=issuer(logo=png()))
    file = pikepdf.open(BytesIO(finished(attestation(facts), facts, "es")))
    [named] = file.Root.AF
    assert str(named.AFRelationship) == "/Data"
    assert str(named.UF) == FACTS_FILE
    stream = named.EF.F
    assert str(stream.Subtype) == "/application/json"
    told = json.loads(stream.read_bytes())
    assert told["holder"]["name"] == "Ana Ejemplo"
    assert told["issued_on"] == "2025-03-14"
    assert told["issuer"]["logo"] is None


def test_finishing_changes_nothing_that_is_read() -> None:
    facts = attestation_facts(units=units(5, 20))
    drawn = attestation(facts)
    assert printed(finished(drawn, facts, "es")) == printed(drawn)


def test_a_document_that_no_archive_takes_is_refused() -> None:
    with pytest.raises(NotArchivable, match="/Trans"):
        finished(bare(), {}, "es")


def test_a_document_without_facts_has_none() -> None:
    assert embedded_facts(attestation(attestation_facts())) is None


@pytest.mark.parametrize("seed", range(20))
def test_any_facts_read_back_from_the_page_and_from_the_data(seed: int) -> None:
    holds(seed)
