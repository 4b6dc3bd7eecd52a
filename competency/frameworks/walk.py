"""Ways through a framework as plain data, whatever is wrong with its shape.

The rules look at the data and not at the model, so that a file with a misspelt key
still hears about its unknown scale in the same run. What has the wrong shape is
passed over here; the schema reports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from competency.files.faults import Path

Data = Mapping[str, object]
Found = tuple[Path, Data]

STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([^\[\]]+)\]")


def mapping(value: object) -> Data:
    """Return ``value`` where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def name(around: Data, key: str) -> str:
    """Return the text at ``key``, empty where there is none."""
    value = around.get(key)
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """Return the whole number that ``value`` is or spells."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def items(around: Data, key: str, path: Path) -> Iterator[Found]:
    """Yield the mappings in the list at ``key``, each with its path."""
    value = around.get(key)
    if isinstance(value, list | tuple):
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield (*path, key, number), item


def everything(data: object, path: Path = ()) -> Iterator[Found]:
    """Yield every mapping, in the order of the file, one before those inside it."""
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from everything(value, (*path, key))
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data):
            yield from everything(value, (*path, number))


def units(data: Data, path: Path = ()) -> Iterator[Found]:
    """Yield every unit, depth first, a unit before the units inside it."""
    for unit_path, unit in items(data, "units", path):
        yield unit_path, unit
        yield from units(unit, unit_path)


def criteria(data: Data) -> Iterator[Found]:
    """Yield every criterion of every unit."""
    for path, unit in units(data):
        yield from items(unit, "criteria", path)


def scales(data: Data) -> Iterator[tuple[str, Data]]:
    """Yield the scales with their names."""
    for name, scale in mapping(data.get("scales")).items():
        yield name, mapping(scale)


def codes(scale: Data) -> tuple[str, ...]:
    """Return the codes of a scale's levels, lowest first."""
    found = (level.get("code") for _, level in items(scale, "levels", ()))
    return tuple(code for code in found if isinstance(code, str))


def has(data: object, address: str) -> bool:
    """Return whether ``address`` leads to something that is written in ``data``.

    An address names keys with dots, and an item of a list by its id in brackets:
    ``title``, ``outcome.unit``, ``units[ac1].criteria[ac1.cd2].title``.
    """
    steps = list(STEP.finditer(address))
    if not steps or "".join(step.group() for step in steps) != address:
        return False
    for step in steps:
        key, item_id = step.groups()
        if key is not None:
            data = mapping(data).get(key)
        else:
            found = data if isinstance(data, list | tuple) else ()
            data = next((item for item in found if mapping(item).get("id") == item_id), None)
    return data is not None
