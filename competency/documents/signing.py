"""Signing a finished document: PAdES B-B, RSA and SHA-256, appended to the file as it is.

What was finished stays byte by byte at the beginning of the signed file; the signature
covers all of it but itself. An elliptic curve would lift the file to PDF 2.0, which
PDF/A-3 is not: keys are RSA.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from competency.documents.containers import DIGEST, container, signed_attributes

FIELD = "Signature"
DEMONSTRATION = "Demonstration, worth nothing"
"""The name in the certificate of a key that proves nothing of anybody."""


@dataclass(frozen=True)
class SigningKey:
    """A private key, and the certificates that say whose it is: its own first."""

    key: RSAPrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """Return the key's own certificate."""
        return self.chain[0]

    @cached_property
    def is_demonstration(self) -> bool:
        """Return whether what it signs is signed for show only."""
        return is_demonstration(self.certificate)

    @cached_property
    def embedded(self) -> tuple[asn1.Certificate, ...]:
        """Return the certificates as a signature carries them."""
        return tuple(asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in self.chain)

    @cached_property
    def room(self) -> int:
        """Return how many hexadecimal digits a signature of this key takes."""
        return 2 * len(self.sign(bytes(32)))

    def sign(self, digest: bytes) -> bytes:
        """Return the signature over the SHA-256 ``digest`` of a file."""
        attributes = signed_attributes(digest, self.embedded)
        signature = self.key.sign(attributes.dump(), PKCS1v15(), SHA256())
        return container(attributes, signature, self.embedded)


def is_demonstration(certificate: x509.Certificate) -> bool:
    """Return whether a certificate says of itself that it is worth nothing."""
    return common_name(certificate.subject) == DEMONSTRATION


def common_name(name: x509.Name) -> str:
    """Return the name that people know somebody of a certificate by."""
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, in hexadecimal digits."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


class _Writer(IncrementalPdfFileWriter):
    """Appends to a file, and leaves alone what it says of itself: that was checked."""

    def _update_meta(self) -> None:
        """Write no new metadata."""


def signed(document: bytes, key: SigningKey, now: datetime, *, field: str = FIELD) -> bytes:
    """Return a finished ``document`` signed with ``key``; ``now`` is the signer's own word."""
    writer = _Writer(BytesIO(document))
    steps = PdfCMSEmbedder().write_cms(field, writer)
    next(steps)
    steps.send(
        SigObjSetup(
            SignatureObject(
                timestamp=now, subfilter=SigSeedSubFilter.PADES, bytes_reserved=key.room
            )
        )
    )
    prepared, output = steps.send(SigIOSetup(DIGEST, in_place=True))
    prepared.fill_with_cms(output, key.sign(prepared.document_digest))
    written: bytes = output.getvalue()
    return written
