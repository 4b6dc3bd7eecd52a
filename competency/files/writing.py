"""A model as YAML: one canonical way, which the reader reads back equal.

Block style, keys in the order of the model, nothing for what is empty, long texts folded
and quotes only where the reader would take the text for something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import BaseModel

from competency.errors import InvalidFile
from competency.files.checking import check_document
from competency.files.content import compiled, filled
from competency.files.reader import NOTHING, read

WIDTH = 96
"""Characters of a line, where the text has a space to break at."""

NARROWEST = 40
"""Characters of a folded line, however deep it stands."""

INDICATORS = frozenset("[]{},#&*!|>'\"%@`")
"""Characters that mean something to YAML at the beginning of a text."""

BREAK = re.compile(r"(?<=[^ \t]) (?=[^ \t])")
"""A space that a folded text can be broken at: one alone between two words."""

PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]*")
LINES = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]*")


def as_yaml(value: BaseModel) -> str:
    """Return the YAML of a model, ending with a line end.

    Raises ``InvalidFile`` where it would be more than the reader takes.
    """
    text = "".join(f"{line}\n" for line in _mapping(filled(value), 0))
    checked = check_document(read(text.encode("utf-8"), "YAML"))
    if checked.value is None or compiled(checked.value) != compiled(value):
        reasons = tuple(str(fault) for fault in checked.faults)
        raise InvalidFile("It can't be written as YAML that is read back equal.", reasons)
    return text


def _mapping(data: dict[str, object], indent: int) -> Iterator[str]:
    """Yield the lines of a mapping, each indented by ``indent`` spaces."""
    for key, value in data.items():
        yield from _entry(f"{' ' * indent}{_inline(key)}:", value, indent)


def _entry(head: str, value: object, indent: int) -> Iterator[str]:
    """Yield a key's line and the lines of what follows it."""
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent + 2)
    elif isinstance(value, list):
        yield head
        yield from _list(value, indent + 2)
    else:
        yield from _text(head, _written(value), indent + 2)


def _list(items: list[object], indent: int) -> Iterator[str]:
    """Yield the lines of a list, each item after a hyphen."""
    hyphen = f"{' ' * indent}-"
    for item in items:
        if isinstance(item, dict):
            lines = list(_mapping(item, indent + 2))
            yield f"{hyphen} {lines[0].lstrip(' ')}"
            yield from lines[1:]
        else:
            yield from _text(hyphen, _written(item), indent + 2)


def _written(value: object) -> str:
    """Return how a value without parts is written before it is quoted."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(head: str, text: str, indent: int) -> Iterator[str]:
    """Yield a text after ``head``: in its line, folded below it, or line for line."""
    inline = f"{head} {_inline(text)}"
    margin = " " * indent
    if "\n" in text and _can_stand_in_a_block(text):
        yield f"{head} |-"
        yield from (f"{margin}{line}" if line else "" for line in text.split("\n"))
    elif len(inline) > WIDTH and BREAK.search(text) and _can_stand_in_a_block(text):
        yield f"{head} >-"
        yield from (f"{margin}{line}" for line in _folded(text, max(WIDTH - indent, NARROWEST)))
    else:
        yield inline


def _folded(text: str, width: int) -> Iterator[str]:
    """Yield ``text`` in lines that are joined again by one space each."""
    line = ""
    for piece in BREAK.split(text):
        if line and len(line) + 1 + len(piece) > width:
            yield line
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    yield line


def _can_stand_in_a_block(text: str) -> bool:
    """Return whether a block scalar keeps every character of ``text``."""
    lines = text.split("\n")
    ends_clean = all(line == line.rstrip() for line in lines)
    return LINES.fullmatch(text) is not None and ends_clean and text == text.strip()


def _inline(text: str) -> str:
    """Return a text in one line, in quotes where the reader needs them."""
    if _is_plain(text):
        return text
    if PLAIN.fullmatch(text) and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    """Return whether the reader takes the bare ``text`` for this very text."""
    if text in NOTHING or text == "<<" or text != text.strip() or not PLAIN.fullmatch(text):
        return False
    if text[0] in INDICATORS or (text[0] in "-?:" and (len(text) == 1 or text[1] == " ")):
        return False
    return not (": " in text or " #" in text or text.endswith(":"))
