"""Translation sidecars: a file's words in another language, keyed by id.

A sidecar has a version of the file that it translates and a hash of its own, so that
mending a word in one language makes no new version of the standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field

from competency.files.faults import Finding, Path, written
from competency.files.kinds import Corpus, Kind
from competency.files.said import Said
from competency.files.starting import FILL_IN, TO_FILL, Asked, ToFill
from competency.files.validation import closest
from competency.frameworks import walk
from competency.frameworks.other_texts import (
    ItemKey,
    OneOrMore,
    by_path,
    misplaced,
    others_of,
    put_others,
)
from competency.frameworks.parts import Part
from competency.frameworks.schema import Framework, Terms
from competency.frameworks.shared_rules import unfilled_places, warning
from competency.frameworks.values import (
    WORDS_MAXIMUM,
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


OfKind = Literal["framework", "positions", "kpis", "paths", "questions"]
TRANSLATED = get_args(OfKind)
"""The kinds that have translations."""


class Standing(StrEnum):
    """Who answers for a translation."""

    OFFICIAL = "official"
    UNOFFICIAL = "unofficial"


class ScaleWords(Part):
    """The words of one scale."""

    levels: Mapping[LevelCode, Words] = Field(default_factory=dict)
    """The label of each level, by its code."""
    below_label: Words | None = None
    """The words for being under the lowest level."""


class Translation(Part):
    """The words of one file in another language; what is missing stays in the original."""

    format: FormatVersion = 1
    """The version of this format."""
    kind: Literal["translation"]
    """Says that this is a translation."""
    of_kind: OfKind = "framework"
    """The kind of the file that is translated."""
    of: Slug
    """The id of the file that is translated."""
    version: SemanticVersion
    """The version that is translated."""
    language: Language
    """The language of this translation."""
    standing: Standing
    """Official where whoever publishes the standard answers for the translation."""
    note: Text | None = None
    """Who translated it, from what, and what a reader should know."""
    title: Words | None = None
    """The title of the file."""
    description: Text | None = None
    """The description of the file."""
    terms: Terms = Terms()
    """The words that the standard uses, in this language."""
    scales: Mapping[Slug, ScaleWords] = Field(default_factory=dict)
    """The words of each scale, by its name."""
    texts: Mapping[Slug, Text] = Field(default_factory=dict)
    """By id: the title of whatever has one, else the text of an item."""
    descriptions: Mapping[Slug, Text] = Field(default_factory=dict)
    """By id: the description of whatever has one."""
    expected_results: Mapping[Slug, Text] = Field(default_factory=dict)
    """By id of the unit: its expected result."""
    descriptors: Mapping[Slug, Mapping[LevelCode, Text]] = Field(default_factory=dict)
    """By id of the criterion and code of the level: what that level looks like."""
    others: Mapping[Slug, Mapping[ItemKey, OneOrMore]] = Field(default_factory=dict)
    """By id and key of that item, as in purpose or span.of: its other texts, lists as a whole."""

    def other_texts(self, item_id: str) -> tuple[str, ...]:
        """Return the texts that it has for one item under ``others``."""
        return tuple(text for texts in self.others.get(item_id, {}).values() for text in texts)


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
    yield from misplaced(value.of, value.others, _others_by_id(original))
    for path in given:
        if path not in known and path[0] != "others":
            yield Finding(
                path,
                Said("%(id)s has nothing to translate here", id=value.of),
                closest(str(path[-1]), tuple(str(p[-1]) for p in known if p[:-1] == path[:-1])),
                at_key=True,
            )
    yield from _too_long(original, given)
    share = completeness(original, value)
    if share < 1:
        missing = [path for path in known if path not in given]
        message = Said("%(share)s%% of the words are translated", share=int(share * 100))
        yield warning(("language",), message, _missing(missing))


def _too_long(original: BaseModel, given: Mapping[Path, str]) -> Iterator[Finding]:
    """Yield the texts that are longer than the titles of one line that they stand for."""
    if not isinstance(original, Framework):
        return
    ids = [script.id for script in original.scripts] + [scope.id for scope in original.scopes]
    for name in ids:
        path = ("texts", name)
        if len(given.get(path, "")) > WORDS_MAXIMUM:
            most = Said("%(max_length)s characters are the most", max_length=WORDS_MAXIMUM)
            yield Finding(path, Said("it is too long"), most)


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
    for item_id, texts in _others_by_id(original).items():
        for key, several in texts.items():
            found |= by_path(item_id, key, several)
    return found


def _others_by_id(original: BaseModel) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the other texts of a file and its items, by the id of each that has some."""
    data = original.model_dump(mode="json")
    with_ids = (item for _, item in walk.everything(data) if isinstance(item.get("id"), str))
    found = {str(item["id"]): others_of(item) for item in with_ids}
    return {item_id: texts for item_id, texts in found.items() if texts}


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
    """Return every text of a sidecar by its path in it, without those still to be filled in."""
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
    for item_id, others in translation.others.items():
        for key, several in others.items():
            found |= by_path(item_id, key, several)
    return {path: text for path, text in found.items() if text != FILL_IN}


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
        if isinstance(item.get("id"), str) and "slots" not in path:
            _translate_item(item, given)
    return Framework.model_validate(data)


def _translate_item(item: Any, given: Mapping[Path, str]) -> None:  # noqa: ANN401 - plain data
    """Put the words of a translation into one item, or into the file itself."""
    words = "title" if item.get("title") else "text"
    if item.get(words):
        item[words] = given.get(("texts", item["id"]), item[words])
    for field, kept in (("description", "descriptions"), ("expected_result", "expected_results")):
        if item.get(field):
            item[field] = given.get((kept, item["id"]), item[field])
    levels: Any = item.get("levels")
    for code, descriptor in levels.items() if isinstance(levels, dict) else ():
        if descriptor["text"]:
            text = given.get(("descriptors", item["id"], code), descriptor["text"])
            item["levels"][code] = {**descriptor, "text": text}
    put_others(item, given)


def warnings(data: object) -> Iterator[Finding]:
    """Yield the places of a sidecar that are still to be filled in."""
    yield from unfilled_places(walk.mapping(data))


def beginning(asked: Asked) -> Mapping[str, object] | None:
    """Return a sidecar with every text of the asked file still to be put into its language.

    ``None`` where the file is another than the one asked for, or speaks that language.
    """
    data = asked.about.model_dump(mode="json") if asked.about else {}
    if asked.about is None or data["id"] != asked.id or data.get("language") == asked.language:
        return None
    if data["kind"] not in TRANSLATED:
        return None
    found: dict[str, Any] = {
        "format": 1,
        "kind": "translation",
        "of_kind": data["kind"],
        "of": asked.id,
        "version": data["version"],
        "language": asked.language,
        "standing": "unofficial",
        "note": TO_FILL,
    }
    for path, words in texts_of(asked.about).items():
        *around, last = (part for part in path if isinstance(part, str))
        place = found
        for part in around:
            place = place.setdefault(part, {})
        if isinstance(path[-1], int):
            place.setdefault(last, []).append(ToFill(words))
        else:
            place[last] = ToFill(words)
    return found


KIND = Kind(
    "translation",
    Translation,
    warnings=warnings,
    across=across,
    beginning=beginning,
    needs="a file of that id that speaks another language",
)
