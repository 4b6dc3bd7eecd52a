"""Argon2id at 19 MiB, two passes, one lane (OWASP's cheaper profile; docs/security.md).

Hashing takes tens of milliseconds and is never done while a lock is held; a
semaphore bounds how many run at once, so that sign-ins cannot starve the pages.
"""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("a password that nobody has: unknown names cost the same work")


def hash_password(password: str) -> str:
    """Return the encoded Argon2id hash, salt and parameters included."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Return whether the password matches; without a stored hash the work is the same."""
    with _AT_ONCE:
        try:
            matches = _HASHER.verify(stored or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return matches and stored is not None
