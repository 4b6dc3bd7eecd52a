"""The public list of what does not stand: written by an issuer, read by a verifier."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

from pydantic import BaseModel, ConfigDict, ValidationError

from competency.credentials.queries import normalise_number
from competency.credentials.register import Listed
from competency.credentials.schema import EntryState, Reason
from competency.errors import InvalidFile

SECONDS = 20.0
"""How long the address may take to answer."""
BYTES_MAXIMUM = 20_000_000
"""Some 150,000 numbers in one part."""
PARTS_MAXIMUM = 1000
"""Parts that are followed: ten million numbers."""


class _Number(BaseModel):
    """One number that does not stand, as the list writes it."""

    model_config = ConfigDict(frozen=True)

    number: str
    state: EntryState
    since: str | None = None
    reason: Reason | None = None


class _List(BaseModel):
    """The list as it is published."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1, 2]
    made_at: str
    numbers: list[_Number]
    next: str | None = None
    """Where the list goes on; only in format 2, so that no older reader takes a part for all."""


@dataclass(frozen=True)
class ListedState:
    """What a list says of a number: when it was made, and the state that is listed, if any."""

    made_at: str
    state: EntryState | None = None
    since: str | None = None
    reason: Reason | None = None


def written(listed: Iterable[Listed], made_at: datetime, following: str = "") -> dict[str, object]:
    """Return the list as it is published; ``following`` is the address of its next part."""
    numbers = [
        {
            "number": one.number,
            "state": one.state.value,
            "since": one.since.isoformat() if one.since else None,
            "reason": one.reason.value if one.reason else None,
        }
        for one in listed
    ]
    when = made_at.replace(microsecond=0).isoformat()
    said: dict[str, object] = {"format": 1, "made_at": when, "numbers": numbers}
    return said | {"format": 2, "next": following} if following else said


def ask_list(source: str, number: str) -> ListedState:
    """Return what the list at an address or in a file says of a number.

    Raises ``InvalidFile`` where it can't be read or is no such list: a list that was not
    read must never look like one on which nothing stands.
    """
    wanted = normalise_number(number)
    for part in _parts(source):
        for one in part.numbers:
            if normalise_number(one.number) == wanted:
                return ListedState(part.made_at, one.state, one.since, one.reason)
    return ListedState(part.made_at)


def _parts(source: str) -> Iterator[_List]:
    """Yield a list part by part; raise ``InvalidFile`` for a copy that is only a part of it."""
    for _ in range(PARTS_MAXIMUM):
        part = _parsed(_read(source))
        yield part
        if part.next is None:
            return
        following = urljoin(source, part.next)
        if urlsplit(following)[:2] != urlsplit(source)[:2] or not urlsplit(source).scheme:
            raise InvalidFile("This is only a part of the list of states: give its address.")
        source = following
    raise InvalidFile("The list of states is too large.")


def _read(source: str) -> bytes:
    """Return the bytes of a list."""
    try:
        if urlsplit(source).scheme in {"http", "https"}:
            with urlopen(source, timeout=SECONDS) as answer:  # noqa: S310 - the scheme is one of two
                content: bytes = answer.read(BYTES_MAXIMUM + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(BYTES_MAXIMUM + 1)
    except (OSError, URLError, ValueError) as error:
        raise InvalidFile(
            "The list of states can't be read: %(reason)s", reason=str(error)
        ) from error
    if len(content) > BYTES_MAXIMUM:
        raise InvalidFile("The list of states is too large.")
    return content


def _parsed(content: bytes) -> _List:
    """Return the list that the bytes are."""
    try:
        return _List.model_validate(json.loads(content))
    except (ValueError, ValidationError, RecursionError) as error:
        raise InvalidFile("This is no list of states, as /verify/status.json gives it.") from error
