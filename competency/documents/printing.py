"""Many issued documents as one file for the printer, behind a sheet that says what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pikepdf

from competency.documents.blocks import draw_notice
from competency.documents.drawing import Document
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import SMALL, Text
from competency.wording import Words


@dataclass(frozen=True)
class Sheet:
    """One issued document in a print file: its number, its holder, its bytes."""

    number: str
    holder: str
    content: bytes


def print_file(title: str, sheets: Iterable[Sheet], *, language: str, made_on: date) -> bytes:
    """Return the pages of all ``sheets`` in one PDF, after a cover that lists them.

    A copy: pages are taken as they are, signatures and embedded facts stay behind with
    the originals.
    """
    kept = list(sheets)
    output = BytesIO()
    with pikepdf.open(BytesIO(_cover(title, kept, language, made_on))) as pdf:
        _untie(pdf)
        for sheet in kept:
            with pikepdf.open(BytesIO(sheet.content)) as source:
                _untie(source)
                pdf.pages.extend(source.pages)
        pdf.save(output)
    return output.getvalue()


def _untie(pdf: pikepdf.Pdf) -> None:
    """Take from a file's pages what belongs to the file: signature, structure."""
    for name in ("/AcroForm", "/StructTreeRoot", "/MarkInfo"):
        if name in pdf.Root:
            del pdf.Root[name]
    for page in pdf.pages:
        for name in ("/StructParents", "/Tabs"):
            if name in page:
                del page[name]
        annotations = page.get("/Annots", pikepdf.Array()).as_list()
        kept = [one for one in annotations if one.Subtype != "/Widget"]
        for annotation in kept:
            if "/StructParent" in annotation:
                del annotation["/StructParent"]
        page["/Annots"] = pikepdf.Array(kept)


def _cover(title: str, sheets: Iterable[Sheet], language: str, made_on: date) -> bytes:
    """Return the sheet in front: that these are copies, and of which documents."""
    words = Words(language)
    heading = words.gettext("Copies for printing")
    document = Document(
        title=f"{heading} – {title}",
        author="",
        subject=title,
        language=language,
        made_on=made_on,
        accent="#333333",
        running=f"{heading} · {title}",
    )
    document.heading(heading, 1)
    document.paragraph(title)
    document.paragraph(words.gettext("Made on %(date)s", date=words.date(made_on)))
    document.gap(8)
    draw_notice(
        document,
        words.gettext(
            "These pages are copies. The originals are the signed files in the register; only "
            "with those can a signature be checked. The QR code on each leads to what the "
            "register says of it today."
        ),
    )
    document.gap(10)
    draw_table(
        document,
        (Column(words.gettext("Number"), 0.35), Column(words.gettext("Holder"), 0.65)),
        [Row(((Text(one.number, SMALL),), (Text(one.holder, SMALL),))) for one in sheets],
    )
    return document.to_bytes()
