"""The neutral YAML reader: mappings, lists and texts, and nothing that does anything.

Tags, aliases, anchors, duplicate keys and second documents are faults. Every scalar
is text until a schema says otherwise; a plain ``null``, ``~`` or nothing is ``None``.
The reader follows the parser's events, so it stops at a limit before it holds more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NoReturn

import yaml

from competency.files.faults import Fault, Finding, Path, written
from competency.files.limits import LIMITS, Limits
from competency.files.places import locate, nearest
from competency.files.said import Said
from competency.files.syntax import Loader, events, start, syntax_fault
from competency.files.text import (
    REFUSED,
    about_character,
    decode,
    load,
    refused_characters,
    too_large,
)

Value = str | dict[str, "Value"] | list["Value"] | None
"""What a file can hold."""

SHOWN_DEPTH = 6
"""Parts of a path that a fault about depth shows."""

NOTHING = frozenset({"", "~", "null"})


@dataclass(frozen=True)
class Document:
    """A file as it was read; ``data`` is ``None`` where it could not be."""

    name: str
    text: str
    data: Value
    faults: tuple[Fault, ...]

    def placed(self, findings: tuple[Finding, ...]) -> tuple[Fault, ...]:
        """Return ``findings`` with their lines, without those inside what is faulty already.

        The places are looked up in the text only here, so a sound file pays nothing.
        """
        if not findings:
            return ()
        places = locate(self.text, {_present(self.data, finding.path) for finding in findings})
        blamed = {fault.path for fault in self.faults if fault.path}
        faults = []
        for finding in findings:
            if any(written(finding.path[:end]) in blamed for end in range(len(finding.path) + 1)):
                continue
            line, column = nearest(places, finding.path, at_key=finding.at_key)
            faults.append(
                Fault(
                    self.name,
                    line,
                    column,
                    written(finding.path),
                    finding.message,
                    finding.remedy,
                    finding.severity,
                )
            )
        return tuple(faults)


def _present(data: Value, path: Path) -> Path:
    """Return as much of ``path`` as leads to something in ``data``."""
    for end, part in enumerate(path):
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return path[:end]
    return path


def read_file(path: FilePath, name: str | None = None, limits: Limits = LIMITS) -> Document:
    """Read one file; ``name`` is what the faults call it, by default its path."""
    name = name or str(path)
    content = load(path, name, limits)
    if isinstance(content, Fault):
        return Document(name, "", None, (content,))
    return read(content, name, limits)


def read(content: bytes, name: str, limits: Limits = LIMITS) -> Document:
    """Read the bytes of one file. Faults come back in the document; nothing is raised."""
    if len(content) > limits.bytes:
        return Document(name, "", None, (too_large(name, limits),))
    text = decode(content, name)
    if isinstance(text, Fault):
        return Document(name, "", None, (text,))
    faults = refused_characters(text, name, limits)
    if faults:
        return Document(name, text, None, faults)
    reading = _Reading(name, limits)
    data = reading.of(text)
    return Document(name, text, data, tuple(reading.faults))


class _Stop(Exception):
    """A limit was reached: what follows is not read."""


class _Reading:
    """One reading of one text: where it stands, and what it found."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.faults: list[Fault] = []
        self._name = name
        self._limits = limits
        self._path: list[str | int] = []
        self._nodes = 0
        self._anchored = 0
        """How many of the lists and mappings around the present place have an anchor."""

    def of(self, text: str) -> Value:
        """Return the data of ``text``, or ``None`` where it can't be made out."""
        loader = Loader(text)
        try:
            return self._document(events(loader))
        except yaml.YAMLError as error:
            self.faults.append(syntax_fault(error, self._name))
        except _Stop:
            pass
        finally:
            loader.dispose()
        return None

    def _document(self, following: Iterator[yaml.Event]) -> Value:
        """Read the one document that a file may hold."""
        data: Value = None
        documents = 0
        for event in following:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = Said("a second document begins")
                    self._stop(event, message, Said("put it into a file of its own"))
                if event.version or event.tags:
                    self._fault(event, Said("a directive is not read"), Said("remove the line"))
                data = self._node(next(following), following)
        if documents == 0 or (data is None and not self.faults):
            self.faults.append(
                Fault(self._name, 1, 1, "", Said("the file is empty"), Said("write it"))
            )
        return data

    def _node(self, event: yaml.Event, following: Iterator[yaml.Event]) -> Value:
        """Return the value that begins at ``event``."""
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            message = Said("there are more than %(most)s values", most=self._limits.nodes)
            self._stop(event, message, Said("split the file"))
        if isinstance(event, yaml.AliasEvent):
            if self._anchored:
                self.faults.clear()
                message = Said("an alias inside an anchor multiplies what is read")
                self._stop(event, message, Said("write the values out, without & and *"))
            message = Said("*%(name)s is an alias", name=str(event.anchor)[:60])
            self._fault(event, message, Said("write the value out"))
            return None
        self._refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(self._path) >= self._limits.depth:
            message = Said("it is nested deeper than %(most)s", most=self._limits.depth)
            self._stop(event, message, Said("nest it less"))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        anchored = getattr(event, "anchor", None) is not None
        self._anchored += anchored
        value = self._mapping(following) if is_mapping else self._list(following)
        self._anchored -= anchored
        return value

    def _refuse_extras(self, event: yaml.Event) -> None:
        """Tags and anchors are for programs that build things from a file; this is not one."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            message = Said("the tag %(tag)s is not read", tag=repr(tag[:60]))
            self._fault(event, message, Said("remove it and keep the value"))
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            message = Said("&%(name)s is an anchor", name=anchor[:60])
            self._fault(event, message, Said("remove it"))

    def _scalar(self, event: yaml.ScalarEvent) -> str | None:
        """Return the text, or ``None`` for a plain scalar that says nothing."""
        value: str = event.value
        if event.implicit[0] and value in NOTHING:
            return None
        if len(value) > self._limits.characters:
            most = self._limits.characters
            message = Said("the text is longer than %(most)s characters", most=most)
            self._fault(event, message, Said("shorten it"))
        hidden = REFUSED.search(value)
        if hidden:
            self._fault(event, *about_character(hidden.group()))
        return value

    def _mapping(self, following: Iterator[yaml.Event]) -> dict[str, Value]:
        """Return the mapping whose start was just read; the first of two equal keys counts."""
        mapping: dict[str, Value] = {}
        repeated: set[str] = set()
        for event in following:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            self._path.append(key if key is not None else "?")
            if key in mapping and key not in repeated:
                repeated.add(key)
                message = Said("the key %(key)s is here more than once", key=repr(key[:60]))
                self._fault(event, message, Said("keep one of them"))
            value = self._node(next(following), following)
            self._path.pop()
            if key is not None:
                mapping.setdefault(key, value)
            if len(mapping) > self._limits.keys:
                message = Said("there are more than %(most)s keys", most=self._limits.keys)
                self._stop(event, message, Said("write a list instead"))
        return mapping

    def _key(self, event: yaml.Event) -> str | None:
        """Return a key, or ``None`` after the fault of one that is no plain text."""
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, Said("a key must be one text"), Said("write it as key: value"))
        self._nodes += 1
        self._refuse_extras(event)
        if len(event.value) > self._limits.key:
            message = Said("a key is longer than %(most)s", most=self._limits.key)
            self._fault(event, message, Said("shorten it"))
            return None
        key = self._scalar(event)
        if key is None:
            self._fault(event, Said("a key is empty"), Said("write a name before the colon"))
        elif key == "<<" and event.implicit[0]:
            message = Said("<< merges other mappings, which is not read")
            self._fault(event, message, Said("write the keys out"))
            return None
        return key

    def _list(self, following: Iterator[yaml.Event]) -> list[Value]:
        """Return the list whose start was just read."""
        items: list[Value] = []
        texts = 0
        for event in following:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            self._path.append(len(items))
            items.append(self._node(event, following))
            self._path.pop()
            texts += isinstance(event, yaml.ScalarEvent)
            if texts > self._limits.texts:
                message = Said("there are more than %(most)s texts", most=self._limits.texts)
                self._stop(event, message, Said("group them"))
        return items

    def _fault(self, event: yaml.Event, message: Said, remedy: Said) -> None:
        """Note a fault at ``event``; after the limit of faults the reading ends."""
        path = written(self._path)
        self.faults.append(Fault(self._name, *start(event), path, message, remedy))
        if len(self.faults) >= self._limits.faults:
            raise _Stop

    def _stop(self, event: yaml.Event, message: Said, remedy: Said) -> NoReturn:
        """Note the limit that was reached, and end the reading."""
        del self._path[SHOWN_DEPTH:]
        self._fault(event, message, remedy)
        raise _Stop
