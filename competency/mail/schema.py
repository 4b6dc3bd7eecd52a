"""Value types of messages; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Param = str | int
"""What a message's words are filled with; a day is an ISO date under a name in ``_on``."""
Params = Mapping[str, Param]


class MessageState(StrEnum):
    """How far a message's mail is; every message stands in its recipient's mailbox."""

    WAITING = "waiting"  # to be sent, or to be tried again
    SENT = "sent"  # accepted by the mail server
    FAILED = "failed"  # given up
    KEPT = "kept"  # in the mailbox only: no address, or too old to be sent


@dataclass(frozen=True)
class Kind:
    """What one kind of message says; subject and body are message ids of the catalogues.

    ``params`` are the names that the words are filled with. With ``about`` they also
    name a person, whose name is looked up when the message is read, never stored.
    ``endpoint`` is the page it leads to; ``argument`` takes the message's link where
    the page is one thing's.
    """

    subject: str
    body: str
    endpoint: str
    argument: str | None = None
    params: frozenset[str] = frozenset()
    about: bool = False


@dataclass(frozen=True)
class Rendered:
    """A message in one language: one line of subject, plain text, and where it leads."""

    subject: str
    body: str
    link: str
