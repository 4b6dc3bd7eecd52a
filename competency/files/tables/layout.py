"""Which sheets and columns a kind of file has: read from its model, never written by hand.

One sheet for the values of the file itself, one for each sort of list in it. What a list's
items have inside them is flattened into columns with dots (``source.line``); a list inside
an item gets a sheet of its own whose rows name the item that they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from competency.files.fields import InOneCell

ABOUT = "about"
"""The sheet of the file's own values, one a row."""

HELP = "help"
"""The sheet that explains the others; it is not read."""

ANY = "*"
"""Stands in a column's path for a key that the file chooses, as the code of a level."""

PROVENANCE = "source"
"""The key of where something comes from: who fills in a table wants to see it last."""

Keys = tuple[str, ...]


class Form(StrEnum):
    """What one cell of a column holds."""

    ONE = "one text"
    LINES = "one item a line"
    PAIRS = "one name: value a line"
    YAML = "a list, written as YAML"


@dataclass(frozen=True)
class Column:
    """One column; ``path`` leads to its values from the item of a row."""

    path: Keys
    form: Form
    needed: bool = False
    note: str = ""
    choices: Keys = ()

    @property
    def name(self) -> str:
        """Return the heading, with a star for what the file chooses."""
        return ".".join(self.path)

    def path_of(self, heading: str) -> Keys | None:
        """Return the path that ``heading`` stands for, or ``None`` where it isn't this column's.

        A key that the file chooses may have dots where nothing follows it.
        """
        parts = tuple(heading.split(".", len(self.path) - 1))
        fits = len(parts) == len(self.path) and all(
            part and wanted in {part, ANY} for part, wanted in zip(parts, self.path, strict=True)
        )
        return parts if fits else None


class Sort(StrEnum):
    """What the rows of a sheet are."""

    ABOUT = "about"
    LIST = "list"
    NAMED = "named"
    """Items of a mapping: the column ``id`` has their names."""
    TEXTS = "texts"
    """Texts of several mappings with the same names, side by side."""


@dataclass(frozen=True)
class Owner:
    """The sheet whose items hold the rows of another, and the column that names them."""

    sheet: str
    column: str


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``place`` leads from the owner, or from the top, to its list."""

    name: str
    sort: Sort
    columns: tuple[Column, ...]
    place: Keys = ()
    owner: Owner | None = None
    note: str = ""

    @property
    def nests(self) -> bool:
        """Return whether its items hold items of the same sort."""
        return self.owner is not None and self.owner.sheet == self.name

    @property
    def leading(self) -> Keys:
        """Return the headings before those of the columns: the owner's, the name's."""
        named = ("id",) if self.sort in {Sort.NAMED, Sort.TEXTS} else ()
        return (*((self.owner.column,) if self.owner else ()), *named)

    @property
    def needed(self) -> Keys:
        """Return the headings that rows can't do without."""
        return self.leading[1:] if self.nests else self.leading

    def fields(self) -> Keys:
        """Return the keys of the file whose texts stand side by side here."""
        return tuple(dict.fromkeys(column.path[0] for column in self.columns))


class _Shape(NamedTuple):
    """What an annotation holds: a model, texts, a list or a mapping of them."""

    sort: Literal["one", "model", "list", "mapping"]
    inner: object = None


class _List(NamedTuple):
    """A list that needs a sheet of its own."""

    place: Keys
    model: type[BaseModel]
    note: str
    sort: Sort


@dataclass
class _Part:
    """What is flattened into the columns of one row, and what is left for other sheets."""

    columns: list[Column] = field(default_factory=list)
    texts: list[Column] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)


@cache
def layout_of(model: type[BaseModel]) -> tuple[Sheet, ...]:
    """Return the sheets of a kind's model: the file's own first, an owner before its rows.

    Raises ``TypeError`` for a model that can't be laid out so.
    """
    part = _Part()
    _flatten(part, model, (), needed=True, at_top=True)
    about = _source_last(part.columns)
    sheets = [Sheet(ABOUT, Sort.ABOUT, about, note="The values of the file itself.")]
    if part.texts:
        note = "Texts by the id of what they belong to."
        sheets.append(Sheet(part.texts[0].path[0], Sort.TEXTS, tuple(part.texts), note=note))
    for inner in sorted(part.lists, key=lambda found: PROVENANCE in found.place):
        sheets.extend(_sheets(inner, None))
    names = [sheet.name for sheet in sheets]
    if len(set(names)) < len(names) or HELP in names:
        raise TypeError(f"{model.__name__} has two sheets of one name: {names}")
    return tuple(sheets)


def _sheets(found: _List, owner: Owner | None) -> list[Sheet]:
    """Return the sheet of a list, and those of the lists inside its items."""
    name = found.place[-1]
    part = _Part()
    _flatten(part, found.model, (), needed=True)
    itself = Owner(name, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", found.model.__name__).lower())
    is_nested = any(inner.model is found.model for inner in part.lists)
    if is_nested:
        owner = Owner(name, "parent")
    sheet = Sheet(name, found.sort, _source_last(part.columns), found.place, owner, found.note)
    headings = [*sheet.leading, *(column.name for column in sheet.columns)]
    has_id = "id" in headings
    if len(set(headings)) < len(headings) or (part.lists and not has_id):
        raise TypeError(f"the items of {name} have no id, or two columns of one name: {headings}")
    sheets = [sheet]
    for inner in part.lists:
        if inner.model is not found.model:
            sheets.extend(_sheets(inner, itself))
    return sheets


def _source_last(columns: list[Column]) -> tuple[Column, ...]:
    """Return columns in their order, those of where something comes from last."""
    return tuple(sorted(columns, key=lambda column: PROVENANCE in column.path))


def _flatten(
    part: _Part, model: type[BaseModel], at: Keys, *, needed: bool, at_top: bool = False
) -> None:
    """Sort the fields of a model into columns and lists."""
    for name, info in model.model_fields.items():
        path = (*at, name)
        shape = _shape(info.annotation)
        is_needed = needed and info.is_required()
        if shape.sort == "model":
            _flatten(part, _model(shape.inner), path, needed=is_needed)
        elif shape.sort == "mapping":
            _flatten_mapping(part, path, info, shape.inner, at_top=at_top)
        elif any(isinstance(mark, InOneCell) for mark in info.metadata):
            part.columns.append(_column(path, Form.YAML, info, needed=is_needed))
        elif shape.sort == "list" and _shape(shape.inner).sort == "model":
            inner = _model(_shape(shape.inner).inner)
            part.lists.append(_List(path, inner, _note(info, inner), Sort.LIST))
        else:
            form = Form.LINES if shape.sort == "list" else Form.ONE
            part.columns.append(_column(path, form, info, needed=is_needed))


def _flatten_mapping(
    part: _Part, path: Keys, info: FieldInfo, value: object, *, at_top: bool
) -> None:
    """Sort a mapping: rows at the top of a file, columns or lines of a cell in an item."""
    shape = _shape(value)
    if at_top and shape.sort == "model":
        inner = _model(shape.inner)
        part.lists.append(_List(path, inner, _note(info, inner), Sort.NAMED))
    elif at_top:
        key = (ANY,) if shape.sort == "mapping" else ()
        inner_shape = _shape(shape.inner) if key else shape
        form = Form.LINES if inner_shape.sort == "list" else Form.ONE
        part.texts.append(_column((*path, *key), form, info, needed=False))
    elif shape.sort == "model":
        _flatten(part, _model(shape.inner), (*path, ANY), needed=False)
    else:
        part.columns.append(_column(path, Form.PAIRS, info, needed=False))


def _column(path: Keys, form: Form, info: FieldInfo, *, needed: bool) -> Column:
    """Return the column of one field."""
    return Column(path, form, needed, info.description or "", _choices(info.annotation))


def _note(info: FieldInfo, model: type[BaseModel]) -> str:
    """Return what a sheet is about: of the field, or of what its items are."""
    return info.description or (model.__doc__ or "").partition("\n")[0]


def _shape(annotation: object) -> _Shape:
    """Return what an annotation holds, ``None`` aside."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in {Union, UnionType}:
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _shape(inner)
    if origin is tuple:
        return _Shape("list", arguments[0])
    if origin is Mapping:
        return _Shape("mapping", arguments[1])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _Shape("model", annotation)
    return _Shape("one", annotation)


def _model(inner: object) -> type[BaseModel]:
    """Return the model that a shape holds."""
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        raise TypeError(f"{inner} is no model")
    return inner


def _choices(annotation: object) -> Keys:
    """Return the only values that a field takes, where they are few."""
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    if annotation is bool:
        return ("true", "false")
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    found = (_choices(inner) for inner in get_args(annotation))
    return next((choices for choices in found if choices), ())
