"""What the YAML parser could not make sense of, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from competency.files.faults import Fault

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
        "a second colon in one line",
        "put the text between double quotes",
    ),
    (
        "could not find expected ':'",
        "a key without a colon",
        "write key: value, with a space after the colon",
    ),
    (
        "cannot start any token",
        "a character that can't begin a text (a tab, @, `, %)",
        "indent with spaces, and put such a text between double quotes",
    ),
    ("did not find expected key", "a line that doesn't fit here", "line it up with its neighbours"),
    (
        "did not find expected '-' indicator",
        "a line inside a list without its hyphen",
        "line it up with the items, each after a hyphen",
    ),
    ("unexpected end of stream", "a quote that is never closed", "close it with the same quote"),
    (
        "did not find expected ',' or",
        "a list or mapping in brackets that is never closed",
        "close it, with commas between its items",
    ),
    ("unknown escape character", "a backslash before a letter that means nothing", "double it"),
    (
        "block sequence entries are not allowed",
        "a hyphen where no list can begin",
        "put the list on the line after its key",
    ),
    ("undefined tag handle", "a tag", "remove it and keep the value"),
)


def syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    """Return the parser's complaint, translated where it is a known one."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    for known, message, remedy in WORDS:
        if known in problem:
            return Fault(name, line, column, "", message, remedy)
    return Fault(name, line, column, "", f"this is not YAML ({problem})", "mend the line")
