"""What assistive technology reads: the tree in the file, held against what is on the page."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from competency.documents.attestation import attestation
from competency.documents.blocks import Item, draw_list
from competency.documents.plan import development_plan
from competency.documents.report import appraisal_report
from competency.documents.report_schema import ReportCriterion
from competency.documents.text import BODY, Text
from tests.unit.documents_facts import (
    attestation_facts,
    gaps,
    holder,
    issuer,
    plan_facts,
    units,
)
from tests.unit.paper_facts import finding, report_facts, report_units
from tests.unit.test_documents_layout import blank, png


def measured() -> ReportCriterion:
    """Return a criterion with a finding of which there is a chart, and one without."""
    found = (finding(), finding(weeks=(), is_context=True))
    return replace(report_units(1, 1)[0].criteria[0], findings=found)


PAINTING = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh", "Tj", "TJ", "'", '"'}
DOCUMENTS = {
    "short": lambda: attestation(attestation_facts(issuer=issuer(logo=png()))),
    "annex": lambda: attestation(attestation_facts(units=units(5, 20), language="ru")),
    "plan": lambda: development_plan(plan_facts(30, language="en")),
    "report": lambda: appraisal_report(
        report_facts(units=(replace(report_units(1, 1)[0], criteria=(measured(),)),))
    ),
    "ticks": lambda: development_plan(plan_facts(3, top=1)),
    "divided": lambda: development_plan(
        plan_facts(
            0,
            gaps=(replace(gaps(1)[0], next_text="palabra " * 1500), *gaps(2)),
            holder=holder(name="<b>Ana & Ño</b>"),
        )
    ),
}


@pytest.fixture(params=sorted(DOCUMENTS))
def file(request: pytest.FixtureRequest) -> pikepdf.Pdf:
    """Return a document, opened."""
    return pikepdf.open(BytesIO(DOCUMENTS[request.param]()))


def elements(file: pikepdf.Pdf) -> list[Any]:
    """Return every element of the tree, in the order of reading."""
    found: list[Any] = []

    def walk(element: Any) -> None:  # noqa: ANN401 - an object of any kind
        found.append(element)
        for kid in element.get("/K", []):
            if kid.get("/Type") == "/StructElem":
                assert kid.P.objgen == element.objgen
                walk(kid)

    walk(file.Root.StructTreeRoot.K[0])
    return found


def marks(file: pikepdf.Pdf) -> dict[tuple[object, int], str]:
    """Return what each marked content says, by its page and number.

    Fails for anything that is painted outside of marked content, and for nested marks.
    """
    found: dict[tuple[object, int], str] = {}
    for page in file.pages:
        fonts = {name: cmap(font) for name, font in page.Resources.Font.items()}
        inside: str | int | None = None
        font: dict[int, str] = {}
        instructions: Any = pikepdf.parse_content_stream(page)
        for operands, operator in instructions:
            name = str(operator)
            if name in {"BDC", "BMC"}:
                assert inside is None
                inside = "artifact" if name == "BMC" else int(operands[1].MCID)
                assert name == "BDC" or str(operands[0]) == "/Artifact"
                if isinstance(inside, int):
                    found[page.objgen, inside] = ""
            elif name == "EMC":
                inside = None
            elif name == "Tf":
                font = fonts[str(operands[0])]
            elif name in PAINTING:
                assert inside is not None, f"{name} is painted outside of any mark"
            if name == "Tj" and isinstance(inside, int):
                found[page.objgen, inside] += "".join(font[one] for one in bytes(operands[0]))
    return found


def cmap(font: Any) -> dict[int, str]:  # noqa: ANN401 - an object of any kind
    """Return what each code of a font stands for."""
    text = font.ToUnicode.read_bytes().decode("ascii")
    return {
        int(code, 16): bytes.fromhex(letter).decode("utf-16-be")
        for code, letter in re.findall(r"^<(\w\w)> <(\w{4})>$", text, re.MULTILINE)
    }


def test_all_that_is_painted_is_marked_and_each_mark_is_in_the_tree_once(
    file: pikepdf.Pdf,
) -> None:
    said = marks(file)
    listed = [
        (kid.Pg.objgen, int(kid.MCID))
        for element in elements(file)
        for kid in element.get("/K", [])
        if kid.get("/Type") == "/MCR"
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(said)


def test_the_parent_tree_leads_from_each_mark_and_link_to_its_element(file: pikepdf.Pdf) -> None:
    numbers = list(file.Root.StructTreeRoot.ParentTree.Nums)
    keys = [int(key) for key in numbers[::2]]
    assert keys == sorted(set(keys))
    parents = dict(zip(keys, numbers[1::2], strict=True))
    for page in file.pages:
        assert str(page.Tabs) == "/S"
        for mark, element in enumerate(parents[int(page.StructParents)]):
            owned = [
                kid
                for kid in element.K
                if kid.get("/MCID") == mark and kid.Pg.objgen == page.objgen
            ]
            assert len(owned) == 1
        for link in page.get("/Annots", []):
            element = parents[int(link.StructParent)]
            assert str(element.S) == "/Link"
            assert any(kid.get("/Obj", element).objgen == link.objgen for kid in element.K)
            assert str(link.Contents) == str(link.A.URI)


def test_the_file_says_that_it_is_tagged_and_shows_its_title(file: pikepdf.Pdf) -> None:
    root: Any = file.Root
    assert root.MarkInfo.Marked == True  # noqa: E712 - an object of the file
    assert root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712 - the same
    assert str(root.Lang) in {"es", "en", "ru"}
    assert "/Trans" not in file.pages[0]


def test_each_figure_has_words_and_a_place_on_its_page(file: pikepdf.Pdf) -> None:
    figures = [element for element in elements(file) if element.S == "/Figure"]
    assert figures
    for figure in figures:
        assert str(figure.Alt).strip()
        left, bottom, right, top = (float(edge) for edge in figure.A.BBox)
        assert 0 <= left < right <= 596
        assert 0 <= bottom < top <= 842


def test_headings_begin_with_one_of_the_first_level_and_skip_none(file: pikepdf.Pdf) -> None:
    levels = [int(str(e.S)[2:]) for e in elements(file) if re.fullmatch(r"/H\d", str(e.S))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    for before, after in pairwise(levels):
        assert after <= before + 1


def test_each_row_of_a_table_has_its_cells(file: pikepdf.Pdf) -> None:
    for table in (element for element in elements(file) if element.S == "/Table"):
        rows = list(table.K)
        assert {str(row.S) for row in rows} == {"/TR"}
        assert {str(cell.S) for cell in rows[0].K} == {"/TH"}
        widths = {sum(int(cell.get("/A", {}).get("/ColSpan", 1)) for cell in row.K) for row in rows}
        assert len(widths) == 1
        heads = [cell for row in rows for cell in row.K if cell.S == "/TH"]
        assert {str(cell.A.Scope) for cell in heads} == {"/Column"}


def test_the_tree_reads_the_words_of_the_facts_in_order() -> None:
    facts = attestation_facts(holder=holder(name="Ана <b>Ño</b> & Co"), framework_language="it")
    file = pikepdf.open(BytesIO(attestation(facts)))
    said = marks(file)
    texts = [
        "".join(said[kid.Pg.objgen, int(kid.MCID)] for kid in element.K if "/MCID" in kid)
        for element in elements(file)
        if "/K" in element
    ]
    wanted = [
        facts.issuer.employer,
        "Constancia interna",
        facts.holder.name,
        facts.framework_title,
        *(criterion.title for unit in facts.units for criterion in unit.criteria),
        *(one.name for one in facts.signatories),
        facts.verification_url,
        facts.check_code,
    ]
    places = [texts.index(words) for words in wanted]
    assert places == sorted(places), "a criterion over two lines keeps the space between them"


def test_words_in_another_language_say_which() -> None:
    facts = attestation_facts(language="ru", framework_language="es")
    file = pikepdf.open(BytesIO(attestation(facts)))
    assert str(file.Root.Lang) == "ru"
    said = marks(file)
    spoken = {
        said[kid.Pg.objgen, int(kid.MCID)]: str(element.get("/Lang", ""))
        for element in elements(file)
        for kid in element.get("/K", [])
        if "/MCID" in kid
    }
    assert spoken[facts.framework_title] == "es"
    assert spoken[facts.holder.name] == ""


def test_a_list_has_its_items_with_label_and_body() -> None:
    document = blank()
    draw_list(
        document, [Item(Text("Uno", BODY)), Item(Text("Dos", BODY), remarks=(Text("Y", BODY),))]
    )
    file = pikepdf.open(BytesIO(document.to_bytes()))
    roles = [str(element.S) for element in elements(file)]
    assert roles == ["/Document", "/L", *["/LI", "/Lbl", "/LBody", "/P"] * 2, "/P"]


def test_an_address_that_is_no_link_is_plain_text() -> None:
    file = pikepdf.open(BytesIO(attestation(attestation_facts(verification_url="javascript:1"))))
    assert "/Link" not in {str(element.S) for element in elements(file)}
    assert "javascript:1" in "".join(marks(file).values())
