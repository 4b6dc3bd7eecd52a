"""From a file to what it says, or to every reason why it can't be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path as FilePath

from pydantic import BaseModel

from competency.files import kinds
from competency.files.faults import Fault, Finding, refuses
from competency.files.kinds import Corpus
from competency.files.limits import LIMITS
from competency.files.reader import Document, read_file
from competency.files.said import Said
from competency.files.validation import closest, short, validate

PLACED = re.compile(r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+)(\.(?P<language>[a-z]{2}(-[A-Z]{2})?))?")
"""How a file is called that is kept by its version, or by version and language."""


@dataclass(frozen=True)
class Checked:
    """A file after all checks; ``value`` is ``None`` where a fault refuses it."""

    document: Document
    kind: str
    value: BaseModel | None
    faults: tuple[Fault, ...]
    """Faults and warnings, in the order of their lines."""

    @property
    def name(self) -> str:
        """Return what the faults call the file."""
        return self.document.name


def check_file(path: FilePath, name: str | None = None) -> Checked:
    """Return what a file says, with every fault and warning; nothing is raised.

    Where the file is kept as ``<id>/<version>.yaml`` its place must agree with it.
    """
    document = read_file(path, name)
    return check_document(document, tuple(_misplaced(_mapping(document.data), path)))


def check_document(document: Document, also: tuple[Finding, ...] = ()) -> Checked:
    """Return what a document says that was read, with every fault and warning."""
    name = str(_mapping(document.data).get("kind") or kinds.DEFAULT)
    kind = kinds.kind_named(name)
    if document.data is None:
        return Checked(document, name, None, document.faults)
    if kind is None:
        remedy = closest(name, kinds.known_kinds())
        message = Said("there is no kind %(kind)s", kind=short(_mapping(document.data).get("kind")))
        unknown = Finding(("kind",), message, remedy)
        return Checked(document, name, None, (*document.faults, *document.placed((unknown,))))
    value, shape = validate(document.data, kind.model)
    findings = (*shape, *also)
    if len(shape) < LIMITS.faults:
        findings += tuple(kind.findings(document.data))
    faults = _in_order((*document.faults, *document.placed(findings)))
    return Checked(document, name, None if refuses(faults) else value, faults)


def check_together(
    files: Iterable[Checked], around: Iterable[BaseModel] = ()
) -> tuple[Checked, ...]:
    """Return the files with what each says of the others that isn't so.

    ``around`` are sound values that are known besides, and are not reported on.
    """
    checked = tuple(files)
    corpus = Corpus([*(file.value for file in checked if file.value is not None), *around])
    return tuple(_across(file, corpus) for file in checked)


def _across(file: Checked, corpus: Corpus) -> Checked:
    """Return one file with the findings of its rules across files."""
    kind = kinds.kind_named(file.kind)
    if kind is None or file.value is None:
        return file
    found = tuple(islice(kind.across(file.value, corpus), LIMITS.faults))
    if not found:
        return file
    faults = _in_order((*file.faults, *file.document.placed(found)))
    return replace(file, faults=faults, value=None if refuses(faults) else file.value)


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults as a person mends them, from the top."""
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))


def _mapping(data: object) -> Mapping[str, object]:
    """Return ``data`` where it is a mapping, else an empty one."""
    return data if isinstance(data, dict) else {}


def _misplaced(data: Mapping[str, object], path: FilePath) -> Iterator[Finding]:
    """Yield what disagrees between a file's place and its contents."""
    name = PLACED.fullmatch(path.stem)
    if name is None:
        return
    id_key = "of" if "of" in data else "id"
    placed = {id_key: path.absolute().parent.name, "version": name["version"]}
    if name["language"]:
        placed["language"] = name["language"]
    for key, expected in placed.items():
        said = data.get(key)
        if isinstance(said, str) and said != expected:
            yield Finding(
                (key,),
                Said(
                    "it says %(said)s, and the file is kept under %(place)s",
                    said=said,
                    place=expected,
                ),
                Said("make both agree, as in <id>/<version>.yaml"),
            )
