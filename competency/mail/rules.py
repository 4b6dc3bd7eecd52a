"""When a mail is tried again and when it is given up; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

WAITS: Sequence[timedelta] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""How long is waited after the first, second, … failed try; after the last it is given up."""
STALE = timedelta(days=7)
"""A mail that nobody tried for so long is not sent any more: it stays in the mailbox."""
LEASE = timedelta(minutes=30)
"""How long a sender has a batch to itself, longer than ``BATCH`` mails can take."""
BATCH = 20
"""So many mails are claimed at once."""
TIMEOUT_SECONDS = 10.0
"""How long a mail server may take to answer one command."""
KEPT = timedelta(days=90)
"""How long messages are kept."""
ERROR_MAXIMUM = 300


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when a mail that failed ``attempts`` times is tried again, if it is."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def one_line(text: str) -> str:
    """Return the text on one line: a header can't be left by what somebody typed."""
    letters = (letter if letter.isprintable() else " " for letter in text)
    return " ".join("".join(letters).split())
