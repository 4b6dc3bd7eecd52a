"""Checking the signature of a document with nothing but the file: no network, no register.

A signature counts only where it is the one that this system writes, covers the whole file
and differs in no byte from what was written. Nothing here says that the certificate is
whose it says, or that the document stands today: the register knows the second.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from io import BytesIO

import pikepdf
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from competency.documents.containers import NotAsWritten, opened
from competency.documents.finishing import embedded_facts
from competency.documents.signing import common_name, fingerprint, is_demonstration

_TRACES = (b"/ByteRange", b"ETSI.CAdES.detached", b"/SigFlags")
_MOMENT = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")


class Integrity(StrEnum):
    """What the file alone tells."""

    UNSIGNED = "unsigned"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Signer:
    """Who signed, as the certificate in the file says."""

    name: str
    issuer: str
    is_own_issuer: bool
    is_demonstration: bool
    fingerprint: str
    valid_from: datetime
    valid_until: datetime
    signed_at: datetime | None
    """By the signer's own clock."""


@dataclass(frozen=True)
class Checked:
    """What a file alone tells of itself; signer and facts only where it is unchanged."""

    integrity: Integrity
    signer: Signer | None = None
    facts: Mapping[str, object] | None = None


def checked(content: bytes) -> Checked:
    """Return whether a file is signed and unchanged, by whom, and the facts it carries."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            [found] = _signatures(pdf)  # a second one is as wrong as none
            (start, end), written = _container(content, found)
            moment = _moment(str(found.get("/M", "")))
        digest = hashlib.sha256(content[:start])
        digest.update(content[end:])
        signer = _signer(_verified(written, digest.digest())[0], moment)
        facts = embedded_facts(content)
    except (
        NotAsWritten,
        InvalidSignature,
        pikepdf.PdfError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ):
        is_signed = any(trace in content for trace in _TRACES)
        return Checked(Integrity.CHANGED if is_signed else Integrity.UNSIGNED)
    return Checked(Integrity.UNCHANGED, signer, facts)


def _signatures(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the signatures in the fields of a form."""
    fields = pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", pikepdf.Array())
    return [
        field["/V"]
        for field in fields.as_list()
        if field.get("/FT") == pikepdf.Name.Sig and "/V" in field
    ]


def _container(content: bytes, signature: pikepdf.Object) -> tuple[tuple[int, int], bytes]:
    """Return where a signature stands in the file, and its bytes.

    Raises ``NotAsWritten`` unless it covers all but itself and is written in one form:
    capital hexadecimal digits, then nothing but zeros.
    """
    begin, start, end, rest = (int(number) for number in signature["/ByteRange"].as_list())
    if begin != 0 or not 0 < start < end or end + rest != len(content):
        raise NotAsWritten
    written = content[start:end]
    if not re.fullmatch(rb"<(?:[0-9A-F]{2})+>", written):
        raise NotAsWritten
    return (start, end), bytes.fromhex(written[1:-1].decode("ascii"))


def _verified(written: bytes, digest: bytes) -> tuple[x509.Certificate, ...]:
    """Return the chain of a container whose signature over ``digest`` is right."""
    attributes, signature, chain = opened(written, digest)
    certificates = tuple(_loaded(one) for one in chain)
    key = certificates[0].public_key()
    if not isinstance(key, RSAPublicKey):
        raise NotAsWritten
    key.verify(signature, attributes, PKCS1v15(), SHA256())
    return certificates


def _loaded(certificate: asn1.Certificate) -> x509.Certificate:
    """Return a certificate of a container as one that can be asked."""
    return x509.load_der_x509_certificate(certificate.dump())


def _signer(certificate: x509.Certificate, moment: datetime | None) -> Signer:
    """Return who signed."""
    return Signer(
        name=common_name(certificate.subject),
        issuer=common_name(certificate.issuer),
        is_own_issuer=certificate.subject == certificate.issuer,
        is_demonstration=is_demonstration(certificate),
        fingerprint=fingerprint(certificate),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        signed_at=moment,
    )


def _moment(written: str) -> datetime | None:
    """Return a moment as a PDF writes it, ``None`` for another form."""
    found = _MOMENT.fullmatch(written)
    if found is None:
        return None
    shift = timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
    zone = timezone(-shift if found[2] == "-" else shift)
    moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    return moment.astimezone(UTC)
