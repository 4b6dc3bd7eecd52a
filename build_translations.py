"""Compile the message catalogues when the package is built or installed.

The compiled ``.mo`` files are not kept in version control; this hatchling hook
makes them, so a wheel and an editable install both carry all four languages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRANSLATIONS = Path(__file__).parent / "competency" / "translations"


def compile_catalogues(folder: Path) -> list[Path]:
    """Write a ``.mo`` beside every ``.po`` below ``folder`` and return the paths written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3])
        target = source.with_suffix(".mo")
        with target.open("wb") as stream:
            write_mo(stream, catalogue)
        written.append(target)
    return written


class TranslationsHook(BuildHookInterface[Any]):
    """Runs before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile every catalogue of the package."""
        compile_catalogues(TRANSLATIONS)


if __name__ == "__main__":
    compile_catalogues(TRANSLATIONS)
