"""Value types of the register; pure."""

from __future__ import annotations

from enum import StrEnum


class IssuerKind(StrEnum):
    """An internal issuer attests; only an authorised one certifies by statute."""

    INTERNAL = "internal"
    AUTHORISED = "authorised"


class EntryState(StrEnum):
    """Where a register entry stands; ``issuing`` has a number and no document yet."""

    ISSUING = "issuing"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
