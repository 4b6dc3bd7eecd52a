"""From bytes to text: only UTF-8, only characters that a reader can see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path as FilePath

from competency.files.faults import Fault
from competency.files.limits import LIMITS, Limits

DIRECTION = "\u202a-\u202e\u2066-\u2069"
CONTROL = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
OTHER_LINE_ENDS = "\u2028\u2029"
NO_CHARACTERS = "\ufeff\ufffe\uffff"
REFUSED = re.compile(f"[{DIRECTION}{CONTROL}{OTHER_LINE_ENDS}{NO_CHARACTERS}]")
BIDIRECTIONAL = re.compile(f"[{DIRECTION}]")
LINE_END = re.compile("\r\n|\r|\n")

OTHER_ENCODINGS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x00\x00\xfe\xff": "UTF-32",
}


def load(path: FilePath, name: str, limits: Limits = LIMITS) -> bytes | Fault:
    """Return a file's bytes, or the fault: its size is looked at before it is read."""
    try:
        if not path.is_file():
            return Fault(name, 0, 0, "", "it is not a file", "give a file that exists")
        if path.stat().st_size > limits.bytes:
            return too_large(name, limits)
        with path.open("rb") as stream:
            content = stream.read(limits.bytes + 1)
    except OSError as error:
        return Fault(name, 0, 0, "", f"it can't be read ({error.strerror})", "make it readable")
    return content if len(content) <= limits.bytes else too_large(name, limits)


def too_large(name: str, limits: Limits) -> Fault:
    """Return the fault of a file over the limit."""
    most = f"{limits.bytes / 1_000_000:g} MB"
    return Fault(name, 0, 0, "", f"the file is larger than {most}", "split it into smaller ones")


def decode(content: bytes, name: str) -> str | Fault:
    """Return the text of UTF-8 ``content`` without its byte order mark, or the fault."""
    for mark, encoding in OTHER_ENCODINGS.items():
        if content.startswith(mark):
            return Fault(name, 1, 1, "", f"it is written in {encoding}", "save it as UTF-8")
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        line, column = place(before, len(before))
        return Fault(name, line, column, "", "this is not UTF-8", "save the file as UTF-8")


def refused_characters(text: str, name: str, limits: Limits = LIMITS) -> tuple[Fault, ...]:
    """Return a fault for each character that hides, up to the limit of faults."""
    return tuple(islice(_refused(text, name), limits.faults))


def _refused(text: str, name: str) -> Iterator[Fault]:
    """Yield a fault for each refused character, counting lines as it goes."""
    line, start, seen = 1, 0, 0
    for match in REFUSED.finditer(text):
        for end in LINE_END.finditer(text, seen, match.start()):
            line, start = line + 1, end.end()
        seen = match.start()
        column = match.start() - start + 1
        yield Fault(name, line, column, "", *about_character(match.group()))


def about_character(character: str) -> tuple[str, str]:
    """Return what is wrong with a refused character, and what would be right."""
    if BIDIRECTIONAL.match(character):
        return (
            f"U+{ord(character):04X} turns the direction of the text and can hide what it says",
            "remove it",
        )
    return f"U+{ord(character):04X} is a control character", "remove it or type a space"


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at ``offset``."""
    line, start = 1, 0
    for end in LINE_END.finditer(text, 0, offset):
        line, start = line + 1, end.end()
    return line, offset - start + 1
