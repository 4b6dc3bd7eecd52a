"""From a model to the cells of its sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml
from pydantic import BaseModel

from competency.files.content import filled
from competency.files.tables.cells import Grid, joined
from competency.files.tables.layout import ANY, Column, Form, Keys, Sheet, Sort, layout_of

Data = Mapping[str, object]

HEADINGS = ("key", "value")
"""Of the sheet of the file's own values."""


class _Row(NamedTuple):
    """One item with its name, and that of the item that holds it."""

    owner: str
    name: str
    item: Data


def grids_of(value: BaseModel) -> dict[str, Grid]:
    """Return the sheets of a file; where it has nothing for one, only its headings."""
    data = filled(value)
    sheets = {sheet.name: sheet for sheet in layout_of(type(value))}
    return {name: _grid(sheet, sheets, data) for name, sheet in sheets.items()}


def _grid(sheet: Sheet, sheets: Mapping[str, Sheet], data: Data) -> Grid:
    """Return the headings of a sheet and its rows."""
    if sheet.sort is Sort.ABOUT:
        cells = _cells(sheet.columns, data)
        return (HEADINGS, *((c.name, cells.get(c.path, "")) for c in sheet.columns))
    rows = [(row, _cells(sheet.columns, row.item)) for row in _rows(sheet, sheets, data)]
    used = [path for _, cells in rows for path in cells]
    paths = _paths(sheet.columns, used, _codes(sheets, data))
    lines = [
        (*_leading(sheet, row), *(cells.get(path, "") for path in paths)) for row, cells in rows
    ]
    return ((*sheet.leading, *(".".join(path) for path in paths)), *lines)


def _leading(sheet: Sheet, row: _Row) -> Keys:
    """Return the cells that say whose a row is, and its name."""
    owner = (row.owner,) if sheet.owner else ()
    return (*owner, row.name) if len(sheet.leading) > len(owner) else owner


def _rows(sheet: Sheet, sheets: Mapping[str, Sheet], data: Data) -> Iterator[_Row]:
    """Yield the items of a sheet in the order of the file."""
    if sheet.sort is Sort.TEXTS:
        yield from _texts(sheet, data)
    elif sheet.sort is Sort.NAMED:
        named = _mapping(_at(data, sheet.place))
        yield from (_Row("", name, _mapping(item)) for name, item in named.items())
    elif sheet.owner is None:
        yield from _items(sheet, "", data)
    elif sheet.nests:
        yield from _nested(sheet, data)
    else:
        for row in _rows(sheets[sheet.owner.sheet], sheets, data):
            yield from _items(sheet, row.name, row.item)


def _texts(sheet: Sheet, data: Data) -> Iterator[_Row]:
    """Yield what several mappings say under one name, side by side."""
    mappings = {key: _mapping(data.get(key)) for key in sheet.fields()}
    for name in dict.fromkeys(name for found in mappings.values() for name in found):
        item = {key: found[name] for key, found in mappings.items() if name in found}
        yield _Row("", name, item)


def _items(sheet: Sheet, owner: str, around: Data) -> Iterator[_Row]:
    """Yield the items of the list that ``around`` holds for a sheet."""
    found = _at(around, sheet.place)
    for item in found if isinstance(found, list) else ():
        yield _Row(owner, str(item.get("id", "")), item)


def _nested(sheet: Sheet, data: Data) -> Iterator[_Row]:
    """Yield items and those inside them, depth first."""
    waiting = list(_items(sheet, "", data))[::-1]
    while waiting:
        row = waiting.pop()
        yield row
        waiting.extend(list(_items(sheet, row.name, row.item))[::-1])


def _codes(sheets: Mapping[str, Sheet], data: Data) -> Keys:
    """Return the codes of what the file's own mappings list: of the levels of its scales."""
    listed = (
        sheet
        for sheet in sheets.values()
        if sheet.owner and sheets[sheet.owner.sheet].sort is Sort.NAMED
    )
    rows = (row for sheet in listed for row in _rows(sheet, sheets, data))
    return tuple(dict.fromkeys(str(row.item["code"]) for row in rows if "code" in row.item))


def _paths(columns: Sequence[Column], used: Sequence[Keys], codes: Keys) -> list[Keys]:
    """Return the columns' paths, one for each of the ``codes`` where the file chooses."""
    found: dict[Keys, None] = {}
    for column in columns:
        if ANY not in column.path:
            found[column.path] = None
            continue
        at = column.path.index(ANY)
        chosen = (path[at] for path in used if path[:at] == column.path[:at])
        together = [c.path for c in columns if c.path[: at + 1] == column.path[: at + 1]]
        for key in dict.fromkeys((*codes, *chosen)):
            found.update(dict.fromkeys((*p[:at], key, *p[at + 1 :]) for p in together))
    return list(found)


def _cells(columns: Sequence[Column], item: Data) -> dict[Keys, str]:
    """Return the cells of an item that hold something, by their path."""
    return {
        path: _written(column, value)
        for column in columns
        for path, value in _values(item, column.path)
    }


def _values(item: object, wanted: Keys, path: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Yield what a path leads to, each with the keys that stand for its stars."""
    if not wanted:
        yield path, item
        return
    around = _mapping(item)
    for key in around if wanted[0] == ANY else (wanted[0],):
        if key in around:
            yield from _values(around[key], wanted[1:], (*path, key))


def _written(column: Column, value: object) -> str:
    """Return the text of one cell."""
    if column.form is Form.LINES:
        return joined(_text(item) for item in value) if isinstance(value, list) else ""
    if column.form is Form.PAIRS:
        return joined(f"{key}: {_text(item)}" for key, item in _mapping(value).items())
    if column.form is Form.YAML:
        return yaml.safe_dump(value, allow_unicode=True, default_flow_style=None, sort_keys=False)
    return _text(value)


def _text(value: object) -> str:
    """Return how a value without parts is written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mapping(value: object) -> Data:
    """Return ``value`` where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def _at(data: object, path: Keys) -> object:
    """Return what ``path`` leads to, ``None`` where it leads to nothing."""
    for key in path:
        data = _mapping(data).get(key)
    return data
