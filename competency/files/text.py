"""From bytes to text: only UTF-8, only characters that a reader can see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path as FilePath

from competency.files.faults import Fault
from competency.files.limits import LIMITS, Limits
from competency.files.said import English, Said

DIRECTION = "\u202a-\u202e\u2066-\u2069"
CONTROL = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
OTHER_LINE_ENDS = "\u2028\u2029"
NO_CHARACTERS = "\ufeff\ufffe\uffff"
REFUSED = re.compile(f"[{DIRECTION}{CONTROL}{OTHER_LINE_ENDS}{NO_CHARACTERS}]")
BIDIRECTIONAL = re.compile(f"[{DIRECTION}]")
MARK = re.compile(r"\[U\+([0-9A-F]{4})\]")
LINE_END = re.compile("\r\n|\r|\n")
NO_UTF_8 = Said("this is not UTF-8")
SAVE_AS_UTF_8 = Said("save the file as UTF-8")

OTHER_ENCODINGS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x00\x00\xfe\xff": "UTF-32",
}


def load(path: FilePath, name: str, limits: Limits = LIMITS) -> bytes | Fault:
    """Return a file's bytes, or the fault: its size is looked at before it is read."""
    try:
        if not path.is_file():
            return _of_all(name, Said("it is not a file"), Said("give a file that exists"))
        if path.stat().st_size > limits.bytes:
            return too_large(name, limits)
        with path.open("rb") as stream:
            content = stream.read(limits.bytes + 1)
    except OSError as error:
        reason = English(error.strerror)
        message = Said("it can't be read (%(reason)s)", reason=reason)
        return _of_all(name, message, Said("make it readable"))
    return content if len(content) <= limits.bytes else too_large(name, limits)


def too_large(name: str, limits: Limits) -> Fault:
    """Return the fault of a file over the limit."""
    message = Said("the file is larger than %(most)s MB", most=f"{limits.bytes / 1_000_000:g}")
    return _of_all(name, message, Said("split it into smaller ones"))


def _of_all(name: str, message: Said, remedy: Said) -> Fault:
    """Return a fault of a whole file, which has no line."""
    return Fault(name, 0, 0, "", message, remedy)


def decode(content: bytes, name: str) -> str | Fault:
    """Return the text of UTF-8 ``content`` without its byte order mark, or the fault."""
    if b"\0" in content[:2]:
        return Fault(name, 1, 1, "", NO_UTF_8, SAVE_AS_UTF_8)
    for mark, encoding in OTHER_ENCODINGS.items():
        if content.startswith(mark):
            message = Said("it is written in %(encoding)s", encoding=encoding)
            return Fault(name, 1, 1, "", message, SAVE_AS_UTF_8)
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        line, column = place(before, len(before))
        return Fault(name, line, column, "", NO_UTF_8, SAVE_AS_UTF_8)


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


def about_character(character: str) -> tuple[Said, Said]:
    """Return what is wrong with a refused character, and what would be right."""
    code = code_of(character)
    if BIDIRECTIONAL.match(character):
        return (
            Said("%(code)s turns the direction of the text and can hide what it says", code=code),
            Said("remove it"),
        )
    message = Said("%(code)s is a control character", code=code)
    return message, Said("remove it or type a space")


def code_of(character: str) -> str:
    """Return what a character is called that can't be shown, as in U+202E."""
    return f"U+{ord(character):04X}"


def made_visible(text: str) -> str:
    """Return a text in which each refused character is its code in brackets, as in [U+202E]."""
    return REFUSED.sub(lambda found: f"[{code_of(found.group())}]", text)


def as_meant(text: str) -> str:
    """Return a text that ``made_visible`` wrote with its characters put back."""
    return MARK.sub(
        lambda found: character if REFUSED.match(character := chr(int(found[1], 16))) else found[0],
        text,
    )


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at ``offset``."""
    line, start = 1, 0
    for end in LINE_END.finditer(text, 0, offset):
        line, start = line + 1, end.end()
    return line, offset - start + 1
