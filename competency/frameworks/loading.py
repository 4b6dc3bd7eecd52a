"""From a file to a framework, or to every reason why it isn't one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from competency.errors import InvalidFile
from competency.files import kinds
from competency.files.faults import Fault, Finding, refuses
from competency.files.limits import LIMITS
from competency.files.reader import Document, read_file
from competency.files.validation import closest, validate
from competency.frameworks import rules
from competency.frameworks.schema import Framework
from competency.frameworks.values import VERSION_PATTERN
from competency.frameworks.walk import mapping

KIND = "framework"


@dataclass(frozen=True)
class Checked:
    """A file after all checks; ``framework`` is ``None`` where a fault refuses it."""

    name: str
    kind: str
    framework: Framework | None
    faults: tuple[Fault, ...]
    """Faults and warnings, in the order of their lines."""


def check_file(path: FilePath, name: str | None = None) -> Checked:
    """Return the framework of a file, with every fault and warning; nothing is raised.

    A file of another kind is handed to the feature that registered it. Where the file
    is kept as ``<id>/<version>.yaml`` its place must agree with what it says.
    """
    document = read_file(path, name)
    kind = str(mapping(document.data).get("kind") or KIND)
    if kind != KIND:
        return Checked(document.name, kind, None, _of_another_kind(document, kind))
    return check_document(document, tuple(_misplaced(document, path)))


def check_document(document: Document, also: tuple[Finding, ...] = ()) -> Checked:
    """Return the framework in a document that was read, with every fault and warning."""
    if document.data is None:
        return Checked(document.name, KIND, None, document.faults)
    framework, shape = validate(document.data, Framework)
    findings = (*shape, *also)
    if len(shape) < LIMITS.faults:
        findings += (*rules.faults(document.data), *rules.warnings(document.data))
    faults = tuple(sorted((*document.faults, *document.placed(findings)), key=_by_place))
    return Checked(document.name, KIND, None if refuses(faults) else framework, faults)


def load_framework(path: FilePath) -> Framework:
    """Return the framework of a file; raise ``InvalidFile`` with every fault in it."""
    checked = check_file(path)
    if checked.framework is None:
        raise InvalidFile(
            "%(file)s is not a framework that can be used.",
            tuple(str(fault) for fault in checked.faults if refuses([fault])),
            file=checked.name,
        )
    return checked.framework


def _by_place(fault: Fault) -> tuple[int, int]:
    """Order faults as a person mends them, from the top."""
    return fault.line, fault.column


def _of_another_kind(document: Document, kind: str) -> tuple[Fault, ...]:
    """Return what the feature for ``kind`` says, or that there is none."""
    checker = kinds.checker_of(kind)
    if checker is not None:
        return checker(document)
    remedy = closest(kind, kinds.known_kinds())
    unknown = Finding(("kind",), f"there is no kind {kind!r}", remedy)
    return (*document.faults, *document.placed((unknown,)))


def _misplaced(document: Document, path: FilePath) -> Iterator[Finding]:
    """Yield what disagrees between a file's place and its contents."""
    data = mapping(document.data)
    if not re.fullmatch(VERSION_PATTERN, path.stem):
        return
    folder = path.absolute().parent.name
    for key, placed in (("version", path.stem), ("id", folder)):
        said = data.get(key)
        if isinstance(said, str) and said != placed:
            message = f"it says {said}, and the file is kept under {placed}"
            yield Finding((key,), message, "make both agree, as in <id>/<version>.yaml")


def _checked_faults(document: Document) -> tuple[Fault, ...]:
    """Answer for files of this kind when another feature comes across one."""
    return check_document(document).faults


kinds.register(KIND, _checked_faults)
