"""Value types of the register; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from competency.frameworks.schema import DocumentKind


class EntryState(StrEnum):
    """Where a register entry stands; ``issuing`` has a number and no document yet."""

    ISSUING = "issuing"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class StatusAction(StrEnum):
    """What is done to a document after it was issued."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"


class Reason(StrEnum):
    """Why, in the categories that anybody may read; the private reason stands beside it."""

    INQUIRY = "inquiry"
    CLEARED = "cleared"
    ERROR = "error"
    EVIDENCE = "evidence"
    REASSESSED = "reassessed"
    AUTHORISATION = "authorisation"
    REQUEST = "request"


class CommissionState(StrEnum):
    """How far a commission is: it stands approved once every seat has approved."""

    INCOMPLETE = "incomplete"
    DECIDING = "deciding"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class Authorisation:
    """What a named authority lets an employer issue, from a day on.

    ``valid_until`` is the last day, ``None`` where none was set; ``ended_on`` the first
    day on which it no longer holds because it was ended early. ``covers`` holds pairs of
    a framework's slug and a statutory document.
    """

    id: int
    public_id: str
    authority: str
    number: str
    starts_on: date
    valid_until: date | None
    ended_on: date | None
    covers: frozenset[tuple[str, DocumentKind]]


class Lack(StrEnum):
    """Why no authorisation lets a statutory document be issued on a day."""

    NONE = "none"
    SCOPE = "scope"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    ENDED = "ended"
