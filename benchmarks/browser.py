"""What a browser keeps of an answer: its cookies, and the token of its forms."""

from __future__ import annotations

import re


def cookies(headers: list[str] | None) -> str:
    """Return what a browser sends back."""
    return "; ".join(header.split(";", 1)[0] for header in headers or [])


def form_token(content: bytes) -> str:
    """Return a page's form token."""
    found = re.search(rb'name="csrf_token" value="([^"]+)"', content)
    if found is None:
        raise RuntimeError(content[:400].decode(errors="replace"))
    return found[1].decode()
