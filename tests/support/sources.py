"""The source documents that the tests keep, and the parts of a file made from one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

DATA = Path(__file__).parent.parent / "data"


def read_lines(name: str) -> list[str]:
    """Return the lines of a source that the tests keep."""
    return (DATA / name).read_text(encoding="utf-8").split("\n")


def parts(value: object) -> Iterator[BaseModel]:
    """Yield every part of a file, one before those inside it."""
    if isinstance(value, BaseModel):
        yield value
        for inside in value.__dict__.values():
            yield from parts(inside)
    elif isinstance(value, tuple):
        for inside in value:
            yield from parts(inside)
