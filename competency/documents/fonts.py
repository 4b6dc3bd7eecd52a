"""The fonts of the documents, and which text they can show.

Every text of a document passes through ``prepared`` before it is measured, so a
character that can't be drawn as it is stops the document before any byte exists.
What is done with characters that leave no mark on paper:

- line and paragraph separators become line breaks; other spaces become a space;
- hints to software (soft hyphen, zero-width space and joiners, byte order mark,
  left-to-right and right-to-left marks) are dropped: they change no letter;
- controls, and the codes that reorder text (embeddings, overrides, isolates), are
  refused: the reader would see something else than what is stored.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from font_source_sans_pro import font_directory
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from competency.errors import Invalid, message_id

_SHOWN = 80
_BREAKS = "\x0b\x0c\x85\u2028\u2029"
_SPACES = "\t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_DROPPED = "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_PLAIN: dict[int, str | None] = (
    {ord(character): "\n" for character in _BREAKS}
    | {ord(character): " " for character in _SPACES}
    | {ord(character): None for character in _DROPPED}
)


class MissingGlyph(Invalid):
    """The fonts of the documents have no glyph for a character (422)."""

    def __init__(self, characters: str, text: str) -> None:
        """Name the ``characters`` and the ``text`` that they stand in."""
        super().__init__(
            message_id(
                "The document's font has no sign for %(characters)s in “%(text)s”. "
                "Write it with Latin or Cyrillic letters."
            ),
            characters=_named(characters),
            text=_excerpt(text),
        )
        self.characters = characters


class HiddenCharacter(Invalid):
    """A text has control characters, or codes that reorder what is read (422)."""

    def __init__(self, characters: str, text: str) -> None:
        """Name the ``characters`` and the ``text`` that they stand in."""
        super().__init__(
            message_id(
                "“%(text)s” has hidden control characters (%(characters)s). "
                "Type it again without them."
            ),
            characters=_named(characters),
            text=_excerpt(text),
        )
        self.characters = characters


@dataclass(frozen=True)
class Font:
    """An embedded font: its name for reportlab, and the width of each character."""

    name: str
    widths: dict[str, float] = field(repr=False, compare=False)

    def width(self, text: str, size: float) -> float:
        """Return the width in points of a prepared ``text`` at ``size`` points."""
        return sum(map(self.widths.__getitem__, text)) * size / 1000


def _registered(name: str) -> Font:
    """Load one font file and make it known to reportlab, once a process."""
    font = TTFont(name, str(Path(font_directory) / f"{name}.ttf"), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return Font(
        name, {chr(code): font.face.getCharWidth(code) for code in font.face.charToGlyph if code}
    )


REGULAR = _registered("SourceSansPro-Regular")
SEMIBOLD = _registered("SourceSansPro-Semibold")
COVERED = frozenset(
    character
    for character in REGULAR.widths.keys() & SEMIBOLD.widths.keys()
    if unicodedata.category(character)[0] not in "CM" and character not in _BREAKS
) | {"\n"}
"""Every character that both fonts can draw as it should look, and the line break.

Combining marks that don't compose with their letter are not among them: without
shaping they would stand beside the letter, not over it.
"""


def prepared(text: str) -> str:
    """Return ``text`` as it will be drawn: composed (NFC), each break a line feed.

    Raises ``HiddenCharacter`` or ``MissingGlyph`` for what can't be drawn as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN)
    composed = unicodedata.normalize("NFC", plain)
    if not COVERED.issuperset(composed):
        raise _refusal(composed)
    return composed


def check_printable(text: str, field: str) -> None:
    """Raise ``Invalid`` for ``field`` where a document could not show ``text`` as it is."""
    try:
        prepared(text)
    except Invalid as error:
        raise Invalid(error.message, field, **error.params) from error


def _refusal(text: str) -> Invalid:
    """Return the error for the characters of ``text`` that can't be drawn."""
    refused = "".join(dict.fromkeys(one for one in text if one not in COVERED))
    hidden = "".join(one for one in refused if unicodedata.category(one) in {"Cc", "Cf"})
    return HiddenCharacter(hidden, text) if hidden else MissingGlyph(refused, text)


def _named(characters: str) -> str:
    """Return ``characters`` for a message: the sign, where it shows, and its code."""
    return ", ".join(
        f"{one} (U+{ord(one):04X})" if one.isprintable() else f"U+{ord(one):04X}"
        for one in characters[:10]
    )


def _excerpt(text: str) -> str:
    """Return the beginning of ``text`` with nothing in it that a page can't show."""
    shown = "".join(one if one.isprintable() else "\ufffd" for one in text[:_SHOWN])
    return shown + "…" if len(text) > _SHOWN else shown
