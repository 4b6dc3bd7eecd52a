"""What a signature over a document proves, and that no byte can change without its notice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from random import Random

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from competency.documents.attestation import attestation
from competency.documents.checking import Integrity, checked
from competency.documents.finishing import FACTS_FILE, facts_json, finished
from competency.documents.signing import DEMONSTRATION, SigningKey, signed
from tests.support.keys import OWNER, certificate, private_key, signing_key
from tests.support.papers import flipped, printed, signature_report
from tests.unit.documents_facts import attestation_facts
from tests.unit.test_documents_finishing import bare

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
FLIPS = 20


@cache
def unsigned() -> bytes:
    """Return a finished document."""
    facts = attestation_facts()
    return finished(attestation(facts), facts, facts.language)


@cache
def document() -> bytes:
    """Return the same document signed."""
    return signed(unsigned(), signing_key(), NOW)


def chained() -> SigningKey:
    """Return a key whose certificate somebody else issued, as an organisation's is."""
    own, other = private_key(), private_key(1)
    authority = certificate("Entidad de Ejemplo", key=other)
    issued = certificate("Organización Ejemplo", key=own, issuer=("Entidad de Ejemplo", other))
    return SigningKey(own, (issued, authority))


def test_what_was_finished_stays_byte_by_byte_under_the_signature() -> None:
    assert document().startswith(unsigned())
    assert printed(document()) == printed(unsigned())


def test_the_signature_is_pades_with_sha_256_and_covers_the_whole_file() -> None:
    report = signature_report(document())
    assert "Signature is Valid" in report
    assert "Total document signed" in report
    assert "ETSI.CAdES.detached" in report
    assert "SHA-256" in report
    assert OWNER in report


def test_another_library_finds_the_signature_intact_and_by_the_book() -> None:
    for key in (signing_key(), chained()):
        content = signed(unsigned(), key, NOW)
        root = x509.Certificate.load(key.chain[-1].public_bytes(Encoding.DER))
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        [found] = PdfFileReader(BytesIO(content)).embedded_signatures
        with ThreadPoolExecutor(1) as thread:  # an event loop of its own: a browser's may run here
            status = thread.submit(validate_pdf_signature, found, context).result()
        assert status.intact
        assert status.valid
        assert status.trusted
        assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_signing_adds_a_field_and_a_signature_and_nothing_that_is_seen() -> None:
    before, after = pikepdf.open(BytesIO(unsigned())), pikepdf.open(BytesIO(document()))
    assert set(after.Root) - set(before.Root) == {"/AcroForm"}
    [field] = after.Root.AcroForm.Fields.as_list()
    assert [float(edge) for edge in field.Rect.as_list()] == [0, 0, 0, 0]
    assert before.pages[0].Contents.read_bytes() == after.pages[0].Contents.read_bytes()
    assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
    assert after.pdf_version == before.pdf_version == "1.7"


def test_the_file_alone_says_who_signed_when_and_what() -> None:
    found = checked(document())
    assert found.integrity is Integrity.UNCHANGED
    assert found.signer is not None
    assert (found.signer.name, found.signer.is_own_issuer) == (OWNER, True)
    assert not found.signer.is_demonstration
    assert found.signer.signed_at == NOW
    assert len(found.signer.fingerprint) == 64
    assert found.facts == json.loads(facts_json(attestation_facts()))


def test_a_certificate_of_an_authority_and_one_for_demonstration_are_told_apart() -> None:
    issued = checked(signed(unsigned(), chained(), NOW)).signer
    assert issued is not None
    assert (issued.name, issued.issuer) == ("Organización Ejemplo", "Entidad de Ejemplo")
    assert not issued.is_own_issuer
    shown = SigningKey(private_key(), (certificate(DEMONSTRATION),))
    assert shown.is_demonstration
    told = checked(signed(unsigned(), shown, NOW)).signer
    assert told is not None
    assert told.is_demonstration


def test_a_moment_at_another_place_is_the_same_moment() -> None:
    there = NOW.astimezone(tz=datetime.strptime("-0300", "%z").tzinfo)
    found = checked(signed(unsigned(), signing_key(), there)).signer
    assert found is not None
    assert found.signed_at == NOW


@pytest.mark.parametrize("content", [unsigned, bare, lambda: b"", lambda: b"%PDF-1.7", bytes])
def test_what_was_never_signed_is_not_called_changed(content: object) -> None:
    assert callable(content)
    assert checked(content()).integrity is Integrity.UNSIGNED


def test_what_is_added_or_cut_is_found() -> None:
    content = document()
    for wrong in (
        content + b" ",
        content[:-1],
        content[: len(unsigned())] + b"/ByteRange",
        signed(content, signing_key(), NOW + timedelta(days=1), field="Second"),
    ):
        assert checked(wrong).integrity is Integrity.CHANGED


def test_a_signature_of_another_document_does_not_fit() -> None:
    facts = attestation_facts(number="2025-000999")
    other = finished(attestation(facts), facts, facts.language)
    moved = other + document()[len(unsigned()) :]
    assert checked(moved).integrity is Integrity.CHANGED


def test_a_digit_in_another_case_is_a_changed_byte() -> None:
    content = bytearray(document())
    start = bytes(content).index(b"/Contents") + 12
    at = next(i for i in range(start, len(content)) if chr(content[i]) in "ABCDEF")
    content[at] |= 0x20
    assert checked(bytes(content)).integrity is Integrity.CHANGED


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_changed_byte_anywhere_is_found(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for content in (document(), signed(unsigned(), chained(), NOW)):
        everywhere = flipped(content, random)
        appended = flipped(content, random, since=len(unsigned()))
        assert checked(everywhere).integrity is Integrity.CHANGED
        assert checked(appended).integrity is Integrity.CHANGED


def test_facts_that_are_nested_without_end_are_an_answer_and_no_crash() -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(unsigned())) as pdf:
        del pdf.attachments[FACTS_FILE]
        pdf.attachments[FACTS_FILE] = pikepdf.AttachedFileSpec(
            pdf,
            b"[" * 100_000,
            filename=FACTS_FILE,
            description="",
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
        pdf.save(output)
    found = checked(signed(output.getvalue(), signing_key(), NOW))
    assert (found.integrity, found.facts) == (Integrity.CHANGED, None)
