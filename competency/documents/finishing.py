"""What every document goes through when it is drawn: its facts as data, and PDF/A-3b.

The drawn file is tagged already. Here it gets the facts it was drawn from as an embedded
JSON file, so that a program can read what a person reads, an output intent and metadata,
and is held against ISO 19005-3 level B once it is written. Finishing notes its time:
the same document finished twice differs in that, and in nothing else.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import pdfa

from competency.wording import Words

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FACTS_FILE = "facts.json"
_FLAVOUR = "3b"
_VERSION = "1.7"


class NotArchivable(RuntimeError):
    """A drawn document is not PDF/A-3b: a fault of the drawing, never of the facts."""


def finished(
    document: bytes, facts: DataclassInstance | Mapping[str, object], language: str
) -> bytes:
    """Return a drawn ``document`` as PDF/A-3b with its ``facts`` embedded as JSON.

    ``facts`` are what it was drawn from; pictures among them are left out. Raises
    ``NotArchivable`` where a check of what was written finds anything.
    """
    output = BytesIO()
    with pikepdf.open(BytesIO(document)) as pdf:
        attached = pikepdf.AttachedFileSpec(
            pdf,
            facts_json(facts),
            filename=FACTS_FILE,
            description=Words(language).gettext("The facts of this document, for programs"),
            mime_type="application/json",
            creation_date=str(pdf.docinfo["/CreationDate"]),
            mod_date=str(pdf.docinfo["/ModDate"]),
        )
        attached.relationship = pikepdf.Name.Data
        pdf.attachments[FACTS_FILE] = attached
        try:
            pdfa.save(pdf, output, _FLAVOUR, min_version=_VERSION)
        except pdfa.PdfaError as error:
            found = "; ".join(str(finding) for finding in error.report.findings)
            raise NotArchivable(found) from error
    return output.getvalue()


def facts_json(facts: DataclassInstance | Mapping[str, object]) -> bytes:
    """Return facts as JSON in UTF-8, keys in order; dates as ISO 8601, pictures as null."""
    data = facts if isinstance(facts, Mapping) else dataclasses.asdict(facts)
    written = json.dumps(data, default=_plain, ensure_ascii=False, sort_keys=True, indent=1)
    return written.encode()


def _plain(value: object) -> str | None:
    """Return what JSON has no form for: a date as text, bytes as nothing."""
    return None if isinstance(value, bytes) else str(value)


def embedded_facts(document: bytes) -> Mapping[str, object] | None:
    """Return the facts that a finished document carries, ``None`` where it has none.

    They are what the file says, no more: only a signature over it tells whose they are.
    """
    with pikepdf.open(BytesIO(document)) as pdf:
        found = pdf.attachments.get(FACTS_FILE)
        if found is None:
            return None
        facts = json.loads(found.get_file().read_bytes())
    return facts if isinstance(facts, dict) else None
