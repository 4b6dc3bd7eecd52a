"""A framework in compiled form: the bytes that are published, hashed and kept.

The form is canonical JSON (sorted keys, no spaces, UTF-8) without what is empty, so
the same framework gives the same bytes on every machine, and a later version of this
program that knows more optional fields still gives the same bytes for an old file.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock

from pydantic import ValidationError

from competency.errors import InvalidFile
from competency.files.collector import collector_paused
from competency.files.content import compiled
from competency.files.faults import written
from competency.frameworks import rules
from competency.frameworks.schema import Framework

KEPT = 16
"""Frameworks that a process holds ready."""


def compile_framework(framework: Framework) -> bytes:
    """Return the canonical bytes; raise ``InvalidFile`` where the framework breaks a rule."""
    data = framework.model_dump(mode="json")
    findings = rules.faults(data)
    if findings:
        raise InvalidFile(
            "%(id)s %(version)s is not a framework that can be used.",
            tuple(f"{written(f.path)}: {f.message}; {f.remedy}" for f in findings),
            id=framework.id,
            version=framework.version,
        )
    return compiled(framework)


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of compiled bytes in 64 hexadecimal digits."""
    return sha256(content).hexdigest()


def load_compiled(content: bytes) -> Framework:
    """Return the framework of compiled bytes; raise ``InvalidFile`` where they are none."""
    try:
        with collector_paused():
            return Framework.model_validate_json(content)
    except ValidationError as error:
        raise InvalidFile("The stored framework can't be read.", [str(error)]) from error


def load_by_hash(digest: str, loader: Callable[[str], bytes]) -> Framework:
    """Return the framework with this content hash, from memory where it was used lately.

    ``loader`` gives the bytes for the hash and is only called when they are not at hand.
    Raises ``InvalidFile`` when the bytes are not the ones that were hashed.
    """
    with _lock:
        kept = _kept.get(digest)
        if kept is not None:
            _kept.move_to_end(digest)
            return kept
    content = loader(digest)
    if content_hash(content) != digest:
        raise InvalidFile("The stored framework was changed after it was published.")
    framework = load_compiled(content)
    with _lock:
        _kept[digest] = framework
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return framework


_kept: OrderedDict[str, Framework] = OrderedDict()
_lock = Lock()
