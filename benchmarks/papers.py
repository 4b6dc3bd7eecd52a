"""Documents per second, beside a bare canvas with as many pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from competency.documents.attestation import attestation
from competency.documents.plan import development_plan
from tests.unit.documents_facts import attestation_facts, plan_facts

HEADS = ("what", "pages", "KB", "ms each", "per s", "times the floor")
SECONDS = 2.0
LINES = 45
GAPS = 30


def bare(pages: int) -> bytes:
    """Return a document of plain lines in a built-in font."""
    stream = BytesIO()
    canvas = Canvas(stream)
    for _ in range(pages):
        for line in range(LINES):
            canvas.drawString(
                50, 800 - 16 * line, f"Line {line} of a bare canvas, as plain as can be"
            )
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def milliseconds(make: Callable[[], bytes]) -> float:
    """Return how long one takes, over ``SECONDS`` of making them."""
    make()
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        make()
        count += 1
    return (time.perf_counter() - begun) * 1000 / count


def measure() -> list[tuple[object, ...]]:
    """Return the rows of the table."""
    attested, planned = attestation_facts(), plan_facts(GAPS)
    rows: list[tuple[object, ...]] = []
    makers: dict[str, Callable[[], bytes]] = {
        "attestation": lambda: attestation(attested),
        f"plan of {GAPS} gaps": lambda: development_plan(planned),
    }
    for name, make in makers.items():
        document = make()
        pages = len(PdfReader(BytesIO(document)).pages)
        least, ours = milliseconds(lambda pages=pages: bare(pages)), milliseconds(make)  # type: ignore[misc]  # bound at once
        for what, size, took in (
            (f"bare canvas, {pages} pages", len(bare(pages)), least),
            (name, len(document), ours),
        ):
            rows.append(
                (
                    what,
                    pages,
                    f"{size / 1024:.0f}",
                    f"{took:.1f}",
                    f"{1000 / took:.0f}",
                    f"{took / least:.1f}",
                )
            )
    return rows
