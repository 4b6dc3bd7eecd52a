"""Identifiers, tokens and codes that leave the database (ADR 0001)."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no letter is mistaken for another."""

PUBLIC_ID_LENGTH = 20  # 100 bits
CHECK_CODE_LENGTH = 10  # 50 bits, typed by hand, throttled


def _random(length: int) -> str:
    """Return ``length`` random letters of ``ALPHABET``."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def public_id() -> str:
    """Return a new random identifier for URLs: it reveals neither order nor number."""
    return _random(PUBLIC_ID_LENGTH)


def token() -> str:
    """Return a new secret of 256 bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def check_code() -> str:
    """Return a new printed check code such as ``7k2m4-x9q3d``."""
    code = _random(CHECK_CODE_LENGTH)
    return f"{code[:5]}-{code[5:]}"


def normalise_code(typed: str) -> str:
    """Return a typed code as ``check_code`` writes it: O is 0, I and L are 1."""
    letters = "".join(letter for letter in typed.casefold() if letter.isalnum())
    letters = letters.translate(str.maketrans("oil", "011"))
    return f"{letters[:5]}-{letters[5:]}"


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hex: what is stored instead of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
