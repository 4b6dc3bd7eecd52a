"""Translation sidecars: a file's words in another language, keyed by id.

A sidecar has a version of the file that it translates and a hash of its own, so that
mending a word in one language makes no new version of the standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from competency.files.faults import Finding, Path, written
from competency.files.kinds import Corpus, Kind
from competency.files.said import Said
from competency.files.validation import closest
from competency.frameworks import walk
from competency.frameworks.parts import Part
from competency.frameworks.schema import Framework, Terms
from competency.frameworks.shared_rules import warning
from competency.frameworks.values import (
    FormatVersion,
    Language,
    LevelCode,
    SemanticVersion,
    Slug,
    Text,
    Words,
)

SHOWN = 5
"""Missing texts that a warning names."""


class Standing(StrEnum):
    """Who answers for a translation."""

    OFFICIAL = "official"
    UNOFFICIAL = "unofficial"


class ScaleWords(Part):
    """The words of one scale."""

    levels: Annotated[Mapping[LevelCode, Words], Field(description="By the code of the level.")] = (
        Field(default_factory=dict)
    )
    below_label: Words | None = None


class Translation(Part):
    """The words of one file in another language; what is missing stays in the original."""

    format: FormatVersion = 1
    kind: Literal["translation"]
    of_kind: Annotated[
        Literal["framework", "positions", "kpis", "paths"],
        Field(description="The kind of the file that is translated."),
    ] = "framework"
    of: Annotated[Slug, Field(description="The id of the file that is translated.")]
    version: Annotated[SemanticVersion, Field(description="The version that is translated.")]
    language: Language
    standing: Annotated[
        Standing, Field(description="Unofficial: not by who publishes the standard.")
    ]
    note: Text | None = None
    title: Words | None = None
    description: Text | None = None
    terms: Terms = Terms()
    scales: Mapping[Slug, ScaleWords] = Field(default_factory=dict)
    texts: Annotated[
        Mapping[Slug, Text],
        Field(description="By id: a unit's title, a criterion's statement, an item's text."),
    ] = Field(default_factory=dict)
    descriptions: Annotated[Mapping[Slug, Text], Field(description="By id of the unit.")] = Field(
        default_factory=dict
    )
    expected_results: Annotated[Mapping[Slug, Text], Field(description="By id of the unit.")] = (
        Field(default_factory=dict)
    )
    descriptors: Annotated[
        Mapping[Slug, Mapping[LevelCode, Text]],
        Field(description="By id of the criterion and code of the level."),
    ] = Field(default_factory=dict)


def across(value: BaseModel, corpus: Corpus) -> Iterator[Finding]:
    """Yield what a sidecar translates that its file doesn't have, and what it leaves out."""
    if not isinstance(value, Translation):
        return
    original = _original(value, corpus)
    if original is None:
        yield Finding(
            ("of",),
            Said(
                "no file of kind %(kind)s is %(id)s %(version)s",
                kind=value.of_kind,
                id=value.of,
                version=value.version,
            ),
            Said("check it together with the file that it translates"),
        )
        return
    known = texts_of(original)
    given = texts_given(value)
    for path in given:
        if path not in known:
            yield Finding(
                path,
                Said("%(id)s has nothing to translate here", id=value.of),
                closest(str(path[-1]), tuple(str(p[-1]) for p in known if p[:-1] == path[:-1])),
                at_key=True,
            )
    share = completeness(original, value)
    if share < 1:
        missing = [path for path in known if path not in given]
        message = Said("%(share)s%% of the words are translated", share=int(share * 100))
        yield warning(("language",), message, _missing(missing))


def _missing(paths: Sequence[Path]) -> Said:
    """Return the remedy that names the first of the texts that have no translation."""
    names = ", ".join(written(path) for path in paths[:SHOWN])
    if len(paths) <= SHOWN:
        return Said("add %(names)s", names=names)
    return Said("add %(names)s and %(number)s more", names=names, number=len(paths) - SHOWN)


def _original(translation: Translation, corpus: Corpus) -> BaseModel | None:
    """Return the file that a sidecar translates, where it is at hand."""
    for value in corpus.named(translation.of_kind):
        if (getattr(value, "id", ""), getattr(value, "version", "")) == (
            translation.of,
            translation.version,
        ):
            return value
    return None


def texts_of(original: BaseModel) -> dict[Path, str]:
    """Return every text of a file that a sidecar can translate, by its path in the sidecar."""
    data = original.model_dump(mode="json")
    found: dict[Path, str] = {("title",): str(data["title"])}
    if data.get("description"):
        found["description",] = str(data["description"])
    for name, term in walk.mapping(data.get("terms")).items():
        if term:
            found["terms", name] = str(term)
    for name, scale in walk.scales(data):
        found["scales", name, "below_label"] = str(scale["below_label"])
        for _, level in walk.items(scale, "levels", ()):
            found["scales", name, "levels", str(level["code"])] = str(level["label"])
    for path, item in walk.everything(data):
        if path and isinstance(item.get("id"), str) and "slots" not in path:
            found |= _texts_of_item(str(item["id"]), item)
    return found


def _texts_of_item(item_id: str, item: walk.Data) -> dict[Path, str]:
    """Return the texts of one unit, criterion, statement or the like."""
    found: dict[Path, str] = {}
    words = item.get("title") or item.get("text")
    if words:
        found["texts", item_id] = str(words)
    for field, kept in (("description", "descriptions"), ("expected_result", "expected_results")):
        if item.get(field):
            found[kept, item_id] = str(item[field])
    for code, descriptor in walk.mapping(item.get("levels")).items():
        text = walk.mapping(descriptor).get("text")
        if text:
            found["descriptors", item_id, code] = str(text)
    return found


def texts_given(translation: Translation) -> dict[Path, str]:
    """Return every text of a sidecar by its path in it."""
    data = translation.model_dump(mode="json")
    found: dict[Path, str] = {}
    for key in ("title", "description"):
        if data[key]:
            found[key,] = data[key]
    for key in ("terms", "texts", "descriptions", "expected_results"):
        found |= {(key, name): text for name, text in data[key].items() if text}
    for item_id, levels in data["descriptors"].items():
        found |= {("descriptors", item_id, code): text for code, text in levels.items()}
    for name, scale in data["scales"].items():
        if scale["below_label"]:
            found["scales", name, "below_label"] = scale["below_label"]
        found |= {("scales", name, "levels", code): t for code, t in scale["levels"].items()}
    return found


def completeness(original: BaseModel, translation: Translation) -> Decimal:
    """Return the share, from 0 to 1, of a file's texts that a sidecar has."""
    known = texts_of(original)
    given = texts_given(translation)
    return Decimal(sum(path in given for path in known)) / Decimal(len(known))


def translated(framework: Framework, translation: Translation) -> Framework:
    """Return a framework with the words of a translation, and its own where there are none."""
    data: Any = framework.model_dump(mode="json")
    given = texts_given(translation)
    data["title"] = given.get(("title",), data["title"])
    data["description"] = given.get(("description",), data["description"])
    data["terms"] |= {path[1]: text for path, text in given.items() if path[0] == "terms"}
    for name, scale in data["scales"].items():
        scale["below_label"] = given.get(("scales", name, "below_label"), scale["below_label"])
        for level in scale["levels"]:
            level["label"] = given.get(("scales", name, "levels", level["code"]), level["label"])
    for path, item in walk.everything(data):
        if path and isinstance(item.get("id"), str):
            _translate_item(item, given)
    return Framework.model_validate(data)


def _translate_item(item: Any, given: Mapping[Path, str]) -> None:  # noqa: ANN401 - plain data
    """Put the words of a translation into one item."""
    words = "title" if item.get("title") else "text"
    item[words] = given.get(("texts", item["id"]), item[words])
    for field, kept in (("description", "descriptions"), ("expected_result", "expected_results")):
        if item.get(field):
            item[field] = given.get((kept, item["id"]), item[field])
    levels: Any = item.get("levels")
    for code, descriptor in levels.items() if isinstance(levels, dict) else ():
        if descriptor["text"]:
            text = given.get(("descriptors", item["id"], code), descriptor["text"])
            item["levels"][code] = {**descriptor, "text": text}


KIND = Kind("translation", Translation, across=across)
