"""What the YAML parser could not make sense of, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from competency.files.faults import Fault
from competency.files.said import English, Said

Loader = yaml.CBaseLoader
"""The C parser; only its events are used, it builds nothing."""


def events(loader: Loader) -> Iterator[yaml.Event]:
    """Yield the parser's events until there are no more; raises ``yaml.YAMLError``."""
    while loader.check_event():
        event = loader.get_event()
        if event is not None:
            yield event


def start(event: yaml.Event) -> tuple[int, int]:
    """Return the line and column, from 1, at which ``event`` begins."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


WORDS = (
    (
        "mapping values are not allowed",
        Said("a second colon in one text"),
        Said("put the text between double quotes, or line the key up with its neighbours"),
    ),
    (
        "could not find expected ':'",
        Said("a key without a colon"),
        Said("write key: value, with a space after the colon"),
    ),
    ("found a tab character", Said("a tab"), Said("indent with spaces")),
    (
        "cannot start any token",
        Said("a character that can't begin a text (a tab, @, `, %)"),
        Said("indent with spaces, and put such a text between double quotes"),
    ),
    (
        "did not find expected key",
        Said("a line that doesn't fit here"),
        Said("line it up with its neighbours"),
    ),
    (
        "did not find expected '-' indicator",
        Said("a line inside a list without its hyphen"),
        Said("line it up with the items, each after a hyphen"),
    ),
    (
        "unexpected end of stream",
        Said("a quote that is never closed"),
        Said("close it with the same quote"),
    ),
    (
        "did not find expected ',' or",
        Said("a list or mapping in brackets that is never closed"),
        Said("close it, with commas between its items"),
    ),
    (
        "unknown escape character",
        Said("a backslash before a letter that means nothing"),
        Said("double it"),
    ),
    (
        "block sequence entries are not allowed",
        Said("a hyphen where no list can begin"),
        Said("put the list on the line after its key"),
    ),
    (
        "undefined tag handle",
        Said("a tag"),
        Said("remove it and keep the value"),
    ),
)


BEGUN = ("could not find expected ':'", "unexpected end of stream", "did not find expected ',' or")
"""Complaints that come only after the place to mend, which is where the parser's context began."""


def syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    """Return the parser's complaint, translated where it is a known one."""
    problem = str(getattr(error, "problem", None) or error)
    begins = any(known in problem for known in BEGUN)
    mark = getattr(error, "context_mark" if begins else "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    for known, message, remedy in WORDS:
        if known in problem:
            return Fault(name, line, column, "", message, remedy)
    message = Said("this is not YAML (%(problem)s)", problem=English(problem))
    return Fault(name, line, column, "", message, Said("mend the line"))
