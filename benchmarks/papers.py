"""Documents per second, beside a bare canvas with as many pages."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from competency import clock
from competency.config import Config
from competency.credentials.keys import signing_key
from competency.documents.attestation import attestation
from competency.documents.finishing import finished
from competency.documents.plan import development_plan
from competency.documents.printing import Sheet, print_file
from competency.documents.schema import AttestationFacts, PlanFacts
from competency.documents.signing import SigningKey, signed
from tests.unit.documents_facts import attestation_facts, plan_facts

HEADS = ("what", "pages", "KB", "ms each", "per s", "times the floor")
SECONDS = 2.0
LINES = 45
GAPS = 30
PRINTED = 200


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
    """Return the rows of the table: each paper plain, finished and signed."""
    attested, planned = attestation_facts(), plan_facts(GAPS)
    papers: dict[str, tuple[Callable[[], bytes], AttestationFacts | PlanFacts]] = {
        "attestation": (lambda: attestation(attested), attested),
        f"plan of {GAPS} gaps": (lambda: development_plan(planned), planned),
    }
    rows: list[tuple[object, ...]] = []
    for name, (draw, facts) in papers.items():
        drawn = draw()
        pages = len(PdfReader(BytesIO(drawn)).pages)
        floor = milliseconds(lambda pages=pages: bare(pages))  # type: ignore[misc]  # bound at once
        makers: dict[str, Callable[[], bytes]] = {
            f"bare canvas, {pages} pages": lambda pages=pages: bare(pages),  # type: ignore[misc]
            f"{name}, plain": draw,
            f"{name}, PDF/A-3b": _finisher(draw, facts),
            f"{name}, signed": _signer(draw, facts),
        }
        for what, make in makers.items():
            rows.append(_row(what, pages, len(make()), milliseconds(make), floor))
    content = _signer(*papers["attestation"])()
    sheets = [Sheet(f"OF-2026-{number:05d}", "Ana Ejemplo", content) for number in range(PRINTED)]
    begun = time.perf_counter()
    printed = print_file("Ciclo", sheets, language="es", made_on=attested.issued_on)
    took = (time.perf_counter() - begun) * 1000 / PRINTED
    floor = milliseconds(lambda: bare(1))
    rows.append(_row(f"one of {PRINTED} in a print file", 1, len(printed) // PRINTED, took, floor))
    return rows


def _finisher(
    draw: Callable[[], bytes], facts: AttestationFacts | PlanFacts
) -> Callable[[], bytes]:
    """Return what draws a paper and finishes it."""
    return lambda: finished(draw(), facts, facts.language)


def _signer(draw: Callable[[], bytes], facts: AttestationFacts | PlanFacts) -> Callable[[], bytes]:
    """Return what draws a paper, finishes it and signs it with RSA of 3072 bits."""
    return lambda: signed(finished(draw(), facts, facts.language), _key(), clock.now())


@cache
def _key() -> SigningKey:
    """Return a key as large as the ones in earnest use."""
    with tempfile.TemporaryDirectory() as folder:
        return signing_key(Config(data_folder=Path(folder)), clock.now())


def _row(what: str, pages: int, size: int, took: float, floor: float) -> tuple[object, ...]:
    """Return one row; ``took`` and ``floor`` are milliseconds."""
    return (
        what,
        pages,
        f"{size / 1024:.0f}",
        f"{took:.1f}",
        f"{1000 / took:.0f}",
        f"{took / floor:.1f}",
    )
