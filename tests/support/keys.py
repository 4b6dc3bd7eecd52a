"""Keys that tests sign with: made once a process, small, and nobody's."""

from __future__ import annotations

import atexit
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from competency.credentials.keys import signs_only
from competency.documents.signing import SigningKey

PASSPHRASE = "for tests only"
OWNER = "Firma de Ejemplo"
_folder = tempfile.TemporaryDirectory(prefix="competency-keys-")
atexit.register(_folder.cleanup)


@cache
def private_key(number: int = 0) -> rsa.RSAPrivateKey:  # noqa: ARG001 - the number tells them apart
    """Return a key of the smallest size that is accepted."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(name: str) -> x509.Name:
    """Return a name of a certificate."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: str = OWNER,
    *,
    key: rsa.RSAPrivateKey | None = None,
    issuer: tuple[str, rsa.RSAPrivateKey] | None = None,
    since: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    days: int = 40 * 365,
) -> x509.Certificate:
    """Return a certificate, its own issuer's where none is named."""
    key = key or private_key()
    by, signing = issuer or (name, key)
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(signs_only(), critical=True)
        .sign(signing, SHA256())
    )


@cache
def signing_key() -> SigningKey:
    """Return the key of the tests."""
    return SigningKey(private_key(), (certificate(),))


def packed(key: SigningKey, passphrase: str = PASSPHRASE) -> bytes:
    """Return a key as a PKCS#12 file."""
    return pkcs12.serialize_key_and_certificates(
        b"tests",
        key.key,
        key.certificate,
        key.chain[1:] or None,
        BestAvailableEncryption(passphrase.encode()),
    )


@cache
def key_file() -> Path:
    """Return the file with the key of the tests, opened by ``PASSPHRASE``."""
    path = Path(_folder.name) / "tests.p12"
    path.write_bytes(packed(signing_key()))
    return path
