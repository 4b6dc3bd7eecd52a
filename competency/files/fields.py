"""What a file may hold, read from its model: the keys of each part, in plain words.

The reference, the starting files and the schemas say the same because all of them
read it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Holds:
    """Beside a type: what people call its values, as in ``one line of text``."""

    words: str


@dataclass(frozen=True)
class InOneCell:
    """Beside the type of a list: a table has it as YAML in one cell, not on a sheet of its own."""


@dataclass(frozen=True)
class Value:
    """A single value that is written out."""

    words: str
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Several:
    """A list."""

    item: Shape
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A mapping whose keys the file chooses."""

    key: Shape
    item: Shape
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inside:
    """A part with keys of its own."""

    model: type[BaseModel]
    limits: tuple[str, ...] = ()


Shape = Value | Choice | Several | Named | Inside


@dataclass(frozen=True)
class Key:
    """One key of a part."""

    name: str
    is_required: bool
    default: object
    """What an absent key stands for; ``None`` for nothing."""
    description: str
    shape: Shape


def keys(model: type[BaseModel]) -> tuple[Key, ...]:
    """Return the keys of a part, in the order in which they are declared."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(
        Key(
            name,
            field.is_required(),
            None if field.is_required() else field.get_default(call_default_factory=True),
            field.description or "",
            shape_of(hints[name]),
        )
        for name, field in model.model_fields.items()
    )


def shape_of(annotation: object) -> Shape:
    """Return what a type holds; ``None`` beside it doesn't count, the key is left out then."""
    if get_origin(annotation) is Annotated:
        inner, *beside = get_args(annotation)
        called = [mark.words for mark in beside if isinstance(mark, Holds)]
        shape = Value(called[0]) if called else shape_of(inner)
        return replace(shape, limits=(*shape.limits, *_limits(beside, shape)))
    origin = get_origin(annotation)
    inside = [inner for inner in get_args(annotation) if inner is not NoneType]
    if origin in {Union, UnionType}:
        [kept] = inside
        return shape_of(kept)
    if origin is not None:
        return _around(origin, inside)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Choice(tuple(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Inside(annotation)
    raise TypeError(f"nothing says what {annotation} holds; put Holds beside it")


def _around(origin: object, inside: list[object]) -> Shape:
    """Return what a type with others inside it holds."""
    if origin is Literal:
        return Choice(tuple(str(value) for value in inside))
    if origin is tuple:
        return Several(shape_of(inside[0]))
    key, item = inside
    return Named(shape_of(key), shape_of(item))


def parts_in(shape: Shape) -> Iterator[type[BaseModel]]:
    """Yield the part that a shape leads to, if any."""
    if isinstance(shape, Inside):
        yield shape.model
    elif isinstance(shape, Several | Named):
        yield from parts_in(shape.item)


def parts(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """Return a model and every part inside it, each once, in the order of the keys."""
    found: dict[type[BaseModel], None] = {}
    waiting = [model]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = None
            inner = [part for key in keys(current) for part in parts_in(key.shape)]
            waiting.extend(reversed(inner))
    return tuple(found)


def _limits(beside: list[object], shape: Shape) -> Iterator[str]:
    """Yield the limits that are declared beside a type, in words."""
    marks: list[object] = []
    for mark in beside:
        marks.extend(mark.metadata if isinstance(mark, FieldInfo) else [mark])
    least = next((mark.ge for mark in marks if isinstance(mark, Ge)), None)
    most = next((mark.le for mark in marks if isinstance(mark, Le)), None)
    if least is not None and most is not None:
        yield f"from {least} to {most:,}"
    for mark in marks:
        if isinstance(mark, StringConstraints) and mark.max_length:
            yield f"at most {mark.max_length:,} characters"
        if isinstance(mark, MinLen) and not isinstance(shape, Value):
            yield f"at least {mark.min_length}"
        if isinstance(mark, MaxLen) and not isinstance(shape, Value):
            yield f"at most {mark.max_length}"


def called(model: type[BaseModel]) -> str:
    """Return what people call a part: ``unit rule`` for ``UnitRule``."""
    words = CAPITAL.sub(" ", model.__name__).casefold()
    return words.replace("kpi", "KPI")


def in_words(shape: Shape, part: Callable[[type[BaseModel]], str] = called) -> str:
    """Return what a shape holds, limits included; ``part`` names the parts inside it."""
    limits = f" ({', '.join(shape.limits)})" if shape.limits else ""
    match shape:
        case Value(words):
            return words + limits
        case Choice(values):
            listed = ", ".join(f"`{value}`" for value in values)
            return listed if len(values) == 1 else f"one of {listed}"
        case Several(item):
            return f"a list{limits}; each item is {in_words(item, part)}"
        case Named(key, item):
            each = f"each key is {in_words(key, part)}, each value {in_words(item, part)}"
            return f"a mapping{limits}; {each}"
        case Inside(model):
            return f"a mapping with the keys of {part(model)}"
