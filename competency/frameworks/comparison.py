"""What one version of a file says otherwise than another; pure.

Things are the same when they have the same id. Two versions without a change between
them have the same content hash, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from competency.files.content import filled
from competency.files.faults import written
from competency.frameworks import walk
from competency.frameworks.schema import Framework
from competency.frameworks.translations import Translation, texts_given


class ChangeSort(StrEnum):
    """What became of a thing."""

    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    REWORDED = "reworded"
    RESCALED = "rescaled"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One change of one thing.

    ``thing`` is what it is (``unit``, ``criterion``, ...), ``id`` its id, ``field`` the key
    that differs, where one does; ``before`` and ``after`` are words or plain data.
    """

    sort: ChangeSort
    thing: str
    id: str
    title: str
    field: str = ""
    before: object = None
    after: object = None


@dataclass(frozen=True)
class _Thing:
    """One thing with an id, apart from the things inside it."""

    title: str
    parent: str
    fields: Mapping[str, Any]
    inner: Mapping[str, tuple[str, ...]]


_LISTS = {
    "units": "unit",
    "criteria": "criterion",
    "indicators": "indicator",
    "knowledge": "knowledge",
    "scripts": "script",
    "scopes": "scope",
    "positions": "position",
    "duties": "duty",
    "rights": "right",
    "requirements": "requirement",
    "obligations": "obligation",
    "legal_references": "law",
    "notes": "note",
    "kpis": "kpi",
    "edges": "step",
    "questions": "question",
}
"""The lists whose items are things of their own, and what each item is."""

_WORDS = frozenset(
    {"title", "text", "description", "expected_result", "terms", "label", "below_label", "reason"}
)
"""Keys whose change is another wording."""

_OF_THE_VERSION = frozenset({"version"})
"""Keys that differ between any two versions, and say nothing."""


def compare(before: BaseModel, after: BaseModel) -> tuple[Change, ...]:
    """Return what ``after`` adds, drops, moves, rewords, rescales or changes otherwise.

    Both are files of one kind.
    """
    old, new = _things(before), _things(after)
    changes = [
        Change(ChangeSort.DROPPED, thing, name, old[thing, name].title)
        for thing, name in old
        if (thing, name) not in new
    ]
    for key, thing in new.items():
        if key not in old:
            changes.append(Change(ChangeSort.ADDED, *key, thing.title))
        else:
            changes.extend(_changes(key, old[key], thing))
    if isinstance(before, Framework) and isinstance(after, Framework):
        changes.extend(_rescaled(before, after))
    return tuple(changes)


def _things(value: BaseModel) -> dict[tuple[str, str], _Thing]:
    """Return every thing of a file by what it is and its id."""
    if isinstance(value, Translation):
        return {
            ("translation", written(path)): _Thing(words, "", {"text": words}, {})
            for path, words in texts_given(value).items()
        }
    data: Any = filled(value)
    scales = data.pop("scales", {})
    found = {(str(data["kind"]), str(data["id"])): _thing("", data)}
    for name, scale in scales.items():
        found["scale", name] = _Thing(name, "", scale, {})
    found.update(_inside(str(data["id"]), data))
    return found


def _inside(parent: str, data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], _Thing]]:
    """Yield the things in the lists of one thing, and in those of theirs."""
    for key, thing in _LISTS.items():
        for item in _with_ids(data, key):
            name = str(item["id"])
            yield (thing, name), _thing(parent, item)
            yield from _inside(name, item)


def _with_ids(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the items of a list that have ids of their own."""
    return [item for _, item in walk.items(data, key, ()) if "id" in item]


def _thing(parent: str, data: Mapping[str, Any]) -> _Thing:
    """Return one thing without the things inside it, whose order it keeps."""
    inner = {
        key: tuple(str(item["id"]) for item in found)
        for key in _LISTS
        if (found := _with_ids(data, key))
    }
    fields = {
        key: value for key, value in data.items() if key not in inner and key not in _OF_THE_VERSION
    }
    return _Thing(str(data.get("title") or data.get("text")), parent, fields, inner)


def _changes(key: tuple[str, str], old: _Thing, new: _Thing) -> Iterator[Change]:
    """Yield what differs between two wordings of the same thing."""
    if old.parent != new.parent:
        yield Change(ChangeSort.MOVED, *key, new.title, "", old.parent, new.parent)
    for field in dict.fromkeys((*old.fields, *new.fields)):
        was, now = old.fields.get(field), new.fields.get(field)
        if was == now:
            continue
        if field == "levels" and key[0] == "criterion":
            yield from _levels(key, new.title, was or {}, now or {})
        else:
            sort = ChangeSort.REWORDED if field in _WORDS else ChangeSort.CHANGED
            yield Change(sort, *key, new.title, field, was, now)
    for field in dict.fromkeys((*old.inner, *new.inner)):
        was_ids, now_ids = old.inner.get(field, ()), new.inner.get(field, ())
        common = [name for name in was_ids if name in now_ids]
        if common != [name for name in now_ids if name in was_ids]:
            yield Change(ChangeSort.CHANGED, *key, new.title, field, was_ids, now_ids)


def _levels(
    key: tuple[str, str], title: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield what differs between the descriptors of a criterion, level by level."""
    for code in dict.fromkeys((*was, *now)):
        old, new = was.get(code) or {}, now.get(code) or {}
        if old.get("text") != new.get("text"):
            field, texts = f"levels.{code}", (old.get("text"), new.get("text"))
            yield Change(ChangeSort.REWORDED, *key, title, field, *texts)
        if old.get("source_label") != new.get("source_label"):
            letters = (old.get("source_label"), new.get("source_label"))
            field = f"levels.{code}.source_label"
            yield Change(ChangeSort.CHANGED, *key, title, field, *letters)
        if {**old, "text": 0, "source_label": 0} != {**new, "text": 0, "source_label": 0}:
            yield Change(ChangeSort.CHANGED, *key, title, f"levels.{code}", old, new)


def _rescaled(before: Framework, after: Framework) -> Iterator[Change]:
    """Yield the criteria in both whose levels are others: judgements don't carry over."""
    old = {criterion.id: criterion for criterion in before.criteria()}
    for criterion in after.criteria():
        if criterion.id in old:
            was = before.scale_of(criterion.id).codes()
            now = after.scale_of(criterion.id).codes()
            if was != now:
                yield Change(
                    ChangeSort.RESCALED, "criterion", criterion.id, criterion.title, "", was, now
                )


def plain(value: object) -> str:
    """Return plain data as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(inner) for inner in value)
    return str(value)
