"""Facts for the tests of the documents: plainly fictional people, any size."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

from pypdf import PdfReader

from competency.documents.schema import (
    ActionRow,
    AttestationFacts,
    CriterionResult,
    GapRow,
    Holder,
    Issuer,
    LevelBar,
    PlanFacts,
    Signatory,
    UnitResult,
)

SENTENCE = (
    "Atiende al cliente de acuerdo al protocolo de servicio, tal como saludo, "
    "indagación de la necesidad, entrega de la solución y despedida."
)


def issuer(**changes: object) -> Issuer:
    base = Issuer("Organización Ejemplo", "Empresa de Prueba S.A.", "76.000.000-0", "Chile")
    return replace(base, **changes)  # type: ignore[arg-type]


def holder(**changes: object) -> Holder:
    base = Holder("Ana Ejemplo", "E-1042", "11.111.111-1", "RUT", "Ejecutiva", "Sede Norte")
    return replace(base, **changes)  # type: ignore[arg-type]


def signatories() -> tuple[Signatory, ...]:
    return (
        Signatory("Evaluador", "Supervisor Prueba", "Supervisor de oficina"),
        Signatory("Revisora", "Revisora Ficticia", None),
        Signatory("Emite", "Персонал Примеров", "Recursos Humanos"),
    )


def units(count: int, criteria: int) -> tuple[UnitResult, ...]:
    return tuple(
        UnitResult(
            f"AC{unit}",
            f"Actividad clave {unit}: gestionar la atención de la oficina",
            "Competente" if unit % 2 else "Aún no competente",
            bool(unit % 2),
            tuple(
                CriterionResult(f"{unit}.{one} {SENTENCE}", "Cumple", excused=one == 4)
                for one in range(1, criteria + 1)
            ),
        )
        for unit in range(1, count + 1)
    )


def attestation_facts(**changes: object) -> AttestationFacts:
    base = AttestationFacts(
        language="es",
        number="2025-000123",
        issued_on=date(2025, 3, 14),
        issuer=issuer(),
        holder=holder(),
        framework_title="Supervisor de oficina comercial",
        framework_version="1.0.0",
        framework_language="es",
        framework_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        framework_source="ChileValora",
        overall_label="Competente",
        units=units(3, 1),
        assessed_from=date(2025, 2, 1),
        assessed_to=date(2025, 2, 28),
        signatories=signatories(),
        verification_url="https://competency.example/v/Hq3vZk8JpX2mW9sT",
        check_code="K7QM-4TXB",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def bars(count: int, top: int = 3) -> tuple[LevelBar, ...]:
    judged = [None, *range(top + 1)]
    labels = {None: None, 0: "Bajo G", 1: "G", 2: "F", 3: "E"}
    if top == 1:
        labels = {None: None, 0: "Aún no cumple", 1: "Cumple"}
    return tuple(
        LevelBar(
            f"Criterio {one}: conocimiento de productos y servicios",
            f"Dimensión {one // 6 + 1}",
            judged[one % len(judged)],
            top - (one % 2 if top > 1 else 0),
            top,
            labels.get(judged[one % len(judged)], "Nivel"),
            labels.get(top - (one % 2 if top > 1 else 0)) or "Nivel",
        )
        for one in range(count)
    )


def gaps(count: int) -> tuple[GapRow, ...]:
    return tuple(
        GapRow(
            f"Dimensión {one // 6 + 1}",
            f"Brecha {one}: conocimiento de productos y servicios",
            None if one % 5 == 4 else "G",
            "F",
            "Ofrece productos descontinuados en tres contactos." if one % 3 == 0 else None,
            None if one % 7 == 6 else SENTENCE,
        )
        for one in range(count)
    )


def actions(count: int) -> tuple[ActionRow, ...]:
    return tuple(
        ActionRow(
            (f"Brecha {one}", f"Brecha {one + 1}"),
            "Acompañamiento",
            f"Acción {one}: escucha conjunta de cuatro contactos por semana y retroalimentación.",
            "Supervisor Prueba",
            date(2025, 6, 30) if one % 4 else None,
            "Calidad ≥ 90 % durante un mes" if one % 2 else None,
            "En curso",
        )
        for one in range(count)
    )


def plan_facts(count: int = 3, top: int = 3, **changes: object) -> PlanFacts:
    base = PlanFacts(
        language="es",
        issuer=issuer(),
        holder=holder(),
        framework_title="Criterios de progresión, Customer Service",
        framework_version="1.0.0",
        framework_language="es",
        appraised_on=date(2025, 2, 28),
        supervisor="Supervisor Prueba",
        outcome_label="F",
        bars=bars(max(count, 4), top),
        gaps=gaps(count),
        actions=actions((count + 1) // 2),
        signatories=signatories()[:2],
        made_on=date(2025, 3, 3),
        reference="PD-2025-0042",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def pages_of(document: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]


def plain(text: str) -> str:
    """Return ``text`` with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


def text_of(document: bytes) -> str:
    """Return the text of all pages, white space normalised."""
    return plain("\n".join(pages_of(document)))
