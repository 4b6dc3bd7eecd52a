"""How one event is chained to the one before it; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from competency.database.canonical import canonical_json


@dataclass(frozen=True)
class Link:
    """One event as it is hashed."""

    sequence: int
    occurred_at: datetime
    actor: str
    action: str
    subject_kind: str
    subject: str
    data: dict[str, Any]
    previous_hash: str
    hash: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """An end of the chain that was kept elsewhere: what it held then, it must still hold."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        """Return the one line that is kept: ``sequence:hash``."""
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, line: str) -> Checkpoint:
        """Read the line back; raise ``ValueError`` when it is not one."""
        sequence, _, value = line.strip().partition(":")
        if not sequence.isdigit() or len(value) != hashlib.sha256().digest_size * 2:
            msg = f"not a checkpoint: {line!r}; expected sequence:hash"
            raise ValueError(msg)
        return cls(int(sequence), value)


def link_hash(link: Link) -> str:
    """Return SHA-256 (hex) over the previous hash and the event's canonical JSON."""
    body = canonical_json(
        {
            "sequence": link.sequence,
            "occurred_at": link.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": link.actor,
            "action": link.action,
            "subject_kind": link.subject_kind,
            "subject": link.subject,
            "data": link.data,
        }
    )
    return hashlib.sha256(f"{link.previous_hash}{body}".encode()).hexdigest()


def broken_links(
    links: Iterable[Link], *, genesis: str, tail: Checkpoint, checkpoint: Checkpoint | None
) -> Iterator[str]:
    """Yield a sentence for each fault of a chain given in order of sequence.

    A chain alone cannot show that its end was cut or that all of it was written
    anew; ``checkpoint``, kept outside the database, does.
    """
    expected, previous = 1, genesis
    held = None
    for link in links:
        if link.sequence != expected:
            yield f"event {expected} is missing: the next one is {link.sequence}"
        if link.previous_hash != previous:
            yield f"event {link.sequence} does not continue the one before it"
        if link_hash(link) != link.hash:
            yield f"event {link.sequence} was changed after it was written"
        if checkpoint is not None and link.sequence == checkpoint.sequence:
            held = link.hash
        expected, previous = link.sequence + 1, link.hash
    if tail != Checkpoint(expected - 1, previous):
        yield f"the chain ends at {expected - 1}, but its tail says {tail.sequence}"
    if checkpoint is not None and checkpoint.sequence and held != checkpoint.hash:
        yield f"event {checkpoint.sequence} is not the one that the checkpoint holds"
