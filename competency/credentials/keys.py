"""The key that signs documents: the organisation's own, or one for demonstration.

It is read once a process; a new one counts from the next start. Whether its certificate
is valid is asked at each issue, before a number is taken.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

from competency.config import Config
from competency.documents.signing import DEMONSTRATION, SigningKey
from competency.errors import Invalid

DEMONSTRATION_FILE = "demonstration-key.p12"
_BITS = 3072
_LEAST_BITS = 2048
_YEARS = 10
_EXPONENT = 65537


def signing_key(config: Config, now: datetime) -> SigningKey:
    """Return the key that signs today; ``Invalid`` says why there is none.

    Without ``COMPETENCY_SIGNING_KEY`` it is a demonstration key in the data folder, made
    when it is first needed.
    """
    if config.signing_key:
        key = _loaded(config.signing_key, config.signing_passphrase)
    else:
        path = config.data_folder / DEMONSTRATION_FILE
        if not path.exists():
            _make_demonstration_key(path, now)
        key = _loaded(path, "")
    certificate = key.certificate
    if now < certificate.not_valid_before_utc:
        raise Invalid(
            "The signing certificate is not valid before %(day)s.",
            day=f"{certificate.not_valid_before_utc:%Y-%m-%d}",
        )
    if now > certificate.not_valid_after_utc:
        raise Invalid(
            "The signing certificate expired on %(day)s. An administrator installs a new one.",
            day=f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        )
    return key


@lru_cache(maxsize=8)
def _loaded(path: Path, passphrase: str) -> SigningKey:
    """Read a PKCS#12 file; ``Invalid`` where it can't be read, opened or used."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid("The signing key %(file)s can't be read.", file=path.name) from error
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(
            content, passphrase.encode() or None
        )
    except ValueError as error:
        raise Invalid(
            "The passphrase of the signing key %(file)s is wrong, or the file is no PKCS#12 file.",
            file=path.name,
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None or key.key_size < _LEAST_BITS:
        raise Invalid(
            "The signing key %(file)s must hold an RSA key of at least %(bits)s bits with its "
            "certificate.",
            file=path.name,
            bits=_LEAST_BITS,
        )
    return SigningKey(key, (certificate, *others))


def _make_demonstration_key(path: Path, now: datetime) -> None:
    """Write a new self-signed key, readable to us only; another process's stands if first."""
    key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Competency"),
            x509.NameAttribute(NameOID.COMMON_NAME, DEMONSTRATION),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signs_only(), critical=True)
        .sign(key, SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(
        DEMONSTRATION.encode(), key, certificate, None, NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    with suppress(FileExistsError):  # another process was first: its key stands
        os.link(temporary, path)
    Path(temporary).unlink()


def signs_only() -> x509.KeyUsage:
    """Return that a key signs documents, and is for nothing else."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
