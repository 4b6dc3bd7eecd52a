"""Facts of documents at random, and what poppler's tools read in the files."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from competency.documents.attestation import attestation
from competency.documents.finishing import embedded_facts, facts_json, finished
from competency.documents.schema import AttestationFacts, CriterionResult, Holder, UnitResult
from tests.unit.documents_facts import attestation_facts

_NAMES = (
    "Ana Ejemplo Prueba",
    "O'Brien <b>Ejemplo</b> & Co",
    "Niccolò D’Esempio",
    "Юлия Щукина-Йодова",
    "Ñandú Begoña Peñafiel",
    "Zoë Größe Łukasz",
    "{name} %s \\n (Ejemplo)",
)
_WORDS = (
    *("atender", "cliente", "escucha", "protocolo", "«оценка»", "qualità", "R&D", "90", "%"),
    *("≥", "O'Higgins", "día", "perché", "съёмка", "<i>nota</i>", "llamada", "turno", "caso"),
)


def random_facts(random: Random) -> AttestationFacts:
    """Return the facts of an attestation, plainly fictional, of any size."""

    def sentence(most: int) -> str:
        return " ".join(random.choice(_WORDS) for _ in range(random.randint(1, most)))

    units = tuple(
        UnitResult(
            f"AC{number}",
            sentence(12),
            "Competente",
            competent=True,
            criteria=tuple(
                CriterionResult(sentence(30), random.choice(("Cumple", "Соответствует")))
                for _ in range(random.randint(1, 9))
            ),
        )
        for number in range(1, random.randint(1, 5) + 1)
    )
    return attestation_facts(
        language=random.choice(("es", "it", "ru", "en")),
        number=f"OF-2026-{random.randint(1, 99999):05d}",
        issued_on=date(2026, random.randint(1, 12), random.randint(1, 28)),
        holder=Holder(random.choice(_NAMES), f"E-{random.randint(1, 9999)}", position=sentence(4)),
        framework_title=sentence(8),
        units=units,
        units_in_all=len(units),
        notices=tuple(sentence(20) for _ in range(random.randint(0, 2))),
    )


def texts_of(value: object) -> Iterator[str]:
    """Yield every text in a document's facts that it prints as it is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in {"language", "framework_language", "accent_colour"}:
                yield from texts_of(getattr(value, field.name))


def squeezed(text: str) -> str:
    """Return ``text`` without white space: where lines break is not what it says."""
    return re.sub(r"\s+", "", text)


def printed(document: bytes) -> str:
    """Return the text that ``pdftotext`` reads, without white space.

    In the order in which it was written: each cell of a table is one text.
    """
    return squeezed(_poppler(["pdftotext", "-raw", "-enc", "UTF-8"], document, "-"))


def signature_report(document: bytes) -> str:
    """Return what ``pdfsig`` says of a file's signatures; it trusts no issuer here."""
    return _poppler(["pdfsig"], document)


def _poppler(command: list[str], document: bytes, *further: str) -> str:
    """Return what one of poppler's tools prints of a file."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(document)
        done = subprocess.run(  # noqa: S603 - poppler's own tools on our own file
            [*command, file.name, *further], capture_output=True, check=False, text=True
        )
    return done.stdout + done.stderr


def flipped(content: bytes, random: Random, *, since: int = 0) -> bytes:
    """Return ``content`` with one byte changed, at or after ``since``."""
    changed = bytearray(content)
    changed[random.randrange(since, len(content))] ^= random.randint(1, 255)
    return bytes(changed)


def holds(seed: int) -> None:
    """Fail unless a random document reads back as its facts, and is one for archives."""
    facts = random_facts(Random(seed))  # noqa: S311 - to be repeated, not to be secret
    drawn = attestation(facts)
    assert drawn == attestation(facts)
    content = finished(drawn, facts, facts.language)  # raises for any finding
    read = printed(content)
    for text in texts_of(facts):
        assert squeezed(text) in read, text
    assert embedded_facts(content) == json.loads(facts_json(facts))
