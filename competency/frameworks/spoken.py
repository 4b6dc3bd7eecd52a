"""Words of a published file, each with the language that it is in; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from competency.files.faults import Path
from competency.frameworks.other_texts import by_path
from competency.frameworks.parts import InferredReading
from competency.frameworks.translations import Standing, Translation, texts_given


@dataclass(frozen=True)
class Spoken:
    """A text and its language, so that a page can mark words of another one."""

    text: str
    language: str


@dataclass(frozen=True)
class Wording:
    """How a file reads: in a translation where that has the words, else in its own."""

    own: str
    translation: Translation | None = None

    @cached_property
    def _given(self) -> Mapping[Path, str]:
        """Return the texts of the translation by their path in it."""
        return texts_given(self.translation) if self.translation else {}

    @property
    def is_unofficial(self) -> bool:
        """Return whether these are the words of an unofficial translation."""
        return self.translation is not None and self.translation.standing is Standing.UNOFFICIAL

    def title(self, original: str) -> Spoken:
        """Return the file's title."""
        return self._said(("title",), original)

    def description(self, original: str | None) -> Spoken | None:
        """Return the file's description, where it has one."""
        return None if original is None else self._said(("description",), original)

    def of(self, item_id: str, original: str) -> Spoken:
        """Return the title or text of one thing in the file."""
        return self._said(("texts", item_id), original)

    def about(self, item_id: str, original: str | None) -> Spoken | None:
        """Return the description of one thing in the file, where it has one."""
        return None if original is None else self._said(("descriptions", item_id), original)

    def other(self, item_id: str, key: str, original: str) -> Spoken:
        """Return the text at a key of one thing, as in ``purpose`` or ``span.of``."""
        return self.others(item_id, key, (original,))[0]

    def others(self, item_id: str, key: str, originals: Sequence[str]) -> tuple[Spoken, ...]:
        """Return the texts of the list at a key of one thing."""
        found = by_path(item_id, key, originals)
        return tuple(self._said(path, original) for path, original in found.items())

    def as_written(self, original: str) -> Spoken:
        """Return words that no translation has a place for."""
        return Spoken(original, self.own)

    def _said(self, path: Path, original: str) -> Spoken:
        """Return the words at a path of the translation, else the original."""
        text = self._given.get(path)
        if text is None or self.translation is None:
            return self.as_written(original)
        return Spoken(text, self.translation.language)


def same_language(available: Iterable[str], language: str) -> str | None:
    """Return which of the languages is ``language``, whatever its country."""
    found = tuple(available)
    if language in found:
        return language
    plain = language.split("-", maxsplit=1)[0]
    return next((code for code in found if code.split("-")[0] == plain), None)


def readings_of(inferred: Iterable[InferredReading], place: str) -> tuple[InferredReading, ...]:
    """Return what was read into the source about ``place``, as in ``positions[head]``."""
    return tuple(
        reading
        for reading in inferred
        if reading.path == place or reading.path.startswith((f"{place}.", f"{place}["))
    )
