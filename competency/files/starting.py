"""A first file of a kind: sound as it stands, with marks where words are still to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from pydantic import BaseModel

from competency.files.fields import Choice, Inside, Key, Named, Several, Shape, keys

FILL_IN = "‹fill in›"
"""Stands where somebody still has to write; a file that has it is warned of."""

HEAD = f"""\
# Written by “competency frameworks new”: sound as it stands. {FILL_IN} marks what is yours
# to write; “competency frameworks check” lists what is left. A key behind # can be left
# out: take the # away to use it. The comments can go.
"""


@dataclass(frozen=True)
class Asked:
    """What somebody who wants a new file says of it."""

    id: str
    language: str
    about: BaseModel | None = None
    """The sound file that the new one is about, where its kind needs one."""


@dataclass(frozen=True)
class ToFill:
    """A place to fill in; the words to put into another language stand above it."""

    words: str = ""


TO_FILL = ToFill()


def starting_text(model: type[BaseModel], data: Mapping[str, object]) -> str:
    """Return ``data`` as the YAML text of a file of that model, each key explained once."""
    return HEAD + "".join(f"{line}\n" for line in _Writer().part(model, data))


@dataclass
class _Writer:
    """Writes parts, and remembers which keys were explained."""

    explained: set[tuple[type[BaseModel], str]] = field(default_factory=set)

    def part(self, model: type[BaseModel], data: Mapping[str, object]) -> Iterator[str]:
        """Yield the lines of a part: its keys, and behind # those that it doesn't use."""
        for key in keys(model):
            is_new = (model, key.name) not in self.explained
            self.explained.add((model, key.name))
            if key.name in data:
                yield from _explanation(key, is_new=is_new)
                yield from self._entry(key.name, key.shape, data[key.name])
            elif is_new:
                yield f"# {key.name}:  # {_said(key)}"

    def _entry(self, name: str, shape: Shape, value: object) -> Iterator[str]:
        """Yield the lines of a key and its value."""
        if isinstance(value, Mapping):
            yield f"{name}:"
            yield from (f"  {line}" for line in self._inside(shape, value))
        elif isinstance(value, list) and isinstance(shape, Several):
            yield f"{name}:"
            for item in value:
                yield from _hyphened([*self._inside(shape.item, item)])
        else:
            *comments, last = self._inside(shape, value)
            yield from (*comments, f"{name}: {last}")

    def _inside(self, shape: Shape, value: object) -> Iterator[str]:
        """Yield the lines of a part, a mapping with keys of its own choice, or a text."""
        if isinstance(shape, Inside) and isinstance(value, Mapping):
            yield from self.part(shape.model, value)
        elif isinstance(shape, Named) and isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._entry(_scalar(name), shape.item, item)
        elif isinstance(value, ToFill):
            yield from (f"# {line}" for line in value.words.splitlines())
            yield FILL_IN
        else:
            yield _scalar(value)


def _explanation(key: Key, *, is_new: bool) -> Iterator[str]:
    """Yield the description of a key that stands here for the first time."""
    if is_new:
        yield f"# {_said(key)}"


def _said(key: Key) -> str:
    """Return the description of a key, with the words to choose from."""
    shape = key.shape.item if isinstance(key.shape, Several) else key.shape
    values = shape.values if isinstance(shape, Choice) else ()
    return f"{key.description} One of {', '.join(values)}." if values[1:] else key.description


def _hyphened(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of one item of a list, its comments before the hyphen."""
    first = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    yield from (f"  {line}" for line in lines[:first])
    yield f"  - {lines[first]}"
    yield from (f"    {line}" for line in lines[first + 1 :])


def _scalar(value: object) -> str:
    """Return a single value as YAML writes it."""
    if isinstance(value, bool):
        return str(value).casefold()
    if isinstance(value, int):
        return str(value)
    text = yaml.safe_dump(str(value), allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").strip()
