"""The signature of a document as CMS (RFC 5652), in exactly one form of bytes.

PAdES B-B (ETSI EN 319 142-1) asks for a detached signature with the hash of what is
signed, its type and the hash of the signer's certificate among the signed attributes. Here
every certificate of the chain is named there, and whatever isn't under the signature has
one value only: so a container differs in no byte from the one that was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from asn1crypto import algos, cms, tsp, x509

DIGEST = "sha256"
MECHANISM = "sha256_rsa"


def signed_attributes(digest: bytes, chain: Sequence[x509.Certificate]) -> cms.CMSAttributes:
    """Return what is signed: the ``digest`` of a file, and who signs (first in ``chain``)."""
    named = tsp.SigningCertificateV2({"certs": [_named(one) for one in chain]})
    values = {
        "content_type": "data",
        "message_digest": digest,
        "signing_certificate_v2": named,
    }
    return cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()]
    )


def _named(certificate: x509.Certificate) -> tsp.ESSCertIDv2:
    """Return a certificate by its hash (RFC 5035)."""
    issuer = x509.GeneralName({"directory_name": certificate.issuer})
    return tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": DIGEST},
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
            "issuer_serial": {"issuer": [issuer], "serial_number": certificate.serial_number},
        }
    )


def container(
    attributes: cms.CMSAttributes, signature: bytes, chain: Sequence[x509.Certificate]
) -> bytes:
    """Return the signature with its attributes and certificates, the signer's first."""
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": chain[0].issuer, "serial_number": chain[0].serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": DIGEST}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": MECHANISM}),
            "signed_attrs": attributes,
            "signature": signature,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": DIGEST})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", one) for one in chain],
            "signer_infos": [signer],
        }
    )
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return written


class NotAsWritten(ValueError):
    """A container is not one that ``container`` made."""


def opened(written: bytes, digest: bytes) -> tuple[bytes, bytes, tuple[x509.Certificate, ...]]:
    """Return what was signed, the signature over it, and the chain, of a container.

    Raises ``NotAsWritten`` for one that isn't about ``digest``, or differs in any byte from
    what ``container`` makes of the same signature and certificates.
    """
    try:
        signed = cms.ContentInfo.load(written, strict=True)["content"]
        [signer] = signed["signer_infos"]
        found = {x509.Certificate.load(one.chosen.dump()) for one in signed["certificates"]}
        named = [
            one["cert_hash"].native
            for attribute in signer["signed_attrs"]
            if attribute["type"].native == "signing_certificate_v2"
            for one in attribute["values"][0]["certs"]
        ]
        by_hash = {hashlib.sha256(one.dump()).digest(): one for one in found}
        chain = tuple(by_hash[one] for one in named)
        signature = signer["signature"].native
        attributes = signed_attributes(digest, chain)
        same = container(attributes, signature, chain) == written
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise NotAsWritten(str(error)) from error
    if not same:
        raise NotAsWritten
    return attributes.dump(), signature, chain
