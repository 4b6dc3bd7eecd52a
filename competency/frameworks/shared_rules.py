"""What must agree within a file of any kind, and what is worth a warning in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from competency.files.faults import Finding, Path, Severity
from competency.files.said import Said
from competency.files.starting import FILL_IN
from competency.files.validation import short
from competency.frameworks import walk
from competency.frameworks.walk import Data, Found

OF_THEIR_OWN = frozenset({"slots"})
"""Lists whose ids are only unique among themselves."""


def warning(path: Path, message: Said, remedy: Said) -> Finding:
    """Return a finding that does not refuse the file, shown where its key is."""
    return Finding(path, message, remedy, Severity.WARNING, at_key=True)


def repeated_ids(data: Data) -> Iterator[Finding]:
    """Find ids used twice: drafts, translations and links hang on an id."""
    seen: set[str] = set()
    for path, item in _with_ids(data):
        item_id = item.get("id")
        if not isinstance(item_id, str):
            continue
        if item_id in seen:
            message = Said("the id %(id)s is used twice", id=short(item_id))
            yield Finding((*path, "id"), message, Said("give it one of its own"))
        seen.add(item_id)


def _with_ids(data: Data) -> Iterator[Found]:
    """Yield everything that has an id, in the order of the file."""
    for path, item in walk.everything(data):
        if "id" in item and not OF_THEIR_OWN.intersection(path):
            yield path, item


def unlisted_corrections(data: Data) -> Iterator[Finding]:
    """Find mendings of an item that ``source.corrections`` doesn't list with their line."""
    source = walk.mapping(data.get("source"))
    listed = {str(item.get("line")) for _, item in walk.items(source, "corrections", ())}
    for path, item in walk.everything(data):
        note = walk.mapping(item.get("source"))
        line = note.get("line")
        if path and note.get("correction") is not None and str(line) not in listed:
            yield Finding(
                (*path, "source", "correction"),
                Said("this mending is not listed"),
                Said(
                    "add line %(line)s to source.corrections at the top of the file",
                    line=str(line)[:60],
                ),
            )


def lost_readings(data: Data) -> Iterator[Finding]:
    """Find inferred readings, and placed words of the source, that point at nothing."""
    source = walk.mapping(data.get("source"))
    pointing = (*walk.items(data, "inferred", ()), *walk.items(source, "placed", ("source",)))
    for path, reading in pointing:
        address = reading.get("path")
        if isinstance(address, str) and not walk.has(data, address):
            yield Finding(
                (*path, "path"),
                Said("%(address)s leads to nothing in this file", address=short(address)),
                Said("write it as in title, outcome.unit or units[ac1].criteria[ac1.cd2].title"),
            )


def inferred_readings(data: Data) -> Iterator[Finding]:
    """Say what the file read into its source, until somebody confirms it."""
    for path, reading in walk.items(data, "inferred", ()):
        yield warning(
            path,
            Said("%(path)s is inferred, the source does not say it", path=reading.get("path")),
            Said("have it confirmed by who answers for the standard"),
        )


def unfinished_provenance(data: Data) -> Iterator[Finding]:
    """Say what a reader would want to know of the source and can't find here."""
    source = walk.mapping(data.get("source"))
    definitions = list(walk.items(data, "kpis", ()))
    if definitions and all(one.get("reference") for _, one in definitions) and not source:
        return  # each says itself where it is from
    if not source:
        yield warning(
            ("source",), Said("the source is not named"), Said("add source: {document: ...}")
        )
    elif source.get("verified_on") is None:
        yield warning(
            ("source", "verified_on"),
            Said("nobody has compared this file with the original yet"),
            Said("compare it, then write the day"),
        )


def unfilled_places(data: Data) -> Iterator[Finding]:
    """Say where a file that was begun still waits for its words."""
    for path, item in walk.everything(data):
        for key, value in item.items():
            if isinstance(value, str) and FILL_IN in value:
                yield _unfilled((*path, key))
            for number, text in enumerate(value if isinstance(value, list) else ()):
                if isinstance(text, str) and FILL_IN in text:
                    yield _unfilled((*path, key, number))


def _unfilled(path: Path) -> Finding:
    """Return the warning of one such place."""
    return warning(path, Said("it is still to be filled in"), Said("write it"))


FAULTS = (repeated_ids, unlisted_corrections, lost_readings)
WARNINGS = (inferred_readings, unfinished_provenance, unfilled_places)


def faults(data: object) -> Iterator[Finding]:
    """Yield what contradicts something else in a file that has no rules of its own."""
    for rule in FAULTS:
        yield from rule(walk.mapping(data))


def warnings(data: object) -> Iterator[Finding]:
    """Yield what is missing in such a file, or was read into its source."""
    for rule in WARNINGS:
        yield from rule(walk.mapping(data))
