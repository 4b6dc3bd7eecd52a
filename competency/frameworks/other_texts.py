"""The texts of an item that a sidecar keeps under ``others``, by their key in the item; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from competency.files.faults import Finding, Path
from competency.files.fields import Holds
from competency.files.said import Said
from competency.files.validation import closest
from competency.frameworks import walk
from competency.frameworks.values import Text

KEYS = (
    "purpose",
    "also_called",
    "span.of",
    "reporting.acting.text",
    "conditions",
    "numerator.words",
    "denominator.words",
    "pitfalls",
    "legal_basis",
    "notice",
    "reference",
    "governing_references",
    "context",
    "reason",
    "certification.commission.members",
    "options.text",
    "model_answer",
    "look_for",
)
"""What is translated under its key in its item; dots lead inside, or into each of a list."""


def _listed(value: object) -> object:
    """Return a single text as a list of one."""
    return [value] if isinstance(value, str) else value


ItemKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    Holds("a key of the item, as in purpose or span.of"),
]
OneOrMore = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
]
"""A text, or several in the order of the original; a list of one is the same as a text."""
Others = Mapping[str, Mapping[str, Sequence[str]]]


def others_of(item: walk.Data) -> dict[str, tuple[str, ...]]:
    """Return the other texts of an item by their key; a single one as a list of one."""
    found: dict[str, tuple[str, ...]] = {}
    for key in KEYS:
        value: object = item
        for step in key.split("."):
            value = _inside(value, step)
        texts = _listed(value)
        if isinstance(texts, list) and texts:
            found[key] = tuple(str(text) for text in texts)
    return found


def _inside(value: object, step: str) -> object:
    """Return what lies at a key, of a list what lies there in each."""
    if isinstance(value, list) and all(step in walk.mapping(one) for one in value):
        return [walk.mapping(one)[step] for one in value]
    return walk.mapping(value).get(step)


def by_path(item_id: str, key: str, texts: Sequence[str]) -> dict[Path, str]:
    """Return texts by their paths in a sidecar, several of them by their number from 0."""
    path = ("others", item_id, key)
    if len(texts) == 1:
        return {path: texts[0]}
    return {(*path, number): text for number, text in enumerate(texts)}


def put_others(item: Any, given: Mapping[Path, str]) -> None:  # noqa: ANN401 - plain data
    """Put the other texts of a translation into one item; what it hasn't stays as it is."""
    for key, texts in others_of(item).items():
        *around, last = key.split(".")
        place = item
        for step in around:
            place = place[step]
        said = [given.get(path, text) for path, text in by_path(item["id"], key, texts).items()]
        if isinstance(place, list):
            for one, text in zip(place, said, strict=True):
                one[last] = text
        else:
            place[last] = said if isinstance(place[last], list) else said[0]


def misplaced(of: str, others: Others, items: Others) -> Iterator[Finding]:
    """Yield what a sidecar of ``of`` translates under ``others`` that isn't so in the items."""
    for item_id, texts in others.items():
        if item_id not in items:
            yield _unknown(of, ("others", item_id), tuple(items))
            continue
        own = items[item_id]
        for key, said in texts.items():
            path = ("others", item_id, key)
            if key not in own:
                yield _unknown(of, path, tuple(own))
            elif len(said) != len(own[key]):
                yield Finding(
                    path,
                    Said(
                        "it has %(given)s where %(id)s has %(number)s",
                        given=len(said),
                        id=of,
                        number=len(own[key]),
                    ),
                    Said("translate the whole list, in its order"),
                    at_key=True,
                )


def _unknown(of: str, path: Path, known: tuple[str, ...]) -> Finding:
    """Return the finding of a place that the translated file doesn't have."""
    remedy = closest(str(path[-1]), known)
    return Finding(path, Said("%(id)s has nothing to translate here", id=of), remedy, at_key=True)
