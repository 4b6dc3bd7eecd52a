"""Where a value stands in its text. Asked only when there is something to report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from competency.files.faults import Part, Path
from competency.files.syntax import Loader, events, start


@dataclass(frozen=True)
class Place:
    """Line and column, from 1, of a value and of the key before it."""

    value: tuple[int, int]
    key: tuple[int, int]


def locate(text: str, wanted: set[Path]) -> Mapping[Path, Place]:
    """Return the places of the ``wanted`` paths, and of what is around them.

    The text is followed to the last place wanted; of two equal keys the first counts.
    """
    asked = {path[:end] for path in wanted for end in range(len(path) + 1)}
    places: dict[Path, Place] = {}
    loader = Loader(text)
    try:
        for path, place in _walk(loader):
            if path in asked:
                places.setdefault(path, place)
                if len(places) == len(asked):
                    break
    except yaml.YAMLError:
        return places
    finally:
        loader.dispose()
    return places


def nearest(places: Mapping[Path, Place], path: Path, *, at_key: bool) -> tuple[int, int]:
    """Return where to point for ``path``: itself, or the closest thing around it."""
    for end in range(len(path), -1, -1):
        if path[:end] in places:
            place = places[path[:end]]
            return place.key if at_key and end == len(path) else place.value
    return 1, 1


@dataclass
class _Open:
    """A mapping or a list that is being walked; ``key`` is ``None`` before each key."""

    path: Path
    is_mapping: bool
    key: Part | None
    key_at: tuple[int, int]


def _walk(loader: Loader) -> Iterator[tuple[Path, Place]]:
    """Yield the path and place of every value, in the order of the text."""
    opened: list[_Open] = []
    for event in events(loader):
        if isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
        elif isinstance(event, yaml.NodeEvent):
            at = start(event)
            around = opened[-1] if opened else None
            if around and around.is_mapping and around.key is None:
                around.key = event.value if isinstance(event, yaml.ScalarEvent) else "?"
                around.key_at = at
                path = (*around.path, "?")
            else:
                path, key_at = _step(around, at)
                yield path, Place(at, key_at)
            if isinstance(event, yaml.CollectionStartEvent):
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                opened.append(_Open(path, is_mapping, None if is_mapping else 0, at))


def _step(around: _Open | None, at: tuple[int, int]) -> tuple[Path, tuple[int, int]]:
    """Return the path of the next value inside ``around``, and where its key is."""
    if around is None or around.key is None:
        return (), at
    path = (*around.path, around.key)
    if around.is_mapping:
        around.key = None
        return path, around.key_at
    around.key = int(around.key) + 1
    return path, at
